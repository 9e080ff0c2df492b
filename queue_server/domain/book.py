"""The book: what lives longer than a day. Now: the hall's set-up, and who changed what of its people and devices."""

from datetime import datetime

from queue_server.domain.commands import BookCommand, ConfigureHall, NoteAccount, NoteDevice
from queue_server.domain.events import AccountChanged, BookEvent, DeviceChanged, HallConfigured
from queue_server.domain.hall import Hall, faults
from queue_server.domain.refusals import Refusal

__all__ = ["Book", "apply_to_book", "decide_for_book"]


class Book:
    """State of the stream `book`. seq of the last event, 0 before the first; hall: None until it is set up; hall_seq:
    seq of the event that set it up as it is.
    """

    __slots__ = ("hall", "hall_seq", "last_at", "seq")

    def __init__(self) -> None:
        self.seq = 0
        self.last_at: datetime | None = None
        self.hall: Hall | None = None
        self.hall_seq = 0

    def copy(self) -> "Book":
        """An independent state of equal content."""
        other = Book()
        other.seq, other.last_at, other.hall, other.hall_seq = self.seq, self.last_at, self.hall, self.hall_seq
        return other


def decide_for_book(book: Book, command: BookCommand, now: datetime) -> tuple[BookEvent, ...] | Refusal:
    """What the command does to the book; nothing when the set-up is the same already."""
    match command:
        case ConfigureHall():
            return _configure(book, command, now)
        case NoteAccount():
            return (AccountChanged(at=now, by=command.by, account=command.account, change=command.change),)
        case NoteDevice():
            return (DeviceChanged(at=now, by=command.by, device=command.device, change=command.change),)


def _configure(book: Book, command: ConfigureHall, now: datetime) -> tuple[BookEvent, ...] | Refusal:
    fault = next(faults(command.hall), None)
    if fault is not None:
        return Refusal(code="hall_invalid", fields=fault.fields)
    if command.hall.same_as(book.hall):
        return ()
    if command.instead_of is not None and command.instead_of != book.hall:
        return Refusal(code="hall_changed")
    return (HallConfigured(at=now, by=command.by, hall=command.hall),)


def apply_to_book(book: Book, event: BookEvent) -> Book:
    """The book after the event; the one given is consumed."""
    book.seq += 1
    book.last_at = event.at
    if isinstance(event, HallConfigured):
        book.hall, book.hall_seq = event.hall, book.seq
    return book
