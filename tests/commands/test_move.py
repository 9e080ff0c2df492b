"""`move`: from a data folder to Redis, and back."""

import asyncio
from pathlib import Path

import pytest

from queue_server.app import running
from queue_server.domain import commands
from queue_server.engine.stream_runner import Accepted
from queue_server.journal.base import Head, Sealed
from queue_server.journal.datafolder import DataFolder
from queue_server.settings import Settings
from tests.commands.a_day import TICKETS, work
from tests.commands.conftest import Jiaohao


async def found(settings: Settings, ticket: str) -> tuple[Head, int]:
    """The day's head, and how many tickets there are once this command of the day was repeated, or is new."""
    async with running(settings) as server:
        runner = await server.hall("station")
        head = runner.days.head
        command = commands.IssueTicket(by="kiosk", ticket=f"ticket-{ticket}", queue="all")
        outcome = await runner.run(command, f"issue-{ticket}", "", lambda day, events: None)
        assert isinstance(outcome, Accepted)
        return head, len(runner.day.tickets)


def test_halls_move_to_redis_and_back(jiaohao: Jiaohao, data: Path, store: str, tmp_path: Path) -> None:
    """With their epochs, so that screens go on where they stood; a command that is repeated is known."""
    asyncio.run(work(data))
    assert jiaohao("user", "add", "li", "--name", "李华", "--role", "head", "--hall", "station").exit_code == 0
    moved = jiaohao("move", data, store)
    assert moved.stdout.startswith(f"moved to {store}: station\n{data} is closed."), moved.output

    on_redis = Settings(data=str(tmp_path / "server"), store=store)
    head, tickets = asyncio.run(found(on_redis, "0"))
    assert tickets == TICKETS
    assert asyncio.run(found(on_redis, "new"))[1] == TICKETS + 1
    assert jiaohao("user", "list", "--store", store).stdout == "li\thead\t李华\tstation\n"
    assert jiaohao("verify", "--store", store).exit_code == 0

    for command in (("serve", "--port", "0"), ("user", "disable", "li")):
        closed = jiaohao(*command)
        assert closed.exit_code == 1
        assert f"Error: the hall has moved to {store}\n" == closed.stderr
    again = jiaohao("move", data, store)
    assert (again.exit_code, again.stdout) == (0, f"everything has moved to {store} already\n")

    assert jiaohao("move", store, data).exit_code == 0
    back, tickets = asyncio.run(found(Settings(data=str(data)), "new"))
    assert (back.epoch, back.seq > head.seq, tickets) == (head.epoch, True, TICKETS + 1)
    assert jiaohao("move", store, data).stdout == f"everything has moved to {data} already\n"
    assert jiaohao("verify").exit_code == 0


def test_a_server_at_work_is_closed_at_the_end(jiaohao: Jiaohao, data: Path, store: str) -> None:
    """Until then its halls work; from then on it refuses, and the same command works where the hall is now."""

    async def live() -> None:
        async with running(Settings(data=str(data))) as server:
            runner = await server.hall("station")
            ahead = await asyncio.to_thread(jiaohao, "move", data, store, "--ahead")
            assert ahead.stdout == f"copied to {store} so far: station\n"
            there = await asyncio.to_thread(jiaohao, "hall", "list", "--store", store)
            assert "there is no journal" in there.stderr, "no server finds what is not all there"
            command = commands.IssueTicket(by="kiosk", ticket="ticket-late", queue="all")
            assert isinstance(await runner.run(command, "issue-late", "", lambda day, events: None), Accepted)
            assert (await asyncio.to_thread(jiaohao, "move", data, store)).exit_code == 0
            with pytest.raises(Sealed, match="the hall has moved to redis://"):
                await runner.run(command, "issue-later", "", lambda day, events: None)

    asyncio.run(work(data))
    asyncio.run(live())
    assert asyncio.run(found(Settings(data=str(data), store=store), "later"))[1] == TICKETS + 2


def test_an_address_with_a_password_stays_unseen(
    jiaohao: Jiaohao, data: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes from the environment, and is told and written down without it."""
    asyncio.run(work(data))
    assert "JIAOHAO_STORE says nothing" in jiaohao("move", data, "JIAOHAO_STORE").stderr
    monkeypatch.setenv("JIAOHAO_STORE", store.replace("//", "//default:@"))
    assert jiaohao("move", data, "JIAOHAO_STORE").stdout.startswith(f"moved to {store}: station\n")
    assert jiaohao("hall", "list").stdout.startswith("station\t")
    assert f"the hall has moved to {store}\n" in jiaohao("serve", "--store", "", "--port", "0").stderr
    assert jiaohao("move", "JIAOHAO_STORE", data).exit_code == 0


def test_what_is_half_there_is_not_opened(jiaohao: Jiaohao, data: Path, tmp_path: Path) -> None:
    """Nor does a server begin in it; whoever gives up has everything where it was."""
    asyncio.run(work(data))
    new = tmp_path / "new"
    assert jiaohao("move", data, new, "--ahead").exit_code == 0
    half = jiaohao("serve", "--data", new, "--port", "0")
    assert half.exit_code == 1
    assert half.stderr == f"Error: the hall is not all here yet: it is on its way from {data}\n"
    assert jiaohao("move", data, new, "--give-up").stdout == f"open again in {data}: station\n"
    assert asyncio.run(found(Settings(data=str(data)), "new"))[1] == TICKETS + 1
    assert jiaohao("move", data, new).exit_code == 0
    assert asyncio.run(found(Settings(data=str(new)), "new"))[1] == TICKETS + 1


def test_where_nothing_can_be_moved_it_is_said(
    jiaohao: Jiaohao, data: Path, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence, before anything is touched."""
    monkeypatch.setenv("JIAOHAO_STORE_PATIENCE_S", "0")
    assert f"there is no journal in {data}" in jiaohao("move", data, store).stderr
    assert f"there is no hall in {store}" in jiaohao("move", store, tmp_path / "new").stderr
    assert "FROM and TO are the same" in jiaohao("move", data, data).stderr
    assert "say one of them" in jiaohao("move", data, store, "--ahead", "--give-up").stderr
    asyncio.run(work(data))
    (tmp_path / "link").symlink_to(data)
    assert "FROM and TO are the same" in jiaohao("move", data, tmp_path / "link").stderr
    with DataFolder(tmp_path / "busy"):
        assert "in use by another server" in jiaohao("move", data, tmp_path / "busy").stderr
    assert "the journal is not available" in jiaohao("move", data, "redis://127.0.0.1:1").stderr
    assert asyncio.run(found(Settings(data=str(data)), "new"))[1] == TICKETS + 1


def test_a_place_under_another_name_is_the_same_place(jiaohao: Jiaohao, data: Path, store: str) -> None:
    """Nothing is closed in it."""
    asyncio.run(work(data))
    assert jiaohao("move", data, store).exit_code == 0
    refused = jiaohao("move", store, store.replace("127.0.0.1", "localhost"))
    assert "there is another history of the hall 'station' already" in refused.stderr
    assert asyncio.run(found(Settings(data=str(data), store=store), "new"))[1] == TICKETS + 1
