"""How a projection writes a time."""

from datetime import UTC, datetime, timedelta

import pytest

from queue_server.projections.instant import instant
from queue_server.wire.frames import rfc3339


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 6, 1, 1, 0, tzinfo=UTC), "2026-06-01T01:00:00.000Z"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), "2026-12-31T23:59:59.999Z"),
        (datetime(2026, 6, 1, 1, 0, 0, 7_000, tzinfo=UTC), "2026-06-01T01:00:00.007Z"),
    ],
)
def test_times_are_utc_with_milliseconds(at: datetime, text: str) -> None:
    """As the frames write theirs."""
    assert instant(at) == text == rfc3339(at).decode()


def test_texts_sort_as_their_times_do() -> None:
    """A page may compare them as they are."""
    times = [datetime(2026, 6, 1, 23, 59, 58, tzinfo=UTC) + timedelta(milliseconds=n * 333) for n in range(20)]
    assert sorted(map(instant, times)) == list(map(instant, times))
