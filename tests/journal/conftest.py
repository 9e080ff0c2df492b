"""The stores that the contract suite runs against. One more implementation is one more class in `STORES`."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from queue_server.journal.base import Journal
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.journal.sqlite import SqliteJournal


class Store(Protocol):
    """A place where journals keep what they keep. A new one, made with an empty folder of its own, is empty."""

    def __init__(self, folder: Path) -> None: ...

    def journal(self) -> Journal:
        """One more journal on the same data, not open yet: the same server later, or another server."""


class MemoryStore:
    def __init__(self, folder: Path) -> None:
        self._disk = MemoryDisk()

    def journal(self) -> Journal:
        return MemoryJournal(self._disk)


class SqliteStore:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.db"

    def journal(self) -> Journal:
        return SqliteJournal(self._path)


STORES: dict[str, type[Store]] = {"memory": MemoryStore, "sqlite": SqliteStore}


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
