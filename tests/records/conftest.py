"""Stores to test: every implementation of the contract, and records over each of them."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from queue_server.records.base import RecordStore
from queue_server.records.passwords import Passwords
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past nine in the morning, in the halls

StoreMaker = Callable[[Path], RecordStore]

STORES: dict[str, StoreMaker] = {
    "sqlite": lambda folder: SqliteRecordStore(folder / "records.db"),
    "sqlite_memory": lambda folder: SqliteRecordStore(":memory:"),
}
LASTING = ("sqlite",)  # those whose contents outlive the process


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
