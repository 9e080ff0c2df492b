"""Carrying one history from a journal to another, with its epoch, so that whoever followed it there can go on here.

What has arrived stands under a seal until all of it has. A carrier that was killed is followed by another, which goes
on where the first one came to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from queue_server.journal.base import Batch, Conflict, Head, Journal, JournalError, NewBatch, Stream, follow

__all__ = ["Differs", "OtherHistory", "arrived", "carry", "same"]


class OtherHistory(JournalError):
    """The target has a history of that name, and it is not this one."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.stream = stream

    def __str__(self) -> str:
        return f"there is another history of the hall {self.stream.hall!r} already, or this one has gone on there"


class Differs(JournalError):
    """After the event `seq` the two histories are not the same, or the one that is carried is broken."""

    def __init__(self, stream: Stream, seq: int) -> None:
        super().__init__(stream, seq)
        self.stream = stream
        self.seq = seq

    def __str__(self) -> str:
        return f"the history {self.stream.kind!r} of the hall {self.stream.hall!r} is not whole after seq {self.seq}"


async def arrived(source: Journal, target: Journal, stream: Stream) -> bool:
    """Whether all of a sealed history has arrived, and was opened. Raises Unavailable."""
    if not await source.sealed(stream) or await target.sealed(stream) or not await target.read(stream, 0, 1):
        return False
    there, here = await source.head(stream), await target.head(stream)
    return here.epoch == there.epoch and await _holds(target, stream, there)


async def carry(source: Journal, target: Journal, stream: Stream, seal: str, told: Callable[[int], None]) -> None:
    """Bring under this seal what of a history has not come yet.

    told: called with how many events are here, and then with how many more. Raises OtherHistory, Differs, Unavailable.
    """
    there = await source.head(stream)
    try:
        at = await target.adopt(stream, there.epoch, seal)
    except Conflict as error:
        raise OtherHistory(stream) from error
    if not await _holds(source, stream, at):
        raise OtherHistory(stream)
    told(at.seq)
    while some := await source.read(stream, at.seq):
        written, before = [], at.seq
        for batch in some:
            following = follow(at, batch)
            if following is None:
                raise Differs(stream, at.seq)
            written.append(target.append(stream, at, _new(batch), seal))
            at = following
        await asyncio.gather(*written)
        told(at.seq - before)


async def same(source: Journal, target: Journal, stream: Stream, after: Head) -> AsyncIterator[Batch]:
    """Every batch after that head that both have, which must be alike in everything, up to the end of the target's.

    Raises Differs, Unavailable.
    """
    at = after
    while some := await target.read(stream, at.seq):
        if await source.read(stream, at.seq, len(some)) != some:
            raise Differs(stream, at.seq)
        for batch in some:
            following = follow(at, batch)
            if following is None:
                raise Differs(stream, at.seq)
            at = following
            yield batch
    if at.seq != (await target.head(stream)).seq:
        raise Differs(stream, at.seq)


async def _holds(journal: Journal, stream: Stream, head: Head) -> bool:
    """Whether a journal's history comes through that head."""
    if not head.seq:
        return True
    found = await journal.read(stream, head.seq - 1, 1)
    return bool(found) and (found[0].last, found[0].tip) == (head.seq, head.tip)


def _new(batch: Batch) -> NewBatch:
    return NewBatch(batch.last - batch.first + 1, batch.command_id, batch.fingerprint, batch.mark, batch.events)
