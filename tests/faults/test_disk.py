"""A full or failing disk: commands are refused with `same_key`, all else goes on, and it heals by itself.

A disk can only be made read-only while nobody has a file open on it to write, unlike one that fails. So what happens
here to the server's open files is what it would see then: each write is refused by the operating system.
"""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from queue_server.app import running
from queue_server.journal.datafolder import DataFolder, FolderInUse
from queue_server.settings import Settings
from tests.web.pages.conftest import Site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="POSIX limits, and /proc")

PASSWORD = "long enough for a clerk"


@pytest.fixture
async def kiosk(site: Site) -> AsyncIterator[str]:
    """The kiosk's token in a hall that has a ticket already."""
    await site.hall()
    token = await site.device("kiosk")
    await site.ticket(token)
    yield token


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """No file of this process may grow in the block, as when the disk is full; the log goes elsewhere."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        with capture_logs():
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def failing_disk(folder: Path) -> Iterator[None]:
    """The write-ahead logs that this process has open in `folder` can be read and not written to in the block.

    Under each open file's number stands one that was opened to read. The logs alone: every write begins there, and
    SQLite's locks, which rest on the other files, end when those are closed.
    """
    kept: list[tuple[int, int]] = []
    for path in folder.glob("*-wal"):
        numbers = [int(open_.name) for open_ in Path("/proc/self/fd").iterdir() if open_.resolve() == path.resolve()]
        reading = os.open(path, os.O_RDONLY)
        for number in numbers:
            kept.append((number, os.dup(number)))
            os.dup2(reading, number)
        os.close(reading)
    assert kept
    try:
        yield
    finally:
        for number, writing in kept:
            os.dup2(writing, number)
            os.close(writing)


Disk = Callable[[Path], AbstractContextManager[None]]
DISKS = pytest.mark.parametrize("disk", [full_disk, failing_disk])


async def issue(site: Site, token: str, key: str) -> Any:
    """Ask for a ticket with that key; status and body."""
    async with site.client() as client:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answer = await client.post("/api/v1/halls/town/tickets", json={"queue": "comprehensive"}, headers=headers)
        return answer.status_code, answer.json()


async def board(site: Site) -> Any:
    """The public state of the hall."""
    answer = await site.call("GET", "/halls/town/board")
    assert answer.status_code == 200
    return {name: value for name, value in answer.json().items() if name != "at"}


async def ready(site: Site) -> int:
    """What /readyz answers."""
    async with site.client() as client:
        return (await client.get("/readyz")).status_code


async def sign_in(site: Site, user: str) -> tuple[int, str | None]:
    """Sign somebody in; status and code."""
    async with site.client() as client:
        answer = await client.post("/api/v1/session", json={"user": user, "password": PASSWORD})
        return answer.status_code, answer.json().get("code")


@DISKS
async def test_a_disk_refuses_commands_and_nothing_else(site: Site, kiosk: str, disk: Disk, tmp_path: Path) -> None:
    """503 with `same_key`, the state as it was, reads as ever; the same key then gets the next number, once."""
    before = await board(site)
    assert await ready(site) == 200
    clerk = await site.person("clerk", password=PASSWORD)
    with disk(tmp_path / "data"):
        for _ in range(3):
            status, problem = await issue(site, kiosk, "again")
            assert (status, problem["code"], problem["retry"]) == (503, "store_unavailable", "same_key")
        assert await board(site) == before
        assert await ready(site) == 503
        assert await sign_in(site, clerk.user) == (503, "store_unavailable")
        async with site.client() as client:
            assert (await client.get("/screen/town")).status_code == 200
    assert await sign_in(site, clerk.user) == (201, None)
    status, ticket = await issue(site, kiosk, "again")
    assert (status, ticket["number"]) == (201, "A002")
    assert await issue(site, kiosk, "again") == (201, ticket)
    assert await ready(site) == 200
    assert (await site.ticket(kiosk))["number"] == "A003"


@DISKS
async def test_sockets_go_on_meanwhile(site: Site, kiosk: str, disk: Disk, tmp_path: Path) -> None:
    """A screen stays connected, hears heartbeats and nothing that is not on disk, and then what comes after."""
    url = site.url.replace("http", "ws") + "/api/v1/halls/town/live?topic=board"
    async with asyncio.timeout(20), connect(url, proxy=None) as screen:
        assert '"snapshot"' in str(await screen.recv())
        with disk(tmp_path / "data"):
            refused = [(await issue(site, kiosk, f"lost-{n}"))[0] for n in range(8)]
            while '"heartbeat"' not in (frame := str(await screen.recv())):
                assert '"patch"' not in frame
        assert refused == [503] * 8
        assert (await issue(site, kiosk, "found"))[0] == 201
        while '"patch"' not in (frame := str(await screen.recv())):
            pass
        assert '"head"' not in frame


async def test_a_second_server_on_the_folder_is_refused(site: Site, kiosk: str, tmp_path: Path) -> None:
    """By name, and the first one works on."""
    with pytest.raises(FolderInUse, match="in use by another server"):
        async with running(Settings(data=str(tmp_path / "data"))):
            pass
    assert (await issue(site, kiosk, "on"))[0] == 201
    with pytest.raises(FolderInUse), DataFolder(tmp_path / "data"):
        pass
