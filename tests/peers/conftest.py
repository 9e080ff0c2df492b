"""Servers that share the one Redis of this run, in a namespace of a test's own."""

from collections.abc import AsyncIterator
from secrets import token_hex

import pytest

from queue_server.redis_nodes import Nodes
from tests.redis_server import redis_url


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The monotonic clock of all servers of a test."""
    return Clock()


@pytest.fixture
async def nodes() -> AsyncIterator[Nodes]:
    """The Redis of all servers of a test."""
    nodes = Nodes(redis_url(), f"peers-{token_hex(4)}:")
    yield nodes
    await nodes.close()
