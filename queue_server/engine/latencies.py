"""How long things take, counted by how long: what monitoring calls a histogram."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["BOUNDS_S", "Latencies"]

BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""From what a disk of one's own takes to how long anybody waits for a Redis that is away."""


class Latencies:
    """Counts durations. total_s: all of them together."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self._counts = [0] * (len(BOUNDS_S) + 1)

    def add(self, lasted_s: float) -> None:
        """One more."""
        self._counts[bisect_left(BOUNDS_S, lasted_s)] += 1
        self.total_s += lasted_s

    def up_to(self) -> Sequence[tuple[float, int]]:
        """How many lasted as long as each bound at most, and how many there are: the last bound is infinite."""
        return list(zip((*BOUNDS_S, float("inf")), accumulate(self._counts), strict=True))
