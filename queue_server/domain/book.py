"""The book: what lives longer than a day: the hall's set-up, its posts, ratings to be put right, complaints, losses."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from queue_server.domain import complaint, losses, rectification, rectify, staffing
from queue_server.domain.book_commands import BookCommand, ConfigureHall, NoteAccount, NoteDevice, NoteWebhookSecret
from queue_server.domain.book_events import (
    AccountChanged,
    BookEvent,
    DeviceChanged,
    HallConfigured,
    WebhookSecretRenewed,
)
from queue_server.domain.hall import Hall, faults
from queue_server.domain.refusals import Refusal, Refused, refuse

__all__ = ["Book", "apply_to_book", "decide_for_book"]


class Book:
    """State of the stream `book`. seq of the last event, 0 before the first; hall: None until it is set up; hall_seq:
    seq of the event that set it up as it is. staffing, rectifications, complaints, losses: what their modules say.
    """

    __slots__ = ("complaints", "hall", "hall_seq", "last_at", "losses", "rectifications", "seq", "staffing")

    def __init__(self) -> None:
        self.seq = 0
        self.last_at: datetime | None = None
        self.hall: Hall | None = None
        self.hall_seq = 0
        self.staffing = staffing.Staffing()
        self.rectifications = rectification.Rectifications()
        self.complaints = complaint.Complaints()
        self.losses = losses.Losses()

    def copy(self) -> "Book":
        """An independent state of equal content."""
        other = Book()
        other.seq, other.last_at, other.hall, other.hall_seq = self.seq, self.last_at, self.hall, self.hall_seq
        other.staffing = self.staffing.copy()
        other.rectifications = self.rectifications.copy()
        other.complaints = self.complaints.copy()
        other.losses = self.losses.copy()
        return other


def decide_for_book(book: Book, command: BookCommand, now: datetime) -> Sequence[BookEvent] | Refusal:
    """What the command does to the book; nothing when it is so already.

    Raises LookupError for a command that needs a hall, of one that was never set up.
    """
    kind = type(command)
    try:
        if kind in _DECIDE:
            return _DECIDE[kind](book, command, now)
        if kind in losses.DECIDE:
            return losses.DECIDE[kind](book.losses, command, now)
        if book.hall is None:
            raise LookupError(kind)
        if kind in staffing.DECIDE:
            return staffing.DECIDE[kind](book.staffing, book.hall, command, now)
        if kind in rectify.DECIDE:
            return rectify.DECIDE[kind](book.rectifications, book.hall, command, now)
        return complaint.DECIDE[kind](book.complaints, book.hall, command, now)
    except Refused as refused:
        return refused.refusal


def _configure(book: Book, command: ConfigureHall, now: datetime) -> Sequence[BookEvent]:
    fault = next(faults(command.hall), None)
    if fault is not None:
        refuse("hall_invalid", **fault.fields)
    if command.hall.same_as(book.hall):
        return ()
    if command.instead_of is not None and command.instead_of != book.hall:
        refuse("hall_changed")
    return (HallConfigured(at=now, by=command.by, hall=command.hall),)


def _note_account(book: Book, command: NoteAccount, now: datetime) -> Sequence[BookEvent]:
    return (AccountChanged(at=now, by=command.by, account=command.account, change=command.change),)


def _note_device(book: Book, command: NoteDevice, now: datetime) -> Sequence[BookEvent]:
    return (DeviceChanged(at=now, by=command.by, device=command.device, change=command.change),)


def _note_webhook_secret(book: Book, command: NoteWebhookSecret, now: datetime) -> Sequence[BookEvent]:
    return (WebhookSecretRenewed(at=now, by=command.by),)


_DECIDE: dict[type, Callable[[Book, Any, datetime], Sequence[BookEvent]]] = {
    ConfigureHall: _configure,
    NoteAccount: _note_account,
    NoteDevice: _note_device,
    NoteWebhookSecret: _note_webhook_secret,
}


def apply_to_book(book: Book, event: BookEvent) -> Book:
    """The book after the event; the one given is consumed."""
    book.seq += 1
    book.last_at = event.at
    if isinstance(event, HallConfigured):
        book.hall, book.hall_seq = event.hall, book.seq
    else:
        book.staffing.apply(event)
        book.rectifications.apply(event)
        book.complaints.apply(event)
        book.losses.apply(event)
    return book
