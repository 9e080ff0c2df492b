"""Shapes of …/ratings."""

from typing import Annotated

from msgspec import Meta, Struct

from queue_server.domain.rating import Level, UnratedCause
from queue_server.web.schemas.values import CounterNo, Key, Text

__all__ = ["LeaveUnrated", "NewRating", "RatedShape", "UnratedShape"]

LegNo = Annotated[int, Meta(ge=1, le=1000)]


class NewRating(Struct):
    """POST …/ratings: a ticket's leg, or a leg finished at a counter.

    number, leg: which one the evaluator means; without them, the last one finished there.
    reasons_version: of the national list that the reasons were chosen from; without it, the latest.
    """

    level: Level
    ticket: Key | None = None
    leg: LegNo | None = None
    counter: CounterNo | None = None
    number: Key | None = None
    reasons: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    reasons_version: Key | None = None
    comment: Text | None = None


class RatedShape(Struct):
    """A rating that was taken."""

    number: str
    leg: int
    level: Level


class LeaveUnrated(Struct):
    """POST …/unrated: why a leg finished at a counter was not rated. number, leg: as of a rating."""

    counter: CounterNo
    cause: UnratedCause
    number: Key | None = None
    leg: LegNo | None = None


class UnratedShape(Struct):
    """What was noted."""

    number: str
    leg: int
    cause: UnratedCause
