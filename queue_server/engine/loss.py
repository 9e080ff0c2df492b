"""History that was lost: a server has seen events durable that are in their stream no more.

On one machine that takes somebody who puts an older file back; on Redis a fail-over to a replica that had not heard of
the last events, or a restart that had not flushed them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from queue_server.domain.book import Book
from queue_server.domain.book_commands import ReportLoss
from queue_server.domain.book_events import HistoryLost
from queue_server.domain.commands import SkipNumbers
from queue_server.domain.day import Day
from queue_server.domain.ticket import Ticket
from queue_server.journal.base import Head, Stream

__all__ = ["Loss", "lost_numbers", "lost_tickets", "report_again", "report_of_book", "report_of_day"]


class Loss(NamedTuple):
    """What of a stream's history was lost, as far as this server had read it."""

    stream: Stream
    head: Head
    """Up to where this server had it. The stream has another epoch now."""
    kept: int
    """Seq of the last event that is still there. What had been out of reach counts as kept where it may have been."""
    since: datetime | None
    """When the last one that was kept had happened; None where that is out of reach, and where there is none."""
    until: datetime | None
    """When the last one that was lost had happened."""

    @property
    def name(self) -> str:
        """The same for all servers that had the same, and for nothing else."""
        return f"lost:{self.head.epoch}:{self.head.tip}"


def report_of_book(loss: Loss, was: Book, book: Book) -> ReportLoss:
    """What the head is told of a loss in the hall's book. was: the book as it had been known."""
    lost = [one.number for id, one in was.complaints.all.items() if id not in book.complaints.all]
    return ReportLoss(
        part="book",
        epoch=loss.head.epoch,
        kept=loss.kept,
        known=loss.head.seq,
        since=loss.since,
        until=loss.until,
        complaints=tuple(lost),
    )


def report_again(told: HistoryLost) -> ReportLoss:
    """The same once more, because what told of it is lost too."""
    return ReportLoss(**{name: getattr(told, name) for name in ReportLoss.__struct_fields__})


def lost_tickets(was: Day, day: Day) -> dict[str, str]:
    """The numbers of the tickets that are gone, by id."""
    return {ticket.id: ticket.number for ticket in _own(was) if day.find(ticket.id) is None}


def report_of_day(loss: Loss, was: Day, day: Day, gone: Mapping[str, str]) -> ReportLoss:
    """What the head is told of a loss in the stream `day`: which tickets it hit.

    was: the day as it had been known. gone: all tickets that were lost of it so far, by id, one of whose numbers may
    have been issued again only now.
    """
    same = day.business_day == was.business_day
    new = {number for number, id in day.numbers.items() if id not in was.tickets}
    return ReportLoss(
        part="day",
        epoch=loss.head.epoch,
        kept=loss.kept,
        known=loss.head.seq,
        since=loss.since,
        until=loss.until,
        business_day=was.business_day,
        issued=lost_tickets(was, day),
        again=tuple(number for number in gone.values() if same and number in new),
        back=tuple(ticket.number for ticket in _own(was) if same and day.tickets.get(ticket.id, ticket) != ticket),
    )


def _own(day: Day) -> Iterator[Ticket]:
    """The tickets of the business day itself."""
    return (ticket for ticket in day.tickets.values() if ticket.business_day == day.business_day)


def lost_numbers(was: Day, day: Day) -> SkipNumbers | None:
    """What keeps the numbers that were issued from being issued again; None when their day is over."""
    if was.business_day is None or (day.business_day is not None and day.business_day > was.business_day):
        return None
    return SkipNumbers(business_day=was.business_day, highest=dict(was.issued))
