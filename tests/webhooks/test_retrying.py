"""When what was not taken is sent again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from queue_server.webhooks.retrying import FIRST, LONGEST, next_attempt

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = NOW + timedelta(days=1)


def waits(chance: float) -> list[timedelta]:
    """Every wait of a message that is never taken."""
    found, now, attempts = list[timedelta](), NOW, 1
    while (at := next_attempt(attempts, now, DAY, chance)) is not None:
        found.append(at - now)
        now, attempts = at, attempts + 1
    return found


def test_each_wait_is_twice_the_one_before_up_to_an_hour_and_a_day_in_all() -> None:
    """Some thirty attempts."""
    found = waits(0.5)
    assert [wait.total_seconds() for wait in found[:4]] == [5, 10, 20, 40]
    assert all(b == min(2 * a, LONGEST) for a, b in pairwise(found))
    assert timedelta(hours=23) - LONGEST < sum(found, timedelta()) < timedelta(days=1)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_no_wait_is_more_than_a_fifth_off(attempts: int, chance: float) -> None:
    """However long it has been tried."""
    at = next_attempt(attempts, NOW, DAY, chance)
    assert at is not None
    assert FIRST * 0.8 <= at - NOW <= LONGEST * 1.2


def test_a_receiver_is_left_alone_for_as_long_as_it_asks_but_an_hour_at_most() -> None:
    """And never for less than the wait that is due."""
    for asked_s, wait_s in ((0, 5), (3, 5), (90, 90), (86_000, 3600)):
        assert next_attempt(1, NOW, DAY, 0.5, timedelta(seconds=asked_s)) == NOW + timedelta(seconds=wait_s)


def test_there_is_no_attempt_at_or_after_the_end() -> None:
    """It is given up then."""
    assert next_attempt(1, NOW, NOW + FIRST, 0.5) is None
    assert next_attempt(1, NOW, NOW + FIRST + timedelta(milliseconds=1), 0.5) == NOW + FIRST
