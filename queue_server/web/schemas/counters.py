"""Shapes of …/counters: what a clerk does, and a counter."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.domain.counter import CounterState
from queue_server.domain.post import Capacity
from queue_server.domain.ticket import TicketState
from queue_server.web.schemas.tickets import TicketShape
from queue_server.web.schemas.values import Instant, Key, ServiceNo, Text

__all__ = [
    "AtCounter",
    "CallTicket",
    "CounterShape",
    "CurrentShape",
    "Finished",
    "NumberOnly",
    "OneCounter",
    "PauseFor",
    "ReasonIfAny",
    "ServeNowFor",
    "SignOffFrom",
    "SignOnAs",
    "TransferTo",
]


class ReasonIfAny(Struct):
    """A body that may give a reason."""

    reason: Text | None = None


class CallTicket(Struct):
    """POST …/call."""

    number: Key
    reason: Text


class NumberOnly(Struct):
    """POST …/resume-ticket, …/returns."""

    number: Key


class Finished(Struct):
    """POST …/finish."""

    services: Annotated[tuple[ServiceNo, ...], Meta(max_length=50)] = ()


class TransferTo(Struct):
    """POST …/transfer."""

    queue: Key
    reason: Text


class ServeNowFor(Struct):
    """POST …/serve-now: one of queue and service."""

    queue: Key | None = None
    service: ServiceNo | None = None


class SignOnAs(Struct):
    """POST …/sign-on."""

    capacity: Capacity
    post: Key | None = None


class SignOffFrom(Struct):
    """POST …/sign-off. post: a covered post to give up; without it, the counter."""

    post: Key | None = None


class PauseFor(Struct):
    """POST …/pause. back_at makes it 暂离."""

    reason: Text
    back_at: Instant | None = None


class AtCounter(Struct):
    """The ticket at a counter, null when nobody waits."""

    ticket: TicketShape | None


class CurrentShape(Struct):
    """The number that a counter called or serves."""

    number: str
    state: TicketState
    recalls: int
    called_at: datetime


class CounterShape(Struct, kw_only=True):
    """A counter."""

    number: int
    name: str
    kind: str
    state: CounterState
    queues: list[str]
    back_at: datetime | UnsetType = UNSET
    ticket: CurrentShape | UnsetType = UNSET


class OneCounter(Struct):
    """A counter, wrapped."""

    counter: CounterShape
