"""`user`: accounts from the command line."""

import asyncio
import re
from pathlib import Path

import pytest

from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from tests.commands.conftest import Jiaohao


def can_sign_in(data: Path, user: str, password: str) -> bool:
    """Whether that is the person's password, and the person may use it."""

    async def look() -> bool:
        records = Records(SqliteRecordStore(data / "records.db"))
        await records.open()
        try:
            return await records.accounts.authenticate(user, password) is not None
        finally:
            await records.close()

    return asyncio.run(look())


def add(jiaohao: Jiaohao, login: str = "wang") -> str:
    """Add a clerk; the password."""
    result = jiaohao("user", "add", login, "--name", "王芳", "--role", "clerk", "--hall", "town", "--counter", "1")
    found = re.fullmatch(rf"{login} / (\S+)\n", result.stdout)
    assert found, result.output
    return found[1]


def test_a_password_is_printed_once_and_works(jiaohao: Jiaohao, data: Path) -> None:
    """Nobody can look it up afterwards."""
    password = add(jiaohao)
    assert can_sign_in(data, "wang", password)
    listed = jiaohao("user", "list").stdout
    assert listed == "wang\tclerk\t王芳\ttown\n"
    assert password.encode() not in b"".join(file.read_bytes() for file in data.iterdir())


def test_a_new_password_ends_the_old_one(jiaohao: Jiaohao, data: Path) -> None:
    """Every account has one."""
    old = add(jiaohao)
    new = jiaohao("user", "password", "WANG").stdout.strip()
    assert new != old
    assert can_sign_in(data, "wang", new)
    assert not can_sign_in(data, "wang", old)


def test_a_disabled_person_cannot_sign_in(jiaohao: Jiaohao, data: Path) -> None:
    """And is listed as such."""
    password = add(jiaohao)
    assert jiaohao("user", "disable", "wang").stdout == "wang is disabled\n"
    assert not can_sign_in(data, "wang", password)
    assert jiaohao("user", "list").stdout.endswith("\tdisabled\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "wang", "--name", "x", "--role", "clerk", "--hall", "town"], "there is an account 'wang' already"),
        (["add", "a b", "--name", "x", "--role", "clerk", "--hall", "town"], "'a b' cannot be a login name"),
        (["password", "nobody"], "there is no account 'nobody'"),
        (["disable", "nobody"], "there is no account 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said(jiaohao: Jiaohao, arguments: list[str], says: str) -> None:
    """In one sentence, with exit code 1."""
    add(jiaohao)
    result = jiaohao("user", *arguments)
    assert result.exit_code == 1
    assert says in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--role", "clerk"], "say where the clerk works, with --hall"),
        (["--role", "district", "--hall", "town"], "a district belongs to no hall"),
        (["--role", "king"], "'king' is not one of"),
    ],
)
def test_a_role_and_its_halls_go_together(jiaohao: Jiaohao, data: Path, arguments: list[str], says: str) -> None:
    """What makes no sense is refused before anything is made."""
    result = jiaohao("user", "add", "wang", "--name", "x", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not data.exists()
