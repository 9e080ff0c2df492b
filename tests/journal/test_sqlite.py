"""What SQLite adds to the contract: group commit, a disk that fills or breaks, a killed process, a backup."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from queue_server.journal import sqlite_file, sqlite_writer
from queue_server.journal.base import Conflict, Head, NewBatch, Stream, Unavailable
from queue_server.journal.sqlite import SqliteJournal
from tests.journal.histories import TOWN, VILLAGE, insist, keys, new_batch, queue_all, whole_history, write
from tests.journal.permissions import read_only_folder


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.open()
    yield journal
    await journal.close()


def writing_connection(journal: SqliteJournal) -> sqlite3.Connection:
    """The writer's own connection, to look at or to break. Use it only while the journal has nothing to do."""
    assert journal._parts is not None
    return journal._parts.writer._connection


def assert_fallen(outcomes: list[Head | BaseException], head: Head, reason: str) -> None:
    """Assert that a queue of guesses on `head` fell as a whole, the first for `reason`. What was in the same group fell
    with it; what came in a later one found the head where it was.
    """
    first, *others = outcomes
    assert isinstance(first, Unavailable)
    assert re.search(reason, str(first))
    for outcome in others:
        assert isinstance(outcome, Unavailable) or (isinstance(outcome, Conflict) and outcome.head == head)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@contextmanager
def commits_of(journal: SqliteJournal) -> Iterator[list[str]]:
    """Collects the writer's COMMITs in the block."""
    commits: list[str] = []
    connection = writing_connection(journal)
    connection.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    yield commits
    connection.set_trace_callback(None)


@contextmanager
def another_writer(journal: SqliteJournal) -> Iterator[sqlite3.Connection]:
    """Another program's connection, which holds the file's write lock in the block and leaves no trace."""
    with closing(sqlite_file.connect(journal.path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("ROLLBACK")


# Group commit


async def test_what_is_queued_together_is_flushed_together(journal: SqliteJournal) -> None:
    """Over all halls; 1,500 appends need three or four flushes, not 1,500."""
    streams = [Stream(f"hall-{i}", "day") for i in range(10)]
    heads = [await journal.head(stream) for stream in streams]
    with commits_of(journal) as commits:
        futures: list[asyncio.Future[Head]] = []
        for stream, head in zip(streams, heads, strict=True):
            futures += queue_all(journal, stream, head, [new_batch() for _ in range(150)])[0]
        await asyncio.gather(*futures)
    assert 1_500 / sqlite_writer.MAX_GROUP <= len(commits) <= 4


async def test_one_append_does_not_wait_for_company(journal: SqliteJournal) -> None:
    head = await journal.head(TOWN)
    with commits_of(journal) as commits:
        for _ in range(3):
            head = await journal.append(TOWN, head, new_batch())
    assert len(commits) == 3


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 511, 512, 513, 1_023])
async def test_groups_of_any_size_are_written_whole(journal: SqliteJournal, count: int) -> None:
    batches = [new_batch() for _ in range(count)]
    await write(journal, TOWN, *batches)
    assert keys(await whole_history(journal, TOWN)) == [batch.command_id for batch in batches]


async def test_a_disk_that_hangs_is_not_queued_for_without_end(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound an append fails at once; what was in the queue is written when the disk comes back."""
    monkeypatch.setattr(sqlite_writer, "MAX_QUEUED", 10)
    head = await journal.head(TOWN)
    with another_writer(journal):
        futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(40)])
        refused = [future for future in futures if future.done()]
        assert 29 <= len(refused) <= 30, "ten wait, and perhaps the first is being tried"
        for future in refused:
            with pytest.raises(Unavailable, match="too far behind"):
                await future
    written = len(futures) - len(refused)
    assert await asyncio.gather(*futures[:written]) == heads[:written]
    assert len(await whole_history(journal, TOWN)) == written


# Trouble with the disk


async def test_a_full_disk_loses_nothing_and_heals(journal: SqliteJournal) -> None:
    """While it is full all that is written fails, and what was written can be read; then all goes on as before."""
    kept = [new_batch() for _ in range(20)]
    head = await write(journal, TOWN, *kept)
    connection = writing_connection(journal)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(3):
        futures, _ = queue_all(journal, TOWN, head, [new_batch("long" * 1_000) for _ in range(20)])
        assert_fallen(await asyncio.gather(*futures, return_exceptions=True), head, "database or disk is full")
        assert await journal.head(TOWN) == head
        assert keys(await whole_history(journal, TOWN)) == [batch.command_id for batch in kept]
    connection.execute("PRAGMA max_page_count = 1000000")
    more = new_batch("long" * 1_000)
    assert (await journal.append(TOWN, head, more)).seq == 21
    assert keys(await whole_history(journal, TOWN)) == [batch.command_id for batch in [*kept, more]]


async def test_a_disk_that_turned_read_only_is_unavailable_and_heals(journal: SqliteJournal) -> None:
    """Heads of known streams and histories can still be read; a new stream cannot get its epoch."""
    head = await write(journal, TOWN, new_batch())
    writing_connection(journal).execute("PRAGMA query_only = ON")
    renewal = journal.renew_epoch(TOWN, head.epoch)
    for attempt in (journal.append(TOWN, head, new_batch()), journal.head(VILLAGE), renewal):
        with pytest.raises(Unavailable, match="readonly"):
            await attempt
    assert await journal.head(TOWN) == head
    writing_connection(journal).execute("PRAGMA query_only = OFF")
    assert (await journal.append(TOWN, head, new_batch())).seq == 2
    assert (await journal.head(VILLAGE)).seq == 0


async def test_a_file_that_was_put_in_place_of_the_open_one_is_not_passed_over(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    """What went on into the old one would be found by nobody: the server says what to do, and accepts nothing."""
    head = await write(journal, TOWN, new_batch())
    backup = tmp_path / "backup.db"
    await journal.backup(backup)
    backup.replace(journal.path)
    for attempt in (journal.append(TOWN, head, new_batch()), journal.head(VILLAGE)):
        with pytest.raises(Unavailable, match="was replaced while this server runs"):
            await attempt
    journal.path.unlink()
    with pytest.raises(Unavailable, match="No such file"):
        await journal.append(TOWN, head, new_batch())


if os.name == "posix":
    import resource

    @contextmanager
    def files_no_longer_than(limit_bytes: int) -> Iterator[None]:
        """Let every write beyond `limit_bytes` of any file fail, as if the device refused it."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    async def test_a_refused_write_tears_nothing_and_heals(journal: SqliteJournal) -> None:
        """The operating system itself refuses, in the midst of a group: nothing of that group is there."""
        kept = [new_batch() for _ in range(20)]
        head = await write(journal, TOWN, *kept)
        wal = journal.path.with_name("journal.db-wal")
        with files_no_longer_than(wal.stat().st_size + 10_000):
            for _ in range(3):
                futures, _ = queue_all(journal, TOWN, head, [new_batch("long" * 500) for _ in range(20)])
                assert_fallen(await asyncio.gather(*futures, return_exceptions=True), head, "disk|full")
            assert keys(await whole_history(journal, TOWN)) == [batch.command_id for batch in kept]
        more = new_batch()
        assert (await journal.append(TOWN, head, more)).seq == 21
        await journal.close()
        await journal.open()
        assert keys(await whole_history(journal, TOWN)) == [batch.command_id for batch in [*kept, more]]

    async def test_a_read_only_folder_is_unavailable(journal: SqliteJournal) -> None:
        """With a journal in it and without."""
        await write(journal, TOWN, new_batch())
        await journal.close()
        for filled_from in (journal.path.parent, None):
            with read_only_folder(filled_from) as folder, pytest.raises(Unavailable, match=r"readonly|unable to open"):
                await SqliteJournal(folder / "journal.db").open()


async def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="unable to open"):
        await SqliteJournal(tmp_path / "missing" / "journal.db").open()


async def test_a_failed_opening_can_be_tried_again(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "later" / "journal.db")
    with pytest.raises(Unavailable):
        await journal.open()
    journal.path.parent.mkdir()
    await journal.open()
    assert (await write(journal, TOWN, new_batch())).seq == 1
    await journal.close()


async def test_opening_twice_is_a_bug(journal: SqliteJournal) -> None:
    with pytest.raises(RuntimeError, match="open already"):
        await journal.open()


async def test_another_program_that_keeps_the_file_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes writes fail after a while, not wait for ever."""
    monkeypatch.setattr(sqlite_file, "_BUSY_TIMEOUT_S", 0.05)
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.open()
    head = await journal.head(TOWN)
    with another_writer(journal), pytest.raises(Unavailable, match="locked"):
        await journal.append(TOWN, head, new_batch())
    assert (await journal.append(TOWN, head, new_batch())).seq == 1
    await journal.close()


async def test_a_batch_that_cannot_be_stored_does_not_stop_the_writer(journal: SqliteJournal) -> None:
    """Half a character in a text is a bug of the caller; others are served all the same."""
    head = await journal.head(TOWN)
    with pytest.raises(Unavailable, match="surrogates"):
        await journal.append(TOWN, head, NewBatch(1, "\ud800", "", None, b"[]"))
    assert (await journal.append(TOWN, head, new_batch())).seq == 1


async def test_what_is_remembered_is_read_anew_after_an_error(journal: SqliteJournal) -> None:
    """Also what another program wrote meanwhile, so that the next append tells the truth."""
    head = await write(journal, TOWN, new_batch())
    futures, _ = queue_all(journal, TOWN, head, [new_batch(), NewBatch(1, "\ud800", "", None, b"[]")])
    assert all(isinstance(error, Unavailable) for error in await asyncio.gather(*futures, return_exceptions=True))
    other = SqliteJournal(journal.path)
    await other.open()
    second = await other.append(TOWN, head, new_batch())
    await other.close()
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, head, new_batch())
    assert caught.value.head == second


# Endings


@pytest.mark.parametrize("part", ["writer", "reader"])
async def test_a_file_that_cannot_be_closed_leaves_no_thread(tmp_path: Path, part: str) -> None:
    """It is said, what was queued is written, and closing again is allowed."""
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.open()
    assert journal._parts is not None
    writer, reader, reader_thread = journal._parts
    unclosable = sqlite3.connect(journal.path, factory=_Unclosable, check_same_thread=False)
    if part == "writer":
        writer._connection.close()
        writer._connection = unclosable
    else:
        reader.close()
        journal._parts = journal._parts._replace(reader=unclosable)
    with pytest.raises(Unavailable, match="disk I/O error"):
        await journal.close()
    assert not writer._thread.is_alive()
    assert reader_thread._shutdown
    await journal.close()


class _Unclosable(sqlite3.Connection):
    """A connection whose file's last writes fail."""

    def close(self) -> None:
        super().close()
        raise sqlite3.OperationalError("disk I/O error")


def test_a_loop_that_closes_meanwhile_does_not_end_the_writer(tmp_path: Path) -> None:
    """Nobody can be told any more; what was queued is written all the same."""
    journal = SqliteJournal(tmp_path / "journal.db")
    loop = asyncio.new_event_loop()
    loop.run_until_complete(journal.open())
    assert journal._parts is not None
    writer = journal._parts.writer
    head = loop.run_until_complete(journal.head(TOWN))
    loop.is_closed = lambda: False  # type: ignore[method-assign]  # as the writer may have seen it just before
    with another_writer(journal):
        queue_all(journal, TOWN, head, [new_batch() for _ in range(2 * sqlite_writer.MAX_GROUP)])
        writer._ask(writer._stop)
        loop.close()
    writer._thread.join(30)
    del loop.is_closed
    assert not writer._thread.is_alive()
    journal._parts.reader_thread.submit(journal._parts.reader.close).result()
    journal._parts.reader_thread.shutdown()
    assert len(asyncio.run(_histories(journal.path))) == 2 * sqlite_writer.MAX_GROUP


# Crashes


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """Killed in the midst of writing, again and again, on one file: every batch whose future was done is there, in a
    history without gaps.
    """
    path = tmp_path / "journal.db"
    command = [sys.executable, "-m", "tests.journal.appender", str(path)]
    acknowledged: dict[tuple[str, int], str] = {}
    for round_ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as appender:
            assert appender.stdout is not None
            lines = [appender.stdout.readline() for _ in range(100 + 333 * round_)]
            appender.kill()
            lines += appender.stdout.readlines()
        for line in lines:
            if line.endswith(b"\n"):
                hall, seq, tip = line.decode().split()
                acknowledged[hall, int(seq)] = tip
        histories = asyncio.run(_histories(path))
        assert acknowledged.items() <= histories.items()


async def _histories(path: Path) -> dict[tuple[str, int], str]:
    """Every batch's tip by (hall, last seq), after the histories were checked."""
    journal = SqliteJournal(path)
    await journal.open()
    tips = {
        (stream.hall, batch.last): batch.tip
        for stream in await journal.streams()
        for batch in await whole_history(journal, stream)
    }
    await journal.close()
    return tips


# Backups


async def test_a_backup_of_a_live_journal_is_whole(journal: SqliteJournal, tmp_path: Path) -> None:
    """Made while appends go on: it holds everything up to some moment after it was asked for."""
    before = await write(journal, TOWN, *(new_batch() for _ in range(500)))
    target = tmp_path / "backup.db"

    async def go_on() -> None:
        while not target.exists():
            await insist(journal, TOWN, new_batch())

    await asyncio.gather(journal.backup(target), go_on())
    copy = SqliteJournal(target)
    await copy.open()
    history = await whole_history(copy, TOWN)
    await copy.close()
    assert len(history) >= before.seq
    assert history == (await whole_history(journal, TOWN))[: len(history)]


async def test_a_restored_backup_has_new_epochs(journal: SqliteJournal, tmp_path: Path) -> None:
    """Each time that it is restored, in whatever way; so nobody takes an old position for one in the new history."""
    epochs = await epochs_of(journal)
    await write(journal, TOWN, new_batch())
    await journal.backup(tmp_path / "backup.db")
    for name in ("restored.db", "restored-again.db"):
        shutil.copy(tmp_path / "backup.db", tmp_path / name)
        restored = SqliteJournal(tmp_path / name)
        await restored.open()
        new = await epochs_of(restored)
        await restored.close()
        assert not new & epochs
        await restored.open()
        assert await epochs_of(restored) == new, "only the first opening draws them"
        await restored.close()
        epochs |= new
    assert len(epochs) == 6


async def epochs_of(journal: SqliteJournal) -> set[str]:
    return {(await journal.head(stream)).epoch for stream in (TOWN, VILLAGE)}


async def test_a_backup_is_one_file(journal: SqliteJournal, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    await write(journal, TOWN, new_batch())
    await journal.backup(folder / "backup.db")
    assert names(folder) == {"backup.db"}


async def test_a_backup_overwrites_nothing(journal: SqliteJournal, tmp_path: Path) -> None:
    target = tmp_path / "precious.txt"
    target.write_text("precious")
    with pytest.raises(FileExistsError, match=r"precious\.txt"):
        await journal.backup(target)
    assert target.read_text() == "precious"


async def test_a_backup_overwrites_nothing_that_was_made_meanwhile(
    journal: SqliteJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup.db"
    connect = sqlite_file.connect

    def meanwhile(path: Path, **options: bool) -> sqlite3.Connection:
        target.write_text("precious")
        return connect(path, **options)

    monkeypatch.setattr(sqlite_file, "connect", meanwhile)
    with pytest.raises(FileExistsError, match=r"backup\.db"):
        await journal.backup(target)
    assert target.read_text() == "precious"


async def test_a_failed_backup_leaves_nothing(journal: SqliteJournal, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await journal.backup(tmp_path / "missing" / "backup.db")
    with pytest.raises(Unavailable, match="unable to open"):
        sqlite_file.copy_live(tmp_path / "no-journal.db", tmp_path / "backup.db")
    assert names(tmp_path) <= {"journal.db", "journal.db-wal", "journal.db-shm"}
