"""Devices that ask to be let in, each with a code on its screen: soft state, gone after ten minutes.

Two values on the slate of all servers: `pairing ID`, the device's own; `code HALL CODE`, the ID that shows it.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from queue_server.peers.slate import Slate
from queue_server.records.devices import DeviceRole

__all__ = ["LASTS", "Pairing", "Pairings"]

LASTS = timedelta(minutes=10)
"""How long a code is good."""

DIGITS = 6


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """One device that asks. id: its secret; code: what its screen shows.

    let_in_by: the command that lets it in, from which its token follows; None before. is_in: whether that was done.
    """

    id: str
    code: str
    hall: str
    role: DeviceRole
    counter: int | None
    until: datetime
    let_in_by: str | None = None
    is_in: bool = False


class Pairings:
    """All that ask now. now: the machine's clock. Everything raises Unavailable."""

    def __init__(self, slate: Slate, now: Callable[[], datetime]) -> None:
        self._slate = slate
        self._now = now

    async def ask(self, hall: str, role: DeviceRole, counter: int | None) -> Pairing:
        """A device asks: it gets a code that no other device of the hall shows."""
        id, until = secrets.token_urlsafe(16), self._now() + LASTS
        for code in _codes():
            if await self._slate.swap(_code(hall, code), None, id.encode(), LASTS.total_seconds()):
                break
        pairing = Pairing(id=id, code=code, hall=hall, role=role, counter=counter, until=until)
        await self._slate.swap(_name(id), None, msgspec.msgpack.encode(pairing), LASTS.total_seconds())
        return pairing

    async def find(self, id: str) -> Pairing | None:
        """The pairing of a device that knows its secret; None when its time is over."""
        value = await self._slate.get(_name(id))
        return None if value is None else msgspec.msgpack.decode(value, type=Pairing)

    async def with_code(self, hall: str, code: str) -> Pairing | None:
        """Who shows that code in that hall, let in or not yet; None for nobody."""
        id = await self._slate.get(_code(hall, code.replace(" ", "")))
        return None if id is None else await self.find(id.decode())

    async def let_in(self, pairing: Pairing, command: str | None, *, done: bool = False) -> Pairing | None:
        """Say which command lets a device in, before anything is done, and again when it is; None: none does, after
        all. Returns what stands there now; None when it was changed meanwhile, or its time is over.
        """
        changed = replace(pairing, let_in_by=command, is_in=done)
        before, after = msgspec.msgpack.encode(pairing), msgspec.msgpack.encode(changed)
        left_s = (pairing.until - self._now()).total_seconds()
        return changed if await self._slate.swap(_name(pairing.id), before, after, left_s) else None


def _name(id: str) -> str:
    return f"pairing {id}"


def _code(hall: str, code: str) -> str:
    return f"code {hall} {code}"  # no name that an ID could make: those come from anybody


def _codes() -> Iterator[str]:
    while True:
        yield f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
