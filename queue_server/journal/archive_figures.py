"""What becomes of closed days, as figures for whoever watches the servers."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from queue_server.journal.archiver import Archiver

__all__ = ["ArchiveFigures"]


class ArchiveFigures(Collector):
    """The figures of one server's archiver at the moment they are asked for."""

    def __init__(self, archiver: Archiver) -> None:
        self._archiver = archiver

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield GaugeMetricFamily(
            "jiaohao_archive_in_order",
            "1 when all closed days of the halls that this server sees to are in the archive",
            float(self._archiver.in_order),
        )
        yield GaugeMetricFamily(
            "jiaohao_archive_lost_halls",
            "Halls of which the archive has days that Redis has lost",
            len(self._archiver.lost),
        )
        yield CounterMetricFamily(
            "jiaohao_archived_batches", "Batches of events moved from Redis to the archive", self._archiver.moved
        )
