"""The journal of several machines: one Redis stream for each history, one entry for each batch.

What decides is one function inside Redis (`redis_functions.lua`): it compares the head and adds the batch in one step,
so that any number of servers may write. Writes of one journal object are sent as they come, as many as there are in one
pipeline, and answered in their order; each is checked against the head that the one before it made.

    {hall}:KIND            stream: id `last-0`, fields n (events), t (tip), c (command id), f (fingerprint), m (mark), e
    {hall}:KIND:head       hash: epoch, seq, tip, seal (absent: open)
    {hall}:KIND:marks      list: "first mark"
    {hall}:news            channel: each batch once it is written, for `told`
    {streams}              sorted set of every stream's name, by the order in which they came
    {lately}               list of the streams that the last batches went to, the newest first

What lies in braces decides in which part of a cluster a key is: all that belongs to one hall is together.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable
from importlib.resources import files
from secrets import token_hex
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from queue_server.journal.base import (
    READ_LIMIT,
    Batch,
    Conflict,
    Head,
    NewBatch,
    Sealed,
    Stream,
    Unavailable,
    closed,
    next_tip,
)
from queue_server.redis_nodes import Command, Nodes, RedisError

__all__ = ["NEWS", "RedisJournal", "told"]

NEWS = "news"
"""What a hall's channel is called: `nodes.key(hall, NEWS)`."""

MAX_PIPELINE = 512
"""Appends sent at once: later ones wait for their answers, and go together then."""
MAX_QUEUED = 50_000
"""Appends that may wait; more are refused rather than queued without end."""
SEALED = 2
"""What an append is answered besides 1, written, and 0, a conflict."""
LATELY = 4_096
"""Batches of which it is known where they went last."""

FUNCTIONS = (files("queue_server") / "journal" / "redis_functions.lua").read_text("utf-8")

T = TypeVar("T")


class _Told(msgspec.Struct, array_like=True, frozen=True):
    """What is published of a batch. Texts are what `cmsgpack` knows: `events` is one too, of UTF-8 as it is."""

    kind: str
    epoch: str
    first: int
    last: int
    tip: str
    command_id: str
    fingerprint: str
    mark: str
    events: str


_told = msgspec.msgpack.Decoder(_Told)


def told(payload: bytes) -> tuple[str, str, Batch]:
    """What came through a hall's channel: the stream's kind, its epoch, and the batch that was written to it.

    Raises msgspec.DecodeError for what no journal of this version has sent.
    """
    it = _told.decode(payload)
    mark = it.mark or None
    batch = Batch(it.first, it.last, it.tip, it.command_id, it.fingerprint, mark, it.events.encode())
    return it.kind, it.epoch, batch


class _Write(NamedTuple):
    """Something to be written in its turn. batch: None to renew the epoch of `expected`."""

    future: asyncio.Future[Head]
    stream: Stream
    expected: Head
    batch: NewBatch | None
    seal: str = ""


class RedisJournal:
    """A `Journal` in Redis. nodes: are closed by whoever made them."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._queue: deque[_Write] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._lately: list[str] = []  # where batches went, the newest last, that Redis was not told yet
        self._open = False

    async def open(self) -> None:
        await _answered(self._nodes.load(FUNCTIONS))
        self._open = True

    async def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._writing is not None:
            await self._writing

    async def head(self, stream: Stream) -> Head:
        self._check()
        key = self._key(stream)
        known = await self._ask(f"{key}:head", "HMGET", f"{key}:head", "epoch", "seq", "tip")
        if known[0] is None:
            await self._register(stream)
            known = await self._ask(key, "FCALL", "jiaohao_head", 1, f"{key}:head", token_hex(8))
        return _head(known)

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> asyncio.Future[Head]:
        if batch.count < 1:
            raise ValueError("a batch needs at least one event")
        return self._put(stream, expected, batch, seal)

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        self._check()
        key = self._key(stream)
        start = f"({after}-0" if after else "-"
        entries = await self._ask(key, "XRANGE", key, start, "+", "COUNT", limit)
        return [_batch(id, fields) for id, fields in entries]

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        self._check()
        if newest < 1:
            return []
        key = self._key(stream)
        marks = await self._ask(key, "LRANGE", f"{key}:marks", -newest, -1)
        return [(mark, int(first)) for first, _, mark in (entry.decode().partition(" ") for entry in marks)]

    async def streams(self) -> list[Stream]:
        self._check()
        key = self._nodes.key("streams")
        return [_stream(name) for name in await self._ask(key, "ZRANGE", key, 0, -1)]

    async def lately_written(self, newest: int) -> list[Stream]:
        self._check()
        if newest < 1:
            return []
        await self._tell_lately()
        key = self._nodes.key("lately")
        names = await self._ask(key, "LRANGE", key, 0, newest - 1)
        return [_stream(name) for name in dict.fromkeys(names)]

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        self._check()
        await self.head(stream)  # it may have had none
        return await self._put(stream, Head(instead_of, 0, ""), None)

    async def seal(self, stream: Stream, seal: str) -> Head:
        await self.head(stream)  # it may have had none
        key = self._key(stream)
        await self._ask(key, "FCALL", "jiaohao_seal", 1, f"{key}:head", seal)
        return await self.head(stream)

    async def sealed(self, stream: Stream) -> str:
        self._check()
        key = self._key(stream)
        return (await self._ask(key, "HGET", f"{key}:head", "seal") or b"").decode()

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        await self.head(stream)
        key = self._key(stream)
        adopted = await self._ask(key, "FCALL", "jiaohao_adopt", 1, f"{key}:head", epoch, seal)
        head = await self.head(stream)
        if not adopted:
            raise Conflict(head)
        return head

    # Writing

    def _put(self, stream: Stream, expected: Head, batch: NewBatch | None, seal: str = "") -> asyncio.Future[Head]:
        future: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        if not self._open:
            future.set_exception(closed())
        elif len(self._queue) >= MAX_QUEUED:
            future.set_exception(Unavailable(BlockingIOError(f"{MAX_QUEUED} appends are waiting")))
        else:
            self._queue.append(_Write(future, stream, expected, batch, seal))
            if self._writing is None:
                self._writing = asyncio.create_task(self._write())
        return future

    async def _write(self) -> None:
        """Send what is queued until nothing is, each time all that came meanwhile."""
        try:
            while self._queue:
                await self._send([self._queue.popleft() for _ in range(min(len(self._queue), MAX_PIPELINE))])
        finally:
            self._writing = None

    async def _send(self, writes: list[_Write]) -> None:
        key = self._key(writes[0].stream)
        try:
            answers = await self._nodes.ask_all(key, [self._call(write) for write in writes])
        except (RedisError, OSError) as error:
            answers = [error] * len(writes)
        for write, answer in zip(writes, answers, strict=True):
            outcome = await self._outcome(write, answer)
            if write.future.done():
                continue  # its caller left
            if isinstance(outcome, Head):
                write.future.set_result(outcome)
            else:
                write.future.set_exception(outcome)

    def _call(self, write: _Write) -> Command:
        key, batch = self._key(write.stream), write.batch
        if batch is None:
            return ["FCALL", "jiaohao_renew", 1, f"{key}:head", token_hex(8), write.expected.epoch]
        expected = write.expected
        return [
            "FCALL",
            "jiaohao_append",
            4,
            key,
            f"{key}:head",
            f"{key}:marks",
            self._nodes.key(write.stream.hall, NEWS),
            write.stream.kind,
            write.seal,
            *expected,
            expected.seq + batch.count,
            next_tip(expected.tip, batch.events),
            batch.count,
            batch.command_id,
            batch.fingerprint,
            batch.mark or "",
            batch.events,
        ]

    async def _outcome(self, write: _Write, answer: Any) -> Head | Conflict | Unavailable:
        if isinstance(answer, Exception):
            return Unavailable(answer)
        if write.batch is None:
            return _head(answer)
        written, *head = answer
        if written == SEALED:
            return Sealed(head[0].decode())
        if written:
            self._lately.append(_name(write.stream))
            return _head(head)
        if head[0] is not None:
            return Conflict(_head(head))
        try:
            return Conflict(await self.head(write.stream))  # nobody had asked about it
        except Unavailable as error:
            return error

    async def _tell_lately(self) -> None:
        """Let everybody know where the last batches went."""
        if told := self._lately:
            self._lately = []
            key = self._nodes.key("lately")
            await self._ask(key, "LPUSH", key, *told)
            await self._ask(key, "LTRIM", key, 0, LATELY - 1)

    # Names

    async def _register(self, stream: Stream) -> None:
        """Before its epoch is drawn: a stream that nobody could find again would be lost."""
        key = self._nodes.key("streams")
        await self._ask(key, "FCALL", "jiaohao_register", 1, key, _name(stream))

    def _key(self, stream: Stream) -> str:
        return self._nodes.key(stream.hall, stream.kind)

    async def _ask(self, key: str, *command: Any) -> Any:
        """What Redis answers. Raises Unavailable."""
        return await _answered(self._nodes.ask(key, *command))

    def _check(self) -> None:
        if not self._open:
            raise closed()


async def _answered(call: Awaitable[T]) -> T:
    """What Redis answers. Raises Unavailable."""
    try:
        return await call
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error


def _head(parts: Iterable[bytes | None]) -> Head:
    epoch, seq, tip = (cast(bytes, part).decode() for part in parts)
    return Head(epoch, int(seq), tip)


def _batch(id: bytes, fields: dict[bytes, bytes]) -> Batch:
    last = int(id.partition(b"-")[0])
    return Batch(
        first=last - int(fields[b"n"]) + 1,
        last=last,
        tip=fields[b"t"].decode(),
        command_id=fields[b"c"].decode(),
        fingerprint=fields[b"f"].decode(),
        mark=fields[b"m"].decode() or None,
        events=fields[b"e"],
    )


def _name(stream: Stream) -> str:
    return f"{stream.hall} {stream.kind}"


def _stream(name: bytes) -> Stream:
    return Stream(*name.decode().split(" "))
