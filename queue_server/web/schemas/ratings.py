"""Shapes of …/ratings."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from queue_server.domain.rating import Level, UnratedCause
from queue_server.web.schemas.values import CounterNo, Instant, Key, Phone, Text

__all__ = ["Invited", "LeaveUnrated", "NewRating", "OwnRatings", "RatedShape", "UnratedShape"]

LegNo = Annotated[int, Meta(ge=1, le=1000)]


class NewRating(Struct):
    """POST …/ratings: a ticket's leg, or a leg finished at a counter.

    number, leg: which one the evaluator means; without them, the last one finished there. finished_at: when that was,
    which tells it from one of another day.
    reasons_version: of the national list that the reasons were chosen from; without it, the latest. phone: to be called
    back at, with a bad rating.
    """

    level: Level
    ticket: Key | None = None
    leg: LegNo | None = None
    counter: CounterNo | None = None
    number: Key | None = None
    finished_at: Instant | None = None
    reasons: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    reasons_version: Key | None = None
    comment: Text | None = None
    phone: Phone | None = None


class RatedShape(Struct):
    """A rating that was taken. follow_up: of a ticket's bad one, where its holder reads what was done about it."""

    number: str
    leg: int
    level: Level
    follow_up: str | UnsetType = UNSET


class OwnRatings(Struct):
    """What a clerk's ratings add up to. from, to: business days. ratings: by level; absent while there are few."""

    first: date = field(name="from")
    last: date = field(name="to")
    served: int
    rated: int
    ratings: dict[Level, int] | UnsetType = UNSET


class LeaveUnrated(Struct):
    """POST …/unrated: why a leg finished at a counter was not rated. number, leg, finished_at: as of a
    rating.
    """

    counter: CounterNo
    cause: UnratedCause
    number: Key | None = None
    leg: LegNo | None = None
    finished_at: Instant | None = None


class Invited(Struct):
    """Whoever was asked for a rating. evaluators: of the counter, that are connected and asked."""

    number: str
    leg: int
    evaluators: int


class UnratedShape(Struct):
    """What was noted."""

    number: str
    leg: int
    cause: UnratedCause
