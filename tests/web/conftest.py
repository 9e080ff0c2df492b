"""The running server of the pages' tests, for the tests of the contract too; and passwords that cost next to nothing."""

from functools import partial

import pytest
from argon2 import PasswordHasher

from queue_server.records import passwords
from tests.web.pages.conftest import site

__all__ = ["site"]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least work it takes: these tests make people by the dozen, and what a hash costs is not theirs."""
    monkeypatch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
