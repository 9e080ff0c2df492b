"""What a page of history shows for a question and its answer, and the files of the same. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from queue_server.exchange.sheet import write_csv, write_xlsx
from queue_server.web.figure_words import change, said
from queue_server.web.figures import FIGURES, TOPICS, Figure, Topic, value_of
from queue_server.web.history_chart import chart
from queue_server.web.history_grid import CROSSED, grid, heat_chart
from queue_server.web.history_labels import Rows, Translate, heading
from queue_server.web.history_question import Question
from queue_server.web.history_sheets import sheets, single_sheet
from queue_server.web.history_table import Cell, Table, compared, table

__all__ = ["Answer", "Tile", "as_csv", "as_xlsx", "shown", "tiles"]

HEADLINES = (
    "issued",
    "waiting.median_s",
    "within_target_rate",
    "abandonment_rate",
    "served",
    "service.median_s",
    "good_rate_top3",
    "coverage",
    "promise_error_s",
)
"""The figures of everything that stand above all others."""


class Answer(NamedTuple):
    """rows: of the period; before: of the earlier one, None when nothing is compared. total, total_before: the row of
    everything, of both.
    """

    rows: Rows
    before: Rows | None
    total: Rows
    total_before: Rows | None

    def table(self, asked: Question, topic: Topic, _: Translate, ranked_by: str | None = None) -> Table:
        """The figures of one topic."""
        return table(asked.by, topic, self.rows, self.set_against(asked), _, ranked_by=ranked_by)

    def set_against(self, asked: Question) -> Rows | None:
        """The earlier rows, each with the key of the present one that it is compared with."""
        if self.before is None or asked.period is None or asked.earlier is None:
            return None
        return compared(asked.by, self.rows, self.before, asked.period, asked.earlier)


class Tile(NamedTuple):
    """A figure of everything, in words. change, before: "" where nothing is compared."""

    figure: Figure
    value: str
    change: str
    before: str


def tiles(total: Rows, total_before: Rows | None, _: Translate, paths: Sequence[str] = HEADLINES) -> list[Tile]:
    """The figures of everything, with how they changed."""
    made = []
    for path in paths:
        figure = FIGURES[path]
        cell = Cell(
            value_of(total[0], path) if total else None, value_of(total_before[0], path) if total_before else None
        )
        before = "" if total_before is None else said(cell.before, figure.unit)
        made.append(Tile(figure, said(cell.value, figure.unit), change(*cell, figure.unit, _), before))
    return made


def shown(asked: Question, answer: Answer, _: Translate, headlines: Sequence[str] = HEADLINES) -> dict[str, Any]:
    """The values of templates/history/figures.html: tiles, topics, topic, figure, table, grid, heading, chart …

    headlines: the figures of everything.
    """
    known = [topic for topic in TOPICS if answer.table(asked, topic, _).figures] or list(TOPICS)
    topic = asked.topic if asked.topic in known else known[0]
    paths = [figure.path for figure in answer.table(asked, topic, _).figures]
    path = next((each for each in (asked.figure, topic.main) if each in paths), paths[0] if paths else "")
    ranked = answer.table(asked, topic, _, ranked_by=path)
    pairs = [row for row in answer.rows if "key" in row] if asked.by in CROSSED else []
    cross = grid(asked.by, pairs, FIGURES[path], _) if pairs else None
    return {
        "tiles": tiles(answer.total, answer.total_before, _, headlines),
        "topics": known,
        "all_topics": TOPICS,
        "topic": topic,
        "figure": FIGURES.get(path),
        "table": ranked,
        "heading": heading(asked.by, _),
        "headings": {by: heading(by, _) for by in asked.bys},
        "nothing": not any(value_of(row, path) for row in answer.total for path in ("issued", "called", "on_duty_s")),
        "grid": cross,
        "chart": None if not path else chart(ranked, FIGURES[path], _) if cross is None else heat_chart(cross, _),
        "said": said,
        "change": lambda cell, unit: change(cell.value, cell.before, unit, _),
    }


def as_xlsx(asked: Question, answer: Answer, about: Sequence[str], _: Translate) -> bytes:
    """A sheet for each topic, and one with the meanings. about: lines above each table."""
    return write_xlsx(sheets(asked.by, answer.rows, answer.set_against(asked), _, about))


def as_csv(asked: Question, answer: Answer, _: Translate) -> bytes:
    """All figures in one table."""
    return write_csv(single_sheet(asked.by, answer.rows, answer.set_against(asked), _))
