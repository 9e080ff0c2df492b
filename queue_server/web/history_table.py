"""Rows of statistics as a table for people: labels, the figures of one topic, and beside them those of other days.

The same table is read on a page, drawn as a chart and written into a file. Pure. `_` translates a text.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from queue_server.domain.hours import WEEKDAYS
from queue_server.exchange.sheet import Column, Sheet, Value
from queue_server.projections.history_tally import By
from queue_server.web.figures import TOPICS, Figure, Topic, Unit, value_of
from queue_server.web.periods import Period

__all__ = [
    "Cell",
    "Row",
    "Rows",
    "Table",
    "Translate",
    "as_sheet",
    "change",
    "compared",
    "crossed",
    "every_hall",
    "heading",
    "meanings",
    "said",
    "sheets",
    "single_sheet",
    "table",
]

Translate = Callable[[str], str]
Rows = Sequence[Mapping[str, Any]]
"""Rows of statistics as the wire has them."""
RowsBy = By | Literal["hall", "minutes"]
"""What rows stand for on pages: as in statistics, or a hall, or a span of minutes."""

RANKED: frozenset[RowsBy] = frozenset({"service", "clerk", "hall"})
"""Rows that have no order of their own: the one with the most stands first."""


class Cell(NamedTuple):
    """before: the same figure in the period that is compared with."""

    value: Value
    before: Value = None


class Row(NamedTuple):
    """key: of the row of statistics, "" for the one that has none. cells: one for each figure of the table."""

    key: str
    label: str
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """figures: the columns. compared: whether an earlier period stands beside the present one."""

    by: RowsBy
    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    compared: bool


def table(
    by: RowsBy, topic: Topic, rows: Rows, before: Rows | None, _: Translate, *, ranked_by: str | None = None
) -> Table:
    """The figures of a topic that any row has. before: rows already set against `rows` by `compared`, None for no
    comparison. ranked_by: the figure by whose size rows without an order of their own are put in one.
    """
    figures = tuple(figure for figure in topic.figures if _known(figure, rows) or _known(figure, before or ()))
    earlier = {_key(row): row for row in before or ()}
    both = [*rows, *(row for row in before or () if _key(row) not in {_key(each) for each in rows})]
    if ranked_by is not None and by in RANKED:
        both.sort(key=lambda row: -_size(value_of(row, ranked_by)))
    now = {_key(row): row for row in rows}
    made = tuple(
        Row(
            str(row.get("key", "")),
            label_of(by, row, _),
            tuple(
                Cell(value_of(now.get(_key(row), {}), figure.path), value_of(earlier.get(_key(row), {}), figure.path))
                for figure in figures
            ),
        )
        for row in both
    )
    return Table(by, figures, made, before is not None)


def _known(figure: Figure, rows: Rows) -> bool:
    return any(value_of(row, figure.path) is not None for row in rows)


def _key(row: Mapping[str, Any]) -> str:
    return repr(row.get("key"))


def _size(value: Value) -> float:
    return value if isinstance(value, int | float) else -1


def compared(by: RowsBy, rows: Rows, before: Rows, period: Period, earlier: Period) -> Rows:
    """The earlier rows that are set against the present ones: those of the same key; of days and months those in the
    same place of their period.
    """
    if by not in ("day", "day_post", "month"):
        return before
    present = {row.get("key") for row in rows}
    moved = [{**row, "key": _moved(row["key"], period, earlier)} for row in before if "key" in row]
    return [row for row in moved if row["key"] in present]


def _moved(key: str, period: Period, earlier: Period) -> str:
    """The key of a day, of a post's day or of a month, as much later as the present period is than the earlier one."""
    day, blank, post = key.partition(" ")
    if len(day) > len("2026-06"):
        return f"{date.fromisoformat(day) + (period.first - earlier.first)}{blank}{post}"
    months = (period.first.year - earlier.first.year) * 12 + period.first.month - earlier.first.month
    year, month = divmod(int(day[:4]) * 12 + int(day[5:]) - 1 + months, 12)
    return f"{year:04}-{month + 1:02}"


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


# In words

UNKNOWN = "—"


def said(value: Value, unit: Unit) -> str:
    """A figure as people read it: "1,204", "8:32" (minutes and seconds), "1:02:33", "83.3%"; a dash when not known."""
    if value is None or isinstance(value, str):
        return value or UNKNOWN
    match unit:
        case "share":
            return f"{value:.1%}"
        case "seconds":
            minutes, seconds = divmod(round(value), 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours:,}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{value:,}"


def change(cell: Cell, unit: Unit, _: Translate) -> str:
    """How much more or less than before: "+11%", "−1.3 点"; nothing where it cannot be said."""
    value, before = cell
    if not isinstance(value, int | float) or not isinstance(before, int | float):
        return ""
    if unit == "share":
        points = round((value - before) * 100, 1)
        return _("%(points)s 点") % {"points": _signed(points, f"{abs(points):.1f}")} if points else "±0"
    if not before:
        return ""
    percent = round((value - before) / before * 100)
    return _signed(percent, f"{abs(percent)}%") if percent else "±0"


def _signed(number: float, size: str) -> str:
    return ("+" if number > 0 else "\u2212") + size


# As a file


def sheets(by: RowsBy, rows: Rows, before: Rows | None, _: Translate, about: Sequence[str]) -> list[Sheet]:
    """A sheet for each topic of which anything is known, and one with the meanings. about: lines above each table."""
    made = [
        as_sheet(_(topic.name), shown, about, _)
        for topic in TOPICS
        if (shown := table(by, topic, rows, before, _)).figures
    ]
    return [*made, meanings(_)]


def single_sheet(by: RowsBy, rows: Rows, before: Rows | None, _: Translate) -> Sheet:
    """Every figure in one sheet."""
    figures = tuple(figure for topic in TOPICS for figure in topic.figures)
    return as_sheet("", table(by, Topic("", "", "", figures), rows, before, _), (), _)


def meanings(_: Translate) -> Sheet:
    """What each figure means."""
    rows = [(_(topic.name), _(figure.name), _(figure.meaning)) for topic in TOPICS for figure in topic.figures]
    columns = (Column(_("类别"), "text"), Column(_("指标"), "text"), Column(_("含义"), "text"))
    return Sheet(_("指标含义"), columns, rows)


def as_sheet(title: str, shown: Table, about: Sequence[str], _: Translate) -> Sheet:
    """A table as a sheet; earlier figures have columns of their own. about: lines above it."""
    columns = [Column(heading(shown.by, _), "text")]
    for figure in shown.figures:
        columns.append(Column(_(figure.name), figure.unit))
        if shown.compared:
            columns.append(Column(_("%(figure)s（对比期）") % {"figure": _(figure.name)}, figure.unit))
    rows: list[tuple[Value, ...]] = []
    for row in shown.rows:
        values: list[Value] = [row.label]
        for cell in row.cells:
            values += cell if shown.compared else cell[:1]
        rows.append(tuple(values))
    return Sheet(title, tuple(columns), rows, tuple(about))


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
