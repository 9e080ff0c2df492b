"""The statistics of one machine: a file of SQLite. Delete it, and it is made again."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TypeVar

import structlog
from msgspec import msgpack

from queue_server.engine.history_store import Found, Kept, Place, Standing, by_month, reaches
from queue_server.journal.base import Unavailable
from queue_server.projections.history_cells import VERSION, Cells, Span, day_period, merged

__all__ = ["HistoryFile"]

log = structlog.get_logger()

R = TypeVar("R")

_APPLICATION_ID = 0x6A696869  # "jihi"
_SCHEMA_VERSION = 1
_SCHEMA = """
    CREATE TABLE halls (
        id       INTEGER PRIMARY KEY,
        hall     TEXT NOT NULL UNIQUE,
        version  INTEGER NOT NULL, -- of the cells
        kept     BLOB NOT NULL,
        standing BLOB              -- NULL while nobody knows
    ) STRICT;
    CREATE TABLE cells (
        hall     INTEGER NOT NULL REFERENCES halls (id),
        grouping INTEGER NOT NULL,
        period   INTEGER NOT NULL, -- a day as 20260601, a month as 202606
        figures  BLOB NOT NULL,
        UNIQUE (hall, grouping, period)
    ) STRICT;
"""
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class HistoryFile:
    """A `HistoryStore` in a file, at `path`, whose folder must be there. One thread alone works on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history-file")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Make the file where there is none that this program can read."""
        await self._do(lambda connection: None)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    async def kept(self, hall: str) -> Kept | None:
        return await self._do(lambda connection: _kept(connection, hall))

    async def begin(self, hall: str, before: Kept | None, kept: Kept) -> bool:
        def begin(connection: sqlite3.Connection) -> bool:
            found = _kept(connection, hall)
            if (found and found.place) != (before and before.place):
                return False
            connection.execute("DELETE FROM cells WHERE hall = (SELECT id FROM halls WHERE hall = ?)", (hall,))
            connection.execute("DELETE FROM halls WHERE hall = ?", (hall,))
            connection.execute("INSERT INTO halls VALUES (NULL, ?, ?, ?, NULL)", (hall, VERSION, _encode(kept)))
            return True

        return await self._do(begin)

    async def add(self, hall: str, before: Kept, kept: Kept, days: Mapping[date, Cells]) -> bool:
        def add(connection: sqlite3.Connection) -> bool:
            found = _kept(connection, hall)
            if found is None or found.place != before.place:
                return False
            _add(connection, hall, kept, days)
            return True

        return await self._do(add)

    async def standing(self, hall: str) -> Standing | None:
        data = await self._do(lambda connection: _of_hall(connection, "standing", hall))
        return None if data is None else _decode_standing(data)

    async def put_away(self, hall: str, standing: Standing) -> None:
        def put_away(connection: sqlite3.Connection) -> None:
            found = _kept(connection, hall)
            if found is not None and found.place == standing.place:
                connection.execute("UPDATE halls SET standing = ? WHERE hall = ?", (_encode(standing), hall))

        await self._do(put_away)

    async def cells(self, hall: str, place: Place, grouping: int, spans: Sequence[Span]) -> Found | None:
        def read(connection: sqlite3.Connection) -> Found | None:
            if not reaches(_kept(connection, hall), place):
                return None
            found: list[tuple[int, bytes]] = []
            for span in spans:
                found += connection.execute(_SELECT_CELLS, (hall, grouping, *span))
            return Found(found, None)

        return await self._do(read)

    # On the thread

    async def _do(self, work: Callable[[sqlite3.Connection], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[sqlite3.Connection], R]) -> R:
        try:
            if self._connection is None:
                self._connection = self._opened()
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            return result
        except (sqlite3.Error, OSError) as error:
            self._close()
            if _is_broken(error):
                self._delete("broken")
            raise Unavailable(error) from error

    def _opened(self) -> sqlite3.Connection:
        connection = _connect(self._path)
        if connection is None:
            self._delete("of another form")
            connection = _connect(self._path)
            assert connection is not None  # noqa: S101 - a new file has the form that it was given
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            with closing(self._connection):
                self._connection = None

    def _delete(self, why: str) -> None:
        log.warning("history.made_again", file=self._path.name, why=why)
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)


_SELECT_CELLS = """
    SELECT period, figures
    FROM cells JOIN halls ON cells.hall = id
    WHERE halls.hall = ? AND grouping = ? AND period BETWEEN ? AND ?
"""
_PUT_CELL = "INSERT INTO cells VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET figures = excluded.figures"

_encode = msgpack.Encoder().encode
_decode_kept = msgpack.Decoder(Kept).decode
_decode_standing = msgpack.Decoder(Standing).decode


def _connect(path: Path) -> sqlite3.Connection | None:
    """The file, made if missing; None when it is something else."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        path.chmod(0o600)
        form = connection.execute("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version")
        found = form.fetchone()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a crash may take the last days away, which come again
        if found == (0, 0) and not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            connection.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA application_id = {_APPLICATION_ID};"
                f"PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT"
            )
        elif found != (_APPLICATION_ID, _SCHEMA_VERSION):
            connection.close()
            return None
    except sqlite3.Error as error:
        connection.close()
        if _is_broken(error):
            return None
        raise
    return connection


def _is_broken(error: Exception) -> bool:
    """Whether the file is none that SQLite can read."""
    return getattr(error, "sqlite_errorcode", None) in _BROKEN


def _of_hall(connection: sqlite3.Connection, column: str, hall: str) -> bytes | None:
    """A column of a hall whose cells are of this version; None where there is nothing."""
    query = f"SELECT {column} FROM halls WHERE hall = ? AND version = ?"  # noqa: S608 - the columns are our own
    row = connection.execute(query, (hall, VERSION)).fetchone()
    return None if row is None else row[0]


def _kept(connection: sqlite3.Connection, hall: str) -> Kept | None:
    data = _of_hall(connection, "kept", hall)
    return None if data is None else _decode_kept(data)


def _add(connection: sqlite3.Connection, hall: str, kept: Kept, days: Mapping[date, Cells]) -> None:
    (key,) = connection.execute(
        "UPDATE halls SET kept = ?, standing = NULL WHERE hall = ? RETURNING id", (_encode(kept), hall)
    ).fetchone()
    for day, cells in days.items():
        for grouping, figures in cells.items():
            connection.execute("INSERT INTO cells VALUES (?, ?, ?, ?)", (key, grouping, day_period(day), figures))
    for grouping, month, parts in by_month(days):
        known: Iterable[tuple[bytes]] = connection.execute(
            "SELECT figures FROM cells WHERE hall = ? AND grouping = ? AND period = ?", (key, grouping, month)
        )
        whole = merged([*(figures for (figures,) in known), *parts])
        connection.execute(_PUT_CELL, (key, grouping, month, whole))
