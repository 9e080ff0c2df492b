"""Small batches to write, and what to check about whole histories."""

import asyncio
from itertools import count

from queue_server.journal.base import Batch, Conflict, Head, Journal, NewBatch, Stream, follow, next_tip

TOWN = Stream("town", "day")
VILLAGE = Stream("village", "day")

_keys = count(1)


def new_batch(text: str = "…", count: int = 1, mark: str | None = None) -> NewBatch:
    """A batch unlike any other, with `text` in its event."""
    key = f"key-{next(_keys)}"
    return NewBatch(count, key, f"print of {key}", mark, f'["{text}", "{key}"]'.encode())


def after(head: Head, batch: NewBatch) -> Head:
    """The head that `batch` will make of `head`."""
    return Head(head.epoch, head.seq + batch.count, next_tip(head.tip, batch.events))


def queue_all(
    journal: Journal, stream: Stream, head: Head, batches: list[NewBatch]
) -> tuple[list[asyncio.Future[Head]], list[Head]]:
    """Append `batches` one on another without waiting; the futures, and the heads that they should give."""
    futures, heads = [], []
    for batch in batches:
        futures.append(journal.append(stream, head, batch))
        head = after(head, batch)
        heads.append(head)
    return futures, heads


async def write(journal: Journal, stream: Stream, *batches: NewBatch) -> Head:
    """Append `batches` at the stream's end; the head after them."""
    head = await journal.head(stream)
    futures, _ = queue_all(journal, stream, head, list(batches))
    for future in futures:
        head = await future
    return head


async def insist(journal: Journal, stream: Stream, batch: NewBatch) -> Head:
    """Append `batch` as a runner would among others: catch up after a conflict, and try again."""
    head = await journal.head(stream)
    while True:
        try:
            return await journal.append(stream, head, batch)
        except Conflict as conflict:
            head = conflict.head


async def whole_history(journal: Journal, stream: Stream) -> list[Batch]:
    """Everything in the stream, proven to be gap-free, to chain, and to end at the stream's head."""
    position = Head((await journal.head(stream)).epoch, 0, "")
    history: list[Batch] = []
    while batches := await journal.read(stream, position.seq, 100):
        for batch in batches:
            following = follow(position, batch)
            assert following is not None, f"{batch} does not follow {position}"
            position = following
        history += batches
    assert position == await journal.head(stream)
    return history


def keys(history: list[Batch]) -> list[str]:
    return [batch.command_id for batch in history]
