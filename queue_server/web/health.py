"""/healthz, /readyz and /metrics, for whoever operates the server."""

from collections.abc import Iterator
from dataclasses import asdict
from math import inf
from typing import Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.engine.stream_runner import Unavailable
from queue_server.records.devices import DeviceRole
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.outbox import Backlog
from queue_server.web.device_watch import missing_devices
from queue_server.web.server import Server

__all__ = ["routes"]


@runtime_checkable
class Asked(Protocol):
    """Figures that have to be fetched before they are collected."""

    async def ask(self) -> None:
        """Fetch them. Never raises: what cannot be known is left out."""


COUNTED_S = 30.0
"""How old the count of missing devices may be: it asks the stores about every hall in memory, maybe thousands."""


class _Figures(Collector):
    """The server's figures at the moment they are asked for. No names, no numbers of tickets: counts only."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.missing: dict[DeviceRole, int] = {}  # devices by role, as last counted; empty when the store was away
        self.counted_at = -inf  # monotonic s
        self.backlog: Backlog | None = None  # of the webhooks, likewise

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        server = self._server
        runners = server.registry.loaded()
        yield GaugeMetricFamily("jiaohao_ready", "1 when commands would be accepted", float(server.accepts))
        yield GaugeMetricFamily(
            "jiaohao_servers", "Servers over the same stores, this one among them", server.presences.servers
        )
        yield GaugeMetricFamily("jiaohao_halls_loaded", "Halls in memory", len(runners))
        yield GaugeMetricFamily(
            "jiaohao_tickets_waiting",
            "Tickets waiting in the halls in memory",
            sum(len(ranks) for runner in runners for ranks in runner.day.waiting.values()),
        )
        yield CounterMetricFamily(
            "jiaohao_journal_conflicts",
            "Commands decided again because another writer came first",
            server.registry.conflicts,
        )
        yield CounterMetricFamily(
            "jiaohao_batches_taken", "Commands of other servers taken as they were heard", server.registry.taken
        )
        yield HistogramMetricFamily(
            "jiaohao_journal_write_seconds",
            "How long commands took from when they were decided to when they were durable",
            [("+Inf" if bound == inf else str(bound), count) for bound, count in server.registry.writing.up_to()],
            server.registry.writing.total_s,
        )
        yield GaugeMetricFamily(
            "jiaohao_news_lag_seconds",
            "How long nothing was heard of the hall that was silent longest; 0 where no other server writes",
            server.registry.lag_s,
        )
        yield CounterMetricFamily(
            "jiaohao_history_lost",
            "Histories of which a part was lost that this server had known",
            server.registry.losses,
        )
        yield GaugeMetricFamily(
            "jiaohao_clock_doubted",
            "Halls that wait for their head to confirm the date",
            sum(runner.date_doubted for runner in runners),
        )
        sockets = GaugeMetricFamily("jiaohao_sockets", "Live sockets by topic", labels=["topic"])
        for kind, count in sorted(server.source.hub.connections().items()):
            sockets.add_metric([kind], count)
        yield sockets
        missing = GaugeMetricFamily(
            "jiaohao_devices_missing",
            "Devices of the halls in memory that are missing, by role, as far as this server counts them",
            labels=["role"],
        )
        for role, devices in self.missing.items():
            missing.add_metric([role], devices)
        yield missing
        if self.backlog is not None:
            waiting, oldest_at = self.backlog
            waited_s = 0.0 if oldest_at is None else max((server.now() - oldest_at).total_seconds(), 0.0)
            yield GaugeMetricFamily("jiaohao_webhook_waiting", "Messages that no webhook has taken yet", waiting)
            yield GaugeMetricFamily(
                "jiaohao_webhook_oldest_seconds", "How long the oldest of them has waited", waited_s
            )
        sent = CounterMetricFamily(
            "jiaohao_webhook_attempts", "Attempts to send a message to a webhook, by outcome", labels=["outcome"]
        )
        for outcome, count in server.sender.outcomes.items():
            sent.add_metric([outcome], count)
        yield sent
        push = CounterMetricFamily("jiaohao_push", "What happened to live frames and their readers", labels=["what"])
        for what, count in asdict(server.source.hub.counters).items():
            push.add_metric([what], count)
        yield push


def routes(server: Server) -> list[BaseRoute]:
    """The three routes."""
    registry = CollectorRegistry()
    figures = _Figures(server)
    for collector in (figures, *server.figures):
        registry.register(collector)

    async def healthz(request: Request) -> Response:
        """The process runs."""
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        """Commands would be accepted."""
        ready = server.accepts
        return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        """Prometheus's text format."""
        try:
            if (now := server.monotonic()) - figures.counted_at >= COUNTED_S:
                figures.missing, figures.counted_at = dict(await missing_devices(server)), now
            figures.backlog = await server.records.outbox.backlog()
        except (RecordsUnavailable, Unavailable):
            figures.missing, figures.counted_at, figures.backlog = {}, -inf, None
        for more in server.figures:
            if isinstance(more, Asked):
                await more.ask()
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
