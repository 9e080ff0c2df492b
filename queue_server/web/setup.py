"""…/setup: the whole set-up of a hall, read and replaced; /halls: a new hall."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from queue_server.domain.hall import Hall, faults
from queue_server.domain.service import service_rules
from queue_server.projections.speech import faults_of_languages
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.changes import changed_since, overtaken
from queue_server.web.problems import ProblemError, problem_of

__all__ = ["OPERATIONS", "document_of", "refuse_unspoken"]

ELSEWHERE = ("id", "services", "choices", "guides")
"""What a set-up does not carry: the hall's name for ever, and what …/services decides item by item."""


async def read(call: Call) -> Reply:
    """The set-up in force from now on, with the version that a replacement must name."""
    book = call.runner.books.durable
    if book.hall is None:
        raise ProblemError("hall_unknown")
    return Reply({"version": book.hall_seq, "setup": document_of(book.hall)})


async def write(call: Call) -> Reply:
    """Replace the set-up. Refused when it was changed since it was looked at, with who changed what since."""
    asked: schemas.NewSetup = call.body
    book = call.runner.books.durable
    before = book.hall
    if before is None:
        raise ProblemError("hall_unknown")
    call.key_is_new_to("day")
    known = call.runner.books.knows(call.command_id)  # what was carried out is answered again, whatever came since
    if asked.version != book.hall_seq and not known:
        since = await changed_since(call.runner, asked.version)
        raise await overtaken(call, "hall_changed", [] if since is None else since[1])
    after = _with_services(call, replace(_hall(before.id, asked.setup), choices=before.choices, guides=before.guides))
    refuse_unspoken(call, after)
    if not known and (refusal := call.runner.refusal_of(after)) is not None:
        raise problem_of(refusal)
    outcome = await call.runner.configure(after, call.caller.id, call.command_id, call.fingerprint, before)
    call.accepted(outcome)
    await call.runner.settle()
    return Reply({"version": call.runner.books.durable.hall_seq, "setup": document_of(after)})


async def create(call: Call) -> Reply:
    """Set up a new hall."""
    asked: schemas.NewHall = call.body
    registry = call.server.registry
    hall = _with_services(call, _hall(asked.id, asked.setup))
    if (fault := next(faults(hall), None)) is not None:
        raise ProblemError("hall_invalid", None, **fault.fields)  # before there is a trace of it
    refuse_unspoken(call, hall)
    runner = await registry.create(asked.id)
    if runner.books.durable.hall not in (None, hall):
        raise ProblemError("hall_exists")
    call.accepted(await runner.configure(hall, call.caller.id, call.command_id, call.fingerprint))
    await runner.turn_day()
    return Reply({"version": runner.books.durable.hall_seq, "setup": document_of(hall)})


def refuse_unspoken(call: Call, hall: Hall) -> None:
    """Raises ProblemError for a language that this server has no words for."""
    for fault in faults_of_languages(hall.voice, call.server.phrasebook):
        raise ProblemError("hall_invalid", None, **fault.fields)


def document_of(hall: Hall) -> dict[str, Any]:
    """The set-up whole, what has its default too: whoever changes one must see it."""
    return {name: _whole(getattr(hall, name)) for name in Hall.__struct_fields__ if name not in ELSEWHERE}


def _whole(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        members = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: _whole(member) for name, member in members.items() if member is not None}
    if isinstance(value, Mapping):
        return {str(key): _whole(member) for key, member in value.items()}
    return [_whole(member) for member in value] if isinstance(value, tuple | list) else value


def _hall(id: str, document: dict[str, Any]) -> Hall:
    if misplaced := [name for name in ELSEWHERE if name in document]:
        raise ProblemError("wrong_shape", f"not part of a set-up: {', '.join(misplaced)}")
    try:
        return msgspec.convert({**document, "id": id}, Hall, strict=False)
    except (msgspec.ValidationError, OverflowError) as error:
        raise ProblemError("wrong_shape", str(error)) from error


def _with_services(call: Call, hall: Hall) -> Hall:
    """The hall with the catalogue's items that it offers, in the queues that it has now."""
    catalogue = call.server.catalogue
    services = service_rules(
        catalogue.by_number.values(), hall.level, hall.queues, catalogue.default_handling, hall.choices
    )
    return replace(hall, services=services)


OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/setup", summary="The hall's set-up", handler=read, who=KEEPERS,
        result=schemas.Setup,
    ),
    Operation(
        method="POST", path="/halls/{hall}/setup", summary="Replace the hall's set-up", handler=write, who=KEEPERS,
        body=schemas.NewSetup, result=schemas.Setup, codes=("hall_changed", "hall_invalid", "queue_in_use"),
    ),
    Operation(
        method="POST", path="/halls", summary="Set up a new hall", handler=create, who=frozenset({"admin"}),
        body=schemas.NewHall, result=schemas.Setup, status=201, codes=("hall_exists", "hall_invalid"),
    ),
)  # fmt: skip
