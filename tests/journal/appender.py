"""A program that writes to the journal file named on its command line until it is killed.

For every batch that the journal called durable it prints `hall seq tip`, and only then.
"""

import asyncio
import os
import sys
from pathlib import Path

from queue_server.journal.base import Head, Stream
from queue_server.journal.sqlite import SqliteJournal
from tests.journal.histories import new_batch, queue_all


async def fill(journal: SqliteJournal, stream: Stream) -> None:
    head = await journal.head(stream)
    while True:
        futures, heads = queue_all(journal, stream, head, [new_batch(count=1 + i % 3) for i in range(8)])
        for future in futures:
            tell(stream, await future)
        head = heads[-1]


def tell(stream: Stream, head: Head) -> None:
    # One write, so that a kill leaves no part of a line behind other than the last.
    os.write(sys.stdout.fileno(), f"{stream.hall} {head.seq} {head.tip}\n".encode())


async def main() -> None:
    journal = SqliteJournal(Path(sys.argv[1]))
    await journal.open()
    async with asyncio.TaskGroup() as group:
        for i in range(4):
            group.create_task(fill(journal, Stream(f"hall-{i}", "day")))


if __name__ == "__main__":
    asyncio.run(main())
