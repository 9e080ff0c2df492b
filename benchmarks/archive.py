"""What a hall's past takes in Redis and in the archive, and what moving it and reading it back costs.

    python -m benchmarks.archive [--days N]

A hall of six counters is played by the domain, each command's events one batch. Costs are processor time of this
process, for each ticket, beside that of writing its batches into Redis in the same run.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from benchmarks.history import PLAYED, played
from queue_server.domain.events import TicketIssued
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.engine.stream_runner import DAYS_IN_REACH
from queue_server.journal.archive import FileArchive
from queue_server.journal.archiver import Archiver
from queue_server.journal.base import NewBatch, Stream
from queue_server.journal.codec import Codec
from queue_server.journal.redis_streams import RedisJournal
from queue_server.loop import new_event_loop
from queue_server.peers.leases import Alone
from queue_server.redis_nodes import Nodes
from tests.redis_server import redis_url

E = TypeVar("E")

DAY, BOOK = Stream("town", "day"), Stream("town", "book")


def batches(codec: Codec[E], events: Sequence[E], mark: str | None = None) -> list[NewBatch]:
    """What one command did happened at one moment. mark: of the first one."""
    made: list[NewBatch] = []
    for _, group in groupby(events, key=attrgetter("at")):
        together = [*group]
        key, fingerprint = token_hex(16), token_hex(16)
        data = codec.encode(together)
        made.append(NewBatch(len(together), key, fingerprint, None if made else mark, data))
    return made


def sizes(folder: Path) -> list[int]:
    """Of an archive's files, bytes."""
    return [file.stat().st_size for file in folder.rglob("*.gz")]


async def write(journal: RedisJournal, stream: Stream, made: list[NewBatch]) -> None:
    head = await journal.head(stream)
    for batch in made:
        head = await journal.append(stream, head, batch)


async def read(journal: RedisJournal) -> int:
    after = count = 0
    while found := await journal.read(DAY, after):
        after, count = found[-1].last, count + len(found)
    return count


async def main(days: int) -> None:
    past = played()[:days]
    tickets = sum(isinstance(event, TicketIssued) for day in past for event in day.events)
    day = [batch for each in past for batch in batches(DAY_CODEC, each.events, each.business_day.isoformat())]
    book = [batch for each in past for batch in batches(BOOK_CODEC, each.written)]
    print(f"{len(past)} days, {tickets} tickets, {len(day)} batches of the day, {len(book)} of the book")

    nodes = Nodes(redis_url(), f"{token_hex(4)}:")
    with tempfile.TemporaryDirectory() as folder:
        archive = FileArchive(Path(folder))
        journal = RedisJournal(nodes, archive)
        await journal.open()

        async def held(stream: Stream) -> int:
            key = nodes.key(*stream)
            size: int = await nodes.ask(key, "MEMORY", "USAGE", key, "SAMPLES", 0)
            return size

        def per_ticket(what: str, began: float, to: float | None = None) -> float:
            took = (time.process_time() - began) / tickets * 1e6
            print(f"{what:34} {took:7.0f} µs a ticket" + ("" if to is None else f" {took / to:6.2f} × writing"))
            return took

        began = time.process_time()
        await write(journal, DAY, day)
        writing = per_ticket("writing it into Redis", began)
        await write(journal, BOOK, book)
        whole = await held(DAY)
        print(f"in Redis {whole / tickets:.0f} bytes a ticket; {await held(BOOK) / len(past):.0f} a day of the book")
        began = time.process_time()
        assert await read(journal) == len(day)
        per_ticket("reading it from Redis", began, writing)

        archiver = Archiver(nodes, journal, archive, days=DAYS_IN_REACH, hold=Alone().hold)
        began = time.process_time()
        await archiver.look([DAY.hall], {})
        per_ticket("moving it to the archive", began, writing)
        found = sizes(Path(folder))
        print(f"in the archive {sum(found) / tickets:.0f} bytes a ticket, in {len(found)} files")
        print(f"Redis holds {await held(DAY)} bytes instead of {whole}")
        began = time.process_time()
        assert await read(journal) == len(day)
        per_ticket("reading it from both", began, writing)
        await journal.close()
        await nodes.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    all_days = (PLAYED[1] - PLAYED[0]) // timedelta(days=1) + 1
    parser.add_argument("--days", type=int, default=all_days, help="of those that are played, three months")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(parser.parse_args().days))
