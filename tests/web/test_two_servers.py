"""Two whole servers over one Redis: whichever is asked, there is one hall; no screen shows the past as present."""

import asyncio
import json
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from redis import Redis

from queue_server import process_clock, stores
from queue_server.app import running
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Unavailable
from queue_server.journal import redis_line, redis_news
from queue_server.push import hub
from queue_server.push.live import TRY_AGAIN_LATER
from queue_server.push.outbox import Limits
from queue_server.redis_nodes import Nodes, address
from queue_server.settings import Settings
from tests.faults.link import Link
from tests.journal.conftest import RedisStore
from tests.redis_server import RedisServer, redis_url
from tests.waiting import SCALE, until
from tests.web.pages.conftest import TOWN, Site
from tests.web.test_live import Reader, code_of, live

ONE, TICKETS = "/halls/town/counters/1", "/halls/town/tickets"
ROOT = Path(__file__).resolve().parents[2]
HEARTBEAT_S = 0.3 * SCALE
PATIENCE_S = 2.0 * SCALE


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Redis of this run, as if it held nothing."""
    monkeypatch.setattr(stores, "Nodes", partial(Nodes, namespace=f"{token_hex(4)}:"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that notice sooner that they hear nothing."""
    monkeypatch.setattr(redis_news, "TICK_S", 0.05 * SCALE)
    monkeypatch.setattr(redis_news, "CURRENT_S", 1.5 * SCALE)
    monkeypatch.setattr(redis_line, "ANSWER_S", 0.7 * SCALE)
    monkeypatch.setattr(redis_line, "RETRY_S", 0.1 * SCALE)
    monkeypatch.setattr(address, "ANSWER_S", 0.7 * SCALE)
    monkeypatch.setattr(hub, "Limits", lambda: Limits(heartbeat_s=HEARTBEAT_S))


@asynccontextmanager
async def serving(folder: Path, url: str) -> AsyncIterator[Site]:
    """One server."""
    async with running(Settings(data=str(folder), store=url, store_patience_s=PATIENCE_S)) as server:
        site = Site(server)
        await site.mend()
        yield site
        await site.cut()


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    """The network between the second server and Redis."""
    async with Link(urlsplit(redis_url()).port or 0) as link:
        yield link


@pytest.fixture
async def sites(tmp_path: Path, link: Link) -> AsyncIterator[tuple[Site, Site]]:
    """Both servers, with the hall "town"."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(serving(tmp_path / "a", redis_url()))
        there = await stack.enter_async_context(serving(tmp_path / "b", link.url.replace("http", "redis")))
        there._keys = count(1_000_000)  # other keys than the first one's: the same ones would be the same commands
        await here.hall()
        yield here, there


async def test_a_call_at_one_server_is_on_the_others_screens_at_once(sites: tuple[Site, Site]) -> None:
    """The same frames, byte for byte, without anybody having asked the other server for anything."""
    here, there = sites
    kiosk, clerk = await here.device("kiosk"), await here.clerk(1)
    async with AsyncExitStack() as stack:
        topics = [(site, topic) for site in sites for topic in ("board", "calls")]
        readers = [await stack.enter_async_context(live(site, topic)) for site, topic in topics]
        for reader in readers:
            await reader.frame("snapshot")
        longest_s = 0.0
        for _ in range(20):
            await here.ticket(kiosk)
            called = (await here.post(f"{ONE}/next", {}, clerk))["ticket"]["number"]
            began = time.monotonic()
            frame = await readers[3].frame("call")
            longest_s = max(longest_s, time.monotonic() - began)
            assert frame["call"]["number"] == called
            await here.post(f"{ONE}/no-show", {}, clerk)
        runner = await there.server.hall("town")
        for reader in readers:
            await reader.until(runner.days.head.seq)
        patches, calls = [
            [[text for text in reader.texts if f'"type":"{kind}"' in text] for reader in pair]
            for kind, pair in (("patch", readers[::2]), ("call", readers[1::2]))
        ]
        assert patches[0] == patches[1] and len(patches[0]) == 60
        assert calls[0][1:] == calls[1][1:] and len(calls[0]) == 20  # what was before the first, each knows for itself
        assert longest_s < SCALE
    assert runner.taken >= 60 and runner.conflicts == 0


async def hint(reader: Reader) -> Any:
    """What the next hint says."""
    async with asyncio.timeout(10 * SCALE):
        while (frame := json.loads(await reader.socket.recv()))["type"] != "hint":
            pass
    return frame["hint"]


async def test_a_hint_reaches_the_readers_of_both_servers(sites: tuple[Site, Site]) -> None:
    """A test of the voice; the server that is asked for it counts the devices of both."""
    here, there = sites
    head = await here.session(await here.person("head"))
    async with live(there, "calls", await here.device("announcer")) as announcer, live(here, "calls") as screen:
        for reader in (announcer, screen):
            await reader.frame("snapshot")
        async with asyncio.timeout(10 * SCALE):
            while not (await here.server.presences.of("town", here.server.now())).present:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        told = await here.post("/halls/town/voice/test", {}, head)
        assert told["announcers"] == 1
        for reader in (announcer, screen):
            assert await hint(reader) == {"test": told["test"]}


async def test_whoever_asks_the_other_server_at_once_finds_what_the_first_has_answered(
    sites: tuple[Site, Site],
) -> None:
    """A ticket is read, called and given up wherever its holder's next request lands."""
    kiosk = await sites[0].device("kiosk")
    for n in range(30):
        first, second = sites if n % 2 else sites[::-1]
        ticket = await first.ticket(kiosk, "express")
        answer = await second.call("GET", f"{TICKETS}/{ticket['id']}")
        assert answer.status_code == 200 and answer.json() == ticket
        assert (await first.call("DELETE", f"{TICKETS}/{ticket['id']}")).status_code == 200
        assert (await second.call("GET", f"{TICKETS}/{ticket['id']}")).json()["state"] == "cancelled"
    boards = [(await site.call("GET", "/halls/town/board")).json() for site in sites]
    assert boards[0] | {"at": ""} == boards[1] | {"at": ""}


async def test_every_server_may_work_for_every_counter(sites: tuple[Site, Site]) -> None:
    """Two clerks at different servers, all at once: no number twice, nobody called twice, both boards equal."""
    kiosk = await sites[0].device("kiosk")
    tokens = [await site.clerk(n, name=name) for n, site, name in ((1, sites[0], "王芳"), (2, sites[1], "李强"))]
    tickets = await asyncio.gather(*(site.ticket(kiosk) for _ in range(20) for site in sites))
    assert sorted(ticket["number"] for ticket in tickets) == [f"A{n:03d}" for n in range(1, 41)]

    async def work(site: Site, counter: int, token: str) -> list[str]:
        called = []
        path = f"/halls/town/counters/{counter}"
        while (ticket := (await site.post(f"{path}/next", {}, token))["ticket"]) is not None:
            called.append(ticket["number"])
            await site.post(f"{path}/start", {}, token)
            await site.post(f"{path}/finish", {}, token)
        return called

    called = await asyncio.gather(work(sites[0], 1, tokens[0]), work(sites[1], 2, tokens[1]))
    assert sorted(called[0] + called[1]) == [f"A{n:03d}" for n in range(1, 41)]
    boards = [(await site.call("GET", "/halls/town/board")).json() for site in sites]
    assert boards[0] | {"at": ""} == boards[1] | {"at": ""}


async def test_whoever_one_server_lets_in_or_throws_out_is_in_or_out_at_the_other(sites: tuple[Site, Site]) -> None:
    """Open sockets within seconds; a changed password at once."""
    here, there = sites
    head = await here.person("head", password="sunny-day in Pingtan")
    token, screen = await here.session(head), await here.device("screen")
    (device,) = await there.server.records.devices.all("town")
    async with live(there, "load", token) as signed_out, live(there, "board", screen) as revoked:
        for reader in (signed_out, revoked):
            await reader.frame("snapshot")
        assert (await here.call("DELETE", "/session", token=token)).status_code == 200
        await here.server.records.devices.revoke(device.id, here.server.now())
        assert [*await asyncio.gather(signed_out.closed(), revoked.closed())] == [4501, 4501]
    assert (await there.call("GET", "/halls/town/staff", token=token)).status_code == 401
    await there.server.records.accounts.set_password(head.id, "rainy-day in Pingtan")
    asked = {"user": head.user, "password": "sunny-day in Pingtan"}
    assert (await here.call("POST", "/session", asked)).status_code == 401
    assert (await here.call("POST", "/session", asked | {"password": "rainy-day in Pingtan"})).status_code == 201


async def test_statistics_are_those_of_the_hall_whichever_server_is_asked(sites: tuple[Site, Site]) -> None:
    """At once, also at one that knows the hall only from the store, and after both have read it on."""
    here, there = sites
    kiosk, clerk = await here.device("kiosk"), await here.clerk(1)
    head = await here.session(await here.person("head"))
    today = here.server.now().astimezone(ZoneInfo(TOWN.timezone)).date()
    path = f"/halls/town/statistics?from={today - timedelta(days=1)}&to={today}&by=queue"
    for issued in (1, 2):
        await there.ticket(kiosk)
        await here.post(f"{ONE}/next", {}, clerk)
        await there.post(f"{ONE}/start", {}, clerk)
        await here.post(f"{ONE}/finish", {}, clerk)
        answers = [(await site.call("GET", path, token=head)).json() for site in sites]
        assert answers[0] == answers[1]
        (row,) = answers[0]["rows"]
        assert (row["issued"], row["served"]) == (issued, issued)
        await asyncio.gather(*(site.server.histories.keep_up(["town"]) for site in sites))
    kept = [await site.server.histories._store.kept("town") for site in sites]
    assert kept[0] is not None and kept[0] == kept[1]


async def test_what_was_lost_on_the_way_is_fetched(sites: tuple[Site, Site], link: Link) -> None:
    """The second server's connections break again and again; its screen ends where the first one's does."""
    here, there = sites
    kiosk = await here.device("kiosk")
    async with live(here, "board") as first, live(there, "board") as second:
        for _ in range(5):
            for _ in range(4):
                await here.ticket(kiosk)
            link.cut()
            await here.ticket(kiosk)
        head = (await here.server.hall("town")).days.head.seq
        for reader in (first, second):
            await reader.until(head)
        assert first.subscriber.state == second.subscriber.state


async def silence(reader: Reader, for_s: float) -> None:
    """Read on until nothing came for so long."""
    with pytest.raises(TimeoutError):
        while True:
            async with asyncio.timeout(for_s):
                await reader.socket.recv()


async def ready(site: Site, code: int) -> None:
    """Wait until it says so."""
    async with site.client() as client, asyncio.timeout(30 * SCALE):
        while (await client.get("/readyz")).status_code != code:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_is_cut_off_never_looks_alive(sites: tuple[Site, Site], link: Link) -> None:
    """Its screens fall silent, so that they say that they show the past; it lets nobody in, and says that it is not
    ready. The other one works on, and the first comes back by itself.
    """
    here, there = sites
    kiosk = await here.device("kiosk")
    async with live(there, "board") as reader:
        await reader.frame("snapshot")
        await reader.frame("heartbeat")
        await ready(there, 200)
        link.swallow()
        await until(lambda: not there.server.registry.current("town"))
        await silence(reader, 4 * HEARTBEAT_S)
        await here.ticket(kiosk)
        await ready(there, 503)
        assert await code_of(there, "board") == TRY_AGAIN_LATER
        answer = await there.call("GET", "/halls/town/board")
        assert answer.status_code == 503 and answer.json()["code"] == "store_unavailable"
        async with there.client() as client:
            assert (await client.get("/screen/town")).status_code == 503
        link.mend()
        await reader.until((await here.server.hall("town")).days.head.seq)
        await reader.frame("heartbeat")
        await ready(there, 200)
        assert (await there.call("GET", "/halls/town/board")).json()["state"] == reader.subscriber.state


@pytest.mark.usefixtures("impatient")
async def test_what_redis_has_lost_is_noticed_though_nobody_asks(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """By all servers that knew it: every reader is sent back to what is left, the head is told at each of them, and no
    number is given to two people.
    """
    here, _ = sites
    kiosk, head = await here.device("kiosk"), await here.session(await here.person("head"))
    runners = [await site.server.hall("town") for site in sites]
    of_hall = RedisStore(tmp_path)
    of_hall._namespace = runners[0].days._journal._nodes.key("town")  # type: ignore[attr-defined]
    copy = await of_hall.copied()
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(live(site, "board")) for site in sites]
        lost = [(await here.ticket(kiosk))["number"] for _ in range(3)]
        for reader in readers:
            await reader.until(runners[0].day.seq)
        await of_hall.put_back(copy)
        assert {await reader.closed() // 100 for reader in readers} == {44}, "to come back"
    await until(lambda: all(len(list(runner.books.durable.losses.open())) == 1 for runner in runners))
    await until(lambda: runners[0].days.head == runners[1].days.head)
    for site, runner in zip(sites, runners, strict=True):
        async with live(site, "board") as reader:
            snapshot = await reader.frame("snapshot")
        assert snapshot["epoch"] == runner.days.head.epoch
        assert snapshot["state"]["queues"]["comprehensive"]["waiting"] == 0
        async with site.client() as client:
            watch = await client.get("/manager/town/watch", headers={"Authorization": f"Bearer {head}"})
        assert [alarm["lost"]["issued"] for alarm in watch.json()["standing"]] == [lost]
    numbers = [(await site.ticket(kiosk))["number"] for site in sites]
    assert [*lost, *numbers] == [f"A{n:03}" for n in range(1, 6)]


async def test_redis_is_killed_and_comes_back(tmp_path: Path) -> None:
    """Whoever takes a ticket meanwhile waits for it: none is refused, lost or given twice, and a screen that stayed
    has heard of all.
    """
    redis = RedisServer("--appendonly", "yes", "--appendfsync", "always").wait()
    async with serving(tmp_path / "a", redis.url) as here, serving(tmp_path / "b", redis.url) as there:
        runner = await here.hall()
        kiosk = await here.device("kiosk")
        async with live(there, "board") as reader:
            await reader.frame("snapshot")

            async def rush(site: Site) -> list[str]:
                async with httpx.AsyncClient(base_url=site.url, trust_env=False, verify=False, timeout=60) as client:
                    headers = {"Authorization": f"Bearer {kiosk}"}
                    numbers = []
                    for n in range(30):
                        headers["Idempotency-Key"] = f"{site.url}-{n}"
                        answer = await client.post(
                            f"/api/v1{TICKETS}", json={"queue": "comprehensive"}, headers=headers
                        )
                        assert answer.status_code == 201, answer.text
                        numbers.append(answer.json()["number"])
                    return numbers

            taking = asyncio.gather(rush(here), rush(there))
            for seq in (10, 40):
                await until(lambda seq=seq: runner.day.seq >= seq)  # type: ignore[misc]
                redis.signal(signal.SIGKILL)
                await asyncio.sleep(0.2)
                redis.start()
            numbers = [number for those in await taking for number in those]
            assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 61)]
            await reader.until((await here.server.hall("town")).day.seq)
            assert reader.subscriber.state == (await here.call("GET", "/halls/town/board")).json()["state"]
    redis.end()


async def test_a_user_of_redis_needs_no_more_than_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers work with those rights, hear of each other, and ask for nothing else."""
    name, namespace = f"user-{token_hex(4)}", f"jiaohao:{token_hex(4)}:"
    rule = re.search(
        r"^ACL SETUSER jiaohao on >PASSWORD (.+)$", (ROOT / "docs" / "servers.md").read_text("utf-8"), re.M
    )
    assert rule is not None
    monkeypatch.setattr(stores, "Nodes", partial(Nodes, namespace=namespace))
    with Redis.from_url(redis_url()) as redis:
        redis.execute_command("ACL SETUSER", name, "on", ">word", *rule[1].split())
        url = redis_url().replace("redis://", f"redis://{name}:word@")
        async with serving(tmp_path / "a", url) as here, serving(tmp_path / "b", url) as there:
            await here.hall()
            kiosk = await here.device("kiosk")
            async with live(there, "board") as reader:
                await reader.frame("snapshot")
                await here.ticket(kiosk)
                await reader.frame("patch")
            await process_clock._tidy(here.server)
            await process_clock._keep_up(here.server)
            await process_clock._tell_peers(here.server)
        refused = redis.execute_command("ACL LOG")
        assert [entry for entry in refused if entry["username"] == name] == []
        redis.execute_command("ACL DELUSER", name)


async def test_halls_whose_store_is_away_hide_no_others(
    sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several masters one may be away: who chooses a hall finds all that are known here. With none there, it is
    said.
    """
    here, there = sites
    for hall in ("village", "valley"):
        await here.hall(id=hall)
    await there.server.hall("village")
    away = {"village", "valley"}
    find, freshen = HallRegistry.find, HallRunner.freshen

    async def found(self: HallRegistry, hall: str) -> HallRunner | None:
        if hall in away and self.at_hand(hall) is None:
            raise Unavailable(OSError("gone"))
        return await find(self, hall)

    async def asked(self: HallRunner) -> None:
        if self.id in away:
            raise Unavailable(OSError("gone"))
        await freshen(self)

    monkeypatch.setattr(HallRegistry, "find", found)
    monkeypatch.setattr(HallRunner, "freshen", asked)
    answer = await there.call("GET", "/halls")
    assert [hall["id"] for hall in answer.json()["halls"]] == ["town", "village"]
    away.add("town")
    assert (await there.call("GET", "/halls")).status_code == 503
