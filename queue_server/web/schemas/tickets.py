"""Shapes of …/tickets and what is done with one, and of a ticket itself."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field

from queue_server.domain.post import Capacity
from queue_server.domain.ticket import Outcome, Priority, TicketState
from queue_server.web.schemas.values import Instant, Key, Phone, ServiceNo, Text

__all__ = [
    "ConfirmPriority",
    "EstimateShape",
    "LeavePhone",
    "LegShape",
    "NewTicket",
    "PaperTicket",
    "Reason",
    "TicketShape",
]


class NewTicket(Struct):
    """POST …/tickets: one of queue and service. lapsed: a number that did on the last business day; not for phones."""

    queue: Key | None = None
    service: ServiceNo | None = None
    priority: Priority | None = None
    phone: Phone | None = None
    appointment: Instant | None = None
    lapsed: Key | None = None
    code: Key | None = None


class LeavePhone(Struct):
    """POST …/phone."""

    phone: Phone


class PaperTicket(Struct):
    """POST …/paper: what stands on a slip written by hand."""

    queue: Key
    number: Key
    issued_at: Instant


class ConfirmPriority(Struct):
    """POST …/priority."""

    priority: Priority = field(name="class")
    confirmed: bool


class Reason(Struct):
    """A body that must give a reason."""

    reason: Text


class EstimateShape(Struct):
    """A wait that half, and nine in ten, do not exceed."""

    p50_s: int
    p90_s: int


class LegShape(Struct, kw_only=True):
    """One leg of a visit. clerk: for staff only."""

    leg: int
    counter: int
    capacity: Capacity
    called_at: datetime
    recalls: int
    post: str | UnsetType = UNSET
    started_at: datetime | UnsetType = UNSET
    finished_at: datetime | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    clerk: str | UnsetType = UNSET


class TicketShape(Struct, kw_only=True):
    """A ticket. phone_left: whether its holder left a number, to be told when the turn is near."""

    id: str
    number: str
    queue: str
    business_day: str
    issued_at: datetime
    state: TicketState
    ahead: int
    legs: list[LegShape]
    track: str
    service: int | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    priority_confirmed: bool | UnsetType = UNSET
    urgent: bool | UnsetType = UNSET
    appointment: datetime | UnsetType = UNSET
    estimate: EstimateShape | UnsetType = UNSET
    phone_left: bool | UnsetType = UNSET
