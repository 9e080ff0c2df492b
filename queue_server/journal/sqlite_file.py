"""The journal's SQLite file: its form, how it is opened, and how a live one is copied.

One row per batch, in one table in the order of arrival, and a small index by stream and seq. So a write ends on the
table's last page whichever halls share it (a table kept by stream would touch a page per hall, and cost twice as much
with 64 halls), and finding a head or a day costs the same after ten years as after one day.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex

from queue_server.journal.base import JournalError, Unavailable
from queue_server.new_file import new_file

__all__ = ["SELECT_HEAD", "NewerJournal", "NotAJournal", "connect", "copy_live", "new_epoch", "prepare", "translated"]

APPLICATION_ID = 0x6A69616F  # "jiao": tells our file from any other SQLite file

_FIRST = (
    """
    CREATE TABLE streams (
        id    INTEGER PRIMARY KEY,
        hall  TEXT NOT NULL,
        kind  TEXT NOT NULL,
        epoch TEXT NOT NULL,      -- empty in a backup: the next opening draws a new one
        UNIQUE (hall, kind)
    ) STRICT
    """,
    """
    CREATE TABLE batches (
        stream      INTEGER NOT NULL REFERENCES streams (id),
        last        INTEGER NOT NULL,
        first       INTEGER NOT NULL,
        tip         TEXT NOT NULL,
        command_id  TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        mark        TEXT,
        events      BLOB NOT NULL,
        UNIQUE (stream, last)
    ) STRICT
    """,
    "CREATE INDEX marks ON batches (stream, last, mark, first) WHERE mark IS NOT NULL",
)
_SEALS = ("ALTER TABLE streams ADD COLUMN seal TEXT NOT NULL DEFAULT ''",)  # empty: open
_SCHEMA = (_FIRST, _SEALS)
"""What each version adds to the one before."""
SCHEMA_VERSION = len(_SCHEMA)

SELECT_HEAD = """
    SELECT id, seal, epoch, coalesce(last, 0), coalesce(tip, '')
    FROM streams LEFT JOIN batches
      ON stream = id AND last = (SELECT last FROM batches WHERE stream = id ORDER BY last DESC LIMIT 1)
    WHERE hall = ? AND kind = ?
"""
"""(id, seal, epoch, seq, tip) of the stream (hall, kind); no row when nobody asked about it yet."""

_SELECT_FORM = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
    FROM pragma_application_id, pragma_user_version
"""

_BUSY_TIMEOUT_S = 5.0
"""How long one connection waits for another's write before it gives up. Writes take milliseconds."""

_CHECKPOINT_PAGES = 4_000
"""The write-ahead log grows to 16 MB before it is copied home: few long commits, and still read in a wink at start."""


class NewerJournal(JournalError):
    """The file was written by a newer version of this program. It was not touched."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(path, found)
        self.path = path
        self.found = found
        """The file's schema version, above `SCHEMA_VERSION`."""

    def __str__(self) -> str:
        return f"{self.path} has schema version {self.found}; this program knows versions up to {SCHEMA_VERSION}"


class NotAJournal(JournalError):
    """The file is something else than a journal. It was not touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} is not a journal of this program"


def new_epoch() -> str:
    return token_hex(8)


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open a connection in autocommit mode, with every setting spelled out on which durability rests.

    Any one thread may use it at a time. A missing file is an error unless `create`. Raises `NotAJournal` for a file
    that is no database at all, else `sqlite3.Error`.
    """
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")  # NORMAL may lose acknowledged commits when the power fails
        connection.execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync stops short of the platter
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise NotAJournal(path) from error
        raise
    return connection


def prepare(path: Path) -> None:
    """Make the file if there is none, check its form, and give new epochs to what came from a backup.

    Any number may do this at once on a file that is there; making it is for one program alone (SQLite does not wait for
    others when it turns a file to write-ahead logging), for which a server's lock on its data folder provides.
    Raises `NewerJournal`, `NotAJournal`, or `sqlite3.Error`.
    """
    with closing(connect(path, create=True)) as connection:
        _check_form(path, connection, may_be_empty=True)
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise sqlite3.OperationalError(f"no write-ahead log on this file system (journal mode {mode})")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for statements in _SCHEMA[version:]:
            for statement in statements:
                connection.execute(statement)
        if version < SCHEMA_VERSION:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        for (stream,) in connection.execute("SELECT id FROM streams WHERE epoch = ''").fetchall():
            connection.execute("UPDATE streams SET epoch = ? WHERE id = ?", (new_epoch(), stream))
        connection.execute("COMMIT")


def copy_live(source: Path, target: Path) -> None:
    """Copy a journal file, also while a server writes to it, as it stands at one moment. Backs up, and restores.

    `target` must not exist (`FileExistsError`) and appears only when it is complete, its owner's alone. Its epochs are
    left empty, so that whoever opens it, however it was put in place, gets new ones: positions from before the restore
    must not be taken for positions in what follows it. Raises `Unavailable`, `NewerJournal`, `NotAJournal`, `OSError`.
    """
    with new_file(target) as partial, translated(), closing(connect(source)) as live, closing(connect(partial)) as copy:
        _check_form(source, live)
        live.backup(copy)  # in one step, inside one read transaction: writers go on, and none makes it start over
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
        copy.execute("UPDATE streams SET epoch = ''")


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's errors into `Unavailable`."""
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(error) from error


def _check_form(path: Path, connection: sqlite3.Connection, *, may_be_empty: bool = False) -> None:
    # In one statement, so that all of it is of one moment.
    application, version, tables = connection.execute(_SELECT_FORM).fetchone()
    if application == APPLICATION_ID:
        if version > SCHEMA_VERSION:
            raise NewerJournal(path, version)
    elif tables or not may_be_empty:
        raise NotAJournal(path)
