"""Statistics: facts added up into rows, one for each queue, counter, hour …"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal, get_args

from queue_server.domain.hours import WEEKDAYS
from queue_server.projections.history_book import BookFact, ComplaintFacts, RectificationFacts
from queue_server.projections.history_facts import Fact, LegFacts, Staffing, TicketFacts, Work
from queue_server.projections.history_figures import Figures, PackedFigures

__all__ = ["BYS", "By", "Key", "Tally", "day_post", "month_of", "weekday_hour", "weekday_of"]

By = Literal[
    "queue", "counter", "service", "post", "clerk", "capacity",
    "hour", "weekday", "weekday_hour", "day", "month", "day_post",
]  # fmt: skip
"""What rows stand for. `hour` (0–23, local), `weekday`, `day` and `month` are those of the ticket's issue."""
BYS: tuple[By, ...] = get_args(By)

Key = str | int | None
"""Names a row; None for the one row of everything, for tickets without a service and for legs without a post. Of two
parts, "mon 09" and "2026-06-01 post-1": both, with a space between.
"""


def month_of(day: date) -> str:
    """The key of a day's month."""
    return f"{day:%Y-%m}"


def weekday_of(day: date) -> str:
    """The key of a day's weekday."""
    return WEEKDAYS[day.weekday()]


def weekday_hour(day: date, hour: Key) -> str:
    """The key of an hour of a day's weekday."""
    return f"{weekday_of(day)} {hour:02}"


def day_post(day: date, post: Key) -> Key:
    """The key of a post's day; None where there is no post."""
    return None if post is None else f"{day} {post}"


OF_TICKET: dict[By | None, Callable[[TicketFacts], Key]] = {
    None: lambda ticket: None,
    "day": lambda ticket: str(ticket.day),
    "month": lambda ticket: month_of(ticket.day),
    "weekday": lambda ticket: weekday_of(ticket.day),
    "hour": lambda ticket: ticket.hour,
    "weekday_hour": lambda ticket: weekday_hour(ticket.day, ticket.hour),
    "queue": lambda ticket: ticket.queue,
    "service": lambda ticket: ticket.service,
}
"""Which row a ticket counts in. Where it is missing no ticket can be counted before it is called."""

OF_LEG: dict[By | None, Callable[[date, LegFacts], Key]] = {
    "queue": lambda day, leg: leg.queue,
    "counter": lambda day, leg: leg.counter,
    "post": lambda day, leg: leg.post,
    "clerk": lambda day, leg: leg.clerk,
    "capacity": lambda day, leg: leg.capacity,
    "day_post": lambda day, leg: day_post(day, leg.post),
}
"""Which row a leg counts in, given its ticket's day. Where it is missing a leg counts where its ticket does."""

OF_WORK: dict[By | None, Callable[[Work], Iterable[Key]]] = {
    None: lambda work: (None,),
    "day": lambda work: (str(work.day),),
    "month": lambda work: (month_of(work.day),),
    "weekday": lambda work: (weekday_of(work.day),),
    "counter": lambda work: (work.counter,),
    "clerk": lambda work: (work.clerk,),
    "post": lambda work: work.posts,
    "day_post": lambda work: (day_post(work.day, post) for post in work.posts),
}
"""Which rows a clerk's time counts in. Where it is missing time cannot be told apart."""

OF_STAFFING: dict[By | None, Callable[[Staffing], Key]] = {
    None: lambda staffing: None,
    "day": lambda staffing: str(staffing.day),
    "month": lambda staffing: month_of(staffing.day),
    "weekday": lambda staffing: weekday_of(staffing.day),
    "post": lambda staffing: staffing.post,
    "day_post": lambda staffing: day_post(staffing.day, staffing.post),
}
"""Which row a post's time counts in, likewise."""

OF_RECTIFICATION: dict[By | None, Callable[[RectificationFacts], Key]] = {
    None: lambda one: None,
    "day": lambda one: str(one.day),
    "month": lambda one: month_of(one.day),
    "weekday": lambda one: weekday_of(one.day),
    "queue": lambda one: one.queue,
    "counter": lambda one: one.counter,
    "service": lambda one: one.service,
    "post": lambda one: one.post,
    "clerk": lambda one: one.clerk,
    "capacity": lambda one: one.capacity,
    "day_post": lambda one: day_post(one.day, one.post),
}
"""Which row a bad rating counts in, likewise."""

OF_COMPLAINT: dict[By | None, Callable[[ComplaintFacts], Key]] = {
    None: lambda one: None,
    "day": lambda one: str(one.day),
    "month": lambda one: month_of(one.day),
    "weekday": lambda one: weekday_of(one.day),
}
"""Which row a complaint counts in, likewise."""


class Tally:
    """Facts added up, by one of `BYS` or, with None, in one row. Any order of the facts gives the same rows."""

    def __init__(self, by: By | None) -> None:
        self.by = by
        self._rows: dict[Key, Figures] = {}
        self._of_ticket = OF_TICKET.get(by)
        self._of_leg = OF_LEG.get(by)
        self._of_work = OF_WORK.get(by)
        self._of_staffing = OF_STAFFING.get(by)
        self._of_rectification = OF_RECTIFICATION.get(by)
        self._of_complaint = OF_COMPLAINT.get(by)

    def add(self, fact: Fact | BookFact) -> None:
        """Count a fact."""
        match fact:
            case TicketFacts():
                self._add_ticket(fact)
            case Work():
                self._add_work(fact)
            case Staffing():
                if self._of_staffing is not None and fact.expected_ms:
                    self.row(self._of_staffing(fact)).add_staffing(fact)
            case RectificationFacts():
                if self._of_rectification is not None:
                    self.row(self._of_rectification(fact)).add_rectification(fact)
            case ComplaintFacts():
                if self._of_complaint is not None:
                    self.row(self._of_complaint(fact)).add_complaint(fact)

    @property
    def keys(self) -> frozenset[Key]:
        """The keys of the rows."""
        return frozenset(self._rows)

    def packed(self) -> list[tuple[Key, PackedFigures]]:
        """The rows as they are stored, in no order."""
        return [(key, figures.packed()) for key, figures in self._rows.items()]

    def row(self, key: Key) -> Figures:
        """The figures of a row, which is there from now on."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Figures()
        return row

    def rows(self, order: Sequence[Key] = (), *, distribution: bool = False) -> Iterator[dict[str, Any]]:
        """The rows as the wire shows them: keys in the given order, others ascending, the one without a key last.

        distribution: with each spread, how many durations lasted so many whole minutes.
        """
        if self.by == "weekday":
            order = WEEKDAYS
        elif self.by == "weekday_hour":
            order = [f"{weekday} {hour:02}" for weekday in WEEKDAYS for hour in range(24)]
        elif self.by == "capacity":
            order = ("A", "B", "relief")
        place = {key: at for at, key in enumerate(order)}
        if self.by is None:
            self.row(None)

        def rank(key: Key) -> tuple[bool, int, bool, str | int]:
            return key is None, place.get(key, len(place)), isinstance(key, str), 0 if key is None else key

        for key in sorted(self._rows, key=rank):
            figures = self._rows[key]
            row: dict[str, Any] = {} if key is None else {"key": key}
            row |= figures.of_tickets() if self._of_ticket is not None else {}
            row |= figures.of_waits(distribution=distribution) | figures.of_legs(distribution=distribution)
            row |= figures.of_duty() if self._of_work is not None else {}
            row |= figures.of_posts() if self._of_staffing is not None else {}
            row |= figures.of_rectifications() if self._of_rectification is not None else {}
            row |= figures.of_complaints() if self._of_complaint is not None else {}
            yield row

    def _add_ticket(self, ticket: TicketFacts) -> None:
        own = None
        if self._of_ticket is not None:
            own = self.row(self._of_ticket(ticket))
            own.add_issue(ticket)
        for at, leg in enumerate(ticket.legs):
            row = own if self._of_leg is None else self.row(self._of_leg(ticket.day, leg))
            assert row is not None  # noqa: S101 - each grouping places tickets, or legs
            row.add_leg(leg)
            if at == 0:
                row.add_wait(ticket)

    def _add_work(self, work: Work) -> None:
        if self._of_work is None:
            return
        own = day_post(work.day, work.post) if self.by == "day_post" else work.post
        for key in self._of_work(work):
            # A clerk who covers a post is on duty for both, and serves for one of them at a time.
            elsewhere = self.by in ("post", "day_post") and work.doing == "serving" and key != own
            self.row(key).add_duty("free" if elsewhere else work.doing, work.ms)
