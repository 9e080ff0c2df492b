"""The journal's file: its settings, its form, and that time does not slow it down."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.journal import sqlite, sqlite_file
from queue_server.journal.base import Unavailable
from queue_server.journal.sqlite import SqliteJournal
from queue_server.journal.sqlite_file import SELECT_HEAD, NewerJournal, NotAJournal, connect, copy_live, prepare
from tests.journal.histories import TOWN, new_batch, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    prepare(path)
    return path


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(path)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
    ],
)
def test_what_durability_rests_on_is_set(connection: sqlite3.Connection, setting: str, value: object) -> None:
    assert connection.execute(f"PRAGMA {setting}").fetchone()[0] == value


@pytest.mark.skipif(os.name == "nt", reason="SQLite's ways of using files are POSIX's here")
def test_a_disk_without_a_write_ahead_log_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some network drives are: SQLite would go on without one, and nobody would know."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda address, **options: connect(f"{address}&vfs=unix-none", **options))
    with pytest.raises(Unavailable, match="no write-ahead log on this file system"):
        asyncio.run(SqliteJournal(tmp_path / "journal.db").open())


def test_a_missing_file_is_not_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path / "journal.db")
    assert not list(tmp_path.iterdir())


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    path = tmp_path / "数据 100% #1?mode=memory" / "journal.db"
    path.parent.mkdir()
    prepare(path)
    assert path.exists()


def test_a_file_may_be_opened_by_many_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(prepare, [path] * 40)) == [None] * 40


def test_a_newer_file_is_refused_and_left_alone(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerJournal, match="has schema version 7; this program knows versions up to 2") as caught:
        asyncio.run(SqliteJournal(path).open())
    assert (caught.value.path, caught.value.found) == (path, 7)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["text", "another program's database"])
def test_what_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "journal.db"
    if content == "text":
        path.write_text("A list of things to buy: rice, tea, paper for the printer. " * 100)
    else:
        with closing(sqlite3.connect(path)) as foreign:
            foreign.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(NotAJournal, match=r"journal\.db is not a journal of this program") as caught:
        asyncio.run(SqliteJournal(path).open())
    assert caught.value.path == path
    with pytest.raises(NotAJournal):
        copy_live(path, tmp_path / "backup.db")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["journal.db"]


async def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its histories go on, open ones."""
    path = tmp_path / "journal.db"
    with closing(connect(path, create=True)) as old:
        for statement in sqlite_file._FIRST:
            old.execute(statement)
        old.execute(f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")
        old.execute("INSERT INTO streams (hall, kind, epoch) VALUES ('town', 'day', 'e')")
    journal = SqliteJournal(path)
    await journal.open()
    assert await journal.sealed(TOWN) == ""
    assert (await write(journal, TOWN, new_batch())).epoch == "e"
    await journal.close()


async def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    """It is what a crash between making the file and filling it leaves behind."""
    path = tmp_path / "journal.db"
    path.touch()
    with pytest.raises(NotAJournal):
        copy_live(path, tmp_path / "backup.db")
    journal = SqliteJournal(path)
    await journal.open()
    assert (await write(journal, TOWN, new_batch())).seq == 1
    await journal.close()


def test_a_damaged_file_is_unavailable(path: Path) -> None:
    """Its pages are rubbish: the journal says so, and gives no events that were not written."""
    journal = SqliteJournal(path)

    async def fill() -> None:
        await journal.open()
        await write(journal, TOWN, *(new_batch("long" * 300) for _ in range(100)))
        await journal.close()

    async def read() -> None:
        await journal.open()
        with pytest.raises(Unavailable, match="malformed"):
            await journal.read(TOWN, 0)
        await journal.close()

    asyncio.run(fill())
    content = bytearray(path.read_bytes())
    content[20 * 4096 :] = b"\xa5" * (len(content) - 20 * 4096)
    path.write_bytes(content)
    asyncio.run(read())


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (SELECT_HEAD, ("town", "day")),
        (sqlite._SELECT_BATCHES, ("town", "day", 1_000_000, 2_000)),
        (sqlite._SELECT_MARKS, ("town", "day", 2)),
    ],
    ids=["head", "read", "marks"],
)
def test_no_question_walks_through_the_history(
    connection: sqlite3.Connection, query: str, values: tuple[str | int, ...]
) -> None:
    """Each is a search in an index, in the order in which it is kept; so ten years cost what a day costs."""
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert plan
    for step in plan:
        assert step.startswith(("SEARCH", "SCALAR SUBQUERY", "CORRELATED SCALAR SUBQUERY")), plan


def test_marks_are_found_in_their_own_small_index(connection: sqlite3.Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sqlite._SELECT_MARKS}", ("town", "day", 2))]
    assert any("COVERING INDEX marks" in step for step in plan), plan
