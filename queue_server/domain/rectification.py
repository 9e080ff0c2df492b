"""Rectification 差评整改: what a bad rating asks for, until when, and what became of it.

Its life; rectify.py makes these steps and no others, and tests/domain/test_rectification.py holds it to this drawing:

    new ─a─► pending ─b─► under_way ─c─► finished          pending ─c─► finished
    pending, under_way ─d─► invalid_review ─e─► invalid
    pending, under_way ─f─► extension_review
    invalid_review, extension_review ─g─► pending, under_way: where it was

a a bad rating · b start · c finish · d, f the head asks for a review · e, g discipline or district decides it

超期 overdue is no state: it follows from the day and from when it was due, and what is overdue can still be finished.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, Self

from msgspec.structs import replace

from queue_server.domain import book_events as events
from queue_server.domain.day import Day
from queue_server.domain.deadlines import local_date
from queue_server.domain.rating import BAD
from queue_server.domain.value import Value

__all__ = [
    "STEPS",
    "Rectification",
    "RectificationEvent",
    "RectificationState",
    "Rectifications",
]

RectificationState = Literal["pending", "under_way", "finished", "invalid_review", "extension_review", "invalid"]
"""待整改、整改中、整改完成、无效待审、延期待审、无效."""

STEPS: frozenset[tuple[RectificationState | Literal["new"], RectificationState]] = frozenset(
    {
        ("new", "pending"),
        ("pending", "under_way"),
        ("pending", "finished"),
        ("under_way", "finished"),
        ("pending", "invalid_review"),
        ("under_way", "invalid_review"),
        ("pending", "extension_review"),
        ("under_way", "extension_review"),
        ("invalid_review", "invalid"),
        ("invalid_review", "pending"),
        ("invalid_review", "under_way"),
        ("extension_review", "pending"),
        ("extension_review", "under_way"),
    }
)

RectificationEvent = (
    events.RectificationOpened
    | events.RectificationStarted
    | events.RectificationNoted
    | events.RectificationFinished
    | events.RectificationCalledBack
    | events.RectificationReviewAsked
    | events.RectificationReviewed
    | events.RectificationFollowedUp
)


class Rectification(Value, frozen=True, kw_only=True):
    """One bad rating and what was done about it.

    opened: what was rated, where and by whom it was served. stage: where it stands, reviews aside. due_on: the last
    local day for it, extensions granted included. review: what was asked and is not decided yet, None when nothing is.
    finished_at: None before. called_back: the last call-back, None before. follow_up: the second and last rating, None
    before. log: everything that happened to it, oldest first.
    """

    opened: events.RectificationOpened
    due_on: date
    stage: Literal["pending", "under_way", "finished", "invalid"] = "pending"
    review: events.RectificationReviewAsked | None = None
    finished_at: datetime | None = None
    called_back: events.RectificationCalledBack | None = None
    follow_up: events.RectificationFollowedUp | None = None
    log: tuple[RectificationEvent, ...] = ()

    @property
    def id(self) -> str:
        """Its id, `r_…`."""
        return self.opened.rectification

    @property
    def state(self) -> RectificationState:
        """Where it stands."""
        if self.review is None:
            return self.stage
        return "invalid_review" if self.review.what == "invalid" else "extension_review"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.stage in ("pending", "under_way")

    def overdue(self, today: date) -> bool:
        """超期: whether it should have been done by that local day, and was not."""
        return self.open and today > self.due_on

    def in_time(self, timezone: str) -> bool | None:
        """Whether it was finished by its day in that time zone; None while it is not finished."""
        return None if self.finished_at is None else local_date(self.finished_at, timezone) <= self.due_on


class Rectifications:
    """The rectifications of one hall. by_id: in the order of opening."""

    def __init__(self) -> None:
        self.by_id: dict[str, Rectification] = {}
        self._by_leg: dict[tuple[str, int], str] = {}

    def copy(self) -> Self:
        """An independent state of equal content."""
        other = type(self)()
        other.by_id, other._by_leg = self.by_id.copy(), self._by_leg.copy()
        return other

    def __iter__(self) -> Iterator[Rectification]:
        return iter(self.by_id.values())

    def of_leg(self, ticket: str, leg: int) -> Rectification | None:
        """That of a ticket's leg (1-based), None when its rating asked for none."""
        found = self._by_leg.get((ticket, leg))
        return None if found is None else self.by_id[found]

    def unopened(self, day: Day) -> Iterator[tuple[str, int]]:
        """Ticket and leg of the day's bad ratings that have none yet."""
        for leg, rating in day.ratings.items():
            if rating.level in BAD and leg not in self._by_leg:
                yield leg

    def apply(self, event: events.BookEvent) -> None:
        """Take an event in; those of other subjects change nothing."""
        if not isinstance(event, RectificationEvent):
            return
        if isinstance(event, events.RectificationOpened):
            self._by_leg[event.ticket, event.leg] = event.rectification
            changed = Rectification(opened=event, due_on=event.due_on)
        else:
            changed = _changed(self.by_id[event.rectification], event)
        self.by_id[event.rectification] = replace(changed, log=(*changed.log, event))


def _changed(one: Rectification, event: events.BookEvent) -> Rectification:
    match event:
        case events.RectificationStarted():
            return replace(one, stage="under_way")
        case events.RectificationFinished():
            return replace(one, stage="finished", finished_at=event.at)
        case events.RectificationCalledBack():
            return replace(one, called_back=event)
        case events.RectificationReviewAsked():
            return replace(one, review=event)
        case events.RectificationReviewed():
            return _reviewed(replace(one, review=None), one.review, granted=event.granted)
        case events.RectificationFollowedUp():
            return replace(one, follow_up=event)
    return one


def _reviewed(one: Rectification, asked: events.RectificationReviewAsked | None, *, granted: bool) -> Rectification:
    if asked is None or not granted:
        return one
    return replace(one, stage="invalid" if asked.what == "invalid" else one.stage, due_on=asked.until or one.due_on)
