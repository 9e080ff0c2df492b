"""…/complaints 有诉即办, for the staff: taking one in, reading, answering. Who may see which says domain/complaint."""

from collections.abc import Sequence
from typing import Any

from queue_server.domain import book_commands as commands
from queue_server.domain.book import Book
from queue_server.domain.book_events import BookEvent, ComplaintRegistered
from queue_server.domain.complaint import Complaint
from queue_server.domain.hall import Hall
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.records.tokens import hash_token
from queue_server.web import complaint_views as views
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import complaint_code, digits_for

__all__ = ["ENTERING", "HANDLERS", "OPERATIONS", "SUBJECTS", "set_up", "taken"]

ENTERING: frozenset[Role] = frozenset({"clerk", "guide", "head", "discipline"})
"""Those who take complaints in."""
HANDLERS: frozenset[Role] = frozenset({"head", "discipline"})
"""Those who answer them."""
SUBJECTS = ("clerk", "guide", "head")
"""Whom one may be about by name. One about discipline is told in its words, and goes on from there by hand."""
CLOSED = 200
"""Closed complaints that are listed, the newest."""


async def enter(call: Call) -> Reply:
    """Take in one that was brought up at a counter, by phone or on paper."""
    asked: schemas.EnterComplaint = call.body
    await _check_subject(call, asked.subject)
    command = commands.RegisterComplaint(
        by=call.caller.id,
        complaint=f"c_{digits_for(call.server.secret, call.command)}",
        channel=asked.channel,
        severity=asked.severity,
        about=asked.about,
        kind_of=day_kind,
        text_ref=await call.note("complaint_text", asked.text) or "",
        subject=asked.subject,
        counter=asked.counter,
        code_hash=hash_token(complaint_code(call.server.secret, call.command)),
        name_ref=await call.note("complaint_name", asked.name),
        phone_ref=await call.note("complaint_phone", asked.phone),
        reply_ref=await call.note("complaint_reply", asked.reply),
    )
    return Reply(await taken(call, command))


async def taken(call: Call, command: commands.RegisterComplaint) -> dict[str, Any]:
    """Take a complaint in; what its sender is told. Its code only where it shows the complaint."""

    def answer(book: Book, happened: Sequence[BookEvent]) -> dict[str, Any]:
        registered, *more = happened
        assert isinstance(registered, ComplaintRegistered)  # noqa: S101 - what a complaint begins with
        first = Complaint.begun(registered)
        told = views.done(first, set_up(call.runner).timezone) | {"state": "replied" if more else "open"}
        del told["id"]  # not for complainants
        return told if first.code_hash is None else told | {"code": complaint_code(call.server.secret, call.command)}

    return await call.run_book(command, answer)


async def everything(call: Call) -> Reply:
    """Those that the caller may see."""
    complaints = call.runner.books.durable.complaints
    shown = [one for one in complaints.all.values() if one.shown_to(call.caller.role, call.caller.id)]
    names = await call.server.names.of({one.subject for one in shown if one.subject is not None})
    hall, now = set_up(call.runner), call.runner.now()
    ordered = views.in_order(shown)
    waiting = sum(one.closed_at is None for one in ordered)
    return Reply({"complaints": [views.listed(one, hall, now, names) for one in ordered[: waiting + CLOSED]]})


async def read(call: Call) -> Reply:
    """One of them, its words and its log; the look is recorded."""
    return Reply(await views.whole(call.server, call.runner, set_up(call.runner), complaint_of(call), call.caller.id))


async def contact(call: Call) -> Reply:
    """Name and phone of its complainant; the look is recorded."""
    return Reply(await views.contact(call.server, call.runner, complaint_of(call), call.caller.id))


async def reclassify(call: Call) -> Reply:
    """Set right what kind it is, and whom it is about."""
    asked: schemas.ReclassifyComplaint = call.body
    complaint = complaint_of(call)
    if asked.subject != complaint.subject:
        await _check_subject(call, asked.subject)
    command = commands.ReclassifyComplaint(
        by=call.caller.id,
        complaint=complaint.id,
        severity=asked.severity,
        about=asked.about,
        subject=asked.subject,
        kind_of=day_kind,
    )
    return await _done(call, command)


async def extend(call: Call) -> Reply:
    """Take more time, and tell why."""
    asked: schemas.ExtendComplaint = call.body
    command = commands.ExtendComplaint(
        by=call.caller.id,
        complaint=complaint_of(call).id,
        until=asked.until,
        reason_ref=await call.note("complaint_note", asked.reason) or "",
        told=asked.told,
    )
    return await _done(call, command)


async def note(call: Call) -> Reply:
    """Add a line to its log."""
    ref = await call.note("complaint_note", call.body.text) or ""
    return await _done(call, commands.NoteComplaint(by=call.caller.id, complaint=complaint_of(call).id, note_ref=ref))


async def reply(call: Call) -> Reply:
    """Answer it."""
    asked: schemas.ReplyToComplaint = call.body
    command = commands.ReplyToComplaint(
        by=call.caller.id,
        complaint=complaint_of(call).id,
        reply_ref=await call.note("complaint_reply", asked.text) or "",
        written=asked.written,
    )
    return await _done(call, command)


async def withdraw(call: Call) -> Reply:
    """Its complainant told the staff that it is not pursued; why."""
    ref = await call.note("complaint_note", call.body.text)
    return await _done(
        call, commands.WithdrawComplaint(by=call.caller.id, complaint=complaint_of(call).id, reason_ref=ref)
    )


def complaint_of(call: Call) -> Complaint:
    """The complaint in the path. Raises ProblemError where there is none that the caller may see.

    A repeated command is answered as before, also when it took the complaint out of its caller's sight.
    """
    found = call.runner.books.durable.complaints.all.get(call.path["complaint"])
    if found is None or not (found.shown_to(call.caller.role, call.caller.id) or _repeated(call)):
        raise ProblemError("complaint_unknown")
    return found


def _repeated(call: Call) -> bool:
    return call.operation.takes_key and call.runner.books.knows(call.command_id)


def set_up(runner: HallRunner) -> Hall:
    """The hall's set-up, as complaints are bound to it. Raises ProblemError for a hall that has none."""
    hall = runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    return hall


async def _check_subject(call: Call, subject: str | None) -> None:
    """Make sure that somebody of the hall is meant. Raises ProblemError."""
    if subject is None or _repeated(call):
        return
    account = await call.server.records.accounts.get(subject)
    if account is None or call.runner.id not in account.halls or account.role not in SUBJECTS:
        raise ProblemError("account_unknown")


async def _done(call: Call, command: commands.BookCommand) -> Reply:
    id, timezone = call.path["complaint"], set_up(call.runner).timezone
    return Reply(await call.run_book(command, lambda book, events: views.done(book.complaints.all[id], timezone)))


OPERATIONS = (
    Operation(
        method="POST", path="/halls/{hall}/complaints", summary="Take in a complaint that was brought to the staff",
        handler=enter, who=ENTERING, body=schemas.EnterComplaint, result=schemas.ComplaintTaken, status=201,
        codes=("account_unknown", "counter_unknown", "not_on_the_spot"),
    ),
    Operation(
        method="GET", path="/halls/{hall}/complaints", summary="The complaints", handler=everything, who=HANDLERS,
        result=schemas.ComplaintList,
    ),
    Operation(
        method="GET", path="/halls/{hall}/complaints/{complaint}", summary="Read a complaint; the look is recorded",
        handler=read, who=HANDLERS, result=schemas.ComplaintShape, codes=("complaint_unknown",),
    ),
    Operation(
        method="GET", path="/halls/{hall}/complaints/{complaint}/contact",
        summary="Name and phone of its complainant; the look is recorded",
        handler=contact, who=HANDLERS, result=schemas.ComplaintContact, codes=("complaint_unknown",),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaints/{complaint}/reclassify", summary="Say what kind it is after all",
        handler=reclassify, who=HANDLERS, body=schemas.ReclassifyComplaint, result=schemas.ComplaintDone,
        codes=("complaint_unknown", "complaint_closed", "account_unknown"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaints/{complaint}/extend", summary="Take more time, before the limit",
        handler=extend, who=HANDLERS, body=schemas.ExtendComplaint, result=schemas.ComplaintDone,
        codes=(
            "complaint_unknown", "complaint_closed", "complaint_overdue", "deadline_invalid", "complainant_not_told",
        ),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaints/{complaint}/notes", summary="Add a line to its log",
        handler=note, who=HANDLERS, body=schemas.NoteComplaint, result=schemas.ComplaintDone,
        codes=("complaint_unknown",),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaints/{complaint}/reply", summary="Answer it",
        handler=reply, who=HANDLERS, body=schemas.ReplyToComplaint, result=schemas.ComplaintDone,
        codes=("complaint_unknown", "complaint_closed", "reply_must_be_written"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaints/{complaint}/withdraw",
        summary="Its complainant told the staff that it is not pursued",
        handler=withdraw, who=HANDLERS, body=schemas.NoteComplaint, result=schemas.ComplaintDone,
        codes=("complaint_unknown", "complaint_closed"),
    ),
)  # fmt: skip
