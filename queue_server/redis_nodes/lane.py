"""Questions to Redis, one after another: as many together as have come meanwhile, and again when Redis was away.

There is one line for each master, with a connection of its own, so that one that is away holds up nobody but its own.
What a line was asked is sent in the order in which it came, and again in that order. A question is sent again when it
is known that nothing was done, or when its asker says that it may be done twice.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from hiredis import pack_command
from redis.commands import READ_COMMANDS
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from queue_server.redis_nodes.ending import ended
from queue_server.redis_nodes.topology import Away, Master, Topology

__all__ = ["Command", "Lane"]

MAX_TOGETHER = 512
"""Questions sent at once: later ones wait for their answers, and go together then."""
MAX_WAITING = 50_000
"""Questions that may wait in one line; more are refused rather than queued without end."""

NOTHING_DONE = (AskError, BusyLoadingError, ClusterDownError, ReadOnlyError, TryAgainError)
"""With these Redis says that it did not do it, and that it may later, or another may. AskError is MOVED, too."""
NOTHING_DONE_TEXTS = ("BUSY ", "MISCONF ", "NOREPLICAS ", "Function not found")
"""Likewise, where the library has no class."""

Command = Sequence[Any]
"""A command's name and arguments: text, bytes or numbers."""


class _Unsent(RedisError):
    """There was no connection to send it through."""


class _Unanswered(RedisError):
    """The connection was lost, or nothing came: it may have been done."""


class _Question:
    """Commands that go together. again: whether they may be done twice. tried_at: when they failed first, monotonic."""

    __slots__ = ("again", "future", "key", "names", "packed", "tag", "tried_at")

    def __init__(self, key: str, commands: Sequence[Command], again: bool) -> None:
        self.key = key
        self.tag = key[: key.find("}")]
        self.names = [command[0] for command in commands]
        self.packed = [_packed(command) for command in commands]
        self.again = again or READ_COMMANDS.issuperset(self.names)
        self.future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self.tried_at: float | None = None

    def done(self, answers: list[Any]) -> None:
        if not self.future.done():  # its asker left
            self.future.set_result(answers)

    def failed(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Lane:
    """Lines of one purpose: what is slow here keeps nobody waiting elsewhere."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._lines: dict[str, _Line] = {}
        self._line_of: dict[str, _Line] = {}  # by tag
        self._open = True

    def put(self, key: str, commands: Sequence[Command], again: bool = False) -> "asyncio.Future[list[Any]]":
        """Ask, after all that was asked here about keys of the same tag; the future gives what `Nodes.ask_all` does."""
        question = _Question(key, commands, again)
        if (refused := self._refused()) or (refused := self._line(question).put(question)):
            question.failed(refused)
        return question.future

    async def close(self) -> None:
        """Ask what was put, for as long as Redis may be away, then let go."""
        self._open = False
        while asking := self._asking():  # again, for some may stand elsewhere since
            await asyncio.wait(asking)
        await self.end()

    async def end(self) -> None:
        """Let go at once."""
        self._open = False
        while asking := self._asking():
            await ended(asking)
        for line in self._lines.values():
            await line.give_up()

    def _asking(self) -> list[asyncio.Task[None]]:
        return [line.asking for line in self._lines.values() if line.asking is not None and not line.asking.done()]

    def _refused(self) -> RedisError | None:
        return None if self._open and self._topology.masters else RedisError("not connected")

    def _line(self, question: _Question) -> "_Line":
        """Where questions about its tag stand: a tag that has gone to another master changes lines as a whole."""
        if question.tag not in self._line_of:
            self._line_of[question.tag] = self._line_to(self._topology.of(question.key))
        return self._line_of[question.tag]

    def _line_to(self, master: Master) -> "_Line":
        if master.name not in self._lines:
            self._lines[master.name] = _Line(master, self._topology, self._sort)
        return self._lines[master.name]

    def _sort(self, questions: Sequence[_Question]) -> None:
        """Let each stand where its key is now, in their order. Nothing of their tags is under way."""
        for question in questions:
            line = self._line_of[question.tag] = self._line_to(self._topology.of(question.key))
            line.add(question)


class _Line:
    """What one master is asked. sort: takes what is not to be asked there any more."""

    def __init__(self, master: Master, topology: Topology, sort: Callable[[Sequence[_Question]], None]) -> None:
        self._master = master
        self._topology = topology
        self._sort = sort
        self._version = topology.version
        self._waiting: deque[_Question] = deque()
        self.asking: asyncio.Task[None] | None = None  # not done while something is waiting
        self._connection: Any = None

    def put(self, question: _Question) -> RedisError | None:
        """Why it is not taken; None when it is."""
        if len(self._waiting) >= MAX_WAITING:
            return RedisError(f"{MAX_WAITING} questions are waiting for {self._master.name}")
        if refused := self._topology.refusal(self._master):
            return refused
        self.add(question)
        return None

    def add(self, question: _Question) -> None:
        self._waiting.append(question)
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self._ask())

    async def give_up(self) -> None:
        """Ask nothing of what is waiting, and let go of the connection."""
        await self._disconnect()
        for question in self._waiting:
            question.failed(_Unanswered("the connection was given up"))
        self._waiting.clear()

    async def _disconnect(self) -> None:
        """At once: nothing comes in between."""
        if self._connection is not None:
            with suppress(RedisError, OSError):
                await self._connection.disconnect(nowait=True)

    async def _ask(self) -> None:
        """Until nothing is waiting."""
        asked: list[_Question] = []
        try:
            while self._waiting:
                if self._version != self._topology.version or self._master not in self._topology.masters:
                    self._sort_anew()
                    continue
                asked = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_TOGETHER))]
                keep = self._topology.keep(self._master)
                error = self._settle(asked, *await self._exchange(asked, keep))
                asked = []
                if error is not None:
                    await self._wait_for_better(error)
        except BaseException:
            self._waiting.extendleft(reversed(asked))
            await self.give_up()  # what would still be answered was asked by nobody else
            raise

    def _sort_anew(self) -> None:
        """After keys have moved, or may have. What stays, stays in front of what will come."""
        self._version = self._topology.version
        questions = list(self._waiting)
        self._waiting.clear()
        self._sort(questions)

    async def _wait_for_better(self, error: Exception) -> None:
        """Or have it refused, all or what has waited for too long."""
        try:
            await self._topology.back(self._master, error)
        except Away as away:
            for question in self._waiting:
                question.failed(away)
            self._waiting.clear()
        else:
            now = time.monotonic()
            for question in list(self._waiting):
                if question.tried_at is not None and now - question.tried_at > self._topology.patience_s:
                    self._waiting.remove(question)
                    question.failed(error)
            self._sort_anew()

    def _settle(self, asked: list[_Question], answers: list[Any], kept: list[Any]) -> Exception | None:
        """Answer all that can be, and have the rest wait in front; why, or None when there is no rest."""
        error = missing = self._topology.keeping.missing(kept)
        again: list[_Question] = []
        held: set[str] = set()
        at = 0
        for question in asked:
            its = answers[at : at + len(question.names)]
            at += len(its)
            failed = [answer for answer in its if isinstance(answer, Exception)]
            undone = [answer for answer in failed if _nothing_done(answer)]
            unsure = next((answer for answer in failed if isinstance(answer, _Unanswered)), missing)
            if len(undone) == len(its) or (question.again and (undone or unsure or question.tag in held)):
                again.append(question)
                held.add(question.tag)  # what it was asked later has to come later
                error = error or next(iter(undone), unsure)
            elif unsure:
                error = error or unsure
                question.failed(unsure)
            else:
                question.done(its)
        now = time.monotonic()
        for question in reversed(again):
            question.tried_at = question.tried_at or now
            self._waiting.appendleft(question)
        return error

    async def _exchange(self, asked: list[_Question], keep: Sequence[Command]) -> tuple[list[Any], list[Any]]:
        """The answers to all their commands, and to `keep`. Redis's errors, and ours, are among them."""
        names = [name for question in asked for name in question.names]
        answers = await self._answers(
            [*names, *(command[0] for command in keep)],
            b"".join((*(packed for question in asked for packed in question.packed), *map(_packed, keep))),
        )
        return answers[: len(names)], answers[len(names) :]

    async def _answers(self, names: list[str], packed: bytes) -> list[Any]:
        """The answers to all commands of these names, packed."""
        try:
            connection = await self._connected()
        except (RedisError, OSError) as error:
            return [_Unsent(str(error))] * len(names)
        answers: list[Any] = []
        try:
            await connection.send_packed_command([packed], check_health=False)
            for name in names:
                try:
                    answers.append(await self._master.client.parse_response(connection, name))
                except ResponseError as error:
                    answers.append(error)
        except (RedisError, OSError) as error:
            await self._disconnect()
            if isinstance(error, BusyLoadingError):
                answers.append(error)
            answers += [_Unanswered(str(error))] * (len(names) - len(answers))
        return answers

    async def _connected(self) -> Any:
        """This line's connection. What Redis has closed meanwhile is opened anew. Raises RedisError, OSError."""
        if self._connection is None:
            self._connection = self._master.client.connection_pool.make_connection()
        if self._connection.is_connected and await self._connection.can_read():
            await self._connection.disconnect(nowait=True)
        if not self._connection.is_connected:
            await self._connection.connect()
        return self._connection


def _nothing_done(error: Exception) -> bool:
    return isinstance(error, (_Unsent, *NOTHING_DONE)) or str(error).startswith(NOTHING_DONE_TEXTS)


def _packed(command: Command) -> bytes:
    """As it is sent. A name of several words is several arguments. Raises TypeError."""
    name, *arguments = command
    packed: bytes = pack_command((*name.split(), *arguments))
    return packed
