"""What happened beyond a day: the events of a hall's stream `book`. The rules of `events` hold here too."""

from datetime import date, datetime
from typing import Literal

from queue_server.domain.events import Event
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level

__all__ = [
    "About",
    "AbsenceKind",
    "AccountChange",
    "BookEvent",
    "Channel",
    "DeviceChange",
    "Direction",
    "FollowUpSource",
    "Part",
    "ReviewKind",
    "Severity",
]

AccountChange = Literal["added", "changed", "password", "disabled", "enabled", "photo", "photo_removed"]
DeviceChange = Literal["added", "revoked"]

Part = Literal["day", "book"]
"""Which of a hall's two histories."""

AbsenceKind = Literal["personal", "sick", "annual", "business", "training", "other"]
"""事假、病假、年休假、公出、培训、其他."""
Direction = Literal["out", "back"]
"""A hands over to B, or B hands back."""

ReviewKind = Literal["invalid", "extension"]
"""What a head asks of a rectification: to leave the rating out 无效, or more time 延期."""
FollowUpSource = Literal["phone", "callback"]

Channel = Literal["counter", "phone", "paper", "online", "qr"]
Severity = Literal["general", "complex", "major"]
About = Literal["staff", "service", "other"]


class HallConfigured(Event, frozen=True, kw_only=True, tag="hall_configured"):
    """The hall's set-up from now on, whole."""

    hall: Hall


class AccountChanged(Event, frozen=True, kw_only=True, tag="account_changed"):
    """Somebody's right to sign in changed. account: whose; who that is stands in records/ alone."""

    account: str
    change: AccountChange


class DeviceChanged(Event, frozen=True, kw_only=True, tag="device_changed"):
    """A device was let in, or shut out for good."""

    device: str
    change: DeviceChange


class WebhookSecretRenewed(Event, frozen=True, kw_only=True, tag="webhook_secret_renewed"):
    """What goes to the hall's webhook is signed with another secret from then on, which stands in records/ alone."""


# Posts


class AbsenceReported(Event, frozen=True, kw_only=True, tag="absence_reported"):
    """A clerk will not be there. first, last: both included; late: later than one day ahead."""

    absence: str
    clerk: str
    first: HalfDay
    last: HalfDay
    kind: AbsenceKind
    late: bool = False
    reason_ref: str | None = None


class AbsenceWithdrawn(Event, frozen=True, kw_only=True, tag="absence_withdrawn"):
    """The clerk will be there after all. last: of the half days that she was absent; None: she never was."""

    absence: str
    last: HalfDay | None = None


class DeputyConfirmed(Event, frozen=True, kw_only=True, tag="deputy_confirmed"):
    """The head confirmed who stands in at a post during an absence, and replaced whoever was to before.

    first, last: of a part of it; None: from its start, to its end.
    """

    absence: str
    post: str
    deputy: str
    first: HalfDay | None = None
    last: HalfDay | None = None


class DeputyWithdrawn(Event, frozen=True, kw_only=True, tag="deputy_withdrawn"):
    """Nobody is to stand in any more, during an absence or that part of it."""

    absence: str
    post: str
    first: HalfDay | None = None
    last: HalfDay | None = None


class HandoverGiven(Event, frozen=True, kw_only=True, tag="handover_given"):
    """A clerk handed a post over. numbers: of the tickets that are open; note_ref: what else there is to know."""

    handover: str
    post: str
    giver: str
    taker: str
    direction: Direction
    absence: str | None = None
    numbers: tuple[str, ...] = ()
    note_ref: str | None = None


class HandoverTaken(Event, frozen=True, kw_only=True, tag="handover_taken"):
    """The other clerk took it over."""

    handover: str


# Ratings


class RectificationOpened(Event, frozen=True, kw_only=True, tag="rectification_opened"):
    """A bad rating asks to be put right 差评整改. due_on: the last day for it; the rest says what was rated, where."""

    rectification: str
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


class RectificationStarted(Event, frozen=True, kw_only=True, tag="rectification_started"):
    """Somebody works on it 整改中."""

    rectification: str


class RectificationNoted(Event, frozen=True, kw_only=True, tag="rectification_noted"):
    """A line in its log."""

    rectification: str
    note_ref: str


class RectificationFinished(Event, frozen=True, kw_only=True, tag="rectification_finished"):
    """整改完成. note_ref: what was done."""

    rectification: str
    note_ref: str


class RectificationCalledBack(Event, frozen=True, kw_only=True, tag="rectification_called_back"):
    """The citizen was called back 回访. satisfied: with what was done, None when nobody was reached or would say."""

    rectification: str
    reached: bool
    satisfied: bool | None = None
    note_ref: str | None = None


class RectificationReviewAsked(Event, frozen=True, kw_only=True, tag="rectification_review_asked"):
    """The head asks that the rating be left out, or for time until a day. note_ref: why."""

    rectification: str
    what: ReviewKind
    note_ref: str
    until: date | None = None


class RectificationReviewed(Event, frozen=True, kw_only=True, tag="rectification_reviewed"):
    """Somebody else granted that, or did not."""

    rectification: str
    granted: bool
    note_ref: str | None = None


class RectificationFollowedUp(Event, frozen=True, kw_only=True, tag="rectification_followed_up"):
    """The second and last rating 追评, after what was done."""

    rectification: str
    level: Level
    source: FollowUpSource
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None


# Complaints


class ComplaintRegistered(Event, frozen=True, kw_only=True, tag="complaint_registered"):
    """A complaint 诉求 came in.

    number: running, for people; those about staff for themselves. code_hash: of what lets its complainant look at it.
    written: it was put in writing, and has to be answered so. subject: whom it is about. due_at: when an answer is
    due. Words and names are notes.
    """

    complaint: str
    number: str
    channel: Channel
    severity: Severity
    about: About
    due_at: datetime
    written: bool = False
    subject: str | None = None
    counter: int | None = None
    code_hash: str | None = None
    text_ref: str | None = None
    name_ref: str | None = None
    phone_ref: str | None = None


class ComplaintReclassified(Event, frozen=True, kw_only=True, tag="complaint_reclassified"):
    """It turned out to be of another kind."""

    complaint: str
    severity: Severity
    about: About
    due_at: datetime
    subject: str | None = None


class ComplaintExtended(Event, frozen=True, kw_only=True, tag="complaint_extended"):
    """More time was taken, before the limit. told: the complainant was told why."""

    complaint: str
    due_at: datetime
    reason_ref: str
    told: bool = False


class ComplaintNoted(Event, frozen=True, kw_only=True, tag="complaint_noted"):
    """A line in its log."""

    complaint: str
    note_ref: str


class ComplaintReplied(Event, frozen=True, kw_only=True, tag="complaint_replied"):
    """It was answered, in writing or not; that ends its clock."""

    complaint: str
    reply_ref: str
    written: bool = False


class ComplaintWithdrawn(Event, frozen=True, kw_only=True, tag="complaint_withdrawn"):
    """The complainant does not pursue it."""

    complaint: str
    reason_ref: str | None = None


# History that was lost


class HistoryLost(Event, frozen=True, kw_only=True, tag="history_lost"):
    """Events that had been durable are in the hall's history no more, as far as one server knows that had read them.

    epoch: under which they had been written; it ended with them, and so names the loss. kept, known: seq of the last
    event that is left, and of the last that there was; since, until: when these happened, None where nobody knows.
    Of the history `day`, numbers of the tickets of business_day: issued: that were issued in what was lost, by ticket;
    again: of all that were lost, that were issued once more before it was noticed; back: that are left, and stand where
    they stood before. Of the history `book`, complaints: numbers of those that came in with what was lost, none of
    which is given again.
    """

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


class LossAcknowledged(Event, frozen=True, kw_only=True, tag="loss_acknowledged"):
    """The head has seen to what was lost with that epoch."""

    epoch: str


BookEvent = (
    HallConfigured
    | AccountChanged
    | DeviceChanged
    | WebhookSecretRenewed
    | AbsenceReported
    | AbsenceWithdrawn
    | DeputyConfirmed
    | DeputyWithdrawn
    | HandoverGiven
    | HandoverTaken
    | RectificationOpened
    | RectificationStarted
    | RectificationNoted
    | RectificationFinished
    | RectificationCalledBack
    | RectificationReviewAsked
    | RectificationReviewed
    | RectificationFollowedUp
    | ComplaintRegistered
    | ComplaintReclassified
    | ComplaintExtended
    | ComplaintNoted
    | ComplaintReplied
    | ComplaintWithdrawn
    | HistoryLost
    | LossAcknowledged
)
"""Everything in the stream `book`."""
