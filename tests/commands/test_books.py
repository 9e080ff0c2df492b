"""What the command line does to people and devices stands in the journal: who did it, and to whom; no password."""

import asyncio
import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.app import running
from queue_server.commands.books import operator
from queue_server.settings import Settings
from queue_server.web.problems import ProblemError
from tests.commands.conftest import Jiaohao

ME = f"console:{getpass.getuser()}"
WANG = ("--name", "王芳", "--role", "clerk", "--hall", "station")


def changes(jiaohao: Jiaohao, hall: str = "station") -> list[dict[str, Any]]:
    """The changes of people and devices in the hall's journal, oldest first, without their times."""
    lines = [json.loads(line) for line in jiaohao("export", "--hall", hall).stdout.splitlines()]
    events = [line["event"] for line in lines if line["stream"] == "book"]
    kept = ("type", "by", "account", "device", "change")
    return [{k: event[k] for k in kept if k in event} for event in events if event["type"] != "hall_configured"]


@pytest.fixture
def station(jiaohao: Jiaohao, hall_file: Path) -> None:
    """A hall that is set up."""
    assert jiaohao("hall", "create", hall_file).exit_code == 0


def test_the_operator_is_the_systems_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not whoever the environment says."""
    before = operator()
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert operator() == before == ME


@pytest.mark.usefixtures("station")
def test_every_change_of_an_account_is_written_down(jiaohao: Jiaohao, data: Path) -> None:
    """With who made it; the passwords are nowhere."""
    first = jiaohao("user", "add", "wang", *WANG).stdout.split()[-1]
    second = jiaohao("user", "password", "WANG").stdout.strip()
    jiaohao("user", "disable", "wang")
    found = changes(jiaohao)
    assert [(change["by"], change["change"]) for change in found] == [
        (ME, "added"),
        (ME, "password"),
        (ME, "disabled"),
    ]
    assert len({change["account"] for change in found}) == 1
    kept = b"".join(file.read_bytes() for file in data.iterdir())
    assert first.encode() not in kept
    assert second.encode() not in kept


@pytest.mark.usefixtures("station")
def test_every_change_of_a_device_is_written_down(jiaohao: Jiaohao) -> None:
    """Its token is nowhere."""
    device, token = jiaohao("device", "add", "station", "kiosk").stdout.split()
    jiaohao("device", "revoke", device)
    assert [(c["by"], c["device"], c["change"]) for c in changes(jiaohao)] == [
        (ME, device, "added"),
        (ME, device, "revoked"),
    ]
    assert token not in jiaohao("export").stdout


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "wang", *WANG),
        ("user", "password", "nobody"),
        ("device", "add", "station", "evaluator"),
        ("device", "revoke", "d_0"),
    ],
)
def test_what_is_refused_leaves_no_trace(jiaohao: Jiaohao, arguments: tuple[str, ...]) -> None:
    """Neither here nor there."""
    jiaohao("user", "add", "wang", *WANG)
    before = changes(jiaohao)
    assert jiaohao(*arguments).exit_code == 1
    assert changes(jiaohao) == before


@pytest.mark.usefixtures("station")
def test_who_belongs_to_no_hall_is_written_into_every_book(jiaohao: Jiaohao) -> None:
    """For an administrator sees all of them."""
    jiaohao("user", "add", "root", "--name", "赵敏", "--role", "admin")
    assert [change["change"] for change in changes(jiaohao)] == ["added"]


def test_people_may_come_before_their_hall(jiaohao: Jiaohao, hall_file: Path) -> None:
    """Who added them is known all the same; until the hall is set up there is none."""
    jiaohao("user", "add", "wang", *WANG)
    assert jiaohao("hall", "list").stdout == ""
    assert jiaohao("device", "add", "station", "kiosk").exit_code == 1
    assert jiaohao("hall", "create", hall_file).stdout.startswith("station 示范站 created")
    assert [change["by"] for change in changes(jiaohao)] == [ME]


def test_a_hall_that_can_never_be_is_refused(jiaohao: Jiaohao, data: Path) -> None:
    """Rather than beginning a book for a slip of the pen."""
    result = jiaohao("user", "add", "wang", "--name", "x", "--role", "clerk", "--hall", "示范站")
    assert (result.exit_code, "is no hall's id" in result.stderr) == (2, True)
    assert not data.exists()


@pytest.mark.usefixtures("station")
async def test_a_server_at_work_goes_on(jiaohao: Jiaohao, data: Path) -> None:
    """It takes in what was written beside it, and people may begin before their hall there too."""
    async with running(Settings(data=str(data))) as server:
        runner = await server.hall("station")
        hall = runner.books.durable.hall
        assert hall is not None
        added = await asyncio.to_thread(jiaohao, "user", "add", "wang", *WANG)
        assert added.exit_code == 0, added.output
        await runner.configure(replace(hall, phone="1"), "u_1", "again", "")
        assert [event.by async for _, events in runner.books.events_after(1) for event in events] == [ME, "u_1"]
        await asyncio.to_thread(jiaohao, "user", "add", "li", "--name", "李雷", "--role", "head", "--hall", "west")
        with pytest.raises(ProblemError, match="hall_unknown"):
            await server.hall("west")
        assert [runner.id for runner in await server.halls()] == ["station"]
        west = await server.registry.create("west")
        await west.configure(replace(hall, id="west"), "u_1", "west", "")
        assert await server.hall("west") is west
