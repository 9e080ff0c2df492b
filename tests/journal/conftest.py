"""The stores that the contract suite runs against. One more implementation is one more class in `STORES`."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

import pytest
from redis.asyncio import Redis

from queue_server.journal.archive import FileArchive
from queue_server.journal.archiver import Archiver
from queue_server.journal.base import READ_LIMIT, Batch, Journal, Stream
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.journal.redis_streams import RedisJournal
from queue_server.journal.sqlite import SqliteJournal
from queue_server.peers.leases import Alone
from queue_server.redis_nodes import Nodes
from tests.redis_server import cluster, redis_url


class Store(Protocol):
    """A place where journals keep what they keep. A new one, made with an empty folder of its own, is empty."""

    def __init__(self, folder: Path) -> None: ...

    def journal(self) -> Journal:
        """One more journal on the same data, not open yet: the same server later, or another server."""

    async def copied(self) -> Any:
        """All that there is now."""

    async def put_back(self, copy: Any) -> None:
        """Put a copy in place of what there is, under the journals that are open: what came after it is lost."""


class MemoryStore:
    def __init__(self, folder: Path) -> None:
        self._disk = MemoryDisk()

    def journal(self) -> Journal:
        return MemoryJournal(self._disk)

    async def copied(self) -> Any:
        return deepcopy(self._disk.__dict__)

    async def put_back(self, copy: Any) -> None:
        self._disk.__dict__.update(deepcopy(copy))


class SqliteStore:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.db"

    def journal(self) -> Journal:
        return SqliteJournal(self._path)

    async def copied(self) -> Any:
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._path)) as live:
            live.backup(copy)
        return copy

    async def put_back(self, copy: Any) -> None:
        with closing(sqlite3.connect(self._path)) as live:
            copy.backup(live)


class _OnNodesOfItsOwn(RedisJournal):
    """As on a server of its own: its connections are closed with it."""

    def __init__(self, url: str, namespace: str) -> None:
        super().__init__(Nodes(url, namespace))

    async def close(self) -> None:
        await super().close()
        await self._nodes.close()


class RedisStore:
    """A namespace of its own in the one Redis of this run."""

    def __init__(self, folder: Path) -> None:
        self._namespace = f"{folder.name}-{token_hex(4)}:"

    def journal(self) -> Journal:
        return _OnNodesOfItsOwn(self.url(), self._namespace)

    @staticmethod
    def url() -> str:
        return redis_url()

    async def copied(self) -> Any:
        async with Redis.from_url(self.url()) as redis:
            return {key: await redis.dump(key) for key in await self._keys(redis)}

    async def put_back(self, copy: Any) -> None:
        async with Redis.from_url(self.url()) as redis:
            await redis.delete(*await self._keys(redis))
            for key, value in copy.items():
                await redis.restore(key, 0, value)

    async def _keys(self, redis: Redis) -> list[bytes]:
        return [key async for key in redis.scan_iter(f"{self._namespace}*")]


class ClusterStore(RedisStore):
    """Likewise in its Cluster: the halls are on several masters."""

    @staticmethod
    def url() -> str:
        return cluster().url


class _Moving(_OnNodesOfItsOwn):
    """Moves all but the last day into files whenever something is read."""

    def __init__(self, url: str, namespace: str, archive: FileArchive) -> None:
        super().__init__(url, namespace)
        self.archive = archive
        self._beside = RedisJournal(self._nodes, archive)
        self._archiver = Archiver(self._nodes, self._beside, archive, days=1, hold=Alone().hold)

    async def open(self) -> None:
        await super().open()
        await self._beside.open()
        await self._archiver.look([], {})

    async def close(self) -> None:
        await self._beside.close()
        await super().close()

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        await self._archiver.move(stream)
        return await super().read(stream, after, limit)


class ArchivedStore(ClusterStore):
    """Likewise, with an archive to which days move at every opportunity."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._archive = folder / "archive"

    def journal(self) -> Journal:
        return _Moving(self.url(), self._namespace, FileArchive(self._archive))


STORES: dict[str, type[Store]] = {"memory": MemoryStore, "sqlite": SqliteStore, "redis": RedisStore}
HERE: dict[str, type[Store]] = {**STORES, "cluster": ClusterStore, "archived": ArchivedStore}
"""Where the journal's own suite runs, besides."""


@pytest.fixture(params=HERE)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return HERE[request.param](tmp_path)


@pytest.fixture
async def journal(store: Store) -> AsyncIterator[Journal]:
    """An open journal on `store`."""
    journal = store.journal()
    await journal.open()
    yield journal
    await journal.close()
