"""What of a table is drawn, as static/charts.js takes it. Pure."""

from collections.abc import Sequence
from typing import Any

from queue_server.exchange.sheet import Value
from queue_server.web.figures import FIGURES, Figure
from queue_server.web.history_labels import Translate
from queue_server.web.history_table import Table

__all__ = ["chart"]

MOST_BARS = 20
"""Rows that can be told apart in one chart; the table has all."""

IN_ORDER = ("month", "weekday", "hour", "minutes", "capacity")


def chart(table: Table, figure: Figure, _: Translate) -> dict[str, Any]:
    """One figure of the table, the earlier period beside it; of ratings all five levels on top of each other.

    {kind: "line" | "columns" | "bars" | "levels", unit, name, labels, of: how many rows the table has, series: [{name,
    values: null where nothing is known}]}
    """
    days = table.by == "day"
    shown = table.rows if days else table.rows[:MOST_BARS]
    labels = [row.key[5:] if days else row.label for row in shown]  # the year stands above
    about = {"unit": figure.unit, "labels": labels, "of": len(table.rows)}
    places = {each.path: at for at, each in enumerate(table.figures)}
    if figure.path.startswith("ratings."):
        levels = [path for path in FIGURES if path.startswith("ratings.") and path in places]
        series = [_series(_(FIGURES[path].name), [row.cells[places[path]].value for row in shown]) for path in levels]
        return {"kind": "levels", "name": _("各级评价"), **about, "series": series}
    cells = [row.cells[places[figure.path]] for row in shown]
    series = [_series(_("所选日期"), [cell.value for cell in cells])]
    if table.compared:
        series.append(_series(_("对比期"), [cell.before for cell in cells]))
    kind = "line" if days else "columns" if table.by in IN_ORDER else "bars"
    return {"kind": kind, "name": _(figure.name), **about, "series": series}


def _series(name: str, values: Sequence[Value]) -> dict[str, Any]:
    return {"name": name, "values": list(values)}
