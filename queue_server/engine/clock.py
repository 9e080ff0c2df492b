"""Time for a hall: never backwards, and not trusting a wall clock that leaps."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

__all__ = ["BEHIND", "HallClock", "monotonic", "wall"]

log = structlog.get_logger()

LEAP = timedelta(days=1)
"""A wall clock that goes ahead by more than this, beyond the time that passed, may have been set wrong."""

PACE_BEHIND = 0.5
"""How fast hall time goes while the wall clock is behind: not at all would falsify durations, at full pace the two
would never meet again."""

BEHIND = timedelta(minutes=2)
"""A wall clock further behind the hall's last event than this is worth a warning."""


def wall() -> datetime:
    """The machine's clock in UTC, whole milliseconds, as events carry it."""
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)  # a third of what `now` and `replace` cost


def monotonic() -> float:
    """Seconds that only ever grow, for durations within one process."""
    return time.monotonic()


class HallClock:
    """One hall's time = max(wall clock, last event).

    While the wall clock is behind (it was set back), hall time goes on from where it was at half the monotonic clock's
    pace, until the wall clock has caught up; while `held` (the date is in doubt), at its full pace.
    """

    def __init__(
        self,
        hall: str,
        read_wall: Callable[[], datetime] = wall,
        read_monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._hall = hall
        self._wall = read_wall
        self._monotonic = read_monotonic
        self._last: datetime | None = None
        self._read_at = read_monotonic()
        self._warned = False
        self.held = False
        """Set by the runner while the date is in doubt."""

    @property
    def behind(self) -> bool:
        """Whether the wall clock is so far behind the hall's time that somebody should set it."""
        return self._warned

    def wall_now(self) -> datetime:
        """The wall clock, whatever it says."""
        return self._wall()

    def leapt(self, wall: datetime) -> bool:
        """Whether the wall clock has gone ahead by more than a day that did not pass: a computer that ran through the
        weekend has not leapt.
        """
        if self._last is None:
            return False
        return wall - self._last - timedelta(seconds=self._monotonic() - self._read_at) > LEAP

    def saw(self, at: datetime) -> None:
        """An event of that time happened; hall time will not be before it."""
        if self._last is None or at > self._last:
            self._last, self._read_at = at, self._monotonic()

    def now(self, wall: datetime | None = None) -> datetime:
        """Hall time, whole milliseconds. wall: what `wall_now` said just now; None to look again."""
        now, read_at = wall or self._wall(), self._monotonic()
        if self._last is not None and (self.held or now < self._last):
            self._warn(now)
            pace = 1.0 if self.held else PACE_BEHIND
            steps = int((read_at - self._read_at) * 1000 * pace)
            now = self._last + timedelta(milliseconds=steps)
            read_at = self._read_at + steps / 1000 / pace
        else:
            self._warned = False
        self._last, self._read_at = now, read_at
        return now

    def _warn(self, now: datetime) -> None:
        if self._last is not None and self._last - now > BEHIND and not self._warned:
            self._warned = True
            log.warning("clock.behind", hall=self._hall, behind_s=int((self._last - now).total_seconds()))
