"""A slate that all servers write on: small values that are needed for some minutes, and go by themselves.

{NAME}:slate            a value; expires
"""

from collections.abc import Callable
from importlib.resources import files
from typing import NamedTuple, Protocol

from queue_server.peers.answers import answered
from queue_server.redis_nodes import Nodes

__all__ = ["MOST", "LocalSlate", "SharedSlate", "Slate"]

MOST = 10_000
"""Values on a slate in memory, if not said otherwise: a few megabytes."""

FUNCTIONS = (files("queue_server") / "peers" / "slate.lua").read_text("utf-8")


class Slate(Protocol):
    """Names are a program's own; values are not empty. Everything raises Unavailable."""

    async def get(self, name: str) -> bytes | None:
        """What stands there; None for nothing, or no more."""
        ...

    async def swap(self, name: str, before: bytes | None, after: bytes | None, lasts_s: float) -> bool:
        """Write `after`, for so many seconds, where `before` stands, in one step; whether `after` stands there now.
        None is nothing, on either side. May be repeated: what stands there already is as good as written.
        """
        ...


class _Written(NamedTuple):
    value: bytes
    until: float  # monotonic s


class LocalSlate:
    """The slate of a server that shares its stores with no other, in memory.

    monotonic: seconds of a clock that never goes back. most: values that it holds; the oldest gives way.
    """

    def __init__(self, monotonic: Callable[[], float], most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        self._written: dict[str, _Written] = {}  # oldest first

    async def get(self, name: str) -> bytes | None:
        written = self._written.get(name)
        return None if written is None or written.until <= self._monotonic() else written.value

    async def swap(self, name: str, before: bytes | None, after: bytes | None, lasts_s: float) -> bool:
        now = await self.get(name)
        if now != before:
            return now == after
        self._written.pop(name, None)
        if after is not None:
            if len(self._written) == self._most:
                del self._written[next(iter(self._written))]
            self._written[name] = _Written(after, self._monotonic() + lasts_s)
        return True


class SharedSlate:
    """The slate of all servers over one Redis."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    async def open(self) -> None:
        """Get ready. Raises Unavailable."""
        await answered(self._nodes.load(FUNCTIONS))

    async def get(self, name: str) -> bytes | None:
        key = self._nodes.key(name, "slate")
        value: bytes | None = await answered(self._nodes.ask(key, "GET", key))
        return value

    async def swap(self, name: str, before: bytes | None, after: bytes | None, lasts_s: float) -> bool:
        key = self._nodes.key(name, "slate")
        lasts_ms = max(round(lasts_s * 1000), 1)
        swap = ("FCALL", "jiaohao_swap", 1, key, before or b"", after or b"", lasts_ms)
        return bool(await answered(self._nodes.ask(key, *swap, again=True)))
