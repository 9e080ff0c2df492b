"""Three servers over a Redis or a Cluster: whatever is killed, nothing acknowledged is lost, and no call."""

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from queue_server.live_client import Connection, live_address
from queue_server.wire.subscriber import CallSeen, Change, Status, Subscriber
from tests.faults.fleet import Fleet
from tests.faults.patient_client import PatientClient
from tests.waiting import until

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(1800)]

ROUNDS = int(os.environ.get("TEST_FLEET_ROUNDS", "1"))
"""How often each thing is killed; TEST_FLEET_ROUNDS=10 for a long run."""

Fault = Callable[[], Awaitable[None]]

CITIZENS, COUNTERS = 3, (1, 2, 3, 4, 5, 6)
QUEUES = {1: "comprehensive", 2: "comprehensive", 3: "express", 4: "complaint", 5: "certificate", 6: "agency"}


class Screen:
    """Follows one topic on one server, and comes back to it for as long as it takes."""

    def __init__(self, address: str, topic: str) -> None:
        self.subscriber = Subscriber(topic)
        self.calls: Counter[int] = Counter()  # by seq
        self._connection = Connection(live_address(address, "town"), None, self.subscriber, on_change=self._changed)
        self._task = asyncio.create_task(self._connection.run())

    def _changed(self, change: Change) -> None:
        if isinstance(change, CallSeen):
            self.calls[change.seq] += 1

    @property
    def waiting(self) -> int:
        """People in the first queue, as it shows them; -1 while it does not know."""
        known = self.subscriber.status is Status.LIVE and self.subscriber.state
        return int(known["queues"]["comprehensive"]["waiting"]) if known else -1

    async def stands_at(self, seq: int) -> None:
        """Wait until it is live, and has all up to `seq`."""
        await until(lambda: self._stands_at(seq))

    def _stands_at(self, seq: int) -> bool:
        position = self.subscriber.position
        return self.subscriber.status is Status.LIVE and position is not None and position.seq >= seq

    async def close(self) -> None:
        """Switch it off."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Hall:
    """The town at work on all servers at once: citizens at kiosks, a clerk at each counter, screens everywhere."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._over = asyncio.Event()
        self._clients: list[PatientClient] = []
        self.issued: dict[str, str] = {}  # number by id
        self.called: list[str] = []
        self.finished: set[str] = set()
        self.screens: list[Screen] = []

    async def open(self, group: asyncio.TaskGroup) -> None:
        """Everybody comes to work."""
        kiosk = self._fleet.hall()["kiosk"]
        for n in range(CITIZENS):
            group.create_task(self._citizen(self._client(kiosk, f"citizen-{n}", n), n))
        for counter in COUNTERS:
            token = await self._fleet.sign_in(f"town-{counter}")
            group.create_task(self._clerk(self._client(token, f"clerk-{counter}", counter), counter))
        self.screens = [Screen(address, topic) for address in self._fleet.addresses for topic in ("board", "calls")]
        for screen in self.screens:
            await screen.stands_at(0)

    async def close(self) -> None:
        """Everybody goes home."""
        for screen in self.screens:
            await screen.close()
        for client in self._clients:
            await client.close()

    def end(self) -> None:
        """Let everybody finish what they are at."""
        self._over.set()

    @property
    def repeats(self) -> int:
        """How often somebody had to ask again."""
        return sum(client.repeats for client in self._clients)

    def _client(self, token: str, name: str, n: int) -> PatientClient:
        """A client of the n-th server, which turns to the others when that one is gone."""
        first, *others = [*self._fleet.addresses[n % 3 :], *self._fleet.addresses[: n % 3]]
        client = PatientClient(first, token, name, others, timeout_s=20.0)
        self._clients.append(client)
        return client

    async def _citizen(self, client: PatientClient, n: int) -> None:
        queues = list(QUEUES.values())
        while not self._over.is_set():
            status, ticket = await client.post("/halls/town/tickets", {"queue": queues[len(self.issued) % len(queues)]})
            assert status == 201, ticket
            assert ticket["id"] not in self.issued
            self.issued[ticket["id"]] = ticket["number"]
            await asyncio.sleep(0.02)

    async def _clerk(self, client: PatientClient, counter: int) -> None:
        status, answer = await client.post(f"/halls/town/counters/{counter}/sign-on", {"capacity": "A"})
        assert status == 200, answer
        while not self._over.is_set():
            ticket = await self._press(client, counter, "next")
            if ticket is None:
                await asyncio.sleep(0.02)
                continue
            self.called.append(ticket["id"])
            for verb in ("start", "finish"):
                after = await self._press(client, counter, verb)
                assert after is not None
                assert after["id"] == ticket["id"], "a clerk's ticket was lost"
            self.finished.add(ticket["id"])

    async def _press(self, client: PatientClient, counter: int, verb: str) -> dict[str, Any] | None:
        status, answer = await client.post(f"/halls/town/counters/{counter}/{verb}")
        assert status == 200, answer
        found: dict[str, Any] | None = answer["ticket"]
        return found


async def play(fleet: Fleet, faults: Sequence[Fault]) -> Hall:
    """A hall at work while one thing after another fails; afterwards nothing is missing, and nothing twice."""
    chance = random.Random(7)
    hall = Hall(fleet)
    try:
        async with asyncio.TaskGroup() as group:
            await hall.open(group)
            for fault in faults:
                await asyncio.sleep(chance.uniform(0.5, 1.0))
                done = len(hall.finished)
                await fault()
                async with asyncio.timeout(60):
                    while len(hall.finished) < done + 3:  # the hall goes on by itself  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
            hall.end()
        await check(fleet, hall)
        return hall
    finally:
        hall.end()
        await hall.close()


async def check(fleet: Fleet, hall: Hall) -> None:
    """What every server and every screen knows now is what was acknowledged."""
    assert len(hall.issued) > 20
    assert max(Counter(hall.called).values()) == 1, "a ticket was called twice"
    numbers = Counter(number[0] for number in hall.issued.values())
    for prefix, count in numbers.items():
        mine = sorted(int(number[1:]) for number in hall.issued.values() if number[0] == prefix)
        assert mine == list(range(1, count + 1)), "a number was given twice, or to nobody"
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=f"{url}/api/v1/halls/town", trust_env=False))
            for url in fleet.addresses
        ]
        for n, (ticket, number) in enumerate(hall.issued.items()):
            answer = await servers[n % len(servers)].get(f"/tickets/{ticket}")
            assert answer.status_code == 200, f"{number} was lost"
            assert answer.json()["number"] == number
            assert answer.json()["state"] == ("finished" if ticket in hall.finished else "waiting")
        boards = [(await server.get("/board")).json() for server in servers]
    assert boards[0]["state"] == boards[1]["state"] == boards[2]["state"]
    for screen in hall.screens:
        await screen.stands_at(boards[0]["seq"])
        if screen.subscriber.topic == "board":
            assert screen.subscriber.state == boards[0]["state"], "a screen differs from a fresh one"
    called = {frozenset(screen.calls) for screen in hall.screens if screen.subscriber.topic == "calls"}
    assert len(called) == 1, "a screen missed a call"
    assert len(called.pop()) == len(hall.called)
    assert {count for screen in hall.screens for count in screen.calls.values()} == {1}, "a call came twice"


async def test_servers_and_redis_itself_are_killed_and_a_backup_is_put_back(tmp_path: Path) -> None:
    """One Redis that flushes every write. At the end it forgets three tickets: exactly that is told."""
    async with Fleet(tmp_path, "single") as fleet:

        def killed(part: str) -> Fault:
            async def fault() -> None:
                fleet.kill(part)
                await fleet.start(part)

            return fault

        hall = await play(fleet, [*map(killed, (*fleet.servers, "redis-1"))] * ROUNDS)
        assert hall.repeats > 0, "no request was ever cut: the test tests nothing"
        await lose_a_tail(fleet)


async def lose_a_tail(fleet: Fleet) -> None:
    """Three tickets are issued; then Redis is started with what it had before."""
    kiosk = PatientClient(fleet.address("server-2"), fleet.hall()["kiosk"], "late")
    screens = [Screen(address, "board") for address in fleet.addresses]
    for screen in screens:
        await screen.stands_at(0)
    before = screens[0].waiting
    kept, there = fleet.folder / "kept", fleet.folder / "redis-1" / "appendonlydir"
    shutil.copytree(there, kept)
    lost = [(await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"}))[1]["number"] for _ in range(3)]
    await until(lambda: {screen.waiting for screen in screens} == {before + 3})
    fleet.kill("redis-1")
    shutil.rmtree(there)
    shutil.copytree(kept, there)
    await fleet.start("redis-1")

    _, ticket = await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    assert int(ticket["number"][1:]) == int(lost[-1][1:]) + 1, "a number was given to two people"
    await until(lambda: {screen.waiting for screen in screens} == {before + 1})
    for screen in screens:
        await screen.close()
    await kiosk.close()
    (told,) = [event for event in await fleet.exported() if event["type"] == "history_lost"]
    assert (told["part"], [*told["issued"].values()]) == ("day", lost)


async def test_a_replica_takes_over_from_a_master_that_is_killed(tmp_path: Path) -> None:
    """A Cluster, with `WAIT 1`: what was acknowledged is on the replica too."""
    async with Fleet(tmp_path, "cluster", environment={"JIAOHAO_STORE_REPLICAS": "1"}) as fleet:

        async def master() -> None:
            name = await fleet.master_of("town")
            fleet.kill(name)
            await fleet.taken_over("town", name)
            await fleet.start(name)
            await fleet.in_step("town")

        await play(fleet, [master] * ROUNDS)
