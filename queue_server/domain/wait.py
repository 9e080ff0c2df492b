"""How long somebody waits, as far as that can be known: a mean and a spread, read as log-normal."""

import math
from typing import NamedTuple

from queue_server.domain.ticket import Estimate

__all__ = ["Wait"]

UNKNOWN_SHARE = 0.085
"""Deviation, as a share of the wait, from what no run can know: a clerk's pace, calls out of turn, missing papers."""

NINTH_DECILE = 1.2816
"""Of the standard normal."""


class Wait(NamedTuple):
    """Seconds until the call. spread: variance over mean², with what cannot be known."""

    median: float
    mean: float
    spread: float

    @classmethod
    def of(cls, mean_s: float, variance: float, least_s: float) -> "Wait":
        """With the variance (seconds²) of what must end first. least_s: the median of whoever is called before."""
        mean = max(mean_s, 1.0)
        # No more than if calls came entirely at random: a service that has just begun elsewhere adds next to nothing.
        spread = min(variance / mean**2, 1.0) + UNKNOWN_SHARE**2
        return cls(max(mean / math.sqrt(1 + spread), least_s), mean, spread)

    def estimate(self) -> Estimate:
        """As it is promised: the median, and the ninth decile, which is no less."""
        deviation = math.sqrt(math.log1p(self.spread))
        ninth = self.mean / math.sqrt(1 + self.spread) * math.exp(NINTH_DECILE * deviation)
        return Estimate(p50_s=round(self.median), p90_s=round(max(self.median, ninth)))
