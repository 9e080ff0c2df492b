"""Every command on a Redis instead of a data folder."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.app import running
from queue_server.commands.demo_halls import Credentials, prepare_demo
from queue_server.settings import Settings
from tests.commands.conftest import Jiaohao


@pytest.fixture(autouse=True)
def in_the_environment(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command works there unless it says otherwise."""
    monkeypatch.setenv("JIAOHAO_STORE", store)


def test_a_hall_is_set_up_looked_at_and_verified(jiaohao: Jiaohao, store: str, hall_file: Path, data: Path) -> None:
    """As in a data folder, in which nothing of it is then."""
    assert jiaohao("user", "add", "li", "--name", "李华", "--role", "head", "--hall", "station").exit_code == 0
    assert not data.exists()
    assert jiaohao("hall", "create", hall_file).stdout == "station 示范站 created: 33 services offered\n"
    assert jiaohao("hall", "list").stdout == "station\tvillage\t示范站\t1 counters\n"
    id, _, token = jiaohao("device", "add", "station", "kiosk").stdout.strip().partition("\t")
    assert len(token) > 20
    assert jiaohao("device", "revoke", id).exit_code == 0
    assert jiaohao("device", "list").stdout.endswith("\trevoked\n")
    assert jiaohao("user", "password", "li").exit_code == 0
    assert jiaohao("user", "disable", "li").exit_code == 0
    assert jiaohao("user", "list").stdout == "li\thead\t李华\tstation\tdisabled\n"
    events = [json.loads(line)["event"]["type"] for line in jiaohao("export").stdout.splitlines()]
    assert events == ["account_changed", "hall_configured", *["device_changed"] * 2, *["account_changed"] * 2]
    verified = jiaohao("verify")
    assert verified.stdout.endswith("everything is in order\n")
    assert "station book: 6 events" in verified.stdout
    assert not (data / "journal.db").exists()


def test_a_hall_is_changed_while_servers_work(
    jiaohao: Jiaohao, store: str, hall_file: Path, data: Path, tmp_path: Path
) -> None:
    """The command is one more server."""

    async def live() -> str:
        async with running(Settings(data=str(tmp_path / "server"), store=store)) as server:
            runner = await server.registry.create("station")
            result = await asyncio.to_thread(jiaohao, "hall", "create", hall_file)
            assert result.exit_code == 0, result.output
            await runner.books.catch_up()
            assert runner.hall is not None
            return runner.hall.name

    assert asyncio.run(live()) == "示范站"


def test_the_option_goes_before_the_environment(jiaohao: Jiaohao, store: str, hall_file: Path, data: Path) -> None:
    """Empty, it means the data folder."""
    assert jiaohao("hall", "create", hall_file, "--store", "").exit_code == 0
    assert jiaohao("hall", "list", "--store", "").stdout.startswith("station\t")
    assert jiaohao("hall", "list").exit_code == 1
    assert (data / "journal.db").exists()


@pytest.mark.parametrize("command", ["verify", "export"])
def test_a_redis_that_holds_nothing_is_named_without_its_password(
    jiaohao: Jiaohao, store: str, command: str, data: Path
) -> None:
    """A slip in the address does not end with everything in order."""
    result = jiaohao(command, "--store", store.replace("redis://", "redis://default:@"))
    assert result.exit_code == 1
    assert f"there is no journal in {store}" in result.stderr


def test_a_redis_that_is_not_there_is_told_in_one_sentence(
    jiaohao: Jiaohao, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was asked."""
    monkeypatch.setenv("JIAOHAO_STORE_PATIENCE_S", "0")
    for command in (("verify",), ("hall", "list")):
        result = jiaohao(*command, "--store", "redis://127.0.0.1:1/0")
        assert result.exit_code == 1
        assert "the journal is not available" in result.stderr


def test_a_demo_is_one_for_all_servers(store: str, tmp_path: Path) -> None:
    """Whoever starts it next on the same Redis has its halls, and the first one's credentials are good."""

    async def begun(folder: str, earlier: Credentials | None) -> Credentials:
        async with running(Settings(data=str(tmp_path / folder), store=store)) as server:
            credentials = await prepare_demo(server, earlier)
            kiosk = await server.records.identify(credentials["halls"]["town"]["kiosk"], server.now())
            assert kiosk is not None
            assert (await server.hall("town")).day.hall.name
            return credentials

    first = asyncio.run(begun("a", None))
    assert asyncio.run(begun("b", first)) == first


def test_what_a_redis_holds_is_copied_to_files_while_servers_work(
    jiaohao: Jiaohao, store: str, hall_file: Path, tmp_path: Path
) -> None:
    """As from a data folder, without secrets; restored into one, it can be moved from there."""
    backup, restored = tmp_path / "backup", tmp_path / "restored"

    async def live() -> None:
        async with running(Settings(data=str(tmp_path / "server"), store=store)) as server:
            await server.records.devices.create("station", "kiosk", server.now())
            assert (await asyncio.to_thread(jiaohao, "backup", backup)).stdout == f"copied to {backup}\n"

    assert jiaohao("hall", "create", hall_file).exit_code == 0
    asyncio.run(live())
    assert {file.name for file in backup.iterdir()} == {"journal.db", "records.db"}
    with closing(sqlite3.connect(backup / "records.db")) as records:
        assert records.execute("SELECT count(*) FROM secrets").fetchone() == (0,)
    assert jiaohao("restore", backup, "--data", restored, "--store", "").exit_code == 0
    assert jiaohao("verify", "--data", restored, "--store", "").exit_code == 0
    assert jiaohao("hall", "list", "--data", restored, "--store", "").stdout.startswith("station\t")
    assert jiaohao("device", "list", "--data", restored, "--store", "").stdout.count("kiosk") == 1


def test_a_backup_is_restored_into_a_data_folder_first(jiaohao: Jiaohao, store: str, tmp_path: Path) -> None:
    """Into a Redis in use it would be another history of the same halls."""
    result = jiaohao("restore", tmp_path)
    assert result.exit_code == 1
    assert f"restore into a data folder, and move that to {store}" in result.stderr


def test_an_empty_redis_has_no_backup(jiaohao: Jiaohao, store: str, tmp_path: Path) -> None:
    """And no folder is made for it."""
    result = jiaohao("backup", tmp_path / "new")
    assert result.exit_code == 1
    assert f"there is no journal in {store}" in result.stderr
    assert not (tmp_path / "new").exists()
