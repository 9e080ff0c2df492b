"""An absence of a clerk, and who stands in for her meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from queue_server.domain.book_events import AbsenceKind
from queue_server.domain.half_day import HALVES, HalfDay
from queue_server.domain.value import Value

__all__ = ["Absence", "Deputation", "half_day_before", "half_days"]


class Deputation(Value, frozen=True, kw_only=True):
    """Who stands in at a post from one half day to another, both included; deputy: None where nobody does any more."""

    post: str
    deputy: str | None
    first: HalfDay
    last: HalfDay


class Absence(Value, frozen=True, kw_only=True):
    """A clerk is not there from one half day to another, both included.

    by: who reported it, herself or the head. late: later than one day ahead. deputations: in the order in which they
    were confirmed; where two speak of the same half day, the later one counts.
    """

    id: str
    clerk: str
    first: HalfDay
    last: HalfDay
    kind: AbsenceKind
    reported_at: datetime
    by: str
    late: bool = False
    reason_ref: str | None = None
    deputations: tuple[Deputation, ...] = ()

    def covers(self, when: HalfDay) -> bool:
        """Whether she is absent then."""
        return self.first.rank <= when.rank <= self.last.rank

    def meets(self, first: HalfDay, last: HalfDay) -> bool:
        """Whether it has a half day in common with that time."""
        return self.first.rank <= last.rank and first.rank <= self.last.rank

    def deputy(self, post: str, when: HalfDay) -> str | None:
        """Who was confirmed to stand in at a post then."""
        for one in reversed(self.deputations):
            if one.post == post and one.first.rank <= when.rank <= one.last.rank:
                return one.deputy
        return None


def half_days(first: HalfDay, last: HalfDay) -> Iterator[HalfDay]:
    """Every half day from the first to the last, both included."""
    day = first.day
    while day <= last.day:
        for half in HALVES:
            when = HalfDay(day=day, half=half)
            if first.rank <= when.rank <= last.rank:
                yield when
        day += timedelta(days=1)


def half_day_before(when: HalfDay) -> HalfDay:
    """The one that ends as this one begins."""
    if when.half == "afternoon":
        return HalfDay(day=when.day, half="morning")
    return HalfDay(day=when.day - timedelta(days=1), half="afternoon")
