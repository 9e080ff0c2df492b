"""How loud a hall is, by the time of day."""

from datetime import time

import pytest

from queue_server.domain.voice import Voice, VolumeSpan

VOICE = Voice(
    volume=80,
    spans=(
        VolumeSpan(start="00:00", end="08:00", volume=0),
        VolumeSpan(start="12:00", end="14:00", volume=30),
        VolumeSpan(start="20:00", end="24:00", volume=0),
    ),
)


@pytest.mark.parametrize(
    ("at", "volume"),
    [
        (time(0), 0),
        (time(7, 59, 59), 0),
        (time(8), 80),
        (time(12), 30),
        (time(13, 59), 30),
        (time(14), 80),
        (time(23, 59, 59), 0),
    ],
)
def test_a_span_overrules_while_it_lasts(at: time, volume: int) -> None:
    """From its first minute to just before its end; "24:00" is the end of the day."""
    assert VOICE.volume_at(at) == volume
