"""What Redis holds, which is all in memory, as figures for whoever watches the servers."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from queue_server.redis_nodes import Master, Nodes, RedisError

__all__ = ["MemoryFigures"]


class MemoryFigures(Collector):
    """The memory of each master, as it was when they were asked last; nothing of one that did not answer."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._found: dict[str, tuple[int, int]] = {}  # by master: bytes in use, and at most; 0 for no bound

    async def ask(self) -> None:
        """Ask every master, all at once: those that are away take the time of one."""
        found: dict[str, tuple[int, int]] = {}

        async def one(master: Master) -> None:
            with suppress(RedisError, OSError):
                info = await master.client.info("memory")
                found[master.name] = info["used_memory"], info["maxmemory"]

        await asyncio.gather(*map(one, self._nodes.masters()))
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        used = GaugeMetricFamily("jiaohao_store_bytes", "Memory that Redis uses, by master", labels=["master"])
        bound = GaugeMetricFamily(
            "jiaohao_store_max_bytes", "Memory that it may use, by master; 0: no bound", labels=["master"]
        )
        for name, (bytes_used, bytes_at_most) in self._found.items():
            used.add_metric([name], bytes_used)
            bound.add_metric([name], bytes_at_most)
        yield used
        yield bound
