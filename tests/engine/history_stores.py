"""The stores of statistics that tests run over. One more implementation is one more class in `HISTORY_STORES`."""

from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import Protocol

from queue_server.engine import history_file, redis_history
from queue_server.engine.history_file import HistoryFile
from queue_server.engine.history_store import HistoryStore
from queue_server.engine.redis_history import RedisHistory
from queue_server.redis_nodes import Nodes
from tests.redis_server import cluster, redis_url

__all__ = ["HISTORY_PLACES", "HISTORY_STORES", "HistoryPlace", "InAFile", "InRedis"]


class HistoryPlace(Protocol):
    """A place where such stores keep what they keep. A new one, made with an empty folder of its own, is empty."""

    module: ModuleType
    """Of the implementation."""

    def __init__(self, folder: Path) -> None: ...

    def store(self) -> HistoryStore:
        """One more store on the same data: the same server later, or another server's."""


class InAFile:
    module: ModuleType = history_file

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.db"

    def store(self) -> HistoryStore:
        return HistoryFile(self._path)


class _OnNodesOfItsOwn(RedisHistory):
    """As on a server of its own: its connections are closed with it."""

    def __init__(self, url: str, namespace: str) -> None:
        super().__init__(Nodes(url, namespace))

    async def close(self) -> None:
        await self._nodes.close()


class InRedis:
    """A namespace of its own in the one Redis of this run."""

    module: ModuleType = redis_history

    def __init__(self, folder: Path) -> None:
        self.namespace = f"{folder.name}-{token_hex(4)}:"

    def store(self) -> HistoryStore:
        return _OnNodesOfItsOwn(self.url(), self.namespace)

    @staticmethod
    def url() -> str:
        return redis_url()


class InACluster(InRedis):
    """Likewise in its Cluster: the halls are on several masters."""

    @staticmethod
    def url() -> str:
        return cluster().url


HISTORY_STORES: dict[str, type[HistoryPlace]] = {"file": InAFile, "redis": InRedis}
HISTORY_PLACES: dict[str, type[HistoryPlace]] = {**HISTORY_STORES, "cluster": InACluster}
"""Where the stores' own suite runs, besides."""
