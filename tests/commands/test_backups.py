"""`backup` and `restore`."""

import asyncio
import stat
from pathlib import Path

from queue_server.app import running
from queue_server.journal.base import Head
from queue_server.settings import Settings
from tests.commands.a_day import TICKETS, work
from tests.commands.conftest import Jiaohao


async def found(data: Path) -> tuple[Head, list[str]]:
    """The head and the tickets' numbers of the station, as a server finds them."""
    async with running(Settings(data=str(data))) as server:
        runner = await server.hall("station")
        return runner.days.head, [ticket.number for ticket in runner.day.tickets.values()]


def test_a_working_server_is_backed_up_and_restored_under_a_new_epoch(
    jiaohao: Jiaohao, data: Path, tmp_path: Path
) -> None:
    """Everything is there again, and nobody takes what follows for what he saw before."""
    backup, restored = tmp_path / "backup", tmp_path / "restored"

    async def live() -> Head:
        async with running(Settings(data=str(data))) as server:
            _, device = await server.records.devices.create("station", "kiosk", server.now())
            result = await asyncio.to_thread(jiaohao, "backup", backup)
            assert result.stdout == f"copied to {backup}\n"
            tokens.append(device)
            return (await server.hall("station")).days.head

    tokens: list[str] = []
    asyncio.run(work(data))
    before = asyncio.run(live())
    assert {file.name for file in backup.iterdir()} == {"journal.db", "records.db"}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700

    assert jiaohao("restore", backup, "--data", restored).stdout == f"restored to {restored}\n"
    after, numbers = asyncio.run(found(restored))
    assert (after.seq, after.tip) == (before.seq, before.tip)
    assert after.epoch != before.epoch
    assert numbers == [f"A{n:03}" for n in range(1, TICKETS + 1)]
    assert jiaohao("verify", "--data", restored).exit_code == 0
    assert jiaohao("device", "list", "--data", restored).stdout.count("kiosk") == 1


def test_a_folder_that_holds_anything_is_not_restored_into(jiaohao: Jiaohao, data: Path, tmp_path: Path) -> None:
    """Nothing in it is touched."""
    asyncio.run(work(data))
    assert jiaohao("backup", tmp_path / "backup").exit_code == 0
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "letter.txt").write_text("mine")
    for folder in (data, kept):
        result = jiaohao("restore", tmp_path / "backup", "--data", folder)
        assert result.exit_code == 1
        assert "is not empty: restore into a new folder" in result.stderr
    assert (kept / "letter.txt").read_text() == "mine"


def test_a_backup_is_never_written_over(jiaohao: Jiaohao, data: Path, tmp_path: Path) -> None:
    """The target must be new."""
    asyncio.run(work(data))
    (tmp_path / "backup").mkdir()
    result = jiaohao("backup", tmp_path / "backup")
    assert result.exit_code == 1
    assert "File exists" in result.stderr


def test_what_is_no_backup_is_not_restored(jiaohao: Jiaohao, tmp_path: Path) -> None:
    """A folder without a journal or without records, or with something else under the journal's name."""
    (tmp_path / "empty").mkdir()
    result = jiaohao("restore", tmp_path / "empty")
    assert result.exit_code == 1
    assert "is no backup" in result.stderr
    (tmp_path / "empty" / "journal.db").write_bytes(b"what is this? " * 100)
    result = jiaohao("restore", tmp_path / "empty")
    assert result.exit_code == 1
    assert "there is no records.db in it" in result.stderr
    (tmp_path / "empty" / "records.db").write_bytes(b"")
    result = jiaohao("restore", tmp_path / "empty")
    assert result.exit_code == 1
    assert "is not a journal" in result.stderr
