"""Stores to test: every implementation of the contract, and records over each of them."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from queue_server.records.base import RecordStore
from queue_server.records.passwords import Passwords
from queue_server.records.records import Records
from queue_server.records.redis import RedisRecordStore
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.redis_nodes import Command, Nodes
from tests.redis_server import redis_url

NOW = datetime(2096, 3, 2, 1, 30, tzinfo=UTC)
"""Half past nine in the morning, in the halls; far ahead, because Redis itself forgets what is over."""

StoreMaker = Callable[[Path], RecordStore]


class OnNodesOfItsOwn(RedisRecordStore):
    """As on a server of its own: its connections are closed with it. A folder stands for a namespace."""

    def __init__(self, folder: Path, nodes: type[Nodes] = Nodes) -> None:
        super().__init__(nodes(redis_url(), f"{folder}:"))

    async def close(self) -> None:
        await super().close()
        await self._nodes.close()


class LosingAnswers(Nodes):
    """Each question's first answer is lost, as by a connection that breaks; it is asked again where it may be."""

    async def ask(self, key: str, *command: Any, again: bool = False) -> Any:
        if again:
            await super().ask(key, *command)
        return await super().ask(key, *command)

    async def ask_all(self, key: str, commands: Sequence[Command], *, again: bool = False) -> list[Any]:
        if again:
            await super().ask_all(key, commands)
        return await super().ask_all(key, commands)


STORES: dict[str, StoreMaker] = {
    "sqlite": lambda folder: SqliteRecordStore(folder / "records.db"),
    "sqlite_memory": lambda folder: SqliteRecordStore(":memory:"),
    "redis": OnNodesOfItsOwn,
    "redis_again": lambda folder: OnNodesOfItsOwn(folder, LosingAnswers),
}
LASTING = ("sqlite", "redis")  # those whose contents outlive the process
COPIED = ("sqlite", "sqlite_memory")  # those that make a backup themselves


def cheap_passwords() -> Passwords:
    """Return hashing with argon2's smallest parameters: what it costs an attacker is not under test."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RecordStore]:
    """An open, empty store of each kind."""
    store = STORES[request.param](tmp_path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(params=LASTING)
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], RecordStore]:
    """Makes stores, not yet open, over one and the same data, of each lasting kind."""
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
async def records(store: RecordStore) -> AsyncIterator[Records]:
    """Open, empty records over a store of each kind."""
    records = Records(store, passwords=cheap_passwords())  # the store is open already
    yield records
    await records.close()
