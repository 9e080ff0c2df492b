"""…/changes: who changed what of a hall's set-up, people, devices and secret, and when; also since somebody looked."""

from collections.abc import Iterable, Mapping
from typing import Any

from queue_server.domain.book_events import AccountChanged, DeviceChanged, HallConfigured, WebhookSecretRenewed
from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "changed_since", "overtaken"]

NEWEST = 200
"""Changes that are listed."""


Change = HallConfigured | AccountChanged | DeviceChanged | WebhookSecretRenewed


async def changes(call: Call) -> Reply:
    """The newest changes of the set-up, the people and the devices, newest first."""
    found: list[dict[str, Any]] = []
    before: Hall | None = None
    async for _, happened in call.runner.books.events_after(0):
        for event in happened:
            if isinstance(event, Change):
                found.append(_change(before, event))
            if isinstance(event, HallConfigured):
                before = event.hall
    return Reply({"changes": await _named(call.server, call.runner, found[: -NEWEST - 1 : -1])})


async def changed_since(runner: HallRunner, version: int) -> tuple[Hall, list[dict[str, Any]]] | None:
    """The set-up as it was at a version, and its changes since, newest first; None for what was never a version."""
    before: Hall | None = None
    looked_at: Hall | None = None
    found: list[dict[str, Any]] = []
    async for batch, happened in runner.books.events_after(max(version, 1) - 1):
        for event in happened:
            if not isinstance(event, HallConfigured):
                continue
            if before is not None:
                found.append(_change(before, event))
            elif batch.last == version:
                looked_at = event.hall
            before = event.hall
    return None if looked_at is None else (looked_at, found[::-1])


async def overtaken(call: Call, code: str, found: Iterable[dict[str, Any]]) -> ProblemError:
    """The refusal of what rests on an older set-up: the present version, and who changed what since."""
    named = await _named(call.server, call.runner, list(found)[:NEWEST])
    return ProblemError(code, None, version=call.runner.books.durable.hall_seq, changes=named)


def _change(before: Hall | None, event: Change) -> dict[str, Any]:
    match event:
        case HallConfigured():
            created: dict[str, Any] = {"what": "hall_created"}
            what = created if before is None else {"what": "setup", "fields": _differences(before, event.hall)}
        case AccountChanged():
            what = {"what": f"account_{event.change}", "subject": event.account}
        case DeviceChanged():
            what = {"what": f"device_{event.change}", "subject": event.device}
        case WebhookSecretRenewed():
            what = {"what": "webhook_secret_renewed"}
    return {"at": instant(event.at), "by": event.by} | what


def _differences(before: Hall, after: Hall) -> list[str]:
    """Names of the parts that changed."""
    fields = Hall.__struct_fields__
    return [name for name in fields if getattr(before, name) != getattr(after, name)]


async def _named(server: Server, runner: HallRunner, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changes with the names of those who made them, and of what they are about."""
    ids = {change[name] for change in found for name in ("by", "subject") if name in change}
    names = await server.names.of({id for id in ids if id.startswith("u_")})
    names |= {device.id: device.label for device in await server.records.devices.all(runner.id)}
    return [change | _names(change, names) for change in found]


def _names(change: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    found = {"by_name": names.get(change["by"], "")}
    return found | {"subject_name": names.get(change["subject"], "")} if "subject" in change else found


OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/changes", summary="Who changed what", handler=changes, who=KEEPERS,
        result=schemas.Changes,
    ),
)  # fmt: skip
