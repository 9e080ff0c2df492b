"""Templates of spoken sentences: what they are filled with, and what is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.sentence import PLACEHOLDERS, faults_of_template, fill

VALUES = {"number": "A001", "counter": "3", "counter_name": "综合窗口", "area": ""}


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("请{number}号，到{counter}号窗口办理", "请A001号，到3号窗口办理"),
        ("{number}到[{area}]{counter_name}", "A001到综合窗口"),
        ("{number} to {counter}[ in {area}][ ({counter_name})].", "A001 to 3 (综合窗口)."),
        ("{number}[！]{counter}", "A001！3"),
    ],
)
def test_a_template_is_filled(template: str, sentence: str) -> None:
    """A part in brackets goes when what it names has nothing to say."""
    assert fill(template, VALUES) == sentence


@pytest.mark.parametrize(
    ("template", "code", "chinese", "english"),
    [
        ("请{number}{nummer}号到{counter}号", "placeholder_unknown", "没有“{nummer}”这一项", "there is no {nummer}"),
        ("请{}号{number}{counter}", "placeholder_unknown", "没有“{}”这一项", "there is no {}"),
        ("请{number}号到{counter}号{", "braces_wrong", "要成对", "must come in pairs"),
        ("请{number}号到[[{area}]]{counter}号", "braces_wrong", "要成对", "must come in pairs"),
        ("请{number}号", "placeholder_missing", "要有 {number} 和 {counter}", "must have {number} and {counter}"),
        ("请到{counter}号", "placeholder_missing", "要有 {number} 和 {counter}", "must have {number} and {counter}"),
        ("请[{number}]号到{counter}号", "placeholder_missing", "要有", "must have"),
        ("请{number}号\n到{counter}号", "text_wrong", "不能换行", "on one line"),
        ("{number}{counter}" + "啊" * 120, "text_wrong", "120", "1-120"),
    ],
)
def test_a_template_that_calls_nobody_anywhere_is_refused(template: str, code: str, chinese: str, english: str) -> None:
    """By name, in both languages."""
    (fault,) = faults_of_template("voice.templates.zh.call", template)
    assert fault.code == code
    assert chinese in fault.said(english=False)
    assert english in str(fault)


@given(st.text(alphabet="{}[]号 " + "".join({*"".join(PLACEHOLDERS)}), max_size=40) | st.text(max_size=40))
def test_what_is_not_refused_can_be_filled(template: str) -> None:
    """Whatever somebody writes: no call may fail for its words, nor show a brace to the hall."""
    if not list(faults_of_template("", template)):
        sentence = fill(template, VALUES)
        assert "A001" in sentence
        assert not {*sentence} & {*"{}[]"}
