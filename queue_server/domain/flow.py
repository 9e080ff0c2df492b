"""How a day's tickets come and go, by half hour."""

from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = ["SLOT", "Flow", "slot_of"]

SLOT = timedelta(minutes=30)


class Flow(NamedTuple):
    """How a day stood when a half hour had ended. issued, served: tickets since its begin; waiting: tickets then."""

    issued: int
    served: int
    waiting: int


def slot_of(at: datetime) -> datetime:
    """When the half hour of that instant began. Every time zone is half or whole hours from it, but for a few."""
    return at.replace(minute=0 if at.minute < 30 else 30, second=0, microsecond=0)
