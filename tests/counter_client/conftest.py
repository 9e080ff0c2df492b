"""A real server with a hall, and a clerk of its first counter who has not signed on yet."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from counter_client import CounterClient
from tests.web.conftest import cheap_passwords
from tests.web.pages.conftest import Site, site

__all__ = ["cheap_passwords", "site"]

PASSWORD = "correct horse battery"


@pytest.fixture
async def client(site: Site) -> AsyncIterator[CounterClient]:
    """A client of counter 1, signed in."""
    await site.hall()
    await site.person("clerk", user="wang", name="王芳", counter=1, password=PASSWORD)
    async with CounterClient(site.url, "town", 1) as client:
        await client.sign_in("wang", PASSWORD)
        yield client


async def until(holds: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
