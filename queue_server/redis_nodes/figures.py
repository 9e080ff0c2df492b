"""What becomes of Redis, as figures for whoever watches the servers."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from queue_server.redis_nodes.nodes import Nodes
from queue_server.redis_nodes.persistence import Persistence

__all__ = ["NodesFigures"]


class NodesFigures(Collector):
    """The figures of one server's Redis at the moment they are asked for; kept: as it was at the start."""

    def __init__(self, nodes: Nodes, kept: Sequence[Persistence]) -> None:
        self._nodes = nodes
        self._kept = kept

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        away = GaugeMetricFamily(
            "jiaohao_store_away_seconds",
            "For how long a master of Redis has been away; 0: it is there",
            labels=["master"],
        )
        for master in self._nodes.masters():
            away.add_metric([master.name], self._nodes.away_s(master))
        yield away
        loses = GaugeMetricFamily(
            "jiaohao_store_may_lose",
            "1 when losing one machine of Redis may lose what was answered, by its settings at this server's start",
            labels=["master", "version", "appendonly", "appendfsync", "replicas"],
        )
        for each in self._kept:
            labels = [each.master, each.version, each.appendonly or "", each.appendfsync or "", str(each.replicas)]
            loses.add_metric(labels, float(each.loses(self._nodes.keeping)))
        yield loses
