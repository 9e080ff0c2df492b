"""The SQLite file itself: rights, durability settings, failures."""

import asyncio
import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from queue_server.records.errors import NotRecords, RecordsTooNew, RecordsUnavailable
from queue_server.records.sqlite_file import SqliteFile

APPLICATION = 0x776F7264
SCHEMA = (("CREATE TABLE words (word TEXT PRIMARY KEY)",),)
NEWER = (*SCHEMA, ("CREATE TABLE letters (letter TEXT)", "INSERT INTO letters VALUES ('x')"))

posix = pytest.mark.skipif(os.name == "nt", reason="Windows guards files by access lists, inherited from the folder")


def words_file(path: Path | str) -> SqliteFile:
    return SqliteFile(path, APPLICATION, SCHEMA)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def words(file: SqliteFile) -> list[str]:
    return [row["word"] for row in await file.rows("SELECT word FROM words ORDER BY word")]


async def test_a_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    """As far as settings tell: a write-ahead log that is synchronised at every commit."""
    file = words_file(tmp_path / "words.db")
    await file.open()
    assert await file.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert await file.rows("PRAGMA synchronous") == [{"synchronous": 2}]
    assert await file.rows("PRAGMA fullfsync") == [{"fullfsync": 1}]
    assert await file.rows("PRAGMA checkpoint_fullfsync") == [{"checkpoint_fullfsync": 1}]
    assert await file.rows("PRAGMA secure_delete") == [{"secure_delete": 1}]
    assert await file.rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
    await file.close()


@posix
async def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    path, copy = tmp_path / "words.db", tmp_path / "copy.db"
    file = words_file(path)
    await file.open()
    await file.execute("INSERT INTO words VALUES ('secret')")
    await file.backup(copy)
    assert modes(tmp_path) == dict.fromkeys(("words.db", "words.db-wal", "words.db-shm", "copy.db"), 0o600)
    await file.close()


@posix
async def test_rights_that_are_too_wide_are_narrowed(tmp_path: Path) -> None:
    """Of an empty file and of a filled one, and of the log files beside it."""
    path = tmp_path / "words.db"
    path.touch()
    for _ in range(2):
        path.chmod(0o644)
        file = words_file(path)
        await file.open()
        assert modes(tmp_path) == dict.fromkeys(("words.db", "words.db-wal", "words.db-shm"), 0o600)
        await file.close()


async def test_all_work_is_done_by_one_thread_that_is_not_the_loops(tmp_path: Path) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()
    threads = await asyncio.gather(*(file.read(lambda db: threading.get_ident()) for _ in range(50)))
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads
    await file.close()


async def test_what_fails_half_way_is_undone(tmp_path: Path) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()

    def half(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO words VALUES ('half')")
        raise LookupError("a bug")

    with pytest.raises(LookupError):
        await file.write(half)
    assert await words(file) == []
    await file.execute("INSERT INTO words VALUES ('whole')")
    assert await words(file) == ["whole"]
    await file.close()


async def test_a_database_error_is_unavailable_with_its_cause(tmp_path: Path) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()
    with pytest.raises(RecordsUnavailable) as failure:
        await file.rows("SELECT * FROM nothing")
    assert isinstance(failure.value.cause, sqlite3.OperationalError)
    assert failure.value.__cause__ is failure.value.cause
    await file.close()


async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(tmp_path: Path) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()
    await file.execute("INSERT INTO words VALUES ('before')")
    [size] = await file.rows("PRAGMA page_count")
    await file.rows(f"PRAGMA max_page_count = {size['page_count']}")  # SQLite's way of having no room
    with pytest.raises(RecordsUnavailable, match="full"):
        await file.execute("INSERT INTO words VALUES (?)", "x" * 100_000)
    assert await words(file) == ["before"]
    await file.rows("PRAGMA max_page_count = 1000")
    await file.execute("INSERT INTO words VALUES ('behind')")
    assert await words(file) == ["before", "behind"]
    await file.close()


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "words.db"
    newer = SqliteFile(path, APPLICATION, NEWER)
    await newer.open()
    await newer.close()
    before = path.read_bytes()
    with pytest.raises(RecordsTooNew) as refusal:
        await words_file(path).open()
    assert (refusal.value.found, refusal.value.known) == (2, 1)
    assert path.read_bytes() == before


async def test_a_file_of_an_older_version_is_brought_up_once(tmp_path: Path) -> None:
    """With everything in it; an empty file becomes the newest at once."""
    path = tmp_path / "words.db"
    older = words_file(path)
    await older.open()
    await older.execute("INSERT INTO words VALUES ('old')")
    await older.close()
    for _ in range(2):
        for at in (path, tmp_path / "fresh.db"):
            newer = SqliteFile(at, APPLICATION, NEWER)
            await newer.open()
            assert await words(newer) == (["old"] if at == path else [])
            assert await newer.rows("SELECT * FROM letters") == [{"letter": "x"}]
            assert await newer.rows("PRAGMA user_version") == [{"user_version": 2}]
            await newer.close()


@pytest.mark.parametrize(
    "made_by",
    [
        "CREATE TABLE recipes (name TEXT)",
        "CREATE TABLE recipes (name TEXT); PRAGMA user_version = 1",
        "CREATE TABLE words (word TEXT PRIMARY KEY); PRAGMA user_version = 1; PRAGMA application_id = 7",
        "PRAGMA application_id = 7",
    ],
)
async def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, made_by: str) -> None:
    """Also when it numbers its versions as we do, and its tables have our names."""
    path = tmp_path / "words.db"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.executescript(made_by)
    path.chmod(0o644)
    before = path.read_bytes(), modes(tmp_path)
    with pytest.raises(NotRecords) as refusal:
        await words_file(path).open()
    assert refusal.value.path == path
    assert (path.read_bytes(), modes(tmp_path)) == before


async def test_a_file_from_before_files_had_a_number_gets_it(tmp_path: Path) -> None:
    """With everything in it."""
    path = tmp_path / "words.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(f"{SCHEMA[0][0]}; INSERT INTO words VALUES ('old'); PRAGMA user_version = 1")
    file = words_file(path)
    await file.open()
    assert await words(file) == ["old"]
    assert await file.rows("PRAGMA application_id") == [{"application_id": APPLICATION}]
    await file.close()


@posix
async def test_a_disk_without_a_write_ahead_log_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network drives are: SQLite would go on without one, and nobody would know."""
    connect = sqlite3.connect

    def connect_without_shared_memory(path: Path, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(f"{path.as_uri()}?vfs=unix-none", uri=True, **options)
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_without_shared_memory)
    with pytest.raises(RecordsUnavailable, match="no write-ahead log on this file system"):
        await words_file(tmp_path / "words.db").open()


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    text, folder = tmp_path / "text.db", tmp_path / "folder.db"
    text.write_text("this is not a database, however long one looks at it" * 100)
    folder.mkdir()
    for path in (text, folder, tmp_path / "missing" / "words.db"):
        file = words_file(path)
        with pytest.raises(RecordsUnavailable):
            await file.open()
        with pytest.raises(RecordsUnavailable):
            await words(file)


async def test_a_file_that_could_not_be_opened_can_be_tried_again(tmp_path: Path) -> None:
    file = words_file(tmp_path / "later" / "words.db")
    with pytest.raises(RecordsUnavailable):
        await file.open()
    (tmp_path / "later").mkdir()
    await file.open()
    assert await words(file) == []
    await file.close()


async def test_opening_twice_is_a_bug(tmp_path: Path) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()
    with pytest.raises(RuntimeError):
        await file.open()
    await file.close()


async def test_settling_does_not_wait_for_another_process_that_reads(tmp_path: Path) -> None:
    path = tmp_path / "words.db"
    file = words_file(path)
    await file.open()
    await file.execute("INSERT INTO words VALUES ('one')")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM words").fetchall()
        await file.execute("INSERT INTO words VALUES ('two')")
        async with asyncio.timeout(2):  # under the five seconds that a write waits
            await file.settle()
        assert (tmp_path / "words.db-wal").stat().st_size > 0
    await file.settle()
    assert (tmp_path / "words.db-wal").stat().st_size == 0
    assert await file.rows("PRAGMA busy_timeout") == [{"timeout": 5000}]
    await file.close()


async def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = words_file(tmp_path / "words.db")
    await file.open()
    await file.execute("INSERT INTO words VALUES (?)", "x" * 100_000)
    with pytest.raises(RecordsUnavailable):
        await file.backup(tmp_path / "missing" / "copy.db")

    connect = sqlite3.connect

    def connect_without_room(path: Path) -> sqlite3.Connection:
        db = connect(path)
        db.execute("PRAGMA max_page_count = 1")
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_without_room)
    with pytest.raises(RecordsUnavailable, match="full"):
        await file.backup(tmp_path / "copy.db")
    assert modes(tmp_path).keys() == {"words.db", "words.db-wal", "words.db-shm"}
    await file.close()


async def test_a_backup_appears_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then nothing has its name, so that a process that is killed leaves no half of it; and what got the name in
    between keeps it.
    """
    file, target = words_file(tmp_path / "words.db"), tmp_path / "copy.db"
    await file.open()
    await file.execute("INSERT INTO words VALUES ('one')")
    connect = sqlite3.connect

    def meanwhile(path: Path) -> sqlite3.Connection:
        assert not target.exists()
        target.write_text("precious")
        return connect(path)

    with monkeypatch.context() as patch, pytest.raises(FileExistsError):
        patch.setattr(sqlite3, "connect", meanwhile)
        await file.backup(target)
    assert target.read_text() == "precious"
    target.unlink()
    await file.backup(target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT word FROM words").fetchall() == [("one",)]
    await file.close()
