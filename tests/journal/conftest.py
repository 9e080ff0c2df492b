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

from queue_server.journal.base import Journal
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.journal.redis_streams import RedisJournal
from queue_server.journal.sqlite import SqliteJournal
from queue_server.redis_nodes import Nodes
from tests.redis_server import redis_url


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

    def __init__(self, namespace: str) -> None:
        super().__init__(Nodes(redis_url(), namespace))

    async def close(self) -> None:
        await super().close()
        await self._nodes.close()


class RedisStore:
    """A namespace of its own in the one Redis of this run."""

    def __init__(self, folder: Path) -> None:
        self._namespace = f"{folder.name}-{token_hex(4)}:"

    def journal(self) -> Journal:
        return _OnNodesOfItsOwn(self._namespace)

    async def copied(self) -> Any:
        async with Redis.from_url(redis_url()) as redis:
            return {key: await redis.dump(key) for key in await self._keys(redis)}

    async def put_back(self, copy: Any) -> None:
        async with Redis.from_url(redis_url()) as redis:
            await redis.delete(*await self._keys(redis))
            for key, value in copy.items():
                await redis.restore(key, 0, value)

    async def _keys(self, redis: Redis) -> list[bytes]:
        return [key async for key in redis.scan_iter(f"{self._namespace}*")]


STORES: dict[str, type[Store]] = {"memory": MemoryStore, "sqlite": SqliteStore, "redis": RedisStore}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return STORES[request.param](tmp_path)


@pytest.fixture
async def journal(store: Store) -> AsyncIterator[Journal]:
    """An open journal on `store`."""
    journal = store.journal()
    await journal.open()
    yield journal
    await journal.close()
