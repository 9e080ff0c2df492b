"""One SQLite file, worked by one thread.

The event loop never waits for the disk, and statements never interleave. Other processes (the command line, say) may
open the same file meanwhile: every write takes SQLite's write lock first.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from queue_server.new_file import OWNER_ONLY, create, new_file
from queue_server.records.errors import NotRecords, RecordsTooNew, RecordsUnavailable

__all__ = ["Row", "SqliteFile"]

Row = dict[str, Any]  # column name to value, as SQLite gives it
T = TypeVar("T")

_SELECT_FORM = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) AS tables
    FROM pragma_application_id, pragma_user_version
"""

BUSY_TIMEOUT_S = 5.0  # for another process's write, which takes milliseconds


class SqliteFile:
    """The file `path`, or ":memory:" for one that ends with `close`.

    WAL with `synchronous=FULL`, so that a commit is on disk when it returns, and `secure_delete`, so that what is
    deleted is overwritten rather than unlinked. `application`: the number by which our files are told from others, not
    0. `schema`: for each version, from 1 on, the statements that make a file of it out of one of the version before.
    """

    def __init__(self, path: Path | str, application: int, schema: Sequence[Sequence[str]]) -> None:
        self._path = path
        self._application = application
        self._schema = schema
        self._version = len(schema)
        self._thread: ThreadPoolExecutor | None = None  # None while closed
        self._db: sqlite3.Connection | None = None  # the thread's alone

    async def open(self) -> None:
        """Open the file, creating it when it does not exist. Raises NotRecords, RecordsTooNew, RecordsUnavailable."""
        if self._thread is not None:
            raise RuntimeError("already open")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="records")
        try:
            await self._run(self._connect)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what was begun and close the file. May be repeated."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            try:
                await asyncio.get_running_loop().run_in_executor(thread, self._disconnect)
            finally:
                thread.shutdown()

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Let the thread do `work`, which only reads, and return its result."""
        return await self._run(lambda: work(self._connection()))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Let the thread do `work` in a transaction; what it raises undoes all of it."""

        def transaction() -> T:
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")  # the write lock at once: nothing read here can be stale by the commit
            try:
                result = work(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # some errors, a full disk among them, have rolled back already
                    db.execute("ROLLBACK")
                raise
            return result

        return await self._run(transaction)

    async def rows(self, statement: str, *values: object) -> list[Row]:
        """Return what one reading statement finds."""
        return await self.read(lambda db: db.execute(statement, values).fetchall())

    async def execute(self, statement: str, *values: object) -> int:
        """Run one writing statement and return how many rows it touched."""
        return await self.write(lambda db: db.execute(statement, values).rowcount)

    async def settle(self) -> None:
        """Bring the write-ahead log into the file and empty it, so that deleted bytes stand in neither.

        While another process is reading, part of it stays until the next time: nobody here waits for that.
        """

        def work(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA busy_timeout = 0")
            try:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                db.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")

        await self.read(work)

    async def backup(self, target: Path, *without: str) -> None:
        """Write a consistent copy to the new file `target`. without: tables that are empty in it, their bytes gone.

        Raises FileExistsError, RecordsUnavailable.
        """

        def work(db: sqlite3.Connection) -> None:
            with new_file(target) as partial, closing(sqlite3.connect(partial)) as copy:
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
                copy.execute("PRAGMA secure_delete = ON")
                for table in without:
                    copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names are our own
                copy.commit()

        await self.read(work)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise RecordsUnavailable(RuntimeError("the records are not open"))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except FileExistsError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise RecordsUnavailable(error) from error

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError("work outside open and close")
        return self._db

    def _connect(self) -> None:
        path = self._path if isinstance(self._path, Path) else None
        if path:
            with suppress(FileExistsError):
                create(path)
            with closing(self._opened()) as db:
                self._check_form(db)  # before anything is touched
            path.chmod(OWNER_ONLY)  # SQLite gives its log files the same rights
        self._db = db = self._opened()
        (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone().values()
        if path and mode != "wal":
            raise sqlite3.OperationalError(f"no write-ahead log on this file system (journal mode {mode})")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync stops short of the platter
        db.execute("PRAGMA checkpoint_fullfsync = ON")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("BEGIN IMMEDIATE")  # two processes may find the file empty at once
        for statements in self._schema[self._check_form(db) :]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {self._version}")
        db.execute(f"PRAGMA application_id = {self._application}")
        db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        db.row_factory = _as_dict
        return db

    def _check_form(self, db: sqlite3.Connection) -> int:
        """Return the version of the file's tables, 0 for an empty file. Raises NotRecords, RecordsTooNew."""
        application: int
        version: int
        application, version, tables = db.execute(_SELECT_FORM).fetchone().values()
        if application == self._application:
            if version > self._version:
                raise RecordsTooNew(version, self._version)
            return version
        if application == 0 and not tables:
            return 0
        found = {row["sql"] for row in db.execute("SELECT sql FROM sqlite_schema")}
        if application == 0 and version == 1 and found >= set(self._schema[0]):
            return version  # ours, from before our files had a number
        raise NotRecords(self._path)

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
