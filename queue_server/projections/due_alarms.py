"""What is to be done by today, or should have been done before: complaints 有诉即办 and rectifications 差评整改.

A complaint about staff is discipline's alone, which no list for a hall's head tells of.
"""

from collections.abc import Iterator
from datetime import date, datetime

from queue_server.domain.alarm import Alarm, AlarmKind, Reader
from queue_server.domain.book import Book
from queue_server.domain.deadlines import end_of_day, last_day, local_date
from queue_server.domain.half_day import Half

__all__ = ["due_alarms"]

ALL: tuple[Reader, ...] = ("head", "district")


def due_alarms(book: Book, half: Half, now: datetime) -> Iterator[Alarm]:
    """Yellow on the morning of the last day, orange in its afternoon, red from the first moment after it."""
    if book.hall is None:
        return
    timezone = book.hall.timezone
    for complaint in book.complaints.open():
        if complaint.about != "staff" and complaint.subject is None:
            last = last_day(complaint.due_at, timezone)
            yield from _due("complaint_due", complaint.id, last, timezone, half, now, ("head",))
    for one in book.rectifications:
        if one.open:
            yield from _due("rectification_due", one.id, one.due_on, timezone, half, now, ALL)


def _due(
    kind: AlarmKind, subject: str, last: date, timezone: str, half: Half, now: datetime, readers: tuple[Reader, ...]
) -> Iterator[Alarm]:
    today = local_date(now, timezone)
    if today > last:
        since = end_of_day(last, timezone)
        yield Alarm(kind=kind, colour="red", subject=subject, since=since, readers=readers)
    elif today == last:
        yield Alarm(kind=kind, colour="yellow" if half == "morning" else "orange", subject=subject, readers=readers)
