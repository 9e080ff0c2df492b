"""How a projection writes a time."""

from datetime import datetime

__all__ = ["instant"]


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole milliseconds, `Z`; `at` is UTC already, as everything in a journal is."""
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
