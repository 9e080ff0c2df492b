"""The code that a hall shows, which lets a phone on the premises take a ticket."""

from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

from queue_server.domain.hall import Hall
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

__all__ = ["LASTS", "check_code", "code_is_valid", "code_was_valid", "hall_code"]

LASTS = timedelta(minutes=10)
"""A code is shown so long, and taken for as long again, so that one scanned at its end still works."""

MISREAD = str.maketrans("018", "OIB")
"""What no code has, read off a screen for what it looks like."""

REMEMBERED = 144
"""How many codes back one counts as out of date, and not as guessed: those of a day."""


async def check_code(server: Server, hall: Hall, code: str, address: str) -> None:
    """Let a phone that shows the hall's code in. Raises ProblemError `not_allowed`, `too_many`, `code_wrong`.

    Made-up codes are counted. One that was the hall's today is not: whoever comes back to a page of this morning has
    guessed nothing, and must not lock out the others on the hall's Wi-Fi.
    """
    if not hall.rules.phone_ticketing:
        raise ProblemError("not_allowed")
    limits, secret, now = server.phone_limits, server.code_secret, server.now()
    await limits.may_show_code(address)
    if not code_is_valid(secret, hall.id, code, now):
        if not code_was_valid(secret, hall.id, code, now):
            await limits.wrong_code(address)
        raise ProblemError("code_wrong")


def hall_code(secret: bytes, hall: str, now: datetime) -> str:
    """The code that the hall shows now: 8 letters and digits."""
    return _code(secret, hall, _period(now))


def code_is_valid(secret: bytes, hall: str, code: str, now: datetime) -> bool:
    """Whether a code is the hall's present or last one."""
    period = _period(now)
    return _is_of(secret, hall, code, (period, period - 1))


def code_was_valid(secret: bytes, hall: str, code: str, now: datetime) -> bool:
    """Whether a code was the hall's within the last day."""
    period = _period(now)
    return _is_of(secret, hall, code, range(period - REMEMBERED, period + 1))


def _is_of(secret: bytes, hall: str, code: str, periods: Iterable[int]) -> bool:
    given = code.upper().translate(MISREAD).encode()
    return any(compare_digest(_code(secret, hall, period).encode(), given) for period in periods)


def _period(now: datetime) -> int:
    return int(now.timestamp() // LASTS.total_seconds())


def _code(secret: bytes, hall: str, period: int) -> str:
    return b32encode(blake2b(f"{hall} {period}".encode(), key=secret, digest_size=5).digest()).decode()
