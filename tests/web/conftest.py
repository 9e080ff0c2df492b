"""The running server of the pages' tests, for the tests of the contract too; and passwords that cost little."""

from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
from argon2 import PasswordHasher

from queue_server.records import passwords
from tests.web.pages.conftest import Site, site
from tests.web.rig import Town

__all__ = ["site"]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least work it takes: these tests make people by the dozen."""
    monkeypatch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def town(site: Site) -> AsyncIterator[Town]:
    """The hall "town" at work, and callers of every kind."""
    await site.hall()
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
        yield Town(site, client, (await client.get("/api/v1/openapi.json")).json())
