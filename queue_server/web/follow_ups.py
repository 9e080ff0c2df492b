"""…/follow-ups: what a citizen reads of their bad rating, by an unguessable address, and the second rating there."""

from collections.abc import Sequence
from typing import Any

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.book import Book
from queue_server.domain.rectification import Rectification
from queue_server.engine.hall_runner import HallRunner
from queue_server.web import schemas
from queue_server.web.access import EVERYONE, HOLDERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.follow_up_link import rectification_in
from queue_server.web.problems import ProblemError
from queue_server.web.reasons_asked import version_asked
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "told"]


async def read(call: Call) -> Reply:
    """Tell the citizen."""
    return Reply(await told(call.server, call.runner, call.path["follow_up"]))


async def told(server: Server, runner: HallRunner, follow_up: str) -> dict[str, Any]:
    """Where it stands, until when, and what was done; the look at the words is recorded as the holder's. Raises
    ProblemError for an address that nobody was given, and when it was asked for too often.
    """
    one = _known(server, runner, follow_up)
    await server.count_look(one.id)
    opened = one.opened
    shown: dict[str, Any] = {
        "number": opened.number,
        "business_day": opened.business_day.isoformat(),
        "counter": opened.counter,
        "level": opened.level,
        "state": one.state,
        "due_on": one.due_on.isoformat(),
    }
    if (ref := _answer_of(one)) is not None:
        note = await server.records.notes.get(ref, "holder", runner.now())
        shown |= {} if note is None else {"answer": note.text}
    if one.follow_up is not None:
        shown["rated"] = one.follow_up.level
    return shown


async def rate(call: Call) -> Reply:
    """The second and last rating."""
    one, asked = _known(call.server, call.runner, call.path["follow_up"]), call.body
    version = version_asked(call.server, asked.level, asked.reasons, asked.reasons_version)
    command = commands.FollowUp(
        by="holder",
        rectification=one.id,
        level=asked.level,
        source="phone",
        reasons=asked.reasons,
        reasons_version=version,
        comment_ref=await call.note("rating_comment", asked.comment),
    )
    level = await call.run_book(command, _level)
    return Reply({"number": one.opened.number, "level": level})


def _answer_of(one: Rectification) -> str | None:
    """Where the words are that say what was done; None before."""
    finished = (event.note_ref for event in one.log if isinstance(event, events.RectificationFinished))
    return next(finished, None)


def _level(book: Book, happened: Sequence[events.BookEvent]) -> str:
    return next(event.level for event in happened if isinstance(event, events.RectificationFollowedUp))


def _known(server: Server, runner: HallRunner, follow_up: str) -> Rectification:
    name = rectification_in(server.follow_up_secret, runner.id, follow_up)
    one = None if name is None else runner.books.durable.rectifications.by_id.get(name)
    if one is None:
        raise ProblemError("rectification_unknown")
    return one


ONE = "/halls/{hall}/follow-ups/{follow_up}"
OPERATIONS = (
    Operation(
        method="GET", path=ONE, summary="What was done about one's bad rating", handler=read, who=EVERYONE,
        result=schemas.FollowUpShape, codes=("rectification_unknown", "too_many"),
    ),
    Operation(
        method="POST", path=ONE, summary="Rate once more", handler=rate, who=HOLDERS, body=schemas.NewFollowUp,
        result=schemas.FollowUpTaken, status=201,
        codes=("rectification_unknown", "not_rectified", "already_followed_up", "reason_unknown"),
    ),
)  # fmt: skip
