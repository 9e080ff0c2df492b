"""Durations counted exactly, and put together again from parts."""

from hypothesis import given
from hypothesis import strategies as st

from queue_server.projections.histogram import Histogram

DURATIONS = st.lists(st.integers(0, 10_000_000) | st.integers(0, 5_000), max_size=60)


def of(durations_ms: list[int]) -> Histogram:
    """A histogram of these."""
    histogram = Histogram()
    for duration_ms in durations_ms:
        histogram.add(duration_ms)
    return histogram


@given(st.lists(DURATIONS, max_size=4))
def test_parts_add_up_to_the_whole(parts: list[list[int]]) -> None:
    """Stored one by one and merged, they are what one histogram of all would have been."""
    merged, whole = Histogram(), of([duration for part in parts for duration in part])
    for part in parts:
        merged.merge(of(part).packed())
    assert merged.packed() == whole.packed()
    assert (merged.spread(), merged.minutes(), len(merged)) == (whole.spread(), whole.minutes(), len(whole))


def test_what_is_stored() -> None:
    """Gaps between the durations, and how often each occurred."""
    assert of([90_000, 1_000, 60_000, 60_400]).packed() == ([1, 59, 30], [1, 2, 1])
    assert of([]).packed() == ([], [])


def test_minutes() -> None:
    """Whole ones, without those in which nothing ended."""
    assert of([59_499, 59_500, 600_000]).minutes() == [(0, 1), (1, 1), (10, 1)]
