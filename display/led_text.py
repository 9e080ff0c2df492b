"""What an LED strip over a counter shows, from the state of topic `counter.{n}`. Pure.

The words are those that halls have used on such strips for years (平潭: 请A001号, 请稍候, 欢迎您, 暂停服务); the states
are those of the screen over a counter (static/counter_face.js).
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from unicodedata import east_asian_width

__all__ = ["centred", "columns", "strip_text"]


def strip_text(state: Mapping[str, Any] | None, width: int, timezone: tzinfo) -> str:
    """The line for a strip of `width` full-width characters (8 or 12, say), without padding.

    state: None while it is not known to be true: then nobody is called, and nobody is told that a counter is open.
    """
    if state is None:
        return _fitting(width, "系统恢复中，请稍候", "请稍候")
    if state.get("state") == "away":
        back = datetime.fromisoformat(state["back_at"]).astimezone(timezone).strftime("%H:%M")
        return _fitting(width, f"请稍候，预计{back}回来", f"请稍候 {back}", "请稍候")
    if state.get("state") == "closed":
        return _fitting(width, "暂未开放")
    if state.get("state") != "open":
        return _fitting(width, "暂停服务")
    if (ticket := state.get("ticket")) is not None and ticket["state"] == "serving":
        return _fitting(width, f"正在办理{ticket['number']}号", f"{ticket['number']}号办理中", ticket["number"])
    if ticket is not None:
        return _fitting(width, f"请{ticket['number']}号到本窗口", f"请{ticket['number']}号", ticket["number"])
    return _fitting(width, "欢迎您")


def _fitting(width: int, *texts: str) -> str:
    """The first, that is the fullest, that the strip has room for; what is still too long is cut."""
    text = next((text for text in texts if columns(text) <= 2 * width), texts[-1])
    while columns(text) > 2 * width:
        text = text[:-1]
    return text


def columns(text: str) -> int:
    """How many half-width columns a text takes."""
    return sum(2 if east_asian_width(character) in "FWA" else 1 for character in text)


def centred(text: str, width: int) -> str:
    """The text in the middle of a strip of `width` full-width characters."""
    room = max(2 * width - columns(text), 0)
    return " " * (room // 2) + text + " " * (room - room // 2)
