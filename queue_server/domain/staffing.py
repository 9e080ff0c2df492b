"""Who stands where 在岗: absences, confirmed deputies and handovers (AB岗).

A post's roster says who is to stand there. Whoever cannot reports it, one day ahead if possible; the head confirms who
stands in, for the whole absence or a part of it. Nothing of this keeps anybody from signing on: it tells the plan.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from msgspec.structs import replace

from queue_server.domain.absence import Absence, Deputation, half_day_before, half_days
from queue_server.domain.book_commands import (
    ConfirmDeputy,
    GiveHandover,
    ReportAbsence,
    TakeHandover,
    WithdrawAbsence,
    WithdrawDeputy,
)
from queue_server.domain.book_events import (
    AbsenceReported,
    AbsenceWithdrawn,
    BookEvent,
    DeputyConfirmed,
    DeputyWithdrawn,
    HandoverGiven,
    HandoverTaken,
)
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.handover import Handover
from queue_server.domain.hours import business_day
from queue_server.domain.open_halves import open_halves
from queue_server.domain.post import Post
from queue_server.domain.refusals import refuse

__all__ = ["DECIDE", "LONGEST_DAYS", "Staffing", "Standing"]

LONGEST_DAYS = 366
"""Of one absence, and how far ahead; a longer one is a change of the post's holders."""

BACK_DAYS = 14
"""How long after an absence its post may be handed back late."""


class Standing(NamedTuple):
    """What the plan says of a post for a half day.

    expected: by the roster, None where nobody is named. absence: of that one. deputy: who was confirmed to stand in.
    clerk: who is to be there after all, None where nobody is.
    """

    expected: str | None
    absence: Absence | None
    deputy: str | None
    clerk: str | None


class Staffing:
    """Absences and handovers of one hall by id, in the order in which they were reported.

    All of them, however old: of the absences of many years only one clerk's are looked at, hence their ids by clerk.
    """

    __slots__ = ("_by_clerk", "absences", "handovers")

    def __init__(self) -> None:
        self.absences: dict[str, Absence] = {}
        self.handovers: dict[str, Handover] = {}
        self._by_clerk: dict[str, tuple[str, ...]] = {}

    def copy(self) -> Self:
        """An independent state of equal content."""
        other = type(self)()
        other.absences, other.handovers = self.absences.copy(), self.handovers.copy()
        other._by_clerk = self._by_clerk.copy()
        return other

    # What others ask of it

    def absent(self, clerk: str, when: HalfDay) -> Absence | None:
        """The absence that a clerk has reported for then."""
        return next((one for one in self.absences_of(clerk) if one.covers(when)), None)

    def absences_of(self, clerk: str) -> Iterator[Absence]:
        """Of one clerk, in the order in which they were reported."""
        return (self.absences[absence] for absence in self._by_clerk.get(clerk, ()))

    def standing(self, post: Post, when: HalfDay) -> Standing:
        """Who is to stand at a post, which the roster says is staffed then."""
        expected = post.expected(when)
        absence = None if expected is None else self.absent(expected, when)
        if absence is None:
            return Standing(expected, None, None, expected)
        deputy = absence.deputy(post.id, when)
        there = deputy is not None and self.absent(deputy, when) is None
        return Standing(expected, absence, deputy, deputy if there else None)

    def confirmed(self, post: Post, clerk: str, when: HalfDay) -> bool:
        """Whether the plan says that this clerk stands there then."""
        return post.staffed(when) and self.standing(post, when).clerk == clerk

    # What happened

    def apply(self, event: BookEvent) -> None:
        """Take an event in; those of other subjects change nothing."""
        match event:
            case AbsenceReported():
                self.absences[event.absence] = Absence(
                    id=event.absence,
                    clerk=event.clerk,
                    first=event.first,
                    last=event.last,
                    kind=event.kind,
                    reported_at=event.at,
                    by=event.by,
                    late=event.late,
                    reason_ref=event.reason_ref,
                )
                self._by_clerk[event.clerk] = (*self._by_clerk.get(event.clerk, ()), event.absence)
            case AbsenceWithdrawn(last=None):
                clerk = self.absences.pop(event.absence).clerk
                self._by_clerk[clerk] = tuple(one for one in self._by_clerk[clerk] if one != event.absence)
            case AbsenceWithdrawn(last=last):
                self.absences[event.absence] = replace(self.absences[event.absence], last=last)
            case DeputyConfirmed():
                self._depute(event, event.deputy)
            case DeputyWithdrawn():
                self._depute(event, None)
            case HandoverGiven():
                self._give(event)
            case HandoverTaken():
                self.handovers[event.handover] = replace(self.handovers[event.handover], taken_at=event.at)

    def _depute(self, event: DeputyConfirmed | DeputyWithdrawn, deputy: str | None) -> None:
        absence = self.absences[event.absence]
        one = Deputation(
            post=event.post, deputy=deputy, first=event.first or absence.first, last=event.last or absence.last
        )
        left = tuple(
            other
            for other in absence.deputations
            if other.post != one.post or other.first.rank < one.first.rank or one.last.rank < other.last.rank
        )
        self.absences[absence.id] = replace(absence, deputations=(*left, one))

    def _give(self, event: HandoverGiven) -> None:
        """One that the same giver gave before, and nobody took, it replaces."""
        for other in [*self.handovers.values()]:
            if other.taken_at is None and (other.post, other.giver) == (event.post, event.giver):
                del self.handovers[other.id]
        self.handovers[event.handover] = Handover(
            id=event.handover,
            post=event.post,
            giver=event.giver,
            taker=event.taker,
            direction=event.direction,
            given_at=event.at,
            by=event.by,
            absence=event.absence,
            numbers=event.numbers,
            note_ref=event.note_ref,
        )


# What is decided


def _today(hall: Hall, now: datetime) -> date:
    return business_day(now, hall.day_starts, hall.timezone)


def _report(staffing: Staffing, hall: Hall, command: ReportAbsence, now: datetime) -> Sequence[BookEvent]:
    """One day ahead, or later and marked; not of a time that is over, nor twice of the same time."""
    first, last, today = command.first, command.last, _today(hall, now)
    if last.rank < first.rank:
        refuse("absence_backwards")
    if last.day < today:
        refuse("absence_over")
    if (last.day - first.day).days >= LONGEST_DAYS or (first.day - today).days >= LONGEST_DAYS:
        refuse("absence_too_long", days=LONGEST_DAYS)
    if any(other.meets(first, last) for other in staffing.absences_of(command.clerk)):
        refuse("absence_overlaps")
    return (
        AbsenceReported(
            at=now,
            by=command.by,
            absence=command.absence,
            clerk=command.clerk,
            first=first,
            last=last,
            kind=command.kind,
            late=first.day <= today,
            reason_ref=command.reason_ref,
        ),
    )


def _withdraw(staffing: Staffing, hall: Hall, command: WithdrawAbsence, now: datetime) -> Sequence[BookEvent]:
    """Whoever is back earlier was absent until then."""
    absence = _absence(staffing, command.absence)
    if absence.last.rank < command.current.rank:
        refuse("absence_over")
    last = half_day_before(command.current) if absence.first.rank < command.current.rank else None
    return (AbsenceWithdrawn(at=now, by=command.by, absence=absence.id, last=last),)


def _confirm(staffing: Staffing, hall: Hall, command: ConfirmDeputy, now: datetime) -> Sequence[BookEvent]:
    """Refused only where the deputy is absent too, or where that absence does not leave the post. What counts are the
    half days in which the hall opens.
    """
    absence, first, last = _part(staffing, hall, command)
    post, deputy = hall.posts[command.post], command.deputy
    left = [
        when
        for when in half_days(first, last)
        if post.expected(when) == absence.clerk and when.half in open_halves(hall, when.day, command.kind_of(when.day))
    ]
    if not left:
        refuse("post_not_left", post=post.id)
    away = next((when for when in left if staffing.absent(deputy, when)), None)
    if away is not None:
        refuse("deputy_absent", day=away.day.isoformat(), half=away.half)
    if all(absence.deputy(post.id, when) == deputy for when in left):
        return ()
    part = {"first": command.first, "last": command.last}
    return (DeputyConfirmed(at=now, by=command.by, absence=absence.id, post=post.id, deputy=deputy, **part),)


def _withdraw_deputy(staffing: Staffing, hall: Hall, command: WithdrawDeputy, now: datetime) -> Sequence[BookEvent]:
    absence, first, last = _part(staffing, hall, command)
    if all(absence.deputy(command.post, when) is None for when in half_days(first, last)):
        return ()
    part = {"first": command.first, "last": command.last}
    return (DeputyWithdrawn(at=now, by=command.by, absence=absence.id, post=command.post, **part),)


def _part(staffing: Staffing, hall: Hall, command: ConfirmDeputy | WithdrawDeputy) -> tuple[Absence, HalfDay, HalfDay]:
    """The absence, and the part of it that is meant."""
    absence = _absence(staffing, command.absence)
    if command.post not in hall.posts:
        refuse("post_unknown", post=command.post)
    first, last = command.first or absence.first, command.last or absence.last
    if not absence.first.rank <= first.rank <= last.rank <= absence.last.rank:
        refuse("not_in_absence")
    return absence, first, last


def _absence(staffing: Staffing, absence: str) -> Absence:
    if absence not in staffing.absences:
        refuse("absence_unknown")
    return staffing.absences[absence]


def _give(staffing: Staffing, hall: Hall, command: GiveHandover, now: datetime) -> Sequence[BookEvent]:
    """One of the two holds the post; whoever gives it to its A hands it back."""
    post, giver, taker = hall.posts.get(command.post), command.giver, command.taker
    if post is None:
        refuse("post_unknown", post=command.post)
    if giver == taker:
        refuse("handover_to_self")
    if giver not in post.holders and taker not in post.holders:
        refuse("not_post_holder", post=post.id)
    back = taker == post.a
    return (
        HandoverGiven(
            at=now,
            by=command.by,
            handover=command.handover,
            post=post.id,
            giver=giver,
            taker=taker,
            direction="back" if back else "out",
            absence=_absence_behind(staffing, taker if back else giver, back, _today(hall, now)),
            numbers=command.numbers,
            note_ref=command.note_ref,
        ),
    )


def _absence_behind(staffing: Staffing, clerk: str, back: bool, today: date) -> str | None:
    """For which absence a post is given over: the one that comes next; that comes back: the one that was last."""
    if back:
        since = today - timedelta(days=BACK_DAYS)
        over = [one for one in staffing.absences_of(clerk) if since <= one.last.day and one.first.day <= today]
        return max(over, key=lambda one: one.first.rank).id if over else None
    coming = [one for one in staffing.absences_of(clerk) if one.last.day >= today]
    return min(coming, key=lambda one: one.first.rank).id if coming else None


def _take(staffing: Staffing, hall: Hall, command: TakeHandover, now: datetime) -> Sequence[BookEvent]:
    """By whom it was given to, and nobody for her."""
    handover = staffing.handovers.get(command.handover)
    if handover is None:
        refuse("handover_unknown")
    if handover.taker != command.by:
        refuse("not_taker")
    return () if handover.taken_at is not None else (HandoverTaken(at=now, by=command.by, handover=handover.id),)


DECIDE: dict[type, Callable[[Staffing, Hall, Any, datetime], Sequence[BookEvent]]] = {
    ReportAbsence: _report,
    WithdrawAbsence: _withdraw,
    ConfirmDeputy: _confirm,
    WithdrawDeputy: _withdraw_deputy,
    GiveHandover: _give,
    TakeHandover: _take,
}
"""What each command does, in a hall that is set up; they leave by Refused."""
