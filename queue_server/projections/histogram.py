"""Durations in whole seconds, counted exactly: days add up to months and years without losing a second."""

from bisect import bisect_right
from itertools import accumulate, pairwise

__all__ = ["Histogram", "Packed", "whole_seconds"]

Packed = tuple[list[int], list[int]]
"""A histogram as it is stored: the gap of each duration to the one before it (the first one's to 0), ascending, and how
often each occurred. Small numbers throughout, which MessagePack keeps in a byte or two."""


def whole_seconds(total_ms: int, count: int = 1) -> int:
    """The mean in whole seconds, halves upwards. In integers throughout, so that it comes out the same everywhere."""
    return (2 * total_ms + 1000 * count) // (2000 * count)


class Histogram:
    """How often each duration occurred, by seconds. Each is rounded by itself, halves upwards."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: dict[int, int] = {}

    def __len__(self) -> int:
        """How many durations there are."""
        return sum(self._times.values())

    def add(self, duration_ms: int) -> None:
        """Count a duration."""
        seconds = (duration_ms + 500) // 1000
        self._times[seconds] = self._times.get(seconds, 0) + 1

    def merge(self, packed: Packed) -> None:
        """Count all that another one counted."""
        gaps, times = packed
        mine = self._times
        for seconds, more in zip(accumulate(gaps), times, strict=True):
            mine[seconds] = mine.get(seconds, 0) + more

    def packed(self) -> Packed:
        """All of it, to be stored."""
        ascending = sorted(self._times)
        gaps = [after - before for before, after in pairwise([0, *ascending])]
        return gaps, [self._times[seconds] for seconds in ascending]

    def spread(self) -> dict[str, int]:
        """Count, and unless it is zero mean, median, p90 (the least that nine in ten do not exceed) and maximum."""
        count = len(self)
        if not count:
            return {"count": 0}
        total = sum(seconds * times for seconds, times in self._times.items())
        low, high, p90 = self._at((count - 1) // 2, count // 2, -(-9 * count // 10) - 1)
        return {
            "count": count,
            "mean_s": whole_seconds(1000 * total, count),
            "median_s": whole_seconds(1000 * (low + high), 2),
            "p90_s": p90,
            "max_s": max(self._times),
        }

    def median(self) -> int:
        """The middle one, or the mean of the two in the middle, halves upwards. There must be one."""
        count = len(self)
        return whole_seconds(1000 * sum(self._at((count - 1) // 2, count // 2)), 2)

    def _at(self, *places: int) -> list[int]:
        """The durations at these places, 0 being that of the shortest."""
        ascending = sorted(self._times)
        upto = list(accumulate(self._times[seconds] for seconds in ascending))
        return [ascending[bisect_right(upto, place)] for place in places]

    def minutes(self) -> list[tuple[int, int]]:
        """How many lasted so many whole minutes, ascending; minutes in which none ended are left out."""
        found: dict[int, int] = {}
        for seconds, times in self._times.items():
            found[seconds // 60] = found.get(seconds // 60, 0) + times
        return sorted(found.items())
