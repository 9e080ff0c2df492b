"""Shapes of …/ratings."""

from typing import Annotated

from msgspec import Meta, Struct

from queue_server.domain.rating import Level
from queue_server.web.schemas.values import Key, Text

__all__ = ["NewRating", "RatedShape"]


class NewRating(Struct):
    """POST …/ratings: a ticket's leg, or the last leg finished at a counter.

    reasons_version: of the national list that the reasons were chosen from; without it, the latest.
    """

    level: Level
    ticket: Key | None = None
    leg: Annotated[int, Meta(ge=1, le=1000)] | None = None
    counter: Annotated[int, Meta(ge=1, le=999)] | None = None
    reasons: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    reasons_version: Key | None = None
    comment: Text | None = None


class RatedShape(Struct):
    """A rating that was taken."""

    number: str
    leg: int
    level: Level
