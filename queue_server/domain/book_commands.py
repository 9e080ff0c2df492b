"""What can be asked of a hall's book. The rules of `commands` hold here too."""

from datetime import date, datetime

from queue_server.domain.book_events import (
    About,
    AbsenceKind,
    AccountChange,
    Channel,
    DeviceChange,
    FollowUpSource,
    Part,
    ReviewKind,
    Severity,
)
from queue_server.domain.commands import Command
from queue_server.domain.deadlines import KindOf
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level

__all__ = ["BookCommand"]


class ConfigureHall(Command, frozen=True, kw_only=True):
    """Set the hall up, whole. instead_of: the set-up that was looked at when this one was made; None for any."""

    hall: Hall
    instead_of: Hall | None = None


class NoteAccount(Command, frozen=True, kw_only=True):
    """Write down that an account was changed; records/ has it already."""

    account: str
    change: AccountChange


class NoteDevice(Command, frozen=True, kw_only=True):
    """Write down that a device was changed; records/ has it already."""

    device: str
    change: DeviceChange


class NoteWebhookSecret(Command, frozen=True, kw_only=True):
    """Write down that the webhook's secret is renewed; records/ has it afterwards."""


# Posts


class ReportAbsence(Command, frozen=True, kw_only=True):
    """Report that a clerk will not be there. absence: a new id; first, last: both included."""

    absence: str
    clerk: str
    first: HalfDay
    last: HalfDay
    kind: AbsenceKind
    reason_ref: str | None = None


class WithdrawAbsence(Command, frozen=True, kw_only=True):
    """The clerk is there after all, from the half day on that it is now."""

    absence: str
    current: HalfDay


class OfDeputy(Command, frozen=True, kw_only=True):
    """Anything about who stands in at a post during an absence. first, last: of a part of it; None: from its start, to
    its end.
    """

    absence: str
    post: str
    first: HalfDay | None = None
    last: HalfDay | None = None


class ConfirmDeputy(OfDeputy, frozen=True, kw_only=True):
    """Confirm who stands in. kind_of: what the calendar says of a date."""

    deputy: str
    kind_of: KindOf


class WithdrawDeputy(OfDeputy, frozen=True, kw_only=True):
    """Nobody is to stand in any more."""


class GiveHandover(Command, frozen=True, kw_only=True):
    """Hand a post over. handover: a new id; numbers: of the tickets that are open."""

    handover: str
    post: str
    giver: str
    taker: str
    numbers: tuple[str, ...] = ()
    note_ref: str | None = None


class TakeHandover(Command, frozen=True, kw_only=True):
    """Take a post over, by whom it was given to."""

    handover: str


# Ratings


class RectificationCommand(Command, frozen=True, kw_only=True):
    """Anything asked about one bad rating."""

    rectification: str


class OpenRectification(RectificationCommand, frozen=True, kw_only=True):
    """Ask that a bad rating be put right; nothing when that was asked already. Fields: as of RectificationOpened."""

    ticket: str
    number: str
    leg: int
    business_day: date
    level: Level
    queue: str
    counter: int
    clerk: str
    capacity: Capacity
    due_on: date
    post: str | None = None
    service: int | None = None
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None
    phone_ref: str | None = None


class StartRectification(RectificationCommand, frozen=True, kw_only=True):
    """Begin to work on it."""


class NoteRectification(RectificationCommand, frozen=True, kw_only=True):
    """Write a line into its log, at any time."""

    note_ref: str


class FinishRectification(RectificationCommand, frozen=True, kw_only=True):
    """It is put right. note_ref: how, in words that the citizen may read."""

    note_ref: str


class CallBack(RectificationCommand, frozen=True, kw_only=True):
    """The citizen was called 回访. satisfied: with what was done, which must be done by then; None: not said."""

    reached: bool
    satisfied: bool | None = None
    note_ref: str | None = None


class AskReview(RectificationCommand, frozen=True, kw_only=True):
    """Ask that the rating be left out, or for more time; somebody else decides. until: the last day asked for."""

    what: ReviewKind
    note_ref: str
    until: date | None = None


class DecideReview(RectificationCommand, frozen=True, kw_only=True):
    """Grant what somebody else asked, or do not."""

    granted: bool
    note_ref: str | None = None


class FollowUp(RectificationCommand, frozen=True, kw_only=True):
    """The second and last rating 追评 of the same service, once it was put right."""

    level: Level
    source: FollowUpSource
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None


# Complaints


class RegisterComplaint(Command, frozen=True, kw_only=True):
    """Take a complaint in. complaint: a new id; code_hash: of the code that is to show it to its complainant.

    subject: whom it is about, which makes it one about staff. reply_ref: what was answered on the spot 当场答复.
    kind_of: what the calendar says of a date.
    """

    complaint: str
    channel: Channel
    severity: Severity
    about: About
    kind_of: KindOf
    text_ref: str
    subject: str | None = None
    counter: int | None = None
    code_hash: str | None = None
    name_ref: str | None = None
    phone_ref: str | None = None
    reply_ref: str | None = None


class ReclassifyComplaint(Command, frozen=True, kw_only=True):
    """Say what kind of complaint it is after all."""

    complaint: str
    severity: Severity
    about: About
    kind_of: KindOf
    subject: str | None = None


class ExtendComplaint(Command, frozen=True, kw_only=True):
    """Take more time, to the end of a day. told: somebody told the complainant why."""

    complaint: str
    until: date
    reason_ref: str
    told: bool = False


class NoteComplaint(Command, frozen=True, kw_only=True):
    """Add a line to its log."""

    complaint: str
    note_ref: str


class ReplyToComplaint(Command, frozen=True, kw_only=True):
    """Answer it. written: in writing 书面."""

    complaint: str
    reply_ref: str
    written: bool


class WithdrawComplaint(Command, frozen=True, kw_only=True):
    """Its complainant does not pursue it."""

    complaint: str
    reason_ref: str | None = None


# History that was lost


class ReportLoss(Command, frozen=True, kw_only=True):
    """Write down that history was lost; nothing where all of it is written down. Fields: as of HistoryLost."""

    part: Part
    epoch: str
    kept: int
    known: int
    since: datetime | None = None
    until: datetime | None = None
    business_day: date | None = None
    issued: dict[str, str] = {}
    again: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


class AcknowledgeLoss(Command, frozen=True, kw_only=True):
    """What was lost with that epoch has been seen to."""

    epoch: str


BookCommand = (
    ConfigureHall
    | NoteAccount
    | NoteDevice
    | NoteWebhookSecret
    | ReportAbsence
    | WithdrawAbsence
    | ConfirmDeputy
    | WithdrawDeputy
    | GiveHandover
    | TakeHandover
    | OpenRectification
    | StartRectification
    | NoteRectification
    | FinishRectification
    | CallBack
    | AskReview
    | DecideReview
    | FollowUp
    | RegisterComplaint
    | ReclassifyComplaint
    | ExtendComplaint
    | NoteComplaint
    | ReplyToComplaint
    | WithdrawComplaint
    | ReportLoss
    | AcknowledgeLoss
)
"""Everything that may be asked of the stream `book`."""
