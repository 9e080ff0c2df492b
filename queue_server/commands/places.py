"""Places that hold halls: a journal and the records that belong to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from queue_server.journal.archiver import Archiver
from queue_server.journal.base import Journal
from queue_server.peers.leases import Alone
from queue_server.records.base import RecordStore
from queue_server.settings import Settings
from queue_server.stores import archiver_in, connected, journal_in, records_in, where

__all__ = ["Place", "opened_place"]


class Place(NamedTuple):
    """Where halls are. name: for people. archiver: takes their closed days; None where they stay."""

    name: str
    journal: Journal
    records: RecordStore
    archiver: Archiver | None = None


@asynccontextmanager
async def opened_place(settings: Settings) -> AsyncIterator[Place]:
    """The place that the settings name, beside whatever server works there; made when it is missing."""
    async with connected(settings) as nodes, AsyncExitStack() as stack:
        journal, records = journal_in(settings, nodes), records_in(settings, nodes)
        for store in (journal, records):
            await store.open()
            stack.push_async_callback(store.close)
        yield Place(where(settings), journal, records, archiver_in(journal, nodes, Alone()))
