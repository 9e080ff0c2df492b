"""What a page of history is asked: which days, compared with what, by what, which figures. Read from its address."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from queue_server.web.figures import TOPICS, Topic
from queue_server.web.history_labels import RowsBy, Translate
from queue_server.web.periods import AGAINST, Against, Period, PeriodFault, asked, earlier, usual

__all__ = ["Question", "question"]


class Question(NamedTuple):
    """period: None when the address names none that can be, which `fault` tells. by: what rows stand for, one of `bys`.
    figure: the path of the one to draw, "" for the topic's main one.
    """

    period: Period | None
    fault: PeriodFault | None
    against: Against
    by: RowsBy
    bys: Sequence[RowsBy]
    topic: Topic
    figure: str

    @property
    def earlier(self) -> Period | None:
        """The days to compare with."""
        return None if self.period is None else earlier(self.period, self.against)

    def address(self, **changes: str) -> str:
        """The query of the page that answers it, with some of its parts changed; parts without a value are left out."""
        parts = {"against": self.against, "by": self.by, "show": self.topic.id, "figure": self.figure}
        if self.period is not None:
            parts = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat(), **parts}
        return "?" + urlencode({name: value for name, value in (parts | changes).items() if value})

    def about(self, name: str, _: Translate) -> list[str]:
        """What stands above a table in a file: of whom, and of which days. name: of the hall, or of all."""
        said = [name]
        for period, text in (
            (self.period, _("统计日期：%(first)s 至 %(last)s")),
            (self.earlier, _("对比日期：%(first)s 至 %(last)s")),
        ):
            if period is not None:
                said.append(text % {"first": period.first, "last": period.last})
        return said

    def file_name(self, of: str, kind: str) -> str:
        """What a file with the answer is called."""
        days = "" if self.period is None else f"{self.period.first}-{self.period.last}-"
        return f"{of}-{days}{self.by}.{kind}"

    def periods(self, today: date) -> list[tuple[str, str, bool]]:
        """The periods that are asked for most: name, address, whether it is this one."""
        return [
            (name, self.address(**{"from": str(each.first), "to": str(each.last)}), each == self.period)
            for name, each in usual(today)
        ]


def question(query: Mapping[str, str], today: date, bys: Sequence[RowsBy]) -> Question:
    """What is asked. What is not known counts as not said, except for days, which no figure is shown without."""
    period = asked(query, today)
    return Question(
        period=period if isinstance(period, Period) else None,
        fault=None if isinstance(period, Period) else period,
        against=_one_of(AGAINST, query.get("against")),
        by=_one_of(bys, query.get("by")),
        bys=bys,
        topic=next((topic for topic in TOPICS if topic.id == query.get("show")), TOPICS[0]),
        figure=query.get("figure", ""),
    )


T = TypeVar("T")


def _one_of(known: Sequence[T], asked: str | None) -> T:
    return next((each for each in known if each == asked), known[0])
