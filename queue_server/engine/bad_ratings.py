"""What a day's bad ratings 差评 ask the book for: a rectification each, once, whoever asks and however often."""

from collections.abc import Iterator
from hashlib import blake2b

from queue_server.domain.book import Book
from queue_server.domain.book_commands import OpenRectification
from queue_server.domain.day import Day
from queue_server.domain.deadlines import local_date, working_days_after
from queue_server.domain.rectify import opening_of
from queue_server.engine.calendar import day_kind

__all__ = ["openings", "rectification_id"]


def openings(hall: str, day: Day, book: Book) -> Iterator[tuple[str, OpenRectification]]:
    """Commands to the book with their ids, one for each bad rating of the day and the last that has none.

    The ids follow from what was rated, and the last day for it from when; so every server says the same.
    """
    if book.hall is None:
        return
    for ticket, leg in book.rectifications.unopened(day):
        rated_on = local_date(day.ratings[ticket, leg].at, book.hall.timezone)
        due_on = working_days_after(rated_on, book.hall.rules.rectification_days, day_kind)
        name = rectification_id(hall, ticket, leg)
        yield f"rated:{ticket}:{leg}", opening_of(day, ticket, leg, rectification=name, due_on=due_on)


def rectification_id(hall: str, ticket: str, leg: int) -> str:
    """What the rectification of a bad rating is called, before it is there."""
    return "r_" + blake2b(f"{hall} {ticket} {leg}".encode(), digest_size=8).hexdigest()
