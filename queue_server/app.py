"""The composition root: builds every part and passes it down. The one module that sees everything."""

import asyncio
import itertools
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import msgspec
import structlog
import uvicorn

from queue_server import __version__, catalogue
from queue_server.domain.events import DayEvent
from queue_server.domain.service import Service
from queue_server.engine.clock import monotonic, wall
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import HallRunner
from queue_server.journal.base import Unavailable
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite import SqliteJournal
from queue_server.logs import configure_logging
from queue_server.loop import new_event_loop
from queue_server.push.hall_source import HallSource
from queue_server.push.presence import Presence
from queue_server.push.serving import server_config
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.notes import Doubtful
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.records.throttle import SignInThrottle
from queue_server.settings import Settings
from queue_server.web.live_tokens import LiveTokens
from queue_server.web.routes import application
from queue_server.web.server import Server, StaffNames
from queue_server.wire import frames

__all__ = ["references", "run", "running", "serve"]

log = structlog.get_logger()

TICK_S = 1.0
"""The process's one clock: what is due every second, and every so many ticks."""
HINTS_EVERY, TOKENS_EVERY, TIDY_EVERY = 10, 2, 60


class _Catalogue:
    """The shipped catalogue, as the web asks for it."""

    by_number: Mapping[int, Service] = catalogue.by_number()

    def search(self, query: str) -> list[int]:
        return catalogue.search_index().search(query)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Server]:
    """All parts of a server, opened in order and closed in the other; commands are taken while inside.

    Raises FolderError, Unavailable, RecordsUnavailable, or the files' own errors about their form.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(DataFolder(settings.folder))
        journal = SqliteJournal(folder.journal)
        await journal.open()
        stack.push_async_callback(journal.close)
        records = Records(
            SqliteRecordStore(folder.path / "records.db"),
            session_life=timedelta(hours=settings.session_hours),
            session_idle=timedelta(minutes=settings.session_idle_minutes),
        )
        await records.open()
        stack.push_async_callback(records.close)
        source = HallSource(wall)
        server = Server(
            version=__version__,
            registry=HallRegistry(journal, source.listen, busy=source.busy, idle_s=settings.idle_hall_minutes * 60.0),
            records=records,
            source=source,
            presence=Presence(),
            live_tokens=LiveTokens(records),
            catalogue=_Catalogue(),
            now=wall,
            monotonic=monotonic,
            secret=await records.secrets.secret("fingerprint"),
            code_secret=await records.secrets.secret("hall_code"),
            names=StaffNames(records),
            sign_ins=SignInThrottle(),
            phone_tickets=SignInThrottle(limit=10, window=600.0),
            secure_cookie=settings.secure_cookie,
            public_url=settings.public_url,
        )
        tasks = [
            asyncio.create_task(source.hub.run(), name="hub"),
            asyncio.create_task(_tick(server), name="clock"),
            asyncio.create_task(asyncio.to_thread(catalogue.search_index().warm), name="search"),
        ]
        try:
            server.ready = True
            yield server
        finally:
            server.ready, server.stopping = False, True
            await source.hub.close_all()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def serve(settings: Settings, started: Callable[[Server, str], Awaitable[None]] | None = None) -> None:
    """Run the server until it is told to stop.

    started: awaited once requests are answered, with the address they are answered at. Raises what `running` raises,
    and OSError when the address cannot be had.
    """
    async with running(settings) as server:
        sockets = [_listen(settings.host, settings.port)]
        uvicorn_server = uvicorn.Server(server_config(application(server), host=settings.host, port=settings.port))
        address = _address(settings.host, sockets[0].getsockname()[1])
        task = asyncio.create_task(uvicorn_server.serve(sockets=sockets))
        try:
            while not uvicorn_server.started and not task.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # uvicorn has no event to wait for
            if started is not None and not task.done():
                await started(server, address)
            await task
        finally:
            server.ready, server.stopping = False, True
            uvicorn_server.should_exit = True
            await task


def run(settings: Settings, started: Callable[[Server, str], Awaitable[None]] | None = None) -> None:
    """`serve` on the best event loop there is."""
    configure_logging(settings.log_format)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings, started))


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; for an IPv6 address too. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    if sys.platform != "win32":  # there it would let a second server take the same port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


async def _tick(server: Server) -> None:
    """The process's one clock: business days, frames held back, estimates, revoked tokens, idle halls, old notes."""
    for tick in itertools.count():
        try:
            await _due(server, tick)
        except (Unavailable, RecordsUnavailable) as error:
            log.warning("clock.store_unavailable", error=str(error))  # tried again at the next tick
        await asyncio.sleep(TICK_S)


async def _due(server: Server, tick: int) -> None:
    for runner in server.registry.loaded():
        await runner.turn_day()
    server.source.flush()
    if tick % HINTS_EVERY == 0:
        _give_hints(server)
    if tick % TOKENS_EVERY == 0 and await server.live_tokens.look(server.now()):
        server.source.hub.recheck()
    if tick % TIDY_EVERY == 0:
        for hall in server.registry.let_go():
            server.source.forget(hall)
        await server.records.tidy(server.now(), lambda notes: references(server.registry, notes))


def _give_hints(server: Server) -> None:
    """Tell who listens what the clock alone changes: the estimated waits."""
    hub, now = server.source.hub, server.now()
    for runner in server.registry.loaded():
        for topic in hub.topics(runner.id):
            hint = _hint(runner, topic)
            if hint:
                hub.hint(runner.id, topic, frames.hint(topic, now, msgspec.json.encode(hint)))


def _hint(runner: HallRunner, topic: str) -> dict[str, object]:
    if runner.day.hall_or_none is None:
        return {}
    kind, _, name = topic.partition(".")
    if kind in ("board", "load"):
        return {"queues": runner.forecast().by_queue()}
    estimate = runner.forecast().estimate(name) if kind == "ticket" else None
    return {} if estimate is None else {"estimate": estimate}


async def references(registry: HallRegistry, notes: Sequence[Doubtful]) -> Collection[str]:
    """Which of these notes the journal refers to. Raises Unavailable."""
    asked = {note.ref for note in notes}
    found: set[str] = set()
    for hall in {note.hall for note in notes}:
        runner = await registry.find(hall)
        if runner is None:
            continue
        async for _, events in runner.days.events_after(runner.days.start):
            for event in events:
                found.update(asked.intersection(_refs(event)))
    return found


def _refs(event: DayEvent) -> Iterator[str]:
    for name in ("reason_ref", "comment_ref", "phone_ref"):
        if (ref := getattr(event, name, None)) is not None:
            yield ref
