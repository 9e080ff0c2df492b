"""A program that moves the closed days of one hall, three batches at a time, until it is done or killed.

Redis, namespace and archive are named on its command line.
"""

import asyncio
import sys
from pathlib import Path

from queue_server.journal import archiver
from queue_server.journal.archive import FileArchive
from queue_server.journal.redis_streams import RedisJournal
from queue_server.peers.leases import Alone
from queue_server.redis_nodes import Nodes
from tests.journal.archives import KEPT


async def main(url: str, namespace: str, folder: str) -> None:
    archiver.PIECE = 3
    nodes, archive = Nodes(url, namespace), FileArchive(Path(folder))
    journal = RedisJournal(nodes, archive)
    await journal.open()
    moving = archiver.Archiver(nodes, journal, archive, days=KEPT, hold=Alone().hold)
    await moving.look(["town"], {})


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
