"""Half days: what rosters, absences and quotas count in."""

from datetime import date
from typing import Literal

from queue_server.domain.hours import WEEKDAYS
from queue_server.domain.value import Value

__all__ = ["HALVES", "WEEKLY", "Half", "HalfDay"]

Half = Literal["morning", "afternoon"]
HALVES: tuple[Half, ...] = ("morning", "afternoon")
WEEKLY = frozenset(f"{weekday}_{half}" for weekday in WEEKDAYS for half in HALVES)
"""The keys of a weekly roster."""


class HalfDay(Value, frozen=True, kw_only=True):
    """The morning or the afternoon of a business day; where they part: hours.midday."""

    day: date
    half: Half

    @property
    def weekly(self) -> str:
        """Its key in a weekly roster, such as "mon_morning"."""
        return f"{WEEKDAYS[self.day.weekday()]}_{self.half}"

    @property
    def rank(self) -> tuple[date, int]:
        """Its place in time, to compare by."""
        return self.day, HALVES.index(self.half)
