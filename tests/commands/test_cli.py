"""`jiaohao`: what goes wrong in the world is one sentence, never a traceback, and leaves nothing behind."""

import asyncio
import socket
import sys
from pathlib import Path

import pytest

from queue_server import __version__
from queue_server.app import CannotListen, serve
from queue_server.journal.datafolder import DataFolder
from queue_server.settings import Settings
from tests.commands.conftest import Jiaohao
from tests.journal.permissions import read_only_folder


@pytest.mark.parametrize(
    "arguments", [["verify"], ["export"], ["backup", "/nowhere"], ["hall", "list"], ["user", "list"],
                  ["user", "password", "x"], ["user", "disable", "x"], ["device", "list"], ["device", "revoke", "x"],
                  ["device", "add", "town", "kiosk"]]
)  # fmt: skip
def test_an_unknown_folder_is_named_and_not_made(jiaohao: Jiaohao, data: Path, arguments: list[str]) -> None:
    """A slip in --data does not end with a new empty hall."""
    result = jiaohao(*arguments)
    assert result.exit_code == 1
    assert f"there is no data folder {data}" in result.stderr
    assert not data.exists()


@pytest.mark.parametrize("command", ["verify", "export", "backup"])
def test_a_folder_without_a_journal_is_named(jiaohao: Jiaohao, data: Path, tmp_path: Path, command: str) -> None:
    """And nothing is put there."""
    data.mkdir()
    result = jiaohao(command, *([tmp_path / "target"] if command == "backup" else []))
    assert result.exit_code == 1
    assert f"there is no journal in {data}" in result.stderr
    assert not any(data.iterdir())
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_folder_in_use_is_refused(jiaohao: Jiaohao, data: Path, command: str) -> None:
    """Two servers never share one; the credentials of the first one's demo stay where they are."""
    with DataFolder(data):
        (data / "demo.json").write_text("{}")
        result = jiaohao(command, "--port", "0")
        assert (data / "demo.json").exists()
    assert result.exit_code == 1
    assert f"the data folder {data} is in use by another server" in result.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_named(jiaohao: Jiaohao, command: str) -> None:
    """Before anything is promised."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = jiaohao(command, "--port", str(port))
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1 port {port}: " in result.stderr
    assert "ready" not in result.stdout


def test_a_language_file_that_cannot_be_used_is_named(jiaohao: Jiaohao, data: Path) -> None:
    """At the start, and not at the first call."""
    (data / "phrases").mkdir(parents=True)
    (data / "phrases" / "bo.toml").write_text('name = "བོད"\nsentences.call = "{number} {window}"\n', "utf-8")
    result = jiaohao("serve", "--port", "0")
    assert result.exit_code == 1
    assert "language file bo.toml: sentences.call: there is no {window}" in result.stderr


def test_a_form_of_ratings_that_is_none_is_told_before_anything_starts(jiaohao: Jiaohao, data: Path) -> None:
    """With its file's name and what is wrong."""
    (data / "rating_forms").mkdir(parents=True)
    form = 'title = "本省"\ntitle_en = "Ours"\ncolumns = [{name = "mobile", fact = "phone"}]\n'
    (data / "rating_forms" / "ours.toml").write_text(form, "utf-8")
    result = jiaohao("serve", "--port", "0")
    assert result.exit_code == 1
    assert "form of ratings ours.toml: column 'mobile' has no fact 'phone'" in result.stderr


def test_a_voice_pack_that_cannot_be_used_is_named(jiaohao: Jiaohao, data: Path) -> None:
    """Likewise."""
    (data / "packs" / "wang").mkdir(parents=True)
    result = jiaohao("serve", "--port", "0")
    assert result.exit_code == 1
    assert "wang: pack.toml cannot be read" in result.stderr


async def test_an_address_of_another_machine_is_refused(data: Path) -> None:
    """And the folder is free again."""
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1"):
        await serve(Settings(data=str(data), host="192.0.2.1"))
    with DataFolder(data):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("arguments", [["serve"], ["demo"], ["verify"], ["user", "list"]])
def test_a_read_only_folder_is_refused(jiaohao: Jiaohao, arguments: list[str]) -> None:
    """In words, whatever the command."""
    with read_only_folder() as folder:
        result = jiaohao(*arguments, "--data", str(folder))
    assert result.exit_code == 1


@pytest.mark.parametrize("command", [["serve"], ["demo"], ["verify"], ["hall", "list"]])
def test_a_bad_environment_variable_is_named(
    jiaohao: Jiaohao, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """Whatever the command."""
    monkeypatch.setenv("JIAOHAO_PORT", "many")
    result = jiaohao(*command)
    assert result.exit_code == 1
    assert "JIAOHAO_PORT" in result.stderr


def test_a_file_that_is_no_journal_is_named(jiaohao: Jiaohao, data: Path) -> None:
    """And not touched."""
    data.mkdir()
    (data / "journal.db").write_bytes(b"something else altogether" * 50)
    for command in (["verify"], ["serve", "--port", "0"]):
        result = jiaohao(*command)
        assert result.exit_code == 1
        assert f"{data / 'journal.db'} is not a journal of this program" in result.stderr
    assert (data / "journal.db").read_bytes() == b"something else altogether" * 50


def test_version_and_help(jiaohao: Jiaohao) -> None:
    """What there is can be asked for."""
    assert jiaohao("--version").stdout == f"jiaohao, version {__version__}\n"
    listed = jiaohao("--help").stdout
    for command in ("serve", "demo", "verify", "export", "backup", "restore", "hall", "user", "device"):
        assert f"\n  {command} " in listed


@pytest.mark.server
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_server_that_is_told_to_stop_ends_in_order(data: Path) -> None:
    """SIGTERM: everything is closed, and nothing went wrong."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "queue_server", "serve", "--port", "0", "--data", str(data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    async with asyncio.timeout(30):
        assert b"is ready: http://127.0.0.1:" in await process.stdout.readline()
        process.terminate()
        _, said = await process.communicate()
    assert (process.returncode, said) == (0, b"")
    assert not (data / "journal.db-wal").exists(), "the journal was not closed"
