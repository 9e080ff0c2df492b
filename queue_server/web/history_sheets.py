"""Tables of history as sheets of a file, with what their figures mean. Pure. `_` translates a text."""

from collections.abc import Sequence

from queue_server.exchange.sheet import Column, Sheet, Value
from queue_server.web.figures import TOPICS, Topic
from queue_server.web.history_labels import Rows, RowsBy, Translate, heading
from queue_server.web.history_table import Table, table

__all__ = ["as_sheet", "meanings", "sheets", "single_sheet"]


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
