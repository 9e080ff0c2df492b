"""What statistics are made of: one fact for each ticket, each leg, each stretch of a clerk's duty, and each post's day.

Facts belong to a business day and stay with it: a ticket that was carried over midnight, or rated the day after, counts
for the day that issued it. Durations are whole milliseconds, so that sums are exact and come out the same every time.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level, UnratedCause
from queue_server.domain.ticket import Outcome, TicketState

__all__ = ["Doing", "Fact", "LegFacts", "Staffing", "TicketFacts", "Work"]

Doing = Literal["serving", "paused", "free"]
"""What a clerk on duty does: serving a ticket (paused or not), paused without one, or neither."""


@dataclass(slots=True, kw_only=True)
class LegFacts:
    """One leg 办理环节.

    called: False for a held ticket that came back: nobody was called. chosen: the clerk called it out of turn.
    service_ms: of a leg that ended a service (outcome `served` or `transferred`), start → end, with the legs before it
    that a hold interrupted and without the hold; else None. level: its rating, None while there is none;
    unrated: why there was none when it was asked for at the counter, None when it was not.
    """

    counter: int
    clerk: str
    capacity: Capacity
    post: str | None
    queue: str
    called: bool = True
    chosen: bool = False
    started_at: datetime | None = None
    outcome: Outcome | None = None
    service_ms: int | None = None
    level: Level | None = None
    unrated: UnratedCause | None = None


@dataclass(slots=True, kw_only=True)
class TicketFacts:
    """One ticket.

    day: its business day. hour: 0–23, local, of its issue. queue: that it was issued for; queue_now: that it is in.
    service: catalogue number, None when only a queue was chosen. promised: (p50_s, p90_s), None when nothing was.
    waited_ms: first call − issue within opening hours; elapsed_ms: the same by the clock; both None before that call.
    in_target: whether waited_ms was within the queue's target. held_ms: service so far of a service that is not ended.
    """

    day: date
    hour: int
    queue: str
    queue_now: str
    issued_at: datetime
    service: int | None = None
    priority: bool = False
    urgent: bool = False
    promised: tuple[int, int] | None = None
    state: TicketState = "waiting"
    waited_ms: int | None = None
    elapsed_ms: int | None = None
    in_target: bool = False
    held_ms: int = 0
    legs: list[LegFacts] = field(default_factory=list)


class Work(NamedTuple):
    """How long a clerk was on duty in one way, on one business day, within opening hours.

    posts: the one signed on to (None at a counter without one) and those covered; post: that of the ticket being
    served, None when `doing` is not `serving` or the counter has none.
    """

    day: date
    counter: int
    clerk: str
    posts: tuple[str | None, ...]
    doing: Doing
    post: str | None
    ms: int


class Staffing(NamedTuple):
    """How far a post was staffed on one business day, of the opening time in which its roster wants somebody there.

    staffed_ms: of expected_ms, somebody was signed on to it, or covered it from another counter, paused or not.
    """

    day: date
    post: str
    expected_ms: int
    staffed_ms: int


Fact = TicketFacts | Work | Staffing
