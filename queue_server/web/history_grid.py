"""One figure by two things at once: weekdays and hours, posts and days. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from queue_server.exchange.sheet import Value
from queue_server.web.figures import Figure, value_of
from queue_server.web.history_labels import Rows, RowsBy, Translate, crossed

__all__ = ["CROSSED", "Grid", "grid", "heat_chart"]

CROSSED: frozenset[RowsBy] = frozenset({"weekday_hour", "day_post"})
"""Rows whose keys are two things."""


class Grid(NamedTuple):
    """columns: their headings. rows: a heading, and a value for each column."""

    figure: Figure
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]


def grid(by: RowsBy, rows: Rows, figure: Figure, _: Translate) -> Grid:
    """The figure of each pair; None where a pair has no row. by: one of `CROSSED`. rows: one or more, with keys."""
    values: dict[tuple[str, str], Value] = {crossed(by, row, _): value_of(row, figure.path) for row in rows}
    names = dict.fromkeys(name for name, _column in values)
    columns = _columns(by, values)
    headings = tuple(column[5:] if by == "day_post" else column for column in columns)  # the year stands above
    return Grid(figure, headings, tuple((name, tuple(values.get((name, at)) for at in columns)) for name in names))


def _columns(by: RowsBy, values: Mapping[tuple[str, str], Value]) -> tuple[str, ...]:
    """Every hour from the first to the last; the days on which something was."""
    found = dict.fromkeys(column for _name, column in values)
    if by == "day_post":
        return tuple(found)
    hours = [int(column.partition(":")[0]) for column in found]
    return tuple(f"{hour}:00" for hour in range(min(hours), max(hours) + 1))


def heat_chart(grid: Grid, _: Translate) -> dict[str, Any]:
    """The grid as static/charts.js takes it: {kind: "heat", unit, name, labels, names, most, values: [[column, row,
    value]]}.
    """
    values = [
        [column, row, value]
        for row, (_name, cells) in enumerate(grid.rows)
        for column, value in enumerate(cells)
        if isinstance(value, int | float)
    ]
    return {
        "kind": "heat",
        "unit": grid.figure.unit,
        "name": _(grid.figure.name),
        "labels": list(grid.columns),
        "of": len(grid.columns),
        "names": [name for name, _cells in grid.rows],
        "values": values,
    }
