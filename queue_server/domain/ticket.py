"""A ticket 号 and the legs 办理环节 of its visit.

The life cycle; `decide` makes these steps and no others, and tests/domain/test_life_cycle.py holds it to this drawing:

    new ─a─► waiting ─b─► called ─c─► serving ─d─► finished
    called ─e─► absent ─f─► waiting          called ─g─► void     (the third absence)
    serving ─h─► held ─i─► serving           serving ─j─► waiting (transfer)
    waiting ─k─► cancelled                   new ─l─► serving     (serve-now)
    waiting, called, held ─m─► lapsed        (the day ends)

a issue · b next, call · c start · d finish · e, g no-show · f return · h hold · i resume-ticket · j transfer · k cancel
"""

from datetime import date, datetime
from typing import Literal

from queue_server.domain.post import Capacity
from queue_server.domain.value import Value

__all__ = ["LIFE_CYCLE", "PRIORITIES", "Estimate", "Leg", "Outcome", "Priority", "Rank", "Ticket", "TicketState"]

TicketState = Literal["waiting", "called", "serving", "held", "absent", "finished", "cancelled", "void", "lapsed"]
Outcome = Literal["served", "absent", "transferred", "held"]
Priority = Literal["elderly", "disabled", "pregnant_or_infant", "military", "urgent_need"]
PRIORITIES: tuple[Priority, ...] = ("elderly", "disabled", "pregnant_or_infant", "military", "urgent_need")

LIFE_CYCLE: frozenset[tuple[TicketState | Literal["new"], TicketState]] = frozenset(
    {
        ("new", "waiting"),
        ("new", "serving"),
        ("waiting", "called"),
        ("called", "serving"),
        ("serving", "finished"),
        ("called", "absent"),
        ("called", "void"),
        ("absent", "waiting"),
        ("serving", "held"),
        ("held", "serving"),
        ("serving", "waiting"),
        ("waiting", "cancelled"),
        ("waiting", "lapsed"),
        ("called", "lapsed"),
        ("held", "lapsed"),
    }
)

Rank = tuple[bool, datetime, int, int, str]
"""Place in a queue, smallest first: (not urgent, effective arrival, order, returned, ticket id)."""


class Estimate(Value, frozen=True, kw_only=True):
    """A promised wait: half of such tickets wait at most p50_s seconds, nine in ten at most p90_s."""

    p50_s: int
    p90_s: int


class Leg(Value, frozen=True, kw_only=True):
    """One stay at one counter. post is None at a counter without one; finished_at is absent after a no-show."""

    counter: int
    clerk: str
    capacity: Capacity
    queue: str
    called_at: datetime
    post: str | None = None
    recalls: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    services: tuple[int, ...] = ()


class Ticket(Value, frozen=True, kw_only=True):
    """One citizen's place in one business day.

    number is public; id is known to holder and staff alone. service: catalogue number, None when only a queue was
    chosen. effective: the effective arrival that orders the queue; order: seq of its issue, which breaks ties;
    returned: seq of its last return after an absence, 0 before; returned_at: when that was. absences counts no-shows.
    instead_of: the id of the one that lapsed on the last business day, in whose place it stands.
    """

    id: str
    number: str
    queue: str
    business_day: date
    issued_at: datetime
    state: TicketState
    effective: datetime
    order: int
    returned: int = 0
    returned_at: datetime | None = None
    urgent: bool = False
    service: int | None = None
    priority: Priority | None = None
    priority_confirmed: bool = False
    appointment: datetime | None = None
    absences: int = 0
    estimate: Estimate | None = None
    phone_ref: str | None = None
    instead_of: str | None = None
    legs: tuple[Leg, ...] = ()

    @property
    def rank(self) -> Rank:
        """Where the ticket stands among those waiting in its queue."""
        return (not self.urgent, self.effective, self.order, self.returned, self.id)

    @property
    def waits_since(self) -> datetime:
        """When it came, came back, or last left a counter: since then it waits, if it does."""
        if not self.legs:
            return self.issued_at
        left_at = self.legs[-1].finished_at  # None after a call that nobody answered
        return left_at or self.returned_at or self.issued_at

    @property
    def open(self) -> bool:
        """Whether anything can still happen to it today."""
        return self.state in ("waiting", "called", "serving", "held", "absent")
