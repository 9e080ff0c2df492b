"""Two whole servers over a small Cluster, one of whose masters is killed in the middle of a hall's work."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from queue_server import stores
from queue_server.app import running
from queue_server.redis_nodes import Nodes
from queue_server.settings import Settings
from tests.redis_server import cluster
from tests.waiting import SCALE
from tests.web.pages.conftest import Site
from tests.web.test_live import live

TICKETS = "/halls/town/tickets"
PATIENCE_S = 60 * SCALE


class Patient(Site):
    """Asked by people who wait until a replica has taken over."""

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, trust_env=False, verify=False, timeout=PATIENCE_S)


@pytest.fixture
def namespace(monkeypatch: pytest.MonkeyPatch) -> str:
    """As if the Cluster of this run held nothing else."""
    namespace = f"{token_hex(4)}:"
    monkeypatch.setattr(stores, "Nodes", partial(Nodes, namespace=namespace))
    return namespace


@pytest.fixture
async def sites(tmp_path: Path, namespace: str) -> AsyncIterator[list[Site]]:
    """Both servers, with the hall "town"; nobody is told of what one machine has alone."""
    async with AsyncExitStack() as stack:
        sites: list[Site] = []
        for i in (1, 2):
            settings = Settings(data=str(tmp_path / str(i)), store=cluster().url, store_replicas=1, store_patience_s=60)
            site = Patient(await stack.enter_async_context(running(settings)))
            await site.mend()
            stack.push_async_callback(site.cut)
            site._keys = count(i * 1_000_000)
            sites.append(site)
        await sites[0].hall()
        yield sites


@pytest.mark.parametrize("tag", ["town", "records"])
async def test_a_master_is_killed_while_tickets_are_taken(sites: list[Site], namespace: str, tag: str) -> None:
    """The one with the hall, or with everybody's tokens: who asks waits, nobody is refused; no number is given twice,
    none of those given is lost, both servers and their screens agree in the end.
    """
    whole, kiosk = cluster(), await sites[0].device("kiosk")
    nodes = Nodes(whole.url, namespace)
    await nodes.open()
    server = whole.server(nodes.master_of(nodes.key(tag)).name)
    async with live(sites[0], "board") as here, live(sites[1], "board") as there:
        given = [await site.ticket(kiosk) for site in sites]

        async def citizen(site: Site) -> None:
            for _ in range(12):
                given.append(await site.ticket(kiosk))

        work = asyncio.gather(*(citizen(site) for site in sites for _ in range(3)))
        while len(given) < 20:  # noqa: ASYNC110 - some of them
            await asyncio.sleep(0)
        server.signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_S):
            while nodes.master_of(nodes.key(tag)).name == f"127.0.0.1:{server.port}":
                await nodes.ask(nodes.key(tag), "EXISTS", nodes.key(tag))
        server.start()
        await work
        assert sorted(ticket["number"] for ticket in given) == [f"A{n:03d}" for n in range(1, 75)]
        for site in sites:
            for ticket in given:
                answer = await site.call("GET", f"{TICKETS}/{ticket['id']}")
                assert answer.json()["number"] == ticket["number"]
        seq = (await sites[0].server.hall("town")).days.head.seq
        await here.until(seq)
        await there.until(seq)
    await asyncio.to_thread(whole.wait)
    await nodes.close()
