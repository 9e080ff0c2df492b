"""How a day's tickets come and go, by half hour."""

from datetime import datetime
from typing import NamedTuple

__all__ = ["SLOT_MIN", "Flow", "slot_of"]

SLOT_MIN = 30


class Flow(NamedTuple):
    """Half an hour of a day. issued, served: tickets in it; waiting: how many waited after its last event."""

    issued: int = 0
    served: int = 0
    waiting: int = 0


def slot_of(at: datetime) -> datetime:
    """When the half hour of that instant began. Every time zone is half or whole hours from it, but for a few."""
    return at.replace(minute=at.minute // SLOT_MIN * SLOT_MIN, second=0, microsecond=0)
