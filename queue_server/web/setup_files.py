"""…/setup.toml and …/services.xlsx: the set-up, and the services with their guides, out to a file and in again."""

import asyncio
from collections.abc import Sequence

from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.exchange.hall_toml import BadHallFile, read_hall, text_of, write_hall
from queue_server.exchange.hall_toml import version_in as version_in_toml
from queue_server.exchange.services_xlsx import read_services, write_services
from queue_server.exchange.services_xlsx import version_in as version_in_xlsx
from queue_server.exchange.sheet_fault import BadSheet, CellFault
from queue_server.exchange.toml_fault import TomlFault, located
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.changes import changed_since, overtaken
from queue_server.web.problems import ProblemError, problem_of
from queue_server.web.setup import refuse_unspoken

__all__ = ["OPERATIONS"]

OCTETS = "application/octet-stream"
TOML = "application/toml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD = 20
"""Faults that are told at once."""
SAID_OF_SERVICES = frozenset({"level", "queues", "choices", "guides"})
"""What a spreadsheet of services changes, and what its words rest on."""
OVER = (
    Query("over", {"type": "integer", "description": "the version to replace, whatever was changed since the file"}),
)


async def setup_out(call: Call) -> Reply:
    """The set-up as the TOML file that `jiaohao hall` reads, holders by their login names."""
    accounts = await call.server.records.accounts.all(call.runner.id)
    text = write_hall(_hall(call), {account.id: account.user for account in accounts}, _version(call.runner))
    return _file(text.encode(), f"{call.runner.id}.toml")


async def setup_in(call: Call) -> Reply:
    """Replace the set-up by a TOML file of this hall. Whole, or not at all."""
    catalogue, before = call.server.catalogue, _hall(call)
    accounts = {account.user: account.id for account in await call.server.records.accounts.all(call.runner.id)}
    try:
        text = text_of(call.body)
        after = read_hall(text, accounts, catalogue.by_number, catalogue.default_handling)
        version = version_in_toml(text)
    except BadHallFile as error:
        raise _wrong(call, error.faults) from error
    if after.id != before.id:
        chinese, english = f"这是“{after.id}”的设置，不是“{before.id}”的", f"this is of {after.id}, not of {before.id}"
        raise _wrong(call, [located(TomlFault("id", chinese, english), text)])
    return await _replace(call, before, after, version, frozenset(Hall.__struct_fields__))


async def services_out(call: Call) -> Reply:
    """Every item of the catalogue as a row of a spreadsheet."""
    catalogue, version = call.server.catalogue, _version(call.runner)
    file = await asyncio.to_thread(
        write_services, _hall(call), catalogue.by_number, catalogue.default_handling, version
    )
    return _file(file, f"{call.runner.id}.xlsx")


async def services_in(call: Call) -> Reply:
    """Take in what a spreadsheet says of the services that it names. Everything that is wrong is told, row by row."""
    catalogue, before = call.server.catalogue, _hall(call)
    try:
        after = await asyncio.to_thread(
            read_services, call.body, before, catalogue.by_number, catalogue.default_handling
        )
        version = await asyncio.to_thread(version_in_xlsx, call.body)
    except BadSheet as error:
        raise _wrong(call, error.faults) from error
    return await _replace(call, before, after, version, SAID_OF_SERVICES)


def _hall(call: Call) -> Hall:
    hall = call.runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    return hall


def _wrong(call: Call, faults: Sequence[TomlFault | CellFault]) -> ProblemError:
    told = "\n".join(fault.said(call.english) for fault in faults[:TOLD])
    return ProblemError("file_wrong", told, faults=len(faults))


def _version(runner: HallRunner) -> str:
    """The version of the set-up as a file carries it: with the history that it is one of, for files travel."""
    return f"{runner.books.durable.hall_seq}-{runner.books.head.epoch}"


async def _replace(call: Call, before: Hall, after: Hall, version: str | None, parts: frozenset[str]) -> Reply:
    """Replace the set-up by what a file says. version: that it was taken from, None when it does not say. parts: of the
    set-up that the file speaks of.
    """
    call.key_is_new_to("day")
    known = call.runner.books.knows(call.command_id)
    if not known:
        await _not_outdated(call, version, parts)
        refuse_unspoken(call, after)
        if (refusal := call.runner.refusal_of(after)) is not None:
            raise problem_of(refusal)
    outcome = await call.runner.configure(after, call.caller.id, call.command_id, call.fingerprint, before)
    call.accepted(outcome)
    await call.runner.settle()
    return Reply({"version": call.runner.books.durable.hall_seq})


async def _not_outdated(call: Call, version: str | None, parts: frozenset[str]) -> None:
    """Refuse a file that would undo what was changed since it was taken, unless it is to go over that: `over` names the
    version that its sender knows about.
    """
    present = call.runner.books.durable.hall_seq
    if version in (None, _version(call.runner)) or call.query().get("over") == str(present):
        return
    number, _, epoch = version.partition("-")
    ours = epoch == call.runner.books.head.epoch and number.isascii() and number.isdigit() and len(number) < 16
    since = await changed_since(call.runner, int(number)) if ours else None
    if since is None:
        raise await overtaken(call, "file_outdated", [])
    if undone := [change for change in since[1] if parts & {*change["fields"]}]:
        raise await overtaken(call, "file_outdated", undone)


def _file(body: bytes, name: str) -> Reply:
    return Reply(body, headers=((b"content-disposition", f'attachment; filename="{name}"'.encode()),))


REFUSALS = ("file_wrong", "file_outdated", "hall_changed", "hall_invalid", "queue_in_use")
OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/setup.toml", summary="The hall's set-up as a file", handler=setup_out,
        who=KEEPERS, result=None, gives=TOML,
    ),
    Operation(
        method="POST", path="/halls/{hall}/setup.toml", summary="Replace the hall's set-up by a file",
        handler=setup_in, who=KEEPERS, result=schemas.TakenIn, takes=OCTETS, codes=REFUSALS,
        query=OVER,
    ),
    Operation(
        method="GET", path="/halls/{hall}/services.xlsx", summary="The services and guides as a spreadsheet",
        handler=services_out, who=KEEPERS, result=None, gives=XLSX,
    ),
    Operation(
        method="POST", path="/halls/{hall}/services.xlsx", summary="Take services and guides in from a spreadsheet",
        handler=services_in, who=KEEPERS, result=schemas.TakenIn, takes=OCTETS, codes=REFUSALS,
        query=OVER,
    ),
)  # fmt: skip
