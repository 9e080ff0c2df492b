"""…/rectifications: bad ratings 差评整改, what is done about them, by whom, and who reads what was said."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import UNSET

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.book import Book
from queue_server.domain.deadlines import local_date
from queue_server.domain.rectification import Rectification, RectificationEvent
from queue_server.projections.instant import instant
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.follow_up_link import path_of
from queue_server.web.problems import ProblemError
from queue_server.web.reasons_asked import version_asked

__all__ = ["DECIDERS", "OPERATIONS", "READERS"]

READERS: frozenset[Role] = frozenset({"head", "discipline", "district"})
HEAD: frozenset[Role] = frozenset({"head"})
DECIDERS: frozenset[Role] = frozenset({"discipline", "district"})
"""Those who decide what a head asks."""

CLOSED_SHOWN = 300
"""Of those that are over, the newest: a year's in a hall that has one a day."""


# Reading


async def everything(call: Call) -> Reply:
    """Those that are open, the most urgent first; then those that are over, the newest first."""
    known = list(call.runner.books.durable.rectifications)
    pending = sorted((one for one in known if one.open), key=lambda one: (one.due_on, one.opened.at))
    over = [one for one in reversed(known) if not one.open][:CLOSED_SHOWN]
    shown = [_shown(call, one) for one in (*pending, *over)]
    return Reply({"rectifications": shown, "today": _today(call).isoformat()})


async def detail(call: Call) -> Reply:
    """One with all that was said and written about it; the look at it is recorded."""
    one = _known(call)
    refs = [ref for event in one.log if (ref := _words_of(event)) is not None]
    notes = await call.server.records.notes.get_many(refs, call.caller.id, call.runner.now())
    log = [_step(event, {ref: note.text for ref, note in notes.items()}) for event in one.log]
    path = path_of(call.server.follow_up_secret, call.runner.id, one.id)
    return Reply({"rectification": _shown(call, one), "log": log, "path": path})


async def phone(call: Call) -> Reply:
    """The number that was left for a call-back; the look at it is recorded."""
    ref = _known(call).opened.phone_ref
    note = ref and await call.server.records.notes.get(ref, call.caller.id, call.runner.now())
    if not note:
        raise ProblemError("phone_unknown")
    return Reply({"phone": note.text})


# What is done


async def start(call: Call) -> Reply:
    """Begin to work on it."""
    return await _done(call, commands.StartRectification(by=call.caller.id, rectification=_id(call)))


async def write_line(call: Call) -> Reply:
    """Write a line into its log."""
    note = await _note(call, call.body.note)
    return await _done(call, commands.NoteRectification(by=call.caller.id, rectification=_id(call), note_ref=note))


async def finish(call: Call) -> Reply:
    """It is put right; the note says how, to the citizen too."""
    note = await _note(call, call.body.note)
    return await _done(call, commands.FinishRectification(by=call.caller.id, rectification=_id(call), note_ref=note))


async def call_back(call: Call) -> Reply:
    """The citizen was called. Raises ProblemError when somebody who was not reached is said to be satisfied."""
    asked: schemas.NewCallBack = call.body
    if asked.satisfied is not None and not asked.reached:
        raise ProblemError("wrong_shape", "nobody was reached who could be satisfied or not")
    note = await call.note("rectification_note", asked.note)
    command = commands.CallBack(
        by=call.caller.id,
        rectification=_id(call),
        reached=asked.reached,
        satisfied=asked.satisfied,
        note_ref=note,
    )
    return await _done(call, command)


async def ask_review(call: Call) -> Reply:
    """The head asks that the rating be left out, or for more time."""
    asked: schemas.AskReview = call.body
    note = await _note(call, asked.note)
    command = commands.AskReview(
        by=call.caller.id, rectification=_id(call), what=asked.what, until=asked.until, note_ref=note
    )
    return await _done(call, command)


async def decide_review(call: Call) -> Reply:
    """Discipline or the district grants it, or does not."""
    asked: schemas.DecideReview = call.body
    note = await call.note("rectification_note", asked.note)
    command = commands.DecideReview(by=call.caller.id, rectification=_id(call), granted=asked.granted, note_ref=note)
    return await _done(call, command)


async def follow_up(call: Call) -> Reply:
    """The second and last rating, as it was said on the phone."""
    asked: schemas.NewFollowUp = call.body
    version = version_asked(call.server, asked.level, asked.reasons, asked.reasons_version)
    command = commands.FollowUp(
        by=call.caller.id,
        rectification=_id(call),
        level=asked.level,
        source="callback",
        reasons=asked.reasons,
        reasons_version=version,
        comment_ref=await call.note("rating_comment", asked.comment),
    )
    return await _done(call, command)


async def _done(call: Call, command: commands.BookCommand) -> Reply:
    name = _id(call)

    def answer(book: Book, happened: Sequence[events.BookEvent]) -> dict[str, Any]:
        one = book.rectifications.by_id[name]
        return {"id": one.id, "state": one.state, "due_on": one.due_on.isoformat()}

    return Reply(await call.run_book(command, answer))


async def _note(call: Call, text: str) -> str:
    ref = await call.note("rectification_note", text)
    assert ref is not None  # noqa: S101 - there is a text
    return ref


def _id(call: Call) -> str:
    return call.path["rectification"]


def _known(call: Call) -> Rectification:
    one = call.runner.books.durable.rectifications.by_id.get(_id(call))
    if one is None:
        raise ProblemError("rectification_unknown")
    return one


# How it is shown


def _today(call: Call) -> date:
    return local_date(call.runner.now(), _timezone(call))


def _timezone(call: Call) -> str:
    hall = call.runner.books.durable.hall
    assert hall is not None  # noqa: S101 - a call's hall is set up
    return hall.timezone


def _shown(call: Call, one: Rectification) -> dict[str, Any]:
    opened = one.opened
    return _given(
        id=one.id,
        number=opened.number,
        leg=opened.leg,
        business_day=opened.business_day,
        level=opened.level,
        queue=opened.queue,
        counter=opened.counter,
        clerk=opened.clerk,
        capacity=opened.capacity,
        opened_at=opened.at,
        due_on=one.due_on,
        state=one.state,
        overdue=one.overdue(_today(call)),
        comment=opened.comment_ref is not None,
        phone=opened.phone_ref is not None,
        steps=len(one.log),
        post=opened.post,
        service=opened.service,
        reasons=opened.reasons or None,
        reasons_version=opened.reasons_version,
        finished_at=one.finished_at,
        in_time=one.in_time(_timezone(call)),
        review=one.review and _given(at=one.review.at, by=one.review.by, what=one.review.what, until=one.review.until),
        called_back=one.called_back
        and _given(at=one.called_back.at, reached=one.called_back.reached, satisfied=one.called_back.satisfied),
        follow_up=one.follow_up and _given(at=one.follow_up.at, level=one.follow_up.level, source=one.follow_up.source),
    )


SAID = ("reached", "satisfied", "what", "until", "granted", "level", "source", "reasons_version")
"""What a step says besides its words."""


def _step(event: RectificationEvent, words: dict[str, str]) -> dict[str, Any]:
    said = {name: getattr(event, name, None) for name in SAID}
    return _given(
        at=event.at,
        by=event.by,
        step=STEP[type(event)],
        words=words.get(_words_of(event) or ""),
        reasons=getattr(event, "reasons", ()) or None,
        **said,
    )


def _words_of(event: RectificationEvent) -> str | None:
    """Where the words are that came with a step."""
    ref: str | None = getattr(event, "note_ref", None) or getattr(event, "comment_ref", None)
    return ref


STEP: dict[type, str] = {
    events.RectificationOpened: "opened",
    events.RectificationStarted: "started",
    events.RectificationNoted: "noted",
    events.RectificationFinished: "finished",
    events.RectificationCalledBack: "called_back",
    events.RectificationReviewAsked: "review_asked",
    events.RectificationReviewed: "reviewed",
    events.RectificationFollowedUp: "followed_up",
}


def _given(**members: Any) -> dict[str, Any]:
    """A JSON object with what is known of these; times and days as the wire writes them."""
    return {name: _plain(value) for name, value in members.items() if value is not None and value is not UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


ONE = "/halls/{hall}/rectifications/{rectification}"
UNKNOWN = ("rectification_unknown",)
OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/rectifications", summary="Bad ratings and what is done about them",
        handler=everything, who=READERS, result=schemas.Rectifications,
    ),
    Operation(
        method="GET", path=ONE, summary="One of them, with its words and its log", handler=detail, who=READERS,
        result=schemas.RectificationDetail, codes=UNKNOWN,
    ),
    Operation(
        method="GET", path=f"{ONE}/phone", summary="The number that was left for a call-back", handler=phone,
        who=READERS, result=schemas.PhoneShape, codes=(*UNKNOWN, "phone_unknown"),
    ),
    Operation(
        method="POST", path=f"{ONE}/start", summary="Begin to put it right", handler=start, who=HEAD,
        body=schemas.Nothing, result=schemas.StepTaken,
        codes=(*UNKNOWN, "rectification_closed", "review_pending", "already_under_way"),
    ),
    Operation(
        method="POST", path=f"{ONE}/note", summary="Write a line into its log", handler=write_line, who=READERS,
        body=schemas.NoteOnly, result=schemas.StepTaken, codes=UNKNOWN,
    ),
    Operation(
        method="POST", path=f"{ONE}/finish", summary="It is put right", handler=finish, who=HEAD,
        body=schemas.NoteOnly, result=schemas.StepTaken, codes=(*UNKNOWN, "rectification_closed", "review_pending"),
    ),
    Operation(
        method="POST", path=f"{ONE}/call-back", summary="The citizen was called back", handler=call_back, who=READERS,
        body=schemas.NewCallBack, result=schemas.StepTaken, codes=(*UNKNOWN, "rectification_closed", "not_rectified"),
    ),
    Operation(
        method="POST", path=f"{ONE}/review", summary="Ask to leave the rating out, or for more time",
        handler=ask_review, who=HEAD, body=schemas.AskReview, result=schemas.StepTaken,
        codes=(*UNKNOWN, "rectification_closed", "review_pending", "rectification_overdue", "until_invalid"),
    ),
    Operation(
        method="POST", path=f"{ONE}/decision", summary="Decide what was asked", handler=decide_review, who=DECIDERS,
        body=schemas.DecideReview, result=schemas.StepTaken, codes=(*UNKNOWN, "no_review", "own_review"),
    ),
    Operation(
        method="POST", path=f"{ONE}/follow-up", summary="Note the second rating, said at the call-back",
        handler=follow_up, who=READERS, body=schemas.NewFollowUp, result=schemas.StepTaken,
        codes=(*UNKNOWN, "not_rectified", "already_followed_up", "reason_unknown"),
    ),
)  # fmt: skip
