"""Rows of statistics as a table for people: labels, the figures of one topic, and beside them those of other days.

The same table is read on a page, drawn as a chart and written into a file. Pure. `_` translates a text.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from queue_server.exchange.sheet import Value
from queue_server.projections.history_tally import Key
from queue_server.web.figures import Figure, Topic, value_of
from queue_server.web.history_labels import Rows, RowsBy, Translate, label_of
from queue_server.web.periods import Period

__all__ = ["Cell", "Row", "Table", "compared", "table"]

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
    now, earlier = _by_key(rows), _by_key(before or ())
    both = {**earlier, **now}
    keys = [*now, *(key for key in earlier if key not in now)]
    if ranked_by is not None and by in RANKED:
        keys.sort(key=lambda key: -_size(value_of(now.get(key, {}), ranked_by)))
    made = []
    for key in keys:
        is_now, was = now.get(key, {}), earlier.get(key, {})
        cells = tuple(Cell(value_of(is_now, figure.path), value_of(was, figure.path)) for figure in figures)
        made.append(Row("" if key is None else str(key), label_of(by, both[key], _), cells))
    return Table(by, figures, tuple(made), before is not None)


def _known(figure: Figure, rows: Rows) -> bool:
    return any(value_of(row, figure.path) is not None for row in rows)


def _by_key(rows: Rows) -> dict[Key, Mapping[str, Any]]:
    return {row.get("key"): row for row in rows}


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
