"""What is done about a bad rating: deciding the steps that rectification.py draws."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.day import Day
from queue_server.domain.deadlines import local_date
from queue_server.domain.hall import Hall
from queue_server.domain.rectification import Rectification, RectificationEvent, Rectifications
from queue_server.domain.refusals import refuse

__all__ = ["DECIDE", "LONGEST_EXTENSION", "opening_of"]

LONGEST_EXTENSION = timedelta(days=366)
"""Nobody can ask for more than that beyond the day on which it is due."""

Decided = Sequence[events.BookEvent]


def opening_of(day: Day, ticket_id: str, leg: int, *, rectification: str, due_on: date) -> commands.OpenRectification:
    """What a bad rating of the day asks the book for."""
    ticket, rating = day.find(ticket_id), day.ratings[ticket_id, leg]
    assert ticket is not None  # noqa: S101 - the day keeps ratings of tickets that it has
    visit = ticket.legs[leg - 1]
    return commands.OpenRectification(
        rectification=rectification,
        ticket=ticket_id,
        number=ticket.number,
        leg=leg,
        business_day=ticket.business_day,
        level=rating.level,
        queue=visit.queue,
        counter=visit.counter,
        clerk=visit.clerk,
        capacity=visit.capacity,
        due_on=due_on,
        post=visit.post,
        service=ticket.service,
        reasons=rating.reasons,
        reasons_version=rating.reasons_version,
        comment_ref=rating.comment_ref,
        phone_ref=rating.phone_ref,
    )


def _open(known: Rectifications, hall: Hall, command: commands.OpenRectification, now: datetime) -> Decided:
    if known.of_leg(command.ticket, command.leg) is not None:
        return ()
    return _as(events.RectificationOpened, command, now)


def _start(known: Rectifications, hall: Hall, command: commands.StartRectification, now: datetime) -> Decided:
    if _workable(known, command).stage != "pending":
        refuse("already_under_way")
    return _as(events.RectificationStarted, command, now)


def _note(known: Rectifications, hall: Hall, command: commands.NoteRectification, now: datetime) -> Decided:
    _found(known, command)
    return _as(events.RectificationNoted, command, now)


def _finish(known: Rectifications, hall: Hall, command: commands.FinishRectification, now: datetime) -> Decided:
    _workable(known, command)
    return _as(events.RectificationFinished, command, now)


def _call_back(known: Rectifications, hall: Hall, command: commands.CallBack, now: datetime) -> Decided:
    one = _found(known, command)
    if one.stage == "invalid":
        refuse("rectification_closed")
    if command.satisfied is not None and one.stage != "finished":
        refuse("not_rectified")
    return _as(events.RectificationCalledBack, command, now)


def _ask_review(known: Rectifications, hall: Hall, command: commands.AskReview, now: datetime) -> Decided:
    one = _workable(known, command)
    if command.what == "extension" and one.overdue(local_date(now, hall.timezone)):
        refuse("rectification_overdue")
    if not (command.until is None if command.what == "invalid" else _is_later(command.until, one.due_on)):
        refuse("until_invalid")
    return _as(events.RectificationReviewAsked, command, now)


def _decide_review(known: Rectifications, hall: Hall, command: commands.DecideReview, now: datetime) -> Decided:
    review = _found(known, command).review
    if review is None:
        refuse("no_review")
    if review.by == command.by:
        refuse("own_review")
    return _as(events.RectificationReviewed, command, now)


def _follow_up(known: Rectifications, hall: Hall, command: commands.FollowUp, now: datetime) -> Decided:
    one = _found(known, command)
    if one.follow_up is not None:
        refuse("already_followed_up")
    if one.stage != "finished":
        refuse("not_rectified")
    return _as(events.RectificationFollowedUp, command, now)


def _found(known: Rectifications, command: commands.RectificationCommand) -> Rectification:
    one = known.by_id.get(command.rectification)
    if one is None:
        refuse("rectification_unknown")
    return one


def _workable(known: Rectifications, command: commands.RectificationCommand) -> Rectification:
    """One that is neither done nor waits for somebody's decision."""
    one = _found(known, command)
    if not one.open:
        refuse("rectification_closed")
    if one.review is not None:
        refuse("review_pending")
    return one


def _is_later(until: date | None, due_on: date) -> bool:
    return until is not None and due_on < until <= due_on + LONGEST_EXTENSION


def _as(event: type[RectificationEvent], command: commands.RectificationCommand, now: datetime) -> Decided:
    """What was asked, as what happened: the fields are the same."""
    return (event(at=now, **asdict(command)),)


DECIDE: dict[type, Callable[[Rectifications, Hall, Any, datetime], Decided]] = {
    commands.OpenRectification: _open,
    commands.StartRectification: _start,
    commands.NoteRectification: _note,
    commands.FinishRectification: _finish,
    commands.CallBack: _call_back,
    commands.AskReview: _ask_review,
    commands.DecideReview: _decide_review,
    commands.FollowUp: _follow_up,
}
"""What each command does, in a hall that is set up; they leave by Refused."""
