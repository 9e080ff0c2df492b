"""Where a server keeps what it knows: in a data folder of its own, or in a Redis that it shares with others."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from secrets import token_hex
from typing import NamedTuple

from queue_server.engine.history_file import HistoryFile
from queue_server.journal.base import Journal, Unavailable
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.redis_streams import RedisJournal
from queue_server.journal.sqlite import SqliteJournal
from queue_server.peers.leases import Alone, Leases, RedisLeases
from queue_server.records.base import RecordStore
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.redis_nodes import Nodes, RedisError
from queue_server.settings import Settings

__all__ = ["Stores", "opened"]


class Stores(NamedTuple):
    """What a server is built on. records: not open yet."""

    journal: Journal
    records: RecordStore
    history: HistoryFile
    leases: Leases


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Stores]:
    """The stores that the settings name, for a server.

    Raises FolderError, Unavailable, or the files' own errors about their form.
    """
    async with AsyncExitStack() as stack:
        journal: Journal
        leases: Leases
        if settings.store:
            settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            nodes = Nodes(settings.store)
            stack.push_async_callback(nodes.close)
            journal = RedisJournal(nodes)
            leases = await _leases(nodes)
        else:
            journal = SqliteJournal(stack.enter_context(DataFolder(settings.folder)).journal)
            leases = Alone()
        await journal.open()
        stack.push_async_callback(journal.close)
        history = HistoryFile(settings.folder / "history.db")
        await history.open()
        stack.push_async_callback(history.close)
        yield Stores(journal, SqliteRecordStore(settings.folder / "records.db"), history, leases)


async def _leases(nodes: Nodes) -> Leases:
    """This server's, under a name of its own. Raises Unavailable."""
    leases = RedisLeases(nodes, token_hex(8))
    try:
        await leases.open()
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error
    return leases
