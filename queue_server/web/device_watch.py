"""A hall's devices as its head watches them: who is there, what each said last, and what is to be told of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.peers.presences import Everybody
from queue_server.projections.instant import instant
from queue_server.push.alarms import Alarm, Watched, alarms, watched
from queue_server.push.call_log import CallLog, MadeCall
from queue_server.records.devices import Device, DeviceRole
from queue_server.web.halls import open_since
from queue_server.web.server import Server

__all__ = ["device_alarms", "device_watch", "missing_devices"]


async def device_watch(server: Server, runner: HallRunner) -> dict[str, Any]:
    """The devices, oldest first, the alarms about them, and how many screens without a token are looking on.

    device: `id, role, label, connections, counter?, since?, seen_at?, acked?, behind?, voice?, failures?, spoken_at?`;
    counter: whose evaluator or screen it is; acked: the call that it showed or spoke last, `number, counter, at`;
    behind: calls made since then. alarm: `kind` (missing, silent, failing), `device, since?`. strangers: `screens,
    counter_screens`.
    """
    log = server.source.topics_of(runner.id).call_log  # the hall may be let go while the stores are asked
    devices = [device for device in await server.records.devices.all(runner.id) if device.revoked_at is None]
    everybody = await server.presences.of(runner.id, server.now())
    known = _watched(devices, everybody)
    strangers = everybody.strangers
    hall = runner.books.durable.hall
    calls = {} if hall is None else _calls_for(hall, log)
    return {
        "devices": [
            _device(device, now, log, calls.get(device.role)) for device, now in zip(devices, known, strict=True)
        ],
        "alarms": [_alarm(alarm) for alarm in _alarms(server, runner, log, known, everybody.began)],
        "strangers": {"screens": strangers["calls"], "counter_screens": strangers["counter"]},
    }


async def device_alarms(server: Server, runner: HallRunner) -> list[tuple[Device, Alarm]]:
    """What is wrong with the devices of a hall in memory now, each with its device."""
    log = server.source.topics_of(runner.id).call_log  # the hall may be let go while the stores are asked
    devices = {each.id: each for each in await server.records.devices.all(runner.id) if each.revoked_at is None}
    everybody = await server.presences.of(runner.id, server.now())
    found = _alarms(server, runner, log, _watched(devices.values(), everybody), everybody.began)
    return [(devices[alarm.device], alarm) for alarm in found]


async def missing_devices(server: Server) -> Counter[DeviceRole]:
    """How many devices are missing, by role: of the halls in memory, as far as no other server counts them.

    Raises Unavailable, RecordsUnavailable.
    """
    missing: Counter[DeviceRole] = Counter({"kiosk": 0, "screen": 0, "announcer": 0, "evaluator": 0})
    for runner in server.registry.loaded():
        if await server.leases.hold(runner.id) and server.registry.at_hand(runner.id) is runner:
            found = await device_alarms(server, runner)
            missing.update(device.role for device, alarm in found if alarm.kind == "missing")
    return missing


def _watched(devices: Iterable[Device], everybody: Everybody) -> list[Watched]:
    return [watched(each.id, each.role, each.created_at, each.last_seen, everybody.present) for each in devices]


def _alarms(
    server: Server, runner: HallRunner, log: CallLog, devices: Sequence[Watched], began: datetime
) -> list[Alarm]:
    hall = runner.books.durable.hall
    if hall is None:
        return []
    return alarms(
        devices,
        _calls_for(hall, log),
        now=server.now(),
        began=began,
        opened=open_since(runner),
        missing_s=hall.rules.device_missing_s,
    )


def _calls_for(hall: Hall, log: CallLog) -> dict[str, list[MadeCall]]:
    """By role, the calls that each of its devices is to acknowledge.

    Announcers: those that the hall's voice was to speak. Screens: all, unless one of them shows some queues or areas
    alone, for nobody knows which device that is.
    """
    zone = ZoneInfo(hall.timezone)
    aloud = [call for call in log if hall.voice.volume_at(call.called_at.astimezone(zone).time()) > 0]
    is_split = any(screen.queues or screen.areas for screen in hall.screens.values())
    return {"announcer": aloud} if is_split else {"announcer": aloud, "screen": list(log)}


def _device(device: Device, now: Watched, log: CallLog, calls: Sequence[MadeCall] | None) -> dict[str, Any]:
    """A device with its last signs of life; whether it is away is for the reader, and the alarms, to say.

    calls: those that it is to acknowledge; None where nobody knows.
    """
    view: dict[str, Any] = {
        "id": device.id,
        "role": device.role,
        "label": device.label,
        "connections": now.connections,
    }
    if (counter := device.counter or now.counter) is not None:
        view["counter"] = counter
    for name, at in (("since", now.since), ("seen_at", now.seen_at)):
        if at is not None:
            view[name] = instant(at)
    if now.acked is not None and now.acked_at is not None and (call := log.at(now.acked, now.counter)):
        view["acked"] = {"number": call.number, "counter": call.counter, "at": instant(now.acked_at)}
    is_part = now.health is not None and now.health.part
    if calls is not None and now.calls_since is not None and not is_part:
        acked, since = now.acked or 0, now.calls_since
        view["behind"] = sum(call.seq > acked and call.called_at >= since for call in calls)
    if now.health is not None:
        view |= {"voice": now.health.voice, "failures": now.health.failures}
        if now.health.spoken_at is not None:
            view["spoken_at"] = instant(now.health.spoken_at)
    return view


def _alarm(alarm: Alarm) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": alarm.kind, "device": alarm.device}
    if alarm.since is not None:
        view["since"] = instant(alarm.since)
    return view
