"""Times as stores keep them: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

__all__ = ["at_ms", "ms", "whole_ms"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def ms(at: datetime) -> int:
    """Milliseconds since 1970. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return (at - EPOCH) // MILLISECOND


def at_ms(ms: int) -> datetime:
    """The time that many milliseconds after 1970."""
    return EPOCH + ms * MILLISECOND


def whole_ms(at: datetime) -> datetime:
    """The same instant as a store gives it back. Raises ValueError for a time without a zone."""
    return at_ms(ms(at))
