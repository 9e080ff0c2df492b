"""The running server of the pages' tests, for the tests of the contract too; and passwords that cost little."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from argon2 import PasswordHasher

from queue_server.app import running
from queue_server.records import passwords
from queue_server.settings import Settings
from tests.web.pages.conftest import Site, site
from tests.web.rig import Town

__all__ = ["site"]


@pytest.fixture(autouse=True, scope="package")
def cheap_passwords() -> Iterator[None]:
    """Argon2 with the least work it takes: these tests make people by the dozen."""
    cheap = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", cheap)
        yield


@pytest.fixture
async def town(site: Site) -> AsyncIterator[Town]:
    """The hall "town" at work, and callers of every kind."""
    async with _at_work(site) as town:
        yield town


@pytest.fixture(scope="module")
async def shared_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The same, one for all tests of a module whose calls change nothing."""
    settings = Settings(data=str(tmp_path_factory.mktemp("shared") / "data"))
    async with running(settings) as server:
        site = Site(server)
        await site.mend()
        async with _at_work(site) as town:
            yield town
        await site.cut()


@asynccontextmanager
async def _at_work(site: Site) -> AsyncIterator[Town]:
    await site.hall()
    async with site.client() as client:
        yield Town(site, client, (await client.get("/api/v1/openapi.json")).json())
