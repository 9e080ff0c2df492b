"""What a strip of 8 or 12 characters says."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.led_text import centred, columns, strip_text

CHINA = ZoneInfo("Asia/Shanghai")
CALLED = {"state": "open", "ticket": {"number": "A001", "state": "called"}}
SERVING = {"state": "open", "ticket": {"number": "A001", "state": "serving"}}
AWAY = {"state": "away", "back_at": "2026-11-26T02:45:00Z"}


@pytest.mark.parametrize(
    ("state", "short", "long"),
    [
        (None, "请稍候", "系统恢复中，请稍候"),
        ({}, "暂停服务", "暂停服务"),
        ({"state": "closed"}, "暂未开放", "暂未开放"),
        ({"state": "paused"}, "暂停服务", "暂停服务"),
        ({"state": "paused", "ticket": {"number": "A001", "state": "called"}}, "暂停服务", "暂停服务"),
        (AWAY, "请稍候 10:45", "请稍候，预计10:45回来"),
        ({"state": "open"}, "欢迎您", "欢迎您"),
        (CALLED, "请A001号到本窗口", "请A001号到本窗口"),
        ({"state": "open", "ticket": {"number": "AB1000", "state": "called"}}, "请AB1000号", "请AB1000号到本窗口"),
        (SERVING, "正在办理A001号", "正在办理A001号"),
        ({"state": "open", "ticket": {"number": "AB1000", "state": "serving"}}, "正在办理AB1000号", "正在办理AB1000号"),
    ],
)
def test_each_state(state: dict[str, Any] | None, short: str, long: str) -> None:
    """On 8 and on 12 characters."""
    assert strip_text(state, 8, CHINA) == short
    assert strip_text(state, 12, CHINA) == long


@given(
    width=st.integers(4, 32),
    state=st.sampled_from([None, {"state": "closed"}, {"state": "open"}, CALLED, SERVING, AWAY]),
    number=st.from_regex(r"[A-Z]{1,2}\d{3,4}", fullmatch=True),
)
def test_it_never_overflows(width: int, state: dict[str, Any] | None, number: str) -> None:
    """And fills the strip exactly, so that nothing of the last line stays."""
    if state in (CALLED, SERVING):
        state = state | {"ticket": state["ticket"] | {"number": number}}
    text = strip_text(state, width, CHINA)
    assert 0 < columns(text) <= 2 * width
    assert columns(centred(text, width)) == 2 * width
