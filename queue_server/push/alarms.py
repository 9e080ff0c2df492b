"""What a hall's head has to be told about its devices: one is missing, one is there and lets calls pass, one fails.

Pure. A device is missed only for as long as somebody watched and the hall was open: neither a restart of the server nor
a night with the power off makes an alarm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from queue_server.push.call_log import MadeCall
from queue_server.push.presence import Present
from queue_server.push.source import CALLS, kind_of
from queue_server.wire.frames import Health

__all__ = ["FAILING_FOR", "HEARD_WITHIN", "Alarm", "AlarmKind", "Watched", "alarms", "watched"]

AlarmKind = Literal["missing", "silent", "failing"]

HEARD_WITHIN = timedelta(seconds=30)
"""After a call's expiry: by then its acknowledgement has come, if it was spoken at all."""

FAILING_FOR = timedelta(minutes=10)
"""How long a failure is worth an alarm, when no other follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A registered device, as it is known now over all its connections."""

    id: str
    role: str  # kiosk, screen, announcer or evaluator
    counter: int | None = None  # of a counter's screen; None for a hall screen and any other device
    registered_at: datetime
    connections: int = 0  # now
    since: datetime | None = None  # when the oldest of them began
    seen_at: datetime | None = None  # last sign of life; None: never since it was registered
    calls_since: datetime | None = None  # since when it is told of every call; None while it is not
    acked: int | None = None  # seq of the newest call that it said it showed or spoke
    acked_at: datetime | None = None
    health: Health | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing to be told. since: when it began; None for a device that never came."""

    kind: AlarmKind
    device: str
    since: datetime | None


def watched(
    id: str, role: str, registered_at: datetime, last_used: datetime | None, present: Iterable[Present]
) -> Watched:
    """What is known of a device. last_used: of its token, as far as that is stored; present: of its hall."""
    mine = [each for each in present if each.who == id]
    shows = next((each for each in mine if each.topic == CALLS), None)
    counter = None
    if shows is None and role == "screen":
        shows = next((each for each in mine if kind_of(each.topic) == "counter"), None)
        counter = int(shows.topic.partition(".")[2]) if shows else None
    return Watched(
        id=id,
        role=role,
        counter=counter,
        registered_at=registered_at,
        connections=sum(each.connections for each in mine),
        since=min((each.since for each in mine if each.since is not None), default=None),
        calls_since=shows.since if shows and counter is None else None,
        seen_at=max([each.seen_at for each in mine] + ([last_used] if last_used else []), default=None),
        acked=shows.acked if shows else None,
        acked_at=shows.acked_at if shows else None,
        health=shows.health if shows else None,
        failed_at=shows.failed_at if shows else None,
    )


def alarms(
    devices: Iterable[Watched],
    calls: Mapping[str, Sequence[MadeCall]],
    *,
    now: datetime,
    began: datetime,
    opened: datetime | None,
    missing_s: int,
) -> list[Alarm]:
    """Everything to be told at `now`, in the devices' order.

    calls: by the role of those who are to show or speak them all, the hall's newest, oldest first. began: since when
    anybody watches. opened: when the hall opened for the hours that it is in; None while it is closed, and then nothing
    is told. missing_s: seconds without a sign of life that make a device missing; 0: none is ever.
    """
    if opened is None:
        return []
    told: list[Alarm] = []
    for device in devices:
        if missing_s and _is_missing(device, now=now, began=began, opened=opened, missing_s=missing_s):
            told.append(Alarm(kind="missing", device=device.id, since=device.seen_at))
        elif (over := _let_pass(device, calls.get(device.role, ()), now)) is not None:
            told.append(Alarm(kind="silent", device=device.id, since=over.called_at))
        elif device.failed_at is not None and now - device.failed_at < FAILING_FOR:
            told.append(Alarm(kind="failing", device=device.id, since=device.failed_at))
    return told


def _is_missing(device: Watched, *, now: datetime, began: datetime, opened: datetime, missing_s: int) -> bool:
    """Whether nobody is there who should have been for so long. A held connection is a sign of life of its own."""
    last = max(began, opened, device.seen_at or device.registered_at)
    return device.connections == 0 and now - last >= timedelta(seconds=missing_s)


def _let_pass(device: Watched, calls: Sequence[MadeCall], now: datetime) -> MadeCall | None:
    """The first of the newest calls that a connected device let expire, one after another, without a word.

    One alone proves nothing: its ticket may have been started before its turn to be spoken came. Of one that speaks a
    part of the calls nobody can tell here which were its own.
    """
    if device.calls_since is None or (device.health is not None and device.health.part):
        return None
    since, acked = device.calls_since, device.acked or 0
    missed = [call for call in calls if call.seq > acked and call.called_at >= since]
    over = [call for call in missed if now - call.expires_at >= HEARD_WITHIN]
    return over[0] if len(over) > 1 else None
