"""The code that a hall shows, which lets a phone on the premises take a ticket."""

from base64 import b32encode
from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

__all__ = ["LASTS", "code_is_valid", "hall_code"]

LASTS = timedelta(minutes=10)
"""A code is shown so long, and taken for as long again, so that one scanned at its end still works."""


def hall_code(secret: bytes, hall: str, now: datetime) -> str:
    """The code that the hall shows now: 8 letters and digits."""
    return _code(secret, hall, _period(now))


def code_is_valid(secret: bytes, hall: str, code: str, now: datetime) -> bool:
    """Whether a code is the hall's present or last one."""
    period, given = _period(now), code.upper().encode()
    return any(compare_digest(_code(secret, hall, p).encode(), given) for p in (period, period - 1))


def _period(now: datetime) -> int:
    return int(now.timestamp() // LASTS.total_seconds())


def _code(secret: bytes, hall: str, period: int) -> str:
    return b32encode(blake2b(f"{hall} {period}".encode(), key=secret, digest_size=5).digest()).decode()
