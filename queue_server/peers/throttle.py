"""How often somebody may try something, whichever server they try it at.

{throttle}:NAME:DIGEST  times of attempts, ms; expires with the window
"""

from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Protocol

from queue_server.journal.base import Unavailable
from queue_server.peers.answers import answered
from queue_server.records.throttle import SignInThrottle, digests
from queue_server.redis_nodes import Nodes

__all__ = ["FUNCTIONS", "LocalThrottle", "SharedThrottle", "Throttle"]

FUNCTIONS = (files("queue_server") / "peers" / "throttle.lua").read_text("utf-8")


class Throttle(Protocol):
    """Counts attempts by user and by address, as `SignInThrottle` says."""

    async def attempt(self, user: str, address: str) -> float:
        """Count an attempt; return 0 when it may go on, else the seconds to wait, and then it is not counted."""
        ...

    async def succeeded(self, user: str, address: str) -> None:
        """Take the attempt back: it was the right password. The user starts over; the address only loses this one."""
        ...


class LocalThrottle:
    """What is tried at this server. monotonic: seconds of a clock that never goes back."""

    def __init__(self, counts: SignInThrottle, monotonic: Callable[[], float]) -> None:
        self.counts = counts
        self._monotonic = monotonic

    async def attempt(self, user: str, address: str) -> float:
        return self.counts.attempt(user, address, self._monotonic())

    async def succeeded(self, user: str, address: str) -> None:
        self.counts.succeeded(user, address)


class SharedThrottle:
    """What is tried at any server over one Redis; while that is away, what is tried here.

    name: what is tried, of no other throttle.
    """

    def __init__(self, nodes: Nodes, name: str, here: LocalThrottle) -> None:
        self._nodes = nodes
        self._name = name
        self._here = here

    async def attempt(self, user: str, address: str) -> float:
        keys, counts = self._keys(user, address), self._here.counts
        try:
            wait_ms = await answered(
                self._nodes.ask(
                    keys[0], "FCALL", "jiaohao_attempt", 2, *keys,
                    round(counts.window * 1000), counts.limits["user"], counts.limits["address"],
                )
            )  # fmt: skip
        except Unavailable:
            return await self._here.attempt(user, address)
        return float(wait_ms) / 1000

    async def succeeded(self, user: str, address: str) -> None:
        keys = self._keys(user, address)
        await self._here.succeeded(user, address)
        with suppress(Unavailable):  # counted as a failure then, and forgotten with the others
            await answered(self._nodes.ask(keys[0], "FCALL", "jiaohao_succeeded", 2, *keys))

    def _keys(self, user: str, address: str) -> list[str]:
        return [self._nodes.key("throttle", self._name, kind, each.hex()) for kind, each in digests(user, address)]
