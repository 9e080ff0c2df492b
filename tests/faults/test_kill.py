"""kill -9 under load: whatever was acknowledged is there, every number once and in a row, no clerk's ticket lost."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.patient_client import PatientClient
from tests.faults.process import Process

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(600)]

ROUNDS = int(os.environ.get("TEST_KILLS", "3"))
"""How often the server is killed; the full twenty by TEST_KILLS=20."""

CITIZENS, CLERKS = 5, 3


class Load:
    """Eight clients at work: five at the kiosk, three clerks who call, start and finish."""

    def __init__(self) -> None:
        self.issued: dict[str, str] = {}  # number by id
        self.called: list[str] = []
        self.finished: list[str] = []
        self.over = asyncio.Event()

    async def citizen(self, client: PatientClient) -> None:
        while not self.over.is_set():
            status, ticket = await client.post("/halls/town/tickets", {"queue": "comprehensive"})
            assert status == 201, ticket
            assert ticket["id"] not in self.issued
            self.issued[ticket["id"]] = ticket["number"]

    async def clerk(self, client: PatientClient, counter: int) -> None:
        status, answer = await client.post(f"/halls/town/counters/{counter}/sign-on", {"capacity": "A"})
        assert status == 200, answer
        while not self.over.is_set():
            ticket = await self._at(client, counter, "next")
            if ticket is None:
                await asyncio.sleep(0.02)
                continue
            self.called.append(ticket["id"])
            for verb in ("start", "finish"):
                after = await self._at(client, counter, verb)
                assert after is not None
                assert after["id"] == ticket["id"], "a clerk's ticket was lost"
            self.finished.append(ticket["id"])

    async def _at(self, client: PatientClient, counter: int, verb: str) -> dict[str, Any] | None:
        status, answer = await client.post(f"/halls/town/counters/{counter}/{verb}")
        assert status == 200, answer
        found: dict[str, Any] | None = answer["ticket"]
        return found


async def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(tmp_path: Path) -> None:
    """Eight clients that retry with the same key never notice more than a delay."""
    server = Process(tmp_path / "data")
    await server.start()
    kiosk = server.hall()["kiosk"]
    clients = [PatientClient(server.url, kiosk, f"citizen-{n}") for n in range(CITIZENS)]
    clerks = [PatientClient(server.url, await server.sign_in(f"town-{n}"), f"clerk-{n}") for n in range(1, CLERKS + 1)]
    load, chance = Load(), random.Random(7)
    try:
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(load.citizen(client))
            for counter, client in enumerate(clerks, 1):
                group.create_task(load.clerk(client, counter))
            for _ in range(ROUNDS):
                await asyncio.sleep(chance.uniform(0.3, 1.2))
                await server.kill()
                await server.start()
            await asyncio.sleep(0.5)
            load.over.set()
        await check(server, load)
    finally:
        await server.kill()
        for client in (*clients, *clerks):
            await client.close()
    assert sum(client.repeats for client in (*clients, *clerks)) > 0, "no request was ever cut: the test tests nothing"


async def check(server: Process, load: Load) -> None:
    """What the server knows now is what was acknowledged."""
    assert len(load.issued) > 50
    assert len(load.finished) > 10
    assert sorted(int(number[1:]) for number in load.issued.values()) == list(range(1, len(load.issued) + 1))
    assert max(Counter(load.called).values()) == 1, "a ticket was called twice"
    async with httpx.AsyncClient(base_url=server.url + "/api/v1", trust_env=False) as client:
        for ticket_id, number in load.issued.items():
            answer = await client.get(f"/halls/town/tickets/{ticket_id}")
            assert answer.status_code == 200, f"{number} was lost"
            assert answer.json()["number"] == number
            expected = "finished" if ticket_id in load.finished else "waiting"
            assert answer.json()["state"] == expected
