"""History that was lost: a server has seen events durable that are in their stream no more.

On one machine that takes somebody who puts an older file back; on Redis a fail-over to a replica that had not heard of
the last events, or a restart that had not flushed them.
"""

from datetime import datetime
from typing import NamedTuple

from queue_server.domain.book import Book
from queue_server.domain.book_commands import ReportLoss
from queue_server.domain.book_events import HistoryLost
from queue_server.domain.commands import SkipNumbers
from queue_server.domain.day import Day
from queue_server.journal.base import Stream

__all__ = ["Loss", "lost_numbers", "report_again", "report_of_book", "report_of_day"]


class Loss(NamedTuple):
    """What of a stream's history was lost, as far as this server had read it."""

    stream: Stream
    epoch: str
    """Under which it had been written; the stream has another one now."""
    kept: int
    """Seq of the last event that is still there. What had been out of reach counts as kept where it may have been."""
    known: int
    """Seq of the last one that this server had."""
    since: datetime | None
    """When the last one that was kept had happened; None where that is out of reach, and where there is none."""
    until: datetime | None
    """When the last one that was lost had happened."""


def report_of_book(loss: Loss, was: Book, book: Book) -> ReportLoss:
    """What the head is told of a loss in the hall's book. was: the book as it had been known."""
    _, epoch, kept, known, since, until = loss
    lost = [one.number for id, one in was.complaints.all.items() if id not in book.complaints.all]
    return ReportLoss(
        part="book",
        epoch=epoch,
        kept=kept,
        known=known,
        since=since,
        until=until,
        complaints=tuple(lost),
    )


def report_again(told: HistoryLost) -> ReportLoss:
    """The same once more, because what told of it is lost too."""
    return ReportLoss(**{name: getattr(told, name) for name in ReportLoss.__struct_fields__})


def report_of_day(loss: Loss, was: Day, day: Day) -> ReportLoss:
    """What the head is told of a loss in the stream `day`: which tickets it hit. was: the day as it had been known."""
    _, epoch, kept, known, since, until = loss
    tickets = [ticket for ticket in was.tickets.values() if ticket.business_day == was.business_day]
    issued = [ticket.number for ticket in tickets if day.find(ticket.id) is None]
    same = day.business_day == was.business_day
    return ReportLoss(
        part="day",
        epoch=epoch,
        kept=kept,
        known=known,
        since=since,
        until=until,
        business_day=was.business_day,
        issued=tuple(issued),
        again=tuple(number for number in issued if same and number in day.numbers),
        back=tuple(ticket.number for ticket in tickets if same and day.tickets.get(ticket.id, ticket) != ticket),
    )


def lost_numbers(was: Day, day: Day) -> SkipNumbers | None:
    """What keeps the numbers that were issued from being issued again; None when their day is over."""
    if was.business_day is None or (day.business_day is not None and day.business_day > was.business_day):
        return None
    return SkipNumbers(business_day=was.business_day, highest=dict(was.issued))
