"""A date in an address, read as the wire writes it."""

from datetime import date

__all__ = ["date_in"]


def date_in(text: str) -> date | None:
    """The day of "2026-06-01"; None for anything else, and for the other spellings that Python reads too."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
