"""A hall's devices as its head watches them: who is there, what each said last, and what is to be told of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.push.alarms import Alarm, Watched, alarms, watched
from queue_server.push.call_log import CallLog, MadeCall
from queue_server.records.devices import Device, DeviceRole
from queue_server.web.halls import open_since
from queue_server.web.server import Server

__all__ = ["device_watch", "missing_devices"]


async def device_watch(server: Server, runner: HallRunner) -> dict[str, Any]:
    """The devices, oldest first, the alarms about them, and how many screens without a token are looking on.

    device: `id, role, label, connections, counter?, since?, seen_at?, acked?, behind?, voice?, failures?, spoken_at?`;
    counter: whose evaluator or screen it is; acked: the call that it showed or spoke last, `number, counter, at`;
    behind: calls made since then. alarm: `kind` (missing, silent, failing), `device, since?`. strangers: `screens,
    counter_screens`.
    """
    devices = [device for device in await server.records.devices.all(runner.id) if device.revoked_at is None]
    known = _watched(server, runner.id, devices)
    log = server.source.topics_of(runner.id).call_log
    strangers = server.source.hub.strangers(runner.id)
    behind = _behind(runner.books.durable.hall)
    return {
        "devices": [_device(device, now, log, behind) for device, now in zip(devices, known, strict=True)],
        "alarms": [_alarm(alarm) for alarm in _alarms(server, runner, known)],
        "strangers": {"screens": strangers["calls"], "counter_screens": strangers["counter"]},
    }


async def missing_devices(server: Server) -> Counter[DeviceRole]:
    """How many devices of the halls in memory are missing, by role."""
    missing: Counter[DeviceRole] = Counter({"kiosk": 0, "screen": 0, "announcer": 0, "evaluator": 0})
    devices = [device for device in await server.records.devices.all() if device.revoked_at is None]
    for runner in server.registry.loaded():
        of_hall = {device.id: device for device in devices if device.hall == runner.id}
        found = _alarms(server, runner, _watched(server, runner.id, list(of_hall.values())))
        missing.update(of_hall[alarm.device].role for alarm in found if alarm.kind == "missing")
    return missing


def _watched(server: Server, hall: str, devices: Sequence[Device]) -> list[Watched]:
    present = server.presence.snapshot(hall, server.now())
    return [watched(each.id, each.role, each.created_at, each.last_seen, present) for each in devices]


def _alarms(server: Server, runner: HallRunner, devices: Sequence[Watched]) -> list[Alarm]:
    hall = runner.hall
    if hall is None:
        return []
    return alarms(
        devices,
        _aloud(hall, server.source.topics_of(runner.id).call_log),
        now=server.now(),
        began=server.presence.began,
        opened=open_since(runner),
        missing_s=hall.rules.device_missing_s,
    )


def _aloud(hall: Hall, log: CallLog) -> list[MadeCall]:
    """The calls that the hall's voice was to speak."""
    zone = ZoneInfo(hall.timezone)
    return [call for call in log if hall.voice.volume_at(call.called_at.astimezone(zone).time()) > 0]


def _behind(hall: Hall | None) -> set[str]:
    """The roles that are to acknowledge every call: not screens where one of them shows some queues or areas alone."""
    limited = hall is not None and any(screen.queues or screen.areas for screen in hall.screens.values())
    return {"announcer"} if limited else {"announcer", "screen"}


def _device(device: Device, now: Watched, log: CallLog, behind: set[str]) -> dict[str, Any]:
    """A device with its last signs of life; whether it is away is for the reader, and the alarms, to say."""
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
    if device.role in behind and now.since is not None and now.counter is None and not is_part:
        acked, since = now.acked or 0, now.since
        view["behind"] = sum(call.seq > acked and call.called_at >= since for call in log)
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
