"""Ratings 好差评: one of five named levels for one finished leg, or why there is none. Never a default score."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from queue_server.domain.value import Value

__all__ = ["BAD", "LEVELS", "Level", "Rating", "RatingSource", "Reasons", "UnratedCause"]

Level = Literal["very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied"]
LEVELS: tuple[Level, ...] = (
    "very_satisfied",
    "satisfied",
    "basically_satisfied",
    "dissatisfied",
    "very_dissatisfied",
)
BAD: frozenset[Level] = frozenset({"dissatisfied", "very_dissatisfied"})
"""差评: the last two levels, which have to be put right."""
RatingSource = Literal["evaluator", "phone"]
UnratedCause = Literal["timed_out", "refused"]
"""Why whoever was asked at the counter did not rate: no answer in time, or "not now". Nobody asked, no cause."""


class Reasons(Value, frozen=True, kw_only=True):
    """One version of the national list of reasons. levels: each level's codes with their wording."""

    version: str
    levels: dict[Level, dict[str, str]]

    def unknown(self, level: Level, codes: Iterable[str]) -> str | None:
        """The first of these codes that is not one of the level's; None when all are."""
        return next((code for code in codes if code not in self.levels[level]), None)


class Rating(Value, frozen=True, kw_only=True):
    """What a citizen said of one leg.

    reasons: codes of that level in the national list's version; None: not written down, when there was one alone.
    comment_ref: where the words are, None if there are none. phone_ref: where the number is that was left for a
    call-back, None if none was.
    """

    level: Level
    at: datetime
    source: RatingSource
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None
    phone_ref: str | None = None
