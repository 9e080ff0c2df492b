"""Where a server keeps what it knows: in a data folder of its own, or in a Redis that it shares with others."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from prometheus_client.registry import Collector

from queue_server.engine.history_file import HistoryFile
from queue_server.engine.history_store import HistoryStore
from queue_server.engine.redis_history import RedisHistory
from queue_server.engine.stream_runner import DAYS_IN_REACH
from queue_server.journal.archive import FileArchive
from queue_server.journal.archive_figures import ArchiveFigures
from queue_server.journal.archiver import Archiver
from queue_server.journal.base import Journal, News, Sealed, Unavailable
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.redis_memory import MemoryFigures
from queue_server.journal.redis_news import RedisNews
from queue_server.journal.redis_streams import RedisJournal
from queue_server.journal.sqlite import SqliteJournal
from queue_server.peers.leases import Alone, Leases, RedisLeases
from queue_server.records.base import RecordStore
from queue_server.records.redis import RedisRecordStore
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.redis_nodes import Address, Keeping, Nodes, Persistence, RedisError
from queue_server.redis_nodes.figures import NodesFigures
from queue_server.settings import BadSettings, Settings

__all__ = ["Stores", "archiver_in", "connected", "journal_in", "opened", "records_in", "where"]


class Stores(NamedTuple):
    """What a server is built on. records: not open yet; news: not running yet; archiver: None where nothing is moved to
    an archive; nodes: the Redis that it shares. News and nodes are None for a data folder. figures: for /metrics; says:
    what whoever runs the server should know of its Redis, a sentence each.
    """

    journal: Journal
    news: News | None
    records: RecordStore
    history: HistoryStore
    leases: Leases
    archiver: Archiver | None
    nodes: Nodes | None
    figures: Sequence[Collector]
    says: Sequence[str]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Stores]:
    """The stores that the settings name, for a server.

    Raises FolderError, Unavailable, Unfit, or the files' own errors about their form.
    """
    async with AsyncExitStack() as stack:
        if settings.store:
            settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            stack.enter_context(DataFolder(settings.folder))
        nodes = await stack.enter_async_context(connected(settings))
        kept = await _persistence(nodes)
        journal = journal_in(settings, nodes)
        await journal.open()
        stack.push_async_callback(journal.close)
        if nodes is None:
            await _be_whole(journal)
        history = _history(settings, nodes)
        await history.open()
        stack.push_async_callback(history.close)
        news = None if nodes is None else RedisNews(nodes, settings.store_patience_s)
        leases = await _leases(nodes, stack)
        archiver = archiver_in(journal, nodes, leases)
        yield Stores(
            journal=journal,
            news=news,
            records=records_in(settings, nodes),
            history=history,
            leases=leases,
            archiver=archiver,
            nodes=nodes,
            figures=list(_figures(journal, nodes, kept, archiver)),
            says=list(_says(nodes, kept, archiver)),
        )


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Nodes | None]:
    """The Redis that the settings name; None for a data folder. Raises BadSettings."""
    if not settings.store:
        yield None
        return
    _address(settings)
    nodes = Nodes(
        settings.store,
        patience_s=settings.store_patience_s,
        keeping=Keeping(settings.store_replicas, settings.store_fsync),
    )
    try:
        yield nodes
    finally:
        await nodes.close()


def journal_in(settings: Settings, nodes: Nodes | None) -> Journal:
    """The journal there, not open yet; others may be at work on it."""
    if nodes is None:
        return SqliteJournal(DataFolder(settings.folder).journal)
    return RedisJournal(nodes, FileArchive(Path(settings.archive)) if settings.archive else None)


def archiver_in(journal: Journal, nodes: Nodes | None, leases: Leases) -> Archiver | None:
    """What keeps a Redis from growing with the years; None for a data folder, or without an archive."""
    if nodes is None or not isinstance(journal, RedisJournal) or journal.archive is None:
        return None
    return Archiver(nodes, journal, journal.archive, days=DAYS_IN_REACH, hold=leases.hold)


async def _be_whole(journal: Journal) -> None:
    """Let no server begin where histories have moved away, or not all come yet. Raises Sealed."""
    for stream in await journal.streams():
        if seal := await journal.sealed(stream):
            raise Sealed(seal)


def records_in(settings: Settings, nodes: Nodes | None) -> RecordStore:
    """The records there, not open yet; others may be at work on them."""
    return SqliteRecordStore(settings.folder / "records.db") if nodes is None else RedisRecordStore(nodes)


def where(settings: Settings) -> str:
    """What to call the place when speaking of it: a password stays unsaid. Raises BadSettings."""
    return str(_address(settings)) if settings.store else str(settings.folder)


def _address(settings: Settings) -> Address:
    """Of the Redis. Raises BadSettings."""
    try:
        return Address.read(settings.store)
    except ValueError as error:
        raise BadSettings(f"setting store: {error}") from error


async def _persistence(nodes: Nodes | None) -> list[Persistence]:
    """Of the masters of a Redis. Raises Unavailable, Unfit."""
    try:
        return await nodes.persistence() if nodes is not None else []
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error


def _figures(
    journal: Journal, nodes: Nodes | None, kept: Sequence[Persistence], archiver: Archiver | None
) -> Iterator[Collector]:
    if isinstance(journal, RedisJournal):
        yield journal.took
    if nodes is not None:
        yield NodesFigures(nodes, kept)
        yield MemoryFigures(nodes)
    if archiver is not None:
        yield ArchiveFigures(archiver)


def _says(nodes: Nodes | None, kept: Sequence[Persistence], archiver: Archiver | None) -> Iterator[str]:
    """What the Redis keeps, where several masters keep the same, once; and for how long."""
    if nodes is None:
        return
    masters: dict[str, list[str]] = {}
    for each in kept:
        sentence = f"Redis {each.version}: {each.on_disk(nodes.keeping)}; {each.on_fail_over(nodes.keeping)}"
        masters.setdefault(sentence, []).append(each.master)
    for sentence, names in masters.items():
        yield f"{sentence} [{', '.join(names)}]"
    if any(each.full_coverage for each in kept):
        yield "Redis refuses all halls while one master is away: set cluster-require-full-coverage no"
    if archiver is None:
        yield "Redis keeps every day in its memory: set JIAOHAO_ARCHIVE before it is full"


def _history(settings: Settings, nodes: Nodes | None) -> HistoryStore:
    """The store of statistics there, not open yet."""
    return HistoryFile(settings.folder / "history.db") if nodes is None else RedisHistory(nodes)


async def _leases(nodes: Nodes | None, stack: AsyncExitStack) -> Leases:
    """This server's, under a name of its own, left to the others at the end. Raises Unavailable."""
    if nodes is None:
        return Alone()
    leases = RedisLeases(nodes, token_hex(8))
    await leases.open()
    stack.push_async_callback(leases.close)
    return leases
