"""Shapes of …/complaints, and of what its complainant sees of one."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.domain.book_events import About, Channel, Severity
from queue_server.domain.complaint import ComplaintState
from queue_server.web.schemas.values import CounterNo, Key, Name, Phone, Said

__all__ = [
    "AboutStaff",
    "Complain",
    "ComplaintContact",
    "ComplaintDone",
    "ComplaintEntry",
    "ComplaintList",
    "ComplaintLook",
    "ComplaintShape",
    "ComplaintTaken",
    "EnterComplaint",
    "ExtendComplaint",
    "NoteComplaint",
    "OwnComplaint",
    "OwnExtension",
    "OwnReply",
    "ReclassifyComplaint",
    "ReplyToComplaint",
    "WithdrawOwnComplaint",
]

Words = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S")]
EnteredBy = Literal["counter", "phone", "paper"]


class Complain(Struct):
    """POST …/complain. counter: where it happened; scanned: the page was opened by the hall's QR."""

    about: About
    text: Words
    counter: CounterNo | None = None
    name: Name | None = None
    phone: Phone | None = None
    scanned: bool = False


class EnterComplaint(Struct):
    """POST …/complaints. subject: the account of whom it is about; reply: what was answered on the spot."""

    channel: EnteredBy
    about: About
    text: Words
    severity: Severity = "general"
    subject: Key | None = None
    counter: CounterNo | None = None
    name: Name | None = None
    phone: Phone | None = None
    reply: Words | None = None


class ReclassifyComplaint(Struct):
    """POST …/reclassify, as it is to be from now on, whole."""

    severity: Severity
    about: About
    subject: Key | None = None


class ExtendComplaint(Struct):
    """POST …/extend. until: the new last day; told: somebody told the complainant why."""

    until: date
    reason: Said
    told: bool = False


class NoteComplaint(Struct):
    """POST …/notes."""

    text: Words


class ReplyToComplaint(Struct):
    """POST …/reply. written: in writing; else it was said."""

    text: Words
    written: bool


class WithdrawOwnComplaint(Struct):
    """POST …/withdraw."""

    reason: Said | None = None


class ComplaintTaken(Struct):
    """A complaint that was taken in. code: what shows it to its complainant, told once, to whoever sent it in."""

    number: str
    due_at: datetime
    last_day: date
    state: ComplaintState
    code: str | UnsetType = UNSET


class ComplaintDone(Struct):
    """A complaint after something was done about it. last_day: the last on which an answer is in time."""

    id: str
    number: str
    state: ComplaintState
    due_at: datetime
    last_day: date


class AboutStaff(Struct):
    """Whom it is about. name: "" for an account that is gone."""

    id: str
    name: str


class ComplaintEntry(Struct, kw_only=True):
    """One line of its log. by: an account's id, "public" or "holder" for the complainant; note: gone with its time."""

    at: datetime
    by: str
    by_name: str
    what: Literal["registered", "reclassified", "extended", "noted", "replied", "withdrawn"]
    note: str | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    about: About | UnsetType = UNSET
    last_day: date | UnsetType = UNSET
    told: bool | UnsetType = UNSET
    written: bool | UnsetType = UNSET


class ComplaintLook(Struct):
    """Somebody read it. what: its words, or name and phone."""

    at: datetime
    reader: str
    reader_name: str
    what: Literal["text", "contact"]


class ComplaintShape(Struct, kw_only=True):
    """A complaint. named, phone: whether they were left; text, log, looks: of one that is read alone."""

    id: str
    number: str
    channel: Channel
    severity: Severity
    about: About
    came_at: datetime
    due_at: datetime
    last_day: date
    written: bool
    extended: bool
    late: bool
    state: ComplaintState
    named: bool
    phone: bool
    subject: AboutStaff | UnsetType = UNSET
    counter: int | UnsetType = UNSET
    closed_at: datetime | UnsetType = UNSET
    text: str | UnsetType = UNSET
    log: list[ComplaintEntry] | UnsetType = UNSET
    looks: list[ComplaintLook] | UnsetType = UNSET


class ComplaintList(Struct):
    """The complaints that the caller may see: what waits for an answer first, by its limit; then the newest closed."""

    complaints: list[ComplaintShape]


class ComplaintContact(Struct):
    """How to reach the complainant, as far as it is still kept."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class OwnExtension(Struct, kw_only=True):
    """More time was taken, and why."""

    at: datetime
    last_day: date
    reason: str | UnsetType = UNSET


class OwnReply(Struct, kw_only=True):
    """What was answered."""

    at: datetime
    written: bool
    text: str | UnsetType = UNSET


class OwnComplaint(Struct, kw_only=True):
    """A complaint as its complainant sees it."""

    number: str
    came_at: datetime
    due_at: datetime
    last_day: date
    late: bool
    state: ComplaintState
    extensions: list[OwnExtension]
    text: str | UnsetType = UNSET
    reply: OwnReply | UnsetType = UNSET
    closed_at: datetime | UnsetType = UNSET
