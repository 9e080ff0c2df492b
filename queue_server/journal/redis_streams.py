"""The journal of several machines: one Redis stream for each history, one entry for each batch.

What decides is one function inside Redis (`redis_functions.lua`): it compares the head and adds the batch in one step,
so that any number of servers may write. Writes of one journal object go through one lane in their order, as many
together as came meanwhile; each is checked against the head that the one before it made. An append that was sent and
not answered is sent again: it finds what it wrote.

Every batch is told to whoever listens to its hall: by that function, or, where more than the master must have it first,
when they have it.

    {hall}:KIND            stream: id `last-0`, fields n (events), t (tip), c (command id), f (fingerprint), m (mark), e
    {hall}:KIND:head       hash: epoch, seq, tip, seal (absent: open)
    {hall}:KIND:marks      list: "first mark"
    {hall}:news            channel: each batch once it is written, for `told`
    {streams}              sorted set of every stream's name, by the order in which they came
    {lately}               list of the streams that the last batches went to, the newest first

What lies in braces decides in which part of a cluster a key is: all that belongs to one hall is together.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from importlib.resources import files
from secrets import token_hex
from time import perf_counter
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from prometheus_client import Histogram

from queue_server.journal.archive import Archive, BadArchive, Place
from queue_server.journal.base import (
    READ_LIMIT,
    Batch,
    Conflict,
    Head,
    JournalError,
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

SEALED = 2
"""What an append is answered besides 1, written, and 0, a conflict."""
BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
LATELY = 4_096
"""Batches of which it is known where they went last."""
LATELY_TOLD_AT_ONCE = 256
"""So many of one server's are told together; those that it dies with nobody misses much."""

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

    stream: Stream
    expected: Head
    batch: NewBatch | None
    seal: str = ""


class RedisJournal:
    """A `Journal` in Redis. nodes: are closed by whoever made them. archive: where is what was trimmed."""

    def __init__(self, nodes: Nodes, archive: Archive | None = None) -> None:
        self._nodes = nodes
        self.took = Histogram(
            "jiaohao_journal_append_seconds", "Until an append to Redis was answered", registry=None, buckets=BUCKETS_S
        )
        self._unsettled: set[asyncio.Future[Head]] = set()
        self.archive = archive
        self._lately: list[str] = []  # where batches went, the newest last, that Redis was not told yet
        self._open = False

    async def open(self) -> None:
        await _answered(self._nodes.load(FUNCTIONS))
        self._writes, self._reads = self._nodes.lane(), self._nodes.lane()
        self._open = True

    async def close(self) -> None:
        if not self._open:
            return
        self._open = False
        await asyncio.gather(*self._unsettled, return_exceptions=True)
        await asyncio.gather(self._writes.close(), self._reads.close())

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
        return self._put(_Write(stream, expected, batch, seal))

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        self._check()
        key = self._key(stream)
        start = f"({after}-0" if after else "-"
        (entries,) = await _answered(self._reads.put(key, [["XRANGE", key, start, "+", "COUNT", limit]]))
        if isinstance(entries, Exception):
            raise Unavailable(entries)
        batches = [_batch(id, fields) for id, fields in entries]
        if not batches or batches[0].first <= after + 1:
            return batches
        if self.archive is None:
            raise BadArchive(f"it holds what {stream.hall} did before seq {batches[0].first}, and none is set")
        return [*await self.archive.read(stream, after, limit, batches[0]), *batches][:limit]

    async def oldest(self, stream: Stream) -> Batch | None:
        """The first batch that was not trimmed; None for a stream without any. Raises Unavailable."""
        self._check()
        key = self._key(stream)
        entries = await self._ask(key, "XRANGE", key, "-", "+", "COUNT", 1)
        return next((_batch(id, fields) for id, fields in entries), None)

    async def trim(self, stream: Stream, place: Place) -> None:
        """Forget the batches up to a place which the archive leads to. Nothing happens when another server was first,
        or when the place is of another history. Raises Unavailable.
        """
        self._check()
        key = self._key(stream)
        await self._ask(key, "FCALL", "jiaohao_trim", 1, key, *place)

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

    async def has(self, stream: Stream) -> bool:
        self._check()
        key = self._nodes.key("streams")
        return await self._ask(key, "ZSCORE", key, _name(stream)) is not None

    async def lately_written(self, newest: int) -> list[Stream]:
        self._check()
        if newest < 1:
            return []
        if self._lately:
            await _answered(self._told_lately())
        key = self._nodes.key("lately")
        names = await self._ask(key, "LRANGE", key, 0, newest - 1)
        return [_stream(name) for name in dict.fromkeys(names)]

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        self._check()
        await self.head(stream)  # it may have had none
        return await self._put(_Write(stream, Head(instead_of, 0, ""), None))

    async def seal(self, stream: Stream, seal: str) -> Head:
        await self.head(stream)  # it may have had none
        if not seal:
            await self._register(stream)  # an adopted one was not: no server is to find what is on its way
        key = self._key(stream)
        await self._ask(key, "FCALL", "jiaohao_seal", 1, f"{key}:head", seal)
        return await self.head(stream)

    async def sealed(self, stream: Stream) -> str:
        self._check()
        key = self._key(stream)
        return (await self._ask(key, "HGET", f"{key}:head", "seal") or b"").decode()

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        self._check()
        key = self._key(stream)
        adopted = await self._ask(key, "FCALL", "jiaohao_adopt", 1, f"{key}:head", epoch, seal)
        head = await self.head(stream)
        if not adopted:
            raise Conflict(head)
        return head

    # Writing

    def _put(self, write: _Write) -> asyncio.Future[Head]:
        future: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        if not self._open:
            future.set_exception(closed())
            return future
        self._unsettled.add(future)
        began = perf_counter()

        def settled(future: asyncio.Future[Head]) -> None:
            self._unsettled.discard(future)
            self.took.observe(perf_counter() - began)

        future.add_done_callback(settled)
        answered = self._writes.put(self._key(write.stream), [self._call(write)], again=True)
        answered.add_done_callback(lambda answered: self._settle(write, future, answered))
        return future

    def _settle(self, write: _Write, future: asyncio.Future[Head], answered: asyncio.Future[list[Any]]) -> None:
        error = answered.exception()
        outcome = Unavailable(error) if isinstance(error, Exception) else self._outcome(write, answered.result()[0])
        if future.done():
            return  # its caller left
        if isinstance(outcome, Head):
            future.set_result(outcome)
        elif isinstance(outcome, JournalError):
            future.set_exception(outcome)
        else:
            asking = asyncio.create_task(self.head(write.stream))
            asking.add_done_callback(lambda asked: _conflict(future, asked))

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
            "" if self._nodes.keeping else "now",
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

    def _outcome(self, write: _Write, answer: Any) -> Head | JournalError | None:
        """None: a conflict in a stream that nobody had asked about."""
        if isinstance(answer, Exception):
            return Unavailable(answer)
        if write.batch is None:
            return _head(answer)
        written, *head = answer
        if written == SEALED:
            return Sealed(head[0].decode())
        if not written:
            return Conflict(_head(head)) if head[0] is not None else None
        self._note(write.stream)
        if self._nodes.keeping:
            self._announce(write.stream, _head(head))
        return _head(head)

    def _announce(self, stream: Stream, head: Head) -> None:
        """Tell of the batch that ends there, now that all have it that have to."""
        key, channel = self._key(stream), self._nodes.key(stream.hall, NEWS)
        command = ["FCALL", "jiaohao_announce", 2, key, channel, stream.kind, head.epoch, head.seq]
        self._writes.put(key, [command], again=True).add_done_callback(_never_mind)

    def _note(self, stream: Stream) -> None:
        """Where a batch went; let everybody know now and then."""
        self._lately.append(_name(stream))
        if len(self._lately) >= LATELY_TOLD_AT_ONCE:
            self._told_lately().add_done_callback(_never_mind)

    def _told_lately(self) -> asyncio.Future[list[Any]]:
        key, names = self._nodes.key("lately"), self._lately
        self._lately = []
        return self._reads.put(key, [["LPUSH", key, *names], ["LTRIM", key, 0, LATELY - 1]], again=True)

    # Names

    async def _register(self, stream: Stream) -> None:
        """Before its epoch is drawn: a stream that nobody could find again would be lost."""
        key = self._nodes.key("streams")
        await self._ask(key, "FCALL", "jiaohao_register", 1, key, _name(stream))

    def _key(self, stream: Stream) -> str:
        return self._nodes.key(stream.hall, stream.kind)

    async def _ask(self, key: str, *command: Any) -> Any:
        """What Redis answers; all that is asked here may be done twice. Raises Unavailable."""
        return await _answered(self._nodes.ask(key, *command, again=True))

    def _check(self) -> None:
        if not self._open:
            raise closed()


async def _answered(call: Awaitable[T]) -> T:
    """What Redis answers. Raises Unavailable."""
    try:
        return await call
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error


def _conflict(future: asyncio.Future[Head], asked: asyncio.Task[Head]) -> None:
    """With what stands there instead, or with why that could not be asked."""
    if not future.done():
        future.set_exception(asked.exception() or Conflict(asked.result()))


def _never_mind(answered: asyncio.Future[list[Any]]) -> None:
    """Whoever did not hear of it finds it by itself."""
    if not answered.cancelled():
        answered.exception()


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
