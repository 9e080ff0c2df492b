"""The one way to Redis: whoever has a question names a key, and is answered by its master."""

from collections.abc import Sequence
from typing import Any

from queue_server.redis_nodes.address import Address
from queue_server.redis_nodes.keeping import Keeping
from queue_server.redis_nodes.lane import Command, Lane
from queue_server.redis_nodes.persistence import Persistence, persistence_of
from queue_server.redis_nodes.topology import Master, Topology

__all__ = ["Nodes"]

NAMESPACE = "jiaohao:"
PATIENCE_S = 10.0
BY_THE_MASTER = Keeping()


class Nodes:
    """The Redis at `url` (see `Address`).

    namespace: stands before every key, so that one Redis may hold several installations.
    patience_s: how long a master may be away before what it is asked is refused, at once then, until it is back.
    keeping: who else must have what an answer rests on before it is given; every question waits for it.

    Answers are as redis-py gives them, texts as bytes. What cannot be answered raises RedisError or OSError. A question
    is asked again by itself where nothing was done, and where it may be done twice: commands that only read, and those
    whose asker says `again=True`. Any other whose answer was lost raises, and may have been carried out.
    """

    def __init__(
        self, url: str, namespace: str = NAMESPACE, *, patience_s: float = PATIENCE_S, keeping: Keeping = BY_THE_MASTER
    ) -> None:
        self.namespace = namespace
        self._topology = Topology(Address.read(url), namespace, patience_s, keeping)
        self.keeping = keeping
        self._lanes = [Lane(self._topology)]

    def key(self, tag: str, *rest: str) -> str:
        """The name of a key that is kept together with all others of `tag`: a hall's id, or what else is one thing."""
        return ":".join((f"{self.namespace}{{{tag}}}", *rest))

    async def open(self) -> None:
        """Learn which masters there are; the first question does it otherwise."""
        await self._topology.open()

    def masters(self) -> tuple[Master, ...]:
        """All of them, as they were learned last, which may change whenever one has failed."""
        return self._topology.masters

    def master_of(self, key: str) -> Master:
        """Where that key is, as it was learned last. Raises RedisError before `open`."""
        return self._topology.of(key)

    def away_s(self, master: Master) -> float:
        """For how many seconds it has been away; 0 when it is not known to be."""
        return self._topology.away_s(master)

    def keep(self, master: Master) -> list[Command]:
        """What to ask that master last, on one's own connection: by the answers `keeping` says whether those before
        are kept. Empty: nothing.
        """
        return list(self._topology.keep(master))

    async def persistence(self) -> list[Persistence]:
        """What each master was set up to keep. Raises Unfit for one that cannot hold what it is to hold."""
        await self.open()
        kept = await self._topology.of_all(persistence_of)
        for each in kept.values():
            each.check(self.keeping)
        return list(kept.values())

    async def load(self, functions: str) -> None:
        """Have every master know a library of functions, in its newest text. A master that has lost it gets it again.

        Servers of the version before go on calling it meanwhile: a function that changes what it takes is a new one.
        """
        await self.open()
        await self._topology.load(functions)

    def lane(self) -> Lane:
        """A way of one's own, for what must keep its order or takes long. It is opened by `open` or `load`."""
        self._lanes.append(Lane(self._topology))
        return self._lanes[-1]

    async def ask(self, key: str, *command: Any, again: bool = False) -> Any:
        """One command about that key."""
        (answer,) = await self.ask_all(key, [command], again=again)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_all(self, key: str, commands: Sequence[Command], *, again: bool = False) -> list[Any]:
        """Several commands about keys of the same tag as `key`, through one connection, in their order; what Redis
        answers, or the RedisError of the one that it refused.
        """
        await self.open()
        return await self._lanes[0].put(key, commands, again) if commands else []

    async def close(self) -> None:
        """Let go of every connection. What is asked afterwards opens it anew."""
        for lane in self._lanes:
            await lane.end()
        await self._topology.close()
        self._lanes = [Lane(self._topology)]
