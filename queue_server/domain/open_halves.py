"""In which halves of a day a hall opens: nobody is missed in the others."""

from datetime import date

from queue_server.domain.half_day import HALVES, Half
from queue_server.domain.hall import Hall
from queue_server.domain.hours import DayKind, midday, opening_intervals

__all__ = ["open_halves"]


def open_halves(hall: Hall, day: date, kind: DayKind) -> tuple[Half, ...]:
    """In which halves of a date the hall opens."""
    opening = opening_intervals(hall.hours, day, kind, hall.day_starts, hall.timezone)
    noon = midday(opening, day, hall.timezone)
    opens = {
        "morning": any(span.start < noon for span in opening),
        "afternoon": any(span.end > noon for span in opening),
    }
    return tuple(half for half in HALVES if opens[half])
