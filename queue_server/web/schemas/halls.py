"""Shapes of /halls: a hall as everybody may see it, its board, its business day."""

from datetime import date, datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from queue_server.web.schemas.counters import CounterShape
from queue_server.web.schemas.tickets import EstimateShape

__all__ = ["BoardShape", "ConfirmDate", "DateShape", "HallCode", "HallShape", "Halls", "QueueShape"]


class QueueShape(Struct, kw_only=True):
    """A queue. estimate: what the next one to come would wait; full: between which instants its quota is used up."""

    id: str
    name: str
    kind: str
    prefix: str
    waiting: int
    target_s: int
    full: tuple[str, str] | UnsetType = UNSET
    estimate: EstimateShape | UnsetType = UNSET


class HallShape(Struct, kw_only=True):
    """A hall."""

    id: str
    name: str
    level: str
    timezone: str
    open_now: bool
    ticketing_now: bool
    queues: list[QueueShape]
    counters: list[CounterShape]
    opens_at: datetime | UnsetType = UNSET


class Halls(Struct):
    """All halls."""

    halls: list[HallShape]


class BoardShape(Struct):
    """The topic `board` as it is now."""

    epoch: str
    seq: int
    at: datetime
    state: dict[str, Any]


class HallCode(Struct):
    """A code that changes every ten minutes."""

    code: str


class ConfirmDate(Struct):
    """The date that the head vouches for."""

    business_day: date


class DateShape(Struct):
    """The running business day."""

    business_day: str
    closed: bool
