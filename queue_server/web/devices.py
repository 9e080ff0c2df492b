"""…/devices: kiosks, screens, evaluators and announcers, let in by a code on their own screen; and /pairings, where
they ask.
"""

from typing import Any

from queue_server.domain.book_commands import NoteDevice
from queue_server.domain.book_events import DeviceChange
from queue_server.projections.instant import instant
from queue_server.records.devices import Device, DeviceRole, new_device_id
from queue_server.web import schemas
from queue_server.web.access import EVERYONE, KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.pairings import LASTS, Pairing
from queue_server.web.phone_limits import place_of
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import digits_for, token_for

__all__ = ["OPERATIONS"]


async def ask(call: Call) -> Reply:
    """A device without a token asks to be let in, and learns the code to show."""
    asked: schemas.AskToPair = call.body
    server = call.server
    hall = (await server.hall(asked.hall)).hall
    if hall is None:
        raise ProblemError("hall_unknown")
    if (asked.role == "evaluator") != (asked.counter is not None):
        raise ProblemError("wrong_shape", "an evaluator, and no other device, belongs to a counter")
    if asked.counter is not None and asked.counter not in hall.counters:
        raise ProblemError("counter_unknown")
    wait_s = await server.pairing_calls.attempt(place_of(call.address), asked.hall)
    if wait_s > 0:
        raise ProblemError("too_many", wait_s=int(wait_s) + 1)
    pairing = await server.pairings.ask(asked.hall, asked.role, asked.counter)
    return Reply({"id": pairing.id, "code": pairing.code, "lasts_s": int(LASTS.total_seconds())})


async def look(call: Call) -> Reply:
    """Whether the device was let in; then its token."""
    pairing = await call.server.pairings.find(call.path["pairing"])
    if pairing is None:
        raise ProblemError("pairing_unknown")
    if pairing.let_in_by is None or not pairing.is_in:
        return Reply({"state": "waiting"})
    return Reply({"state": "paired", "token": token_for(call.server.secret, pairing.let_in_by)})


async def all_devices(call: Call) -> Reply:
    """The hall's devices that may connect."""
    found = await call.server.records.devices.all(call.runner.id)
    return Reply({"devices": [_view(device) for device in found if device.revoked_at is None]})


async def add(call: Call) -> Reply:
    """Let in the device that shows a code; without a code, make a token for a program such as the announcer."""
    asked: schemas.AddDevice = call.body
    server, devices, pairings = call.server, call.server.records.devices, call.server.pairings
    id, token = new_device_id(digits_for(server.secret, call.command)), token_for(server.secret, call.command)
    pairing = None if asked.code is None else await pairings.with_code(call.runner.id, asked.code)
    device = await devices.get(id)
    if device is None:  # else it was let in by this very request, whose code may be another device's by now
        role, counter = _wanted(call, pairing)
        if pairing is not None and pairing.let_in_by is None:  # before anything is done, so that nobody else lets it in
            pairing = await pairings.let_in(pairing, call.command)
            if pairing is None:
                raise ProblemError("pairing_unknown")
    try:
        await _write_down(call, id, "added")
        if device is None:
            device, _ = await devices.create(
                call.runner.id, role, server.now(), counter=counter, label=asked.label, id=id, token=token
            )
    except BaseException:
        if pairing is not None and pairing.let_in_by == call.command and not pairing.is_in:
            await pairings.let_in(pairing, None)
        raise
    if asked.code is None:
        return Reply(_view(device) | {"token": token})
    if pairing is not None and pairing.let_in_by == call.command and not pairing.is_in:
        await pairings.let_in(pairing, call.command, done=True)
    return Reply(_view(device))


def _wanted(call: Call, pairing: Pairing | None) -> tuple[DeviceRole, int | None]:
    """What the device is to be, and at which counter: what it asked for itself, or what the call says."""
    asked: schemas.AddDevice = call.body
    role, counter = asked.role, asked.counter
    if asked.code is not None:
        if pairing is None or pairing.let_in_by not in (None, call.command):
            raise ProblemError("pairing_unknown")
        role, counter = pairing.role, pairing.counter
    if role is None or (role == "evaluator") != (counter is not None):
        raise ProblemError("wrong_shape", "give a code, or a role; an evaluator, and no other device, has a counter")
    hall = call.runner.hall
    if counter is not None and (hall is None or counter not in hall.counters):
        raise ProblemError("counter_unknown")
    return role, counter


async def _write_down(call: Call, device: str, what: DeviceChange) -> None:
    call.key_is_new_to("day")
    noted = NoteDevice(by=call.caller.id, device=device, change=what)
    await call.runner.write_down(noted, call.command_id, call.fingerprint)


async def revoke(call: Call) -> Reply:
    """Shut a device out, for good."""
    device = await call.server.records.devices.get(call.path["device"])
    if device is None or device.hall != call.runner.id:
        raise ProblemError("device_unknown")
    await _write_down(call, device.id, "revoked")
    await call.server.records.devices.revoke(device.id, call.server.now())
    return Reply(_view(device))


def _view(device: Device) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": device.id,
        "role": device.role,
        "label": device.label,
        "created_at": instant(device.created_at),
    }
    if device.counter is not None:
        view["counter"] = device.counter
    if device.last_seen is not None:
        view["last_seen_at"] = instant(device.last_seen)
    return view


OPERATIONS = (
    Operation(
        method="POST", path="/pairings", summary="Ask to be let in as a device", handler=ask, who=EVERYONE,
        body=schemas.AskToPair, result=schemas.PairingShape, status=201,
        codes=("hall_unknown", "counter_unknown", "too_many"),
    ),
    Operation(
        method="GET", path="/pairings/{pairing}", summary="Whether the device was let in", handler=look, who=EVERYONE,
        result=schemas.PairingState, codes=("pairing_unknown",),
    ),
    Operation(
        method="GET", path="/halls/{hall}/devices", summary="The hall's devices", handler=all_devices, who=KEEPERS,
        result=schemas.DeviceList,
    ),
    Operation(
        method="POST", path="/halls/{hall}/devices", summary="Let a device in", handler=add, who=KEEPERS,
        body=schemas.AddDevice, result=schemas.DeviceShape, status=201, codes=("pairing_unknown", "counter_unknown"),
    ),
    Operation(
        method="DELETE", path="/halls/{hall}/devices/{device}", summary="Shut a device out, for good", handler=revoke,
        who=KEEPERS, result=schemas.DeviceShape, codes=("device_unknown",),
    ),
)  # fmt: skip
