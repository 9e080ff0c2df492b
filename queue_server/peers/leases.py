"""Which server does what one of them is enough for: whoever asked first, for as long as it goes on asking.

A lease saves work; nothing is right only because of one. Two servers may hold the same for a moment, as when one of
them was asleep: whatever is done under a lease has to bear being done twice.

    {NAME}:lease            its holder; expires
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import NamedTuple, Protocol

from queue_server.journal.base import Unavailable
from queue_server.peers.answers import answered
from queue_server.redis_nodes import Nodes

__all__ = ["LASTS_S", "Alone", "Leases", "RedisLeases"]

LASTS_S = 30.0
"""How long a lease is good; so long after its holder died, another server may have it."""
RENEWED_AFTER_S = 10.0
"""How long its holder goes by what it was told last: short enough to ask twice more before the lease is over."""
REFUSED_FOR_S = 5.0
"""How long the others do."""

FUNCTIONS = (files("queue_server") / "peers" / "leases.lua").read_text("utf-8")


class Leases(Protocol):
    """The leases of one server."""

    async def hold(self, name: str) -> bool:
        """Whether this server has the lease of that name, a hall's id for example: taken when nobody has it, and kept
        by asking again within 30 s. Cheap to ask; never raises: what cannot be known is not held.
        """
        ...


class Alone:
    """The leases of a server that shares its stores with no other: all."""

    async def hold(self, name: str) -> bool:
        return True


class _Told(NamedTuple):
    """What Redis said of a lease. held_until: 0 when it is another's; again_at: when it is to be asked anew."""

    held_until: float
    again_at: float


class RedisLeases:
    """Leases in Redis. holder: this server's name, no other's. monotonic: seconds of a clock that never goes back."""

    def __init__(self, nodes: Nodes, holder: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._nodes = nodes
        self._holder = holder
        self._monotonic = monotonic
        self._told: dict[str, _Told] = {}

    async def open(self) -> None:
        """Get ready. Raises Unavailable."""
        await answered(self._nodes.load(FUNCTIONS))

    async def close(self) -> None:
        """Leave every lease to the others at once, as far as Redis can be told."""
        held = [name for name, told in self._told.items() if told.held_until > self._monotonic()]
        self._told.clear()
        await asyncio.gather(*(self._release(name) for name in held))

    async def hold(self, name: str) -> bool:
        now = self._monotonic()  # from before Redis is asked: what it says counts from then, on either side
        told = self._told.get(name, _Told(0, 0))
        if now >= told.again_at:
            told = self._told[name] = await self._ask(name, now, told)
        return self._monotonic() < told.held_until

    async def _ask(self, name: str, now: float, told: _Told) -> _Told:
        key = self._nodes.key(name, "lease")
        try:
            held = await answered(
                self._nodes.ask(key, "FCALL", "jiaohao_lease", 1, key, self._holder, round(LASTS_S * 1000), again=True)
            )
        except Unavailable:
            return _Told(told.held_until, now + REFUSED_FOR_S)
        return _Told(now + LASTS_S, now + RENEWED_AFTER_S) if held else _Told(0, now + REFUSED_FOR_S)

    async def _release(self, name: str) -> None:
        key = self._nodes.key(name, "lease")
        with suppress(Unavailable):  # it expires
            await answered(self._nodes.ask(key, "FCALL", "jiaohao_release", 1, key, self._holder, again=True))
