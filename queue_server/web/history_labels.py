"""What the rows of statistics stand for, in words. Pure. `_` translates a text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from queue_server.domain.hours import WEEKDAYS
from queue_server.projections.history_tally import By

__all__ = ["Rows", "RowsBy", "Translate", "crossed", "every_hall", "heading", "label_of"]

Translate = Callable[[str], str]
Rows = Sequence[Mapping[str, Any]]
"""Rows of statistics as the wire has them."""
RowsBy = By | Literal["hall", "minutes"]
"""What rows stand for on pages: as in statistics, or a hall, or a span of minutes."""


def heading(by: RowsBy, _: Translate) -> str:
    """What the rows stand for."""
    names: Mapping[RowsBy, str] = {
        "day": _("日期"),
        "weekday": _("星期"),
        "hour": _("时段"),
        "weekday_hour": _("星期和时段"),
        "minutes": _("时长"),
        "month": _("月份"),
        "queue": _("队列"),
        "service": _("办理事项"),
        "counter": _("窗口"),
        "post": _("岗位"),
        "day_post": _("岗位和日期"),
        "clerk": _("窗口人员"),
        "capacity": _("岗位身份"),
        "hall": _("大厅"),
    }
    return names[by]


def label_of(by: RowsBy, row: Mapping[str, Any], _: Translate) -> str:
    """What a row stands for."""
    key, name = row.get("key"), row.get("name")
    weekdays = _weekdays(_)
    match by:
        case "hour" if key is not None:
            return f"{key}:00–{key + 1}:00"
        case "weekday" if key is not None:
            return weekdays[key]
        case "day" if key is not None:
            return f"{key} {weekdays[WEEKDAYS[date.fromisoformat(key).weekday()]]}"
        case "weekday_hour" | "day_post" if key is not None:
            return " ".join(crossed(by, row, _))
        case "minutes":
            least, _dash, most = row["key"].partition("-")
            return (
                _("%(least)s–%(most)s 分钟") % {"least": least, "most": most}
                if most
                else _("%(least)s 分钟以上") % {"least": least}
            )
        case "capacity":
            return {"A": _("A 岗"), "B": _("B 岗"), "relief": _("顶岗")}[row["key"]]
        case "counter" if key is not None:
            return _("%(number)s 号窗口 %(name)s") % {"number": key, "name": name or ""}
        case "service":
            return _("只选了队列") if key is None else f"{key} {name or ''}".rstrip()
        case "post" | "day_post" if key is None:
            return _("不属于岗位的窗口")
        case "clerk" if name is None:
            return _("已注销的账号")
    return str(name or key or _("合计"))


def crossed(by: RowsBy, row: Mapping[str, Any], _: Translate) -> tuple[str, str]:
    """What a row stands for that is named by two things: "周一" and "9:00", a post and its day."""
    if by == "weekday_hour":
        weekday, _blank, hour = row["key"].partition(" ")
        return _weekdays(_)[weekday], f"{int(hour)}:00"
    day, _blank, post = row.get("key", "").partition(" ")
    return str(row.get("name") or post or _("不属于岗位的窗口")), day


def every_hall(_: Translate) -> str:
    """What a table of all halls is about."""
    return _("全区各大厅")


def _weekdays(_: Translate) -> Mapping[str, str]:
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return dict(zip(WEEKDAYS, names, strict=True))
