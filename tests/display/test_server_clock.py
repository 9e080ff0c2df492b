"""The hall's time is the server's, whatever the clock of this PC says."""

from datetime import UTC, datetime

import pytest

from display.server_clock import ServerClock


def test_the_time_is_not_known_before_the_server_said_it() -> None:
    """Then nothing can be judged to have expired."""
    assert ServerClock().time(5.0) is None


def test_the_time_runs_on_from_what_the_server_said_last() -> None:
    """Also backwards, when the server's clock was put right."""
    clock = ServerClock()
    clock.heard("2026-11-02T04:00:00.000Z", 100.0)
    assert clock.time(101.5) == datetime(2026, 11, 2, 4, 0, 1, 500_000, tzinfo=UTC)
    clock.heard("2026-11-02T03:00:00.000Z", 102.0)
    assert clock.time(102.0) == datetime(2026, 11, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["now", "2026-11-02T04:00:00"])
def test_what_is_no_aware_time_is_refused(text: str) -> None:
    """A time without a zone could be hours off."""
    with pytest.raises(ValueError, match=r".+"):
        ServerClock().heard(text, 0.0)
