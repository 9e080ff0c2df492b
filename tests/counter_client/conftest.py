"""A real server with a hall, and a clerk of its first counter who has not signed on yet."""

from collections.abc import AsyncIterator

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
