"""…/setup.toml and …/services.xlsx: the set-up, and the services with their guides, out to a file and in again."""

import asyncio

from queue_server.domain.hall import Hall
from queue_server.exchange.hall_toml import BadHallFile, read_hall, write_hall
from queue_server.exchange.services_xlsx import BadSheet, read_services, write_services
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError, problem_of

__all__ = ["OPERATIONS"]

KEEPERS: frozenset[Role] = frozenset({"head", "admin"})
OCTETS = "application/octet-stream"
TOML = "application/toml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD = 20
"""Faults that are told at once."""


async def setup_out(call: Call) -> Reply:
    """The set-up as the TOML file that `jiaohao hall` reads, holders by their login names."""
    accounts = await call.server.records.accounts.all(call.runner.id)
    text = write_hall(_hall(call), {account.id: account.user for account in accounts})
    return _file(text.encode(), f"{call.runner.id}.toml")


async def setup_in(call: Call) -> Reply:
    """Replace the set-up by a TOML file of this hall. Whole, or not at all."""
    catalogue, before = call.server.catalogue, _hall(call)
    accounts = {account.user: account.id for account in await call.server.records.accounts.all(call.runner.id)}
    try:
        text = call.body.decode("utf-8-sig")
        after = read_hall(text, accounts, catalogue.by_number, catalogue.default_handling)
    except UnicodeDecodeError as error:
        raise ProblemError("file_wrong", str(error)) from error
    except BadHallFile as error:
        told = [f"{fault.place}: {fault.said(call.english)}" for fault in error.faults[:TOLD]]
        raise ProblemError("file_wrong", "\n".join(told) or str(error)) from error
    if after.id != before.id:
        raise ProblemError("file_wrong", f"id: {after.id} ≠ {before.id}", place="id")
    return await _replace(call, before, after)


async def services_out(call: Call) -> Reply:
    """Every item of the catalogue as a row of a spreadsheet."""
    catalogue = call.server.catalogue
    file = await asyncio.to_thread(write_services, _hall(call), catalogue.by_number, catalogue.default_handling)
    return _file(file, f"{call.runner.id}.xlsx")


async def services_in(call: Call) -> Reply:
    """Take in what a spreadsheet says of the services that it names. Everything that is wrong is told, row by row."""
    catalogue, before = call.server.catalogue, _hall(call)
    try:
        after = await asyncio.to_thread(
            read_services, call.body, before, catalogue.by_number, catalogue.default_handling
        )
    except BadSheet as error:
        told = "\n".join(fault.said(call.english) for fault in error.faults[:TOLD])
        raise ProblemError("file_wrong", told, faults=len(error.faults)) from error
    return await _replace(call, before, after)


def _hall(call: Call) -> Hall:
    hall = call.runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    return hall


async def _replace(call: Call, before: Hall, after: Hall) -> Reply:
    call.key_is_new_to("day")
    if (refusal := call.runner.refusal_of(after)) is not None:
        raise problem_of(refusal)
    outcome = await call.runner.configure(after, call.caller.id, call.command_id, call.fingerprint, before)
    call.accepted(outcome)
    await call.runner.settle()
    return Reply({"version": call.runner.books.durable.hall_seq})


def _file(body: bytes, name: str) -> Reply:
    return Reply(body, headers=((b"content-disposition", f'attachment; filename="{name}"'.encode()),))


REFUSALS = ("file_wrong", "hall_changed", "hall_invalid", "queue_in_use")
OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/setup.toml", summary="The hall's set-up as a file", handler=setup_out,
        who=KEEPERS, result=None, gives=TOML,
    ),
    Operation(
        method="POST", path="/halls/{hall}/setup.toml", summary="Replace the hall's set-up by a file",
        handler=setup_in, who=KEEPERS, result=schemas.TakenIn, takes=OCTETS, codes=REFUSALS,
    ),
    Operation(
        method="GET", path="/halls/{hall}/services.xlsx", summary="The services and guides as a spreadsheet",
        handler=services_out, who=KEEPERS, result=None, gives=XLSX,
    ),
    Operation(
        method="POST", path="/halls/{hall}/services.xlsx", summary="Take services and guides in from a spreadsheet",
        handler=services_in, who=KEEPERS, result=schemas.TakenIn, takes=OCTETS, codes=REFUSALS,
    ),
)  # fmt: skip
