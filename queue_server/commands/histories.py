"""`verify` and `export`: reading whole histories back."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import click
import msgspec

from queue_server.commands.opened import existing, journal_of
from queue_server.commands.options import on_stores
from queue_server.domain.apply import apply
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.day import Day
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.journal.archive import BadArchive
from queue_server.journal.base import Batch, Head, Journal, JournalError, Stream, follow
from queue_server.settings import Settings

__all__ = ["batches", "export", "replay", "verify"]


@click.command()
@on_stores
def verify(settings: Settings) -> None:
    """Replay every history and report what is found; exit code 1 when something is wrong."""
    faults = asyncio.run(_verify(existing(settings)))
    click.echo(f"{faults} fault(s)" if faults else "everything is in order")
    sys.exit(1 if faults else 0)


@click.command()
@on_stores
@click.option("--hall", "only", metavar="ID", help="This hall alone.")
def export(settings: Settings, only: str | None) -> None:
    """Write every event as one line of JSON: {"hall", "stream", "seq", "event"}, each history oldest first."""
    asyncio.run(_export(existing(settings), only))


async def batches(journal: Journal, stream: Stream) -> AsyncIterator[Batch]:
    """A whole history, oldest first. Raises Unavailable."""
    after = 0
    while batches := await journal.read(stream, after):
        for batch in batches:
            yield batch
        after = batches[-1].last


async def _verify(settings: Settings) -> int:
    faults = 0
    async with journal_of(settings) as journal:
        for stream in await journal.streams():
            try:
                fault, events, days = await replay(journal, stream)
            except BadArchive as error:
                fault, events, days = str(error), 0, 0
            click.echo(
                f"{stream.hall} {stream.kind}: {events} events, {days} business days" + (f", {fault}" if fault else "")
            )
            faults += fault is not None
    return faults


async def replay(journal: Journal, stream: Stream) -> tuple[str | None, int, int]:
    """Replay one stream: what is wrong with it (None: nothing), how many events and days it has."""
    head = await journal.head(stream)
    at, days = Head(head.epoch, 0, ""), 0
    step = _stepper(stream)
    async for batch in batches(journal, stream):
        following = follow(at, batch)
        if following is None:
            return f"the history breaks after seq {at.seq}: an event is missing or was changed", at.seq, days
        try:
            step(batch)
        except JournalError as error:
            return f"seq {batch.first}: {error}", at.seq, days
        except (LookupError, ValueError, RuntimeError, AssertionError) as error:  # an event that does not fit
            return f"seq {batch.first}: the events do not fit the state before them ({error!r})", at.seq, days
        at = following
        days += batch.mark is not None
    if at.seq < head.seq:  # above it: a server at work has gone on meanwhile
        return f"the history ends at seq {at.seq}, its head says {head.seq}", at.seq, days
    return None, at.seq, days


def _stepper(stream: Stream) -> Callable[[Batch], None]:
    """What applies a batch to the stream's state, keeping the state."""
    day, book = Day(), Book()

    def into_day(batch: Batch) -> None:
        for event in DAY_CODEC.decode(batch.events):
            apply(day, event)

    def into_book(batch: Batch) -> None:
        for event in BOOK_CODEC.decode(batch.events):
            apply_to_book(book, event)

    return into_day if stream.kind == "day" else into_book


def _events(stream: Stream, batch: Batch) -> Sequence[dict[str, Any]]:
    """A batch's events as they were written, also those of a newer version."""
    try:
        return msgspec.json.decode(batch.events, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{stream.hall} {stream.kind} seq {batch.first}: {error}; see `verify`") from error


async def _export(settings: Settings, only: str | None) -> None:
    out = sys.stdout.buffer
    async with journal_of(settings) as journal:
        streams = [stream for stream in await journal.streams() if only in (None, stream.hall)]
        if only is not None and not streams:
            raise click.ClickException(f"there is no hall {only!r}")
        for stream in streams:
            async for batch in batches(journal, stream):
                for seq, event in enumerate(_events(stream, batch), batch.first):
                    line = {"hall": stream.hall, "stream": stream.kind, "seq": seq, "event": event}
                    out.write(msgspec.json.encode(line) + b"\n")
    out.flush()
