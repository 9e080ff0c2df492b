"""Rows fit the paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.printing.layout import COLUMNS, NOT_FIRST, columns_of, rows
from queue_server.printing.slip import Line

TEXTS = st.text(st.sampled_from("你好号窗口，。（）—–abcXYZ 0129-.\x1b\n\x1d😀"), max_size=200)


@pytest.mark.parametrize("width_mm", COLUMNS)
@given(text=TEXTS, size=st.sampled_from([1, 2, 4]))
def test_every_row_fits_and_nothing_is_lost(width_mm: int, text: str, size: int) -> None:
    """All that can be printed is there, in order; and no command that a name smuggled in."""
    found = list(rows([Line(text, size)], width_mm))  # type: ignore[arg-type]
    assert all(columns_of(row.text) * row.size <= COLUMNS[width_mm] for row in found)
    assert all(row.text.isprintable() for row in found)
    if text != "-":
        printed = "".join(char for char in text if char.isprintable() and char != " ")
        assert "".join(row.text for row in found).replace(" ", "") == printed


def wrapped(text: str, width_mm: int = 58) -> list[str]:
    """The rows of one line of text."""
    return [row.text for row in rows([Line(text)], width_mm)]


def test_chinese_takes_two_columns_and_letters_one() -> None:
    """Sixteen characters, or thirty-two letters, on 58 mm."""
    assert wrapped("号" * 17) == ["号" * 16, "号"]
    assert wrapped("a" * 33) == ["a" * 32, "a"]


def test_words_stay_whole() -> None:
    """A row breaks at blanks."""
    assert wrapped("please wait in the seating area and listen") == ["please wait in the seating area", "and listen"]


def test_no_row_begins_with_a_comma() -> None:
    """What closes a sentence takes the character before along."""
    found = wrapped("号" * 16 + "，请等候")
    assert found == ["号" * 15, "号，请等候"]
    assert all(row[0] not in NOT_FIRST for row in found)


def test_a_rule_goes_from_edge_to_edge() -> None:
    """On either paper."""
    assert wrapped("-") == ["-" * 32]
    assert wrapped("-", 80) == ["-" * 48]


def test_a_title_of_two_rows_has_no_orphan() -> None:
    """What is centred is broken in about equal rows."""
    title = Line("青山镇便民服务中心", 2, "center")
    assert [row.text for row in rows([title], 58)] == ["青山镇便民", "服务中心"]


def test_what_is_too_long_for_its_size_is_smaller() -> None:
    """A number stays on one row; a name takes two rows at most before it shrinks."""
    assert [row.size for row in rows([Line("A012", 4)], 58)] == [4]
    assert [row.size for row in rows([Line("AB12345678", 4)], 58)] == [2]
    assert [row.size for row in rows([Line("镇" * 16, 2)], 58)] == [2, 2]
    assert [row.size for row in rows([Line("镇" * 17, 2)], 58)] == [1, 1]
