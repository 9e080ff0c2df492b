"""Everybody at once: presses and tickets, each sent twice with one key, over HTTP."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from queue_server.domain.counter import Counter as CounterSetUp
from tests.web.pages.conftest import TOWN, Site

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

COUNTERS, ROUNDS, TICKETS = 6, 100, 128


async def twice(client: httpx.AsyncClient, path: str, token: str, key: str, body: Any) -> Any:
    """Send a command twice at the same moment; both answers, which must be one."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    first, second = await asyncio.gather(*(client.post(path, json=body, headers=headers) for _ in range(2)))
    assert first.status_code == second.status_code
    assert first.json() == second.json()
    assert first.is_success, first.text
    return first.json()


async def test_a_rush_of_tickets_gets_consecutive_numbers(site: Site) -> None:
    """128 tickets at once, each asked for twice: 128 numbers, 1 to 128."""
    await site.hall()
    kiosk = await site.device("kiosk")
    async with httpx.AsyncClient(base_url=site.url + "/api/v1", trust_env=False, timeout=60) as client:
        asked = (
            twice(client, "/halls/town/tickets", kiosk, f"rush-{n}", {"queue": "comprehensive"}) for n in range(TICKETS)
        )
        tickets = await asyncio.gather(*asked)
    assert sorted(int(ticket["number"][1:]) for ticket in tickets) == list(range(1, TICKETS + 1))
    assert len({ticket["id"] for ticket in tickets}) == TICKETS


async def test_all_counters_press_next_at_once_a_hundred_times(site: Site) -> None:
    """Every press sent twice with one key: no ticket is called twice, and none is skipped."""
    counters = {n: CounterSetUp(number=n, name=f"窗口{n}", kind="comprehensive", queues=("comprehensive",))
                for n in range(1, COUNTERS + 1)}  # fmt: skip
    await site.hall(TOWN, counters=counters)
    kiosk = await site.device("kiosk")
    clerks = {n: await site.clerk(n) for n in counters}
    called: list[str] = []
    async with httpx.AsyncClient(base_url=site.url + "/api/v1", trust_env=False, timeout=60) as client:

        async def press(number: int, verb: str, moment: int) -> Any:
            path = f"/halls/town/counters/{number}/{verb}"
            return (await twice(client, path, clerks[number], f"{verb}-{moment}", {}))["ticket"]

        for moment in range(ROUNDS):
            await asyncio.gather(*(site.ticket(kiosk) for _ in range(COUNTERS - 1)))  # one counter gets nobody
            got = await asyncio.gather(*(press(n, "next", moment) for n in counters))
            called += [ticket["number"] for ticket in got if ticket is not None]
            busy = [n for n, ticket in zip(counters, got, strict=True) if ticket is not None]
            assert len(busy) == COUNTERS - 1
            for verb in ("start", "finish"):
                await asyncio.gather(*(press(n, verb, moment) for n in busy))
    assert max(Counter(called).values()) == 1
    assert sorted(int(number[1:]) for number in called) == list(range(1, ROUNDS * (COUNTERS - 1) + 1))
