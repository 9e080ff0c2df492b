"""…/staffing, …/absences, …/handovers: who stands at which post, who is absent, who stands in, what was handed over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from queue_server.domain import book_commands
from queue_server.domain.absence import Absence
from queue_server.domain.book import Book
from queue_server.domain.book_events import AbsenceWithdrawn, BookEvent
from queue_server.domain.day import Day
from queue_server.domain.handover import Handover
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.week_plan import (
    DAYS,
    absence_view,
    current_half_day,
    half_day_view,
    handover_view,
    on_duty,
    week_plan,
)
from queue_server.web import schemas
from queue_server.web.access import Caller, Role
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.halls import open_since
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import digits_for
from queue_server.web.server import Server
from queue_server.web.written_date import date_in

__all__ = ["OPERATIONS", "READERS", "confirmed_to_stand", "handover_of", "week_from", "week_of"]

READERS: frozenset[Role] = frozenset({"clerk", "head", "discipline", "district"})
WRITERS: frozenset[Role] = frozenset({"clerk", "head"})
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
"""Of the weeks that can be asked for."""


# Reading


async def staffing(call: Call) -> Reply:
    """A week of the posts: the whole of it for those who plan and look on; of absences and handovers a clerk's own."""
    return Reply(await week_of(call.server, call.runner, call.caller, week_from(call.query().get("from"))))


async def week_of(server: Server, runner: HallRunner, caller: Caller, first: date | None) -> dict[str, Any]:
    """What the caller may know of seven days; first: their first day, None for this week's Monday."""
    await runner.turn_day()
    now, book = runner.now(), runner.books.durable
    if book.hall is None:
        raise ProblemError("hall_unknown")
    current = current_half_day(runner.day, now)
    if first is None:
        first = current.day - timedelta(days=current.day.weekday())
    plan = week_plan(book.hall, book.staffing, first, day_kind)
    shown = min(first, current.day)
    absences = [one for one in book.staffing.absences.values() if one.last.day >= shown and _of(caller, one)]
    newest = {one.post: one.id for one in book.staffing.handovers.values()}
    handovers = [
        one
        for one in book.staffing.handovers.values()
        if _between(caller, one) and (_in_sight(one, first) or newest[one.post] == one.id)
    ]
    accounts = await server.records.accounts.all(runner.id)
    view = plan | {
        "current": half_day_view(current),
        "open": open_since(runner) is not None,
        "on_duty": on_duty(runner.day),
        "absences": [absence_view(one) for one in sorted(absences, key=lambda one: one.first.rank)],
        "handovers": [handover_view(one) for one in handovers[::-1]],
        "people": [{"id": a.id, "name": a.name} for a in accounts if a.role == "clerk" and not a.disabled],
    }
    return view | {"names": await server.names.of(_named(view))}


def week_from(text: str | None) -> date | None:
    """The first day that was asked for. Raises ProblemError."""
    if text is None:
        return None
    day = date_in(text)
    if day is None or not FIRST <= day <= LAST:
        raise ProblemError("query_invalid", f"from must be a date, YYYY-MM-DD, of {FIRST.year}-{LAST.year}")
    return day


def _of(caller: Caller, absence: Absence) -> bool:
    """A clerk's own; why colleagues are absent is no business of hers."""
    return caller.role != "clerk" or caller.id == absence.clerk


def _between(caller: Caller, handover: Handover) -> bool:
    return caller.role != "clerk" or caller.id in (handover.giver, handover.taker)


def _in_sight(handover: Handover, first: date) -> bool:
    """Of the week, of the one before, or not taken yet; beside those, the last of each post is."""
    since = first - timedelta(days=DAYS)
    return handover.taken_at is None or since <= handover.given_at.date() < first + timedelta(days=DAYS)


def _named(view: dict[str, Any]) -> set[str]:
    """The accounts that a week names."""
    people = {person["id"] for person in view["people"]} | {there["clerk"] for there in view["on_duty"].values()}
    for post in view["posts"]:
        people |= {post.get("a"), *post["b"]}
        for cell in post["cells"]:
            people |= {cell.get("expected"), cell.get("clerk"), cell.get("deputy")}
    for absence in view["absences"]:
        people |= {absence["clerk"], absence["by"], *(one["deputy"] for one in absence["deputies"])}
    for handover in view["handovers"]:
        people |= {handover["giver"], handover["taker"]}
    return {person for person in people if person}


def confirmed_to_stand(runner: HallRunner, clerk: str, counter: int, post: str | None) -> bool:
    """Whether the plan has that clerk at that post now; post: None for the counter's own."""
    book = runner.books.durable
    if book.hall is None:
        return False
    named = book.hall.post_at(counter) if post is None else book.hall.posts.get(post)
    return named is not None and book.staffing.confirmed(named, clerk, current_half_day(runner.day, runner.now()))


# Absences


async def report(call: Call) -> Reply:
    """Report an absence: a clerk her own, the head anybody's."""
    asked: schemas.NewAbsence = call.body
    clerk = await _whose(call, asked.clerk)
    id = "a_" + digits_for(call.server.secret, call.command)
    command = book_commands.ReportAbsence(
        by=call.caller.id,
        absence=id,
        clerk=clerk,
        first=asked.first,
        last=asked.last,
        kind=asked.kind,
        reason_ref=await call.note("absence_reason", asked.reason),
    )
    return Reply(await call.run_book(command, lambda book, events: absence_view(book.staffing.absences[id])))


async def withdraw(call: Call) -> Reply:
    """The clerk is there after all."""
    await call.runner.turn_day()
    if not _carried_out(call):
        _absence(call)
    current = current_half_day(call.runner.day, call.runner.now())
    command = book_commands.WithdrawAbsence(by=call.caller.id, absence=call.path["absence"], current=current)
    return Reply(await call.run_book(command, _withdrawn))


def _withdrawn(book: Book, events: Sequence[BookEvent]) -> dict[str, Any]:
    (event,) = events
    assert isinstance(event, AbsenceWithdrawn)  # noqa: S101 - what it decides
    last = {} if event.last is None else {"last": half_day_view(event.last)}
    return {"id": event.absence, **last}


async def reason(call: Call) -> Reply:
    """Why somebody is absent; the look is recorded."""
    return Reply(await _words(call, "reason", _absence(call).reason_ref))


async def depute(call: Call) -> Reply:
    """Confirm who stands in at a post, or that nobody does any more."""
    asked: schemas.NewDeputy = call.body
    id = call.path["absence"]
    about: dict[str, Any] = {
        "by": call.caller.id, "absence": id, "post": asked.post, "first": asked.first, "last": asked.last,
    }  # fmt: skip
    command: book_commands.BookCommand
    if asked.deputy is None:
        command = book_commands.WithdrawDeputy(**about)
    else:
        command = book_commands.ConfirmDeputy(**about, deputy=await _clerk(call, asked.deputy), kind_of=day_kind)
    return Reply(await call.run_book(command, lambda book, events: absence_view(book.staffing.absences[id])))


def _absence(call: Call) -> Absence:
    """The absence in the path, where the caller may know of it. Raises ProblemError."""
    absence = call.runner.books.durable.staffing.absences.get(call.path["absence"])
    if absence is None or not _of(call.caller, absence):
        raise ProblemError("absence_unknown")
    return absence


# Handovers


async def give(call: Call) -> Reply:
    """Hand a post over: a clerk her own, the head for anybody."""
    asked: schemas.NewHandover = call.body
    giver, taker = await _whose(call, asked.giver), await _clerk(call, asked.taker)
    numbers = tuple(dict.fromkeys(number.upper() for number in asked.numbers))
    if not _carried_out(call):
        await call.runner.turn_day()
        _refuse_unknown(call.day, numbers)
    id = "h_" + digits_for(call.server.secret, call.command)
    command = book_commands.GiveHandover(
        by=call.caller.id,
        handover=id,
        post=asked.post,
        giver=giver,
        taker=taker,
        numbers=numbers,
        note_ref=await call.note("handover_note", asked.note),
    )
    return Reply(await call.run_book(command, lambda book, events: handover_view(book.staffing.handovers[id])))


def _refuse_unknown(day: Day, numbers: Sequence[str]) -> None:
    """Raises ProblemError for a number that no ticket of today has."""
    for number in numbers:
        if next(day.numbered(number), None) is None:
            raise ProblemError("number_unknown", None, number=number)


async def take(call: Call) -> Reply:
    """Take a post over."""
    id = call.path["handover"]
    command = book_commands.TakeHandover(by=call.caller.id, handover=id)
    return Reply(await call.run_book(command, lambda book, events: handover_view(book.staffing.handovers[id])))


async def note(call: Call) -> Reply:
    """What was told at a handover, for the two and those above them; the look is recorded."""
    return Reply(await _words(call, "note", handover_of(call.runner, call.caller, call.path["handover"]).note_ref))


def handover_of(runner: HallRunner, caller: Caller, id: str) -> Handover:
    """A handover that the caller may see. Raises ProblemError."""
    handover = runner.books.durable.staffing.handovers.get(id)
    if handover is None or not _between(caller, handover):
        raise ProblemError("handover_unknown")
    return handover


# Who


async def _whose(call: Call, asked: str | None) -> str:
    """For whom the caller speaks: a clerk for herself, the head for one of her clerks."""
    if call.caller.role != "head":
        if asked not in (None, call.caller.id):
            raise ProblemError("not_allowed")
        return call.caller.id
    if asked is None:
        raise ProblemError("wrong_shape", "say whose it is")
    return await _clerk(call, asked)


async def _clerk(call: Call, id: str) -> str:
    """A clerk of the hall who can sign in. Raises ProblemError."""
    if _carried_out(call):
        return id
    account = await call.server.records.accounts.get(id)
    if account is None or account.role != "clerk" or account.disabled or call.runner.id not in account.halls:
        raise ProblemError("account_unknown")
    return id


def _carried_out(call: Call) -> bool:
    """Whether it was accepted before: then it is answered again, whatever came since."""
    return call.runner.books.knows(call.command_id)


async def _words(call: Call, name: str, ref: str | None) -> dict[str, str]:
    """The text of a note, under that name; nothing where there is none."""
    found = None if ref is None else await call.server.records.notes.get(ref, call.caller.id, call.server.now())
    return {} if found is None else {name: found.text}


ABSENCE, HANDOVER = "/halls/{hall}/absences/{absence}", "/halls/{hall}/handovers/{handover}"

OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/staffing", summary="A week of the posts", handler=staffing, who=READERS,
        result=schemas.Staffing, codes=("query_invalid",),
        query=(
            Query("from", {"type": "string", "format": "date", "description": "first day; without it this Monday"}),
        ),
    ),
    Operation(
        method="POST", path="/halls/{hall}/absences", summary="Report an absence", handler=report, who=WRITERS,
        body=schemas.NewAbsence, result=schemas.AbsenceShape, status=201,
        codes=("account_unknown", "absence_backwards", "absence_over", "absence_too_long", "absence_overlaps"),
    ),
    Operation(
        method="DELETE", path=ABSENCE, summary="Withdraw an absence, or end it", handler=withdraw, who=WRITERS,
        result=schemas.WithdrawnShape, codes=("absence_unknown", "absence_over"),
    ),
    Operation(
        method="GET", path=ABSENCE + "/reason", summary="Why somebody is absent", handler=reason,
        who=frozenset({"clerk", "head", "discipline"}), result=schemas.AbsenceReason, codes=("absence_unknown",),
    ),
    Operation(
        method="POST", path=ABSENCE + "/deputy", summary="Confirm who stands in", handler=depute,
        who=frozenset({"head"}), body=schemas.NewDeputy, result=schemas.AbsenceShape,
        codes=(
            "absence_unknown", "account_unknown", "post_unknown", "not_in_absence", "post_not_left", "deputy_absent",
        ),
    ),
    Operation(
        method="POST", path="/halls/{hall}/handovers", summary="Hand a post over", handler=give, who=WRITERS,
        body=schemas.NewHandover, result=schemas.HandoverShape, status=201,
        codes=("account_unknown", "post_unknown", "handover_to_self", "not_post_holder", "number_unknown"),
    ),
    Operation(
        method="POST", path=HANDOVER + "/take", summary="Take a post over", handler=take, who=frozenset({"clerk"}),
        body=schemas.Nothing, result=schemas.HandoverShape, codes=("handover_unknown", "not_taker"),
    ),
    Operation(
        method="GET", path=HANDOVER + "/note", summary="What was told at a handover", handler=note,
        who=frozenset({"clerk", "head", "discipline"}), result=schemas.HandoverNote, codes=("handover_unknown",),
    ),
)  # fmt: skip
