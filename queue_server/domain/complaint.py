"""Complaints 有诉即办: what was brought up, until when it is to be answered, and what became of it.

    registered ──(a) reclassified, (b) extended, (c) noted──► open ──(d) replied──► replied
                                                               └────(e) withdrawn─► withdrawn

Notes go on after the end: how a letter was delivered, what was said on the phone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from msgspec.structs import replace

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.deadlines import KindOf, end_of_day, end_of_day_after, local_date
from queue_server.domain.hall import Hall
from queue_server.domain.refusals import refuse
from queue_server.domain.value import Value

__all__ = ["DECIDE", "SELF_ENTERED", "Complaint", "ComplaintEvent", "ComplaintState", "Complaints", "of_staff"]

ComplaintState = Literal["open", "replied", "withdrawn"]
ComplaintEvent = (
    events.ComplaintRegistered
    | events.ComplaintReclassified
    | events.ComplaintExtended
    | events.ComplaintNoted
    | events.ComplaintReplied
    | events.ComplaintWithdrawn
)

SELF_ENTERED: frozenset[events.Channel] = frozenset({"online", "qr"})
"""Channels by which complainants write themselves; the others are entered by staff."""
ORAL: frozenset[events.Channel] = frozenset({"counter", "phone"})
OF_STAFF = "J"
"""Begins the numbers of those that came in about staff, which are discipline's alone."""
LONGEST = timedelta(days=366)
"""How far ahead a deadline may be put."""


class Complaint(Value, frozen=True, kw_only=True):
    """One complaint as it stands.

    subject: account of whom it is about. due_at: when an answer is late. extended_to: None unless more time was taken.
    written: has to be answered in writing (书面). code_hash: of the code that shows it to its complainant, None where
    there is none. closed_at: None while it is open. log: what happened, in order, its registration first.
    """

    id: str
    number: str
    channel: events.Channel
    severity: events.Severity
    about: events.About
    came_at: datetime
    due_at: datetime
    written: bool
    subject: str | None = None
    counter: int | None = None
    code_hash: str | None = None
    text_ref: str | None = None
    name_ref: str | None = None
    phone_ref: str | None = None
    extended_to: datetime | None = None
    state: ComplaintState = "open"
    closed_at: datetime | None = None
    log: tuple[ComplaintEvent, ...] = ()

    @classmethod
    def begun(cls, event: events.ComplaintRegistered) -> Self:
        """The complaint as it came in."""
        return cls(
            id=event.complaint,
            number=event.number,
            channel=event.channel,
            severity=event.severity,
            about=event.about,
            came_at=event.at,
            due_at=event.due_at,
            written=event.written,
            subject=event.subject,
            counter=event.counter,
            code_hash=event.code_hash,
            text_ref=event.text_ref,
            name_ref=event.name_ref,
            phone_ref=event.phone_ref,
            log=(event,),
        )

    def late(self, now: datetime) -> bool:
        """Whether it was not answered, or withdrawn, in time."""
        return (self.closed_at or now) >= self.due_at

    def shown_to(self, role: str, account: str) -> bool:
        """Whether somebody of its hall may see it: discipline all, the head what is not about staff, nobody else.

        Nobody sees one about oneself, whatever the role.
        """
        if account == self.subject:
            return False
        return role == "discipline" or (role == "head" and self.about != "staff")


class Complaints:
    """The complaints of one hall. all: by id, in the order in which they came. lost: numbers of those that are in no
    history any more, and that somebody may have been told.
    """

    __slots__ = ("_by_code", "all", "lost")

    def __init__(self) -> None:
        self.all: dict[str, Complaint] = {}
        self.lost: tuple[str, ...] = ()
        self._by_code: dict[str, str] = {}

    def copy(self) -> Self:
        """An independent state of equal content."""
        other = type(self)()
        other.all, other._by_code, other.lost = self.all.copy(), self._by_code.copy(), self.lost
        return other

    def open(self) -> Iterator[Complaint]:
        """Those that wait for an answer."""
        return (complaint for complaint in self.all.values() if complaint.state == "open")

    def of_code(self, code_hash: str) -> Complaint | None:
        """The complaint that a code shows, None when it shows none."""
        return self.all.get(self._by_code.get(code_hash, ""))

    def apply(self, event: events.BookEvent) -> None:
        """Take an event in; those of other subjects change nothing."""
        if isinstance(event, events.ComplaintRegistered):
            after = Complaint.begun(event)
            if after.code_hash is not None:
                self._by_code[after.code_hash] = after.id
        elif isinstance(event, ComplaintEvent):
            before = self.all[event.complaint]
            after = replace(_after(before, event), log=(*before.log, event))
            if after.code_hash is None and before.code_hash is not None:
                del self._by_code[before.code_hash]
        else:
            if isinstance(event, events.HistoryLost):
                self.lost += event.complaints
            return
        self.all[after.id] = after


def _after(complaint: Complaint, event: events.BookEvent) -> Complaint:
    match event:
        case events.ComplaintReclassified():
            return replace(
                complaint,
                severity=event.severity,
                about=event.about,
                subject=event.subject,
                due_at=event.due_at,
                written=complaint.written or event.severity == "major",
                code_hash=None if _seen_by_staff(complaint.channel, event.about) else complaint.code_hash,
            )
        case events.ComplaintExtended():
            return replace(complaint, due_at=event.due_at, extended_to=event.due_at)
        case events.ComplaintReplied():
            return replace(complaint, state="replied", closed_at=event.at)
        case events.ComplaintWithdrawn():
            return replace(complaint, state="withdrawn", closed_at=event.at)
    return complaint


def _seen_by_staff(channel: events.Channel, about: events.About) -> bool:
    """Whether a code would show whoever entered a complaint what only discipline may see by now."""
    return about == "staff" and channel not in SELF_ENTERED


# Decisions


def _register(
    complaints: Complaints, hall: Hall, command: commands.RegisterComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    """Take a complaint in; one that was answered on the spot 当场答复 is answered in the same breath."""
    if command.counter is not None and command.counter not in hall.counters:
        refuse("counter_unknown", counter=command.counter)
    about: events.About = "staff" if command.subject is not None else command.about
    written = command.channel not in ORAL or command.severity == "major"
    registered = events.ComplaintRegistered(
        at=now,
        by=command.by,
        complaint=command.complaint,
        number=_next_number(complaints, local_date(now, hall.timezone).year, about),
        channel=command.channel,
        severity=command.severity,
        about=about,
        due_at=_due(hall.complaints, command.severity, now, hall.timezone, command.kind_of),
        written=written,
        subject=command.subject,
        counter=command.counter,
        code_hash=None if _seen_by_staff(command.channel, about) else command.code_hash,
        text_ref=command.text_ref,
        name_ref=command.name_ref,
        phone_ref=command.phone_ref,
    )
    if command.reply_ref is None:
        return (registered,)
    if written or command.severity != "general" or about == "staff":
        refuse("not_on_the_spot")
    replied = events.ComplaintReplied(
        at=now, by=command.by, complaint=command.complaint, reply_ref=command.reply_ref, written=False
    )
    return (registered, replied)


def _next_number(complaints: Complaints, year: int, about: events.About) -> str:
    """Running within the year, "2026-0001"; those about staff for themselves, "2026-J0001": no gap in the others'
    numbers tells that there was one.
    """
    series = f"{year}-{OF_STAFF}" if about == "staff" else f"{year}-"
    newest = _running(series, (one.number for one in reversed(complaints.all.values())))
    highest = max([next(newest, 0), *_running(series, complaints.lost)])
    return f"{series}{highest + 1:04d}"


def of_staff(number: str) -> bool:
    """Whether a complaint with that number came in about staff."""
    return number.partition("-")[2].startswith(OF_STAFF)


def _running(series: str, numbers: Iterable[str]) -> Iterator[int]:
    """Of the numbers, those of the series, without its name."""
    own = (number.removeprefix(series) for number in numbers)
    return (int(number) for number in own if number.isdigit())


def _due(rules: ComplaintRules, severity: events.Severity, came: datetime, timezone: str, kind_of: KindOf) -> datetime:
    days = rules.general_days if severity == "general" else rules.complex_days
    return end_of_day_after(came, days, timezone, kind_of if rules.days == "working" else None)


def _reclassify(
    complaints: Complaints, hall: Hall, command: commands.ReclassifyComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    """Set right what kind it is. That moves the deadline while it can be kept: neither is a late one in time again, nor
    is one late at once.
    """
    complaint = _open(complaints, command.complaint)
    about: events.About = "staff" if command.subject is not None else command.about
    if (command.severity, about, command.subject) == (complaint.severity, complaint.about, complaint.subject):
        return ()
    due = complaint.due_at
    if not complaint.late(now) and command.severity != complaint.severity:
        due = max(
            _due(hall.complaints, command.severity, complaint.came_at, hall.timezone, command.kind_of),
            end_of_day(local_date(now, hall.timezone), hall.timezone),
            complaint.extended_to or now,
        )
    return (
        events.ComplaintReclassified(
            at=now,
            by=command.by,
            complaint=complaint.id,
            severity=command.severity,
            about=about,
            subject=command.subject,
            due_at=due,
        ),
    )


def _extend(
    complaints: Complaints, hall: Hall, command: commands.ExtendComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    """More time, before the limit, of which the complainant was told with the reason; where there is a code its page
    tells it.
    """
    complaint = _open(complaints, command.complaint)
    if complaint.late(now):
        refuse("complaint_overdue")
    until = command.until
    if until > local_date(now + LONGEST, hall.timezone) or end_of_day(until, hall.timezone) <= complaint.due_at:
        refuse("deadline_invalid")
    told = command.told or complaint.code_hash is not None
    if not told and complaint.phone_ref is not None:
        refuse("complainant_not_told")
    return (
        events.ComplaintExtended(
            at=now,
            by=command.by,
            complaint=complaint.id,
            due_at=end_of_day(until, hall.timezone),
            reason_ref=command.reason_ref,
            told=told,
        ),
    )


def _note(
    complaints: Complaints, hall: Hall, command: commands.NoteComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    _known(complaints, command.complaint)
    return (events.ComplaintNoted(at=now, by=command.by, complaint=command.complaint, note_ref=command.note_ref),)


def _reply(
    complaints: Complaints, hall: Hall, command: commands.ReplyToComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    """Answer it; what was put in writing is answered in writing."""
    complaint = _open(complaints, command.complaint)
    if complaint.written and not command.written:
        refuse("reply_must_be_written")
    return (
        events.ComplaintReplied(
            at=now, by=command.by, complaint=complaint.id, reply_ref=command.reply_ref, written=command.written
        ),
    )


def _withdraw(
    complaints: Complaints, hall: Hall, command: commands.WithdrawComplaint, now: datetime
) -> Sequence[events.BookEvent]:
    complaint = _open(complaints, command.complaint)
    return (events.ComplaintWithdrawn(at=now, by=command.by, complaint=complaint.id, reason_ref=command.reason_ref),)


def _known(complaints: Complaints, complaint: str) -> Complaint:
    found = complaints.all.get(complaint)
    if found is None:
        refuse("complaint_unknown")
    return found


def _open(complaints: Complaints, complaint: str) -> Complaint:
    found = _known(complaints, complaint)
    if found.state != "open":
        refuse("complaint_closed")
    return found


DECIDE: dict[type, Callable[[Complaints, Hall, Any, datetime], Sequence[events.BookEvent]]] = {
    commands.RegisterComplaint: _register,
    commands.ReclassifyComplaint: _reclassify,
    commands.ExtendComplaint: _extend,
    commands.NoteComplaint: _note,
    commands.ReplyToComplaint: _reply,
    commands.WithdrawComplaint: _withdraw,
}
"""What each command does, in a hall that is set up; they leave by Refused."""
