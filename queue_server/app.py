"""The composition root: builds every part and passes it down. The one module that sees everything."""

import asyncio
import gc
import random
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import structlog
import uvicorn

from queue_server import __version__, catalogue, reasons
from queue_server.domain.service import Handling, Service
from queue_server.engine.clock import HallClock, monotonic, wall
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.histories import Histories
from queue_server.exchange import rating_form
from queue_server.exchange.rating_form import RatingForm
from queue_server.journal.base import JournalError
from queue_server.logs import configure_logging
from queue_server.loop import new_event_loop
from queue_server.peers.peers import peers
from queue_server.peers.slate import LocalSlate
from queue_server.process_clock import clocks
from queue_server.push.hall_source import HallSource
from queue_server.push.presence import Presence
from queue_server.push.serving import server_config
from queue_server.records.errors import RecordsError, RecordsUnavailable
from queue_server.records.notes import Kept
from queue_server.records.records import Records
from queue_server.settings import Settings
from queue_server.stores import opened
from queue_server.voice import phrasebook
from queue_server.voice.clip_files import ClipFiles
from queue_server.voice.clips import Clips
from queue_server.voice.engines import engines as best_first
from queue_server.voice.language import Phrasebook
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import Engine
from queue_server.web.alerts import Alerts
from queue_server.web.live_tokens import LiveTokens
from queue_server.web.pairings import Pairings
from queue_server.web.phone_limits import MOST_PLACES, PhoneLimits
from queue_server.web.routes import application
from queue_server.web.server import Server, StaffNames
from queue_server.web.spoken import SpokenCalls
from queue_server.webhooks.posting import Poster
from queue_server.webhooks.sender import Sender, Target

__all__ = ["Broken", "CannotListen", "run", "running", "serve"]

log = structlog.get_logger()


class CannotListen(Exception):
    """The address cannot be had: taken, not this machine's, or not permitted."""

    def __init__(self, host: str, port: int, cause: OSError) -> None:
        super().__init__(host, port, cause)
        self.host = host
        self.port = port
        self.cause = cause

    def __str__(self) -> str:
        return f"cannot listen on {self.host} port {self.port}: {self.cause.strerror or self.cause}"


class Broken(Exception):
    """A part without which the server is of no use ended by a mistake of its own, which the log tells."""

    def __str__(self) -> str:
        return "a part of the server broke: see the log"


class _Catalogue:
    """The shipped catalogue, as the web asks for it."""

    by_number: Mapping[int, Service] = catalogue.by_number()
    default_handling: Mapping[int, Handling] = catalogue.default_handling()

    def search(self, query: str) -> list[int]:
        return catalogue.search_index().search(query)


def _phrasebook(settings: Settings) -> Phrasebook:
    folders = [settings.folder / "phrases"] if (settings.folder / "phrases").is_dir() else []
    return phrasebook.load(*folders, *([Path(settings.phrases)] if settings.phrases else []))


def _rating_forms(settings: Settings) -> Mapping[str, RatingForm]:
    folder = settings.folder / "rating_forms"
    return {**rating_form.shipped(), **(rating_form.load(folder) if folder.is_dir() else {})}


def _engines(settings: Settings, languages: Phrasebook) -> Sequence[Engine]:
    """What speaks for the hall screens, the best first: recorded voices in the data folder, what the machine has."""
    packs = settings.folder / "packs"
    folders = [pack for pack in sorted(packs.iterdir()) if pack.is_dir()] if packs.is_dir() else []
    return best_first(languages, folders, settings.models)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    read_wall: Callable[[], datetime] = wall,
    broke: Callable[[], None] = lambda: None,
    engines: Sequence[Engine] | None = None,
) -> AsyncIterator[Server]:
    """All parts of a server, opened in order and closed in the other; commands are taken while inside.

    read_wall: the machine's clock, as `engine.clock.wall`. broke: called when a part ended by mistake; the server is
    not ready any more then. engines: that speak for the hall screens, the best first; None: see `_engines`.

    Raises BadPhrases, BadPack, BadModel, BadRatingForm, FolderError, Unavailable, Unfit, RecordsUnavailable, or
    the files' own errors about their form.
    """
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(opened(settings))
        journal = stores.journal
        records = Records(
            stores.records,
            session_life=timedelta(hours=settings.session_hours),
            session_idle=timedelta(minutes=settings.session_idle_minutes),
            notes_kept=Kept(
                reason=timedelta(days=settings.reason_days),
                exception=timedelta(days=settings.exception_days),
                comment=timedelta(days=settings.comment_days),
                complaint=timedelta(days=settings.complaint_days),
                phone=timedelta(days=settings.phone_days),
                look=timedelta(days=settings.look_days),
            ),
        )
        await records.open()
        stack.push_async_callback(records.close)
        languages = _phrasebook(settings)
        source = HallSource(
            languages,
            called=lambda hall, seq: spoken.called(hall, seq),
            current=lambda hall: registry.current(hall),
        )
        registry = HallRegistry(
            journal,
            source.listen,
            news=stores.news,
            make_clock=lambda hall: HallClock(hall, read_wall),
            busy=lambda hall: source.busy(hall) or server.alerts.follows(hall),
            idle_s=settings.idle_hall_minutes * 60.0,
        )
        speaker = Speaker(
            _engines(settings, languages) if engines is None else engines,
            Manner(),
            languages,
            ClipFiles(settings.folder / "voice"),
        )
        clips = await stack.enter_async_context(Clips(speaker))
        spoken = SpokenCalls(clips, registry, source, languages, monotonic)
        poster = await stack.enter_async_context(Poster(f"Jiaohao/{__version__}"))

        async def hint(hall: str, topic: str, frame: bytes) -> None:
            if stores.news is None:
                source.hub.hint(hall, topic, frame)
            else:
                await stores.news.hint(hall, topic, frame)

        async def target(hall: str) -> Target | None:
            return await _target(server, hall)

        presence = Presence(began=read_wall())
        shared = await peers(stores.nodes, presence, monotonic)
        limits = shared.slate if stores.nodes is not None else LocalSlate(monotonic, MOST_PLACES)  # crowds nothing out
        sender = Sender(records.outbox, records.notes, target, poster, read_wall, random.random)
        server = Server(
            version=__version__,
            registry=registry,
            histories=Histories(journal, stores.history, registry.at_hand, stores.leases.hold),
            records=records,
            source=source,
            presence=presence,
            presences=shared.presences,
            slate=shared.slate,
            hint=hint,
            pairings=Pairings(shared.slate, read_wall),
            sign_ins=shared.throttle("sign-in", 10, 900.0),
            pairing_calls=shared.throttle("pairing", 20, 600.0),
            complaint_calls=shared.throttle("complaint", 6, 600.0),
            holder_looks=shared.throttle("look", 30, 600.0),
            leases=stores.leases,
            live_tokens=LiveTokens(records),
            catalogue=_Catalogue(),
            reasons=reasons.versions(),
            rating_forms=_rating_forms(settings),
            phrasebook=languages,
            spoken=spoken,
            alerts=Alerts(records.outbox, sender.wake, stores.leases),
            sender=sender,
            now=read_wall,
            monotonic=monotonic,
            secret=await records.secrets.secret("fingerprint"),
            code_secret=await records.secrets.secret("hall_code"),
            follow_up_secret=await records.secrets.secret("follow_up"),
            names=StaffNames(records, monotonic),
            phone_limits=PhoneLimits(
                limits, lambda: read_wall().timestamp(), settings.phone_tickets, settings.phone_tickets_waiting
            ),
            secure_cookie=settings.secure_cookie,
            public_url=settings.public_url,
            public_sockets=settings.public_sockets,
            figures=stores.figures,
            store_says=stores.says,
        )
        stack.callback(server.spool.close)

        def ended(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                log.critical("server.broke", part=task.get_name(), exc_info=error)
                server.ready = False
                broke()

        tasks: list[asyncio.Task[None]] = [
            asyncio.create_task(source.hub.run(), name="hub"),
            *(asyncio.create_task(clock, name=name) for name, clock in clocks(server, stores.archiver)),
            asyncio.create_task(sender.run(), name="webhooks"),
            asyncio.create_task(_warm_up(server), name="warming up"),
        ]
        if stores.news is not None:
            stores.news.hinted = source.hub.hint
            tasks.append(asyncio.create_task(stores.news.run(), name="news"))
        for task in tasks:
            task.add_done_callback(ended)
        try:
            server.ready = True
            yield server
        finally:
            server.ready, server.stopping = False, True
            await source.hub.close_all()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def serve(
    settings: Settings,
    prepare: Callable[[Server], Awaitable[None]] | None = None,
    started: Callable[[Server, str], Awaitable[None]] | None = None,
) -> None:
    """Run the server until it is told to stop.

    prepare: awaited when everything is open, before anybody is answered. started: awaited once requests are answered,
    with the address they are answered at. Raises what `running` raises, CannotListen, Broken.
    """
    broken = asyncio.Event()
    async with running(settings, broke=broken.set) as server:
        with closing(_listen(settings.host, settings.port)) as listening:
            for said in server.store_says:
                log.info("store.keeps", said=said)
            if prepare is not None:
                await prepare(server)
            _settle_memory()
            config = server_config(
                application(server), host=settings.host, port=settings.port, trusted_proxies=settings.proxies
            )
            uvicorn_server = _UvicornServer(config)
            address = _address(settings.host, listening.getsockname()[1])
            answering = asyncio.create_task(uvicorn_server.serve(sockets=[listening]))
            breaking = asyncio.create_task(broken.wait())
            try:
                while not uvicorn_server.started and not answering.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)  # uvicorn has no event to wait for
                if started is not None and not answering.done():
                    await started(server, address)
                await asyncio.wait([answering, breaking], return_when=asyncio.FIRST_COMPLETED)
            finally:
                server.ready, server.stopping = False, True
                uvicorn_server.should_exit = True
                breaking.cancel()
                await answering
    if broken.is_set():
        raise Broken


def run(
    settings: Settings,
    prepare: Callable[[Server], Awaitable[None]] | None = None,
    started: Callable[[Server, str], Awaitable[None]] | None = None,
) -> None:
    """`serve` on the best event loop there is."""
    configure_logging(settings.log_format)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings, prepare, started))


class _UvicornServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let a signal end the serving and no more: raised again, as uvicorn does, it would kill what is still open."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def _settle_memory() -> None:
    """Leave what is there for good to itself, and look for garbage less often: a busy day holds a hundred thousand
    values, and looking through them again and again took a seventh of the time and made one answer in a hundred wait
    four times as long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket at the address, an IPv6 one too. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends answers at once (TCP_NODELAY) rather than after 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there it would let a second server take the same port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # at once: two sockets may be bound to one address as long as neither listens
    except OSError as error:
        listening.close()
        raise CannotListen(host, port, error) from error
    listening.setblocking(False)
    return listening


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


async def _warm_up(server: Server) -> None:
    """What the first to come would have to wait for, in the order in which it is missed; then the halls that somebody
    is to be told of, also if nobody comes.
    """
    try:
        await server.registry.load_few()
        await asyncio.to_thread(catalogue.search_index().warm)
        await server.registry.load(await server.alerts.to_take_over())
    except (JournalError, RecordsError) as error:
        log.error("halls.not_loaded", error=str(error))


async def _target(server: Server, hall: str) -> Target | None:
    """Where a hall's messages go; None without an address. Raises RecordsUnavailable."""
    try:
        runner = await server.registry.find(hall)
    except JournalError as error:
        raise RecordsUnavailable(error) from error
    set_up = None if runner is None else runner.books.durable.hall
    if set_up is None or not set_up.webhook.url:
        return None
    return Target(set_up.webhook.url, await server.records.secrets.of_webhook(hall))
