"""Which masters there are, which keys each has, and which of them are away.

They are learned at the start and whenever one of them stops answering as it should; one task looks for those that are
away, however many questions wait for them.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple, TypeVar

import structlog
from redis.crc import key_slot
from redis.exceptions import AuthenticationError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NoAnswer

from queue_server.redis_nodes.address import Address, Host
from queue_server.redis_nodes.ending import ended
from queue_server.redis_nodes.keeping import Keeping

__all__ = ["Away", "Master", "Topology"]

FIRST_LOOK_S = 0.02
LONGEST_LOOK_S = 1.0
"""How long after one look for a master that is away the next one is: twice as long each time, up to this."""
LOOK_S = 2.0
"""How long one node may take to be looked at: one that hangs must not keep others from saying who has its place."""
WATCH_S = 2.0
"""How often Sentinels are asked: a master that they gave up may go on answering, and nobody else would tell."""
ASKED_AT_ONCE = 5
"""How many nodes of a Cluster are asked what it looks like; the one that knows the newest is believed."""

AWAY = (NotConnected, NoAnswer, ReadOnlyError, OSError)
"""How a master shows that it is away. BusyLoadingError is a NotConnected."""

T = TypeVar("T")

log = structlog.get_logger()


class Away(RedisError):
    """That master has been away for longer than anybody is to wait."""


class Master(NamedTuple):
    """One that takes writes."""

    name: str
    """Its address, `host:port`. Another that takes its place has another one."""
    client: Any
    """A `redis.asyncio.Redis` of it alone, for what a connection has to be kept for: subscriptions."""


class _Known(NamedTuple):
    """What was learned. slots: of a Cluster, first and last, with their master each; None: one master has all keys."""

    masters: tuple[Master, ...]
    slots: tuple[tuple[int, int, Master], ...] | None


class _Absence:
    """A master is away, since a moment of the monotonic clock, and why."""

    def __init__(self, error: Exception) -> None:
        self.since = time.monotonic()
        self.error = error
        self.told = False
        """Whether it is in the log: not when it was over at the first look, as where keys are moving."""
        self.over = asyncio.Event()

    def lasts_s(self) -> float:
        return time.monotonic() - self.since


class Topology:
    """The masters behind an address. patience_s: how long one may be away before nobody waits for it any more."""

    def __init__(self, address: Address, namespace: str, patience_s: float, keeping: Keeping) -> None:
        self.keeping = keeping
        self.patience_s = patience_s
        self._address = address
        self._namespace = namespace
        self._clients: dict[Host, Any] = {}
        self._sentinels = [address.sentinel(host) for host in address.hosts] if address.service else []
        self._known: _Known | None = None
        self.version = 0
        """Another one after each change of what is known."""
        self._of_slot: dict[int, Master] = {}
        self._keep: dict[str, list[tuple[Any, ...]]] = {}
        self._libraries: dict[str, str] = {}  # by name
        self._away: dict[str, _Absence] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Learn which masters there are, waiting for them as for those that went away. Raises RedisError, OSError."""
        if self._known is not None:
            return
        async with self._opening:
            began, pause = time.monotonic(), FIRST_LOOK_S
            while self._known is None:
                try:
                    await self._learn()
                except AuthenticationError:
                    raise
                except (RedisError, OSError) as error:
                    if time.monotonic() - began + pause > self.patience_s:
                        raise
                    log.debug("store.not_there_yet", error=str(error))
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_LOOK_S)
                else:
                    if self._sentinels:
                        self._start(self._watch())

    async def close(self) -> None:
        """Let go of every connection."""
        await ended(self._tasks)
        self._known = None
        self._away.clear()
        for client in (*self._clients.values(), *self._sentinels):
            with suppress(RedisError, OSError):
                await client.aclose()

    @property
    def masters(self) -> tuple[Master, ...]:
        """As learned last; none before `open`."""
        return self._known.masters if self._known is not None else ()

    def of(self, key: str) -> Master:
        """Whose that key is, as learned last. Raises RedisError while it is nobody's."""
        known = self._known
        if known is None:
            raise RedisError("not connected")
        if known.slots is None:
            return known.masters[0]
        slot = key_slot(key.encode())
        master = self._of_slot.get(slot)
        if master is None:
            found = (master for first, last, master in known.slots if first <= slot <= last)
            master = self._of_slot[slot] = next(found, known.masters[0])  # nobody has it: any of them says so
        return master

    def keep(self, master: Master) -> list[tuple[Any, ...]]:
        """What that master has to be asked last for its answers to be kept. Empty: nothing."""
        if not self.keeping:
            return []
        if master.name not in self._keep:
            self._keep[master.name] = self.keeping.commands(self._key_on(master))
        return self._keep[master.name]

    def _key_on(self, master: Master) -> str:
        """A key that nobody else uses, on that master; on one that was replaced any, about which it says so."""
        keys = (f"{self._namespace}{{{i}}}:here" for i in count())
        return next(key for key in keys if self.of(key) == master or master not in self.masters)

    # Functions

    async def load(self, library: str) -> None:
        """Have every master know a library of functions, in its newest text, and know it again after it was away."""
        self._libraries[library.partition("\n")[0]] = library
        await self.of_all(lambda master: self._load(master, library))

    async def _load(self, master: Master, library: str) -> None:
        try:
            await master.client.execute_command("FUNCTION LOAD", "REPLACE", library)
        except OutOfMemoryError:
            known = await master.client.execute_command("FUNCTION LIST", "WITHCODE")
            if all(library.encode() not in each for each in known):
                raise

    async def of_all(self, ask: Callable[[Master], Awaitable[T]]) -> dict[str, T]:
        """What every master answers, by its name, waiting for those that are away. Raises RedisError, OSError."""
        answers: dict[str, T] = {}
        while rest := [master for master in self.masters if master.name not in answers]:
            try:
                answers[rest[0].name] = await ask(rest[0])
            except AWAY as error:
                await self.back(rest[0], error)
        return answers

    async def _equip(self, master: Master) -> None:
        """Give it the functions that it has lost. Not those that it has: another server's may be newer."""
        for library in self._libraries.values():
            try:
                await master.client.execute_command("FUNCTION LOAD", library)
            except OutOfMemoryError:
                pass  # it is there, and full: it can still be read, with the functions that it has
            except ResponseError as error:
                if "already exists" not in str(error):
                    raise

    # Those that are away

    def away_s(self, master: Master) -> float:
        """For how long it has been away; 0 when it is not known to be."""
        absence = self._away.get(master.name)
        return absence.lasts_s() if absence is not None else 0.0

    def refusal(self, master: Master) -> Away | None:
        """Why it need not be asked: nobody waits for it any more. None: it may be."""
        absence = self._away.get(master.name)
        if absence is None or absence.lasts_s() < self.patience_s:
            return None
        return Away(f"{master.name} has been away for {absence.lasts_s():.0f} s: {absence.error}")

    async def back(self, master: Master, error: Exception) -> None:
        """Wait until it is worth while to ask again, there or where its keys are then, after it failed with `error`.

        Raises Away when patience is over.
        """
        absence = self._away.get(master.name)
        if absence is None:
            absence = self._away[master.name] = _Absence(error)
        if self._looking is None or self._looking.done():
            self._looking = self._start(self._look())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self.patience_s - absence.lasts_s())):
                await absence.over.wait()
                return
        raise self.refusal(master) or Away(str(error)) from error

    async def _look(self) -> None:
        """Until nobody is away."""
        pause = FIRST_LOOK_S
        while self._away:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK_S)
            asked = [master for master in self.masters if master.name in self._away]
            _, *answers = await asyncio.gather(self._learn_if_possible(), *(self._answers(master) for master in asked))
            here = {master.name for master in self.masters}
            gone = [name for name in self._away if name not in here]
            back = [master.name for master, answered in zip(asked, answers, strict=True) if answered]
            for name in {*gone, *back}:
                absence = self._away.pop(name)
                absence.over.set()
                if absence.told:
                    after_s = round(absence.lasts_s(), 2)
                    log.warning("store.back", master=name, replaced=name in gone, after_s=after_s)
            for name, absence in self._away.items():
                if not absence.told:
                    absence.told = True
                    log.warning("store.away", master=name, error=str(absence.error))

    async def _answers(self, master: Master) -> bool:
        """Whether it does again what it is for. It learns the functions that it lacks."""
        try:
            async with asyncio.timeout(LOOK_S):
                await self._equip(master)
                pipeline = master.client.pipeline(transaction=False)
                for command in self.keeping.commands(self._key_on(master)):
                    pipeline.execute_command(*command)
                if error := self.keeping.missing(await pipeline.execute(raise_on_error=False)):
                    raise error
        except Exception as error:  # also nonsense: it is away until it answers with sense
            if master.name in self._away:
                self._away[master.name].error = error
            return False
        return True

    # Learning

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            await self._learn_if_possible()

    async def _learn_if_possible(self) -> None:
        try:
            await self._learn()
        except (RedisError, OSError):
            pass  # looked for again
        except Exception as error:  # one that answers nonsense must not be the last that is looked for
            log.error("store.not_understood", exc_info=error)

    async def _learn(self) -> None:
        known = await (self._by_sentinels() if self._sentinels else self._by_themselves())
        if known != self._known:
            if self._known is not None:
                log.info("store.masters", masters=[master.name for master in known.masters])
            self._known = known
            self._of_slot = {}
            self._keep = {}
            self.version += 1

    async def _by_sentinels(self) -> _Known:
        """Raises RedisError, OSError."""
        error: Exception = RedisError(f"no Sentinel knows {self._address.service!r}")
        for sentinel in list(self._sentinels):
            try:
                found = await sentinel.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", self._address.service)
            except (RedisError, OSError) as failed:
                error = failed
                continue
            if found is not None:
                return _Known((self._master(Host(found[0].decode(), int(found[1]))),), None)
        raise error

    async def _by_themselves(self) -> _Known:
        """Ask those that are known, or those of the address. Raises RedisError, OSError."""
        hosts = list(dict.fromkeys((*self._clients, *self._address.hosts)))
        asked = random.sample(hosts, min(len(hosts), ASKED_AT_ONCE))
        answers = await asyncio.gather(*(self._asked(host) for host in asked), return_exceptions=True)
        known = [answer for answer in answers if not isinstance(answer, BaseException)]
        if not known:
            raise next(answer for answer in answers if isinstance(answer, BaseException))
        return max(known, key=lambda answer: answer[0])[1]

    async def _asked(self, host: Host) -> tuple[int, _Known]:
        """What one of them knows, and how new that is. Raises RedisError, OSError."""
        async with asyncio.timeout(LOOK_S):
            return await self._told_by(host)

    async def _told_by(self, host: Host) -> tuple[int, _Known]:
        client = self._client(host)
        info = await client.execute_command("INFO", "cluster")
        if not int(info.get("cluster_enabled", 0)):
            if len(self._address.hosts) > 1:
                raise RedisError(f"{host} is no part of a Cluster, and only a Cluster has several addresses")
            return 0, _Known((self._master(host),), None)
        epoch = int((await client.execute_command("CLUSTER INFO"))["cluster_current_epoch"])
        slots = []
        for first, last, (name, port, *_), *_ in await client.execute_command("CLUSTER SLOTS"):
            reached = name in (None, b"", b"?")  # it does not know what it is called; we do
            owner = host._replace(port=port) if reached else Host(name.decode(), port)
            slots.append((first, last, self._master(owner)))
        if not slots:
            raise RedisError(f"{host} knows of no master")
        return epoch, _Known(tuple(dict.fromkeys(master for *_, master in slots)), tuple(slots))

    def _master(self, host: Host) -> Master:
        return Master(str(host), self._client(host))

    def _client(self, host: Host) -> Any:
        if host not in self._clients:
            self._clients[host] = self._address.client(host)
        return self._clients[host]

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
