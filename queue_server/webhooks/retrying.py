"""When a message that was not taken is sent again. Pure."""

from datetime import datetime, timedelta

__all__ = ["next_attempt"]

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)
SPREAD = 0.2
"""Each wait is up to a fifth longer or shorter: a district's halls may have one receiver, which comes back but once."""


def next_attempt(
    attempts: int, now: datetime, until: datetime, chance: float, asked: timedelta = timedelta()
) -> datetime | None:
    """When the next attempt is due: after 5 s, then twice as long each time, up to an hour; None when none is left.

    attempts: made so far, at least 1. until: given up from then on. chance: at random from 0 to 1. asked: for how long
    the receiver asks to be left alone; no more than an hour of it is granted.
    """
    wait = min(FIRST * 2 ** min(attempts - 1, 20), LONGEST) * (1 + SPREAD * (2 * chance - 1))
    at = now + max(wait, min(asked, LONGEST))
    return at if at < until else None
