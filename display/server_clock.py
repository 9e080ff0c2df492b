"""The hall's time, as its server tells it: the clock of the PC under the screen may be wrong by hours."""

from datetime import datetime, timedelta

__all__ = ["ServerClock"]


class ServerClock:
    """What time it is in the hall. `now`, everywhere: seconds of a local clock that never goes back."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._heard_at = 0.0

    def heard(self, at: str, now: float) -> None:
        """The server has just said that it is `at` (RFC 3339). A text that is no aware time is a ValueError."""
        told = datetime.fromisoformat(at)
        if told.tzinfo is None:
            raise ValueError("a server's time must be aware")
        self._at, self._heard_at = told, now

    def time(self, now: float) -> datetime | None:
        """The hall's time; None before the server said it for the first time."""
        return None if self._at is None else self._at + timedelta(seconds=now - self._heard_at)
