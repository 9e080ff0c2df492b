"""What one server writes, every other reads, for a while."""

import asyncio

import pytest

from queue_server.journal.base import Unavailable
from queue_server.peers.slate import LocalSlate, SharedSlate, Slate
from queue_server.redis_nodes import Nodes
from tests.peers.conftest import Clock


@pytest.fixture(params=["local", "shared"])
async def slate(request: pytest.FixtureRequest, nodes: Nodes, clock: Clock) -> Slate:
    """A slate of each kind."""
    if request.param == "local":
        return LocalSlate(clock)
    shared = SharedSlate(nodes)
    await shared.open()
    return shared


async def test_a_value_is_changed_where_it_is_what_it_is_taken_for(slate: Slate) -> None:
    """So that of several who write at once one wins."""
    assert await slate.get("a") is None
    assert not await slate.swap("a", b"one", b"two", 60)
    assert await slate.swap("a", None, b"one", 60)
    assert not await slate.swap("a", None, b"two", 60)
    for _ in range(2):  # the first answer may have been lost
        assert await slate.swap("a", b"one", b"two", 60)
    assert (await slate.get("a"), await slate.get("b")) == (b"two", None)
    assert not await slate.swap("a", b"one", None, 0)
    assert await slate.swap("a", b"two", None, 0)
    assert await slate.get("a") is None
    outcomes = await asyncio.gather(*(slate.swap("c", None, b"%d" % n, 60) for n in range(5)))
    assert sorted(outcomes) == [False] * 4 + [True]


async def test_a_value_goes_by_itself(clock: Clock, nodes: Nodes) -> None:
    """In memory and in Redis."""
    local, shared = LocalSlate(clock), SharedSlate(nodes)
    await shared.open()
    for slate in (local, shared):
        assert await slate.swap("a", None, b"one", 60)
    key = nodes.key("a", "slate")
    assert 0 < await nodes.ask(key, "PTTL", key) <= 60_000
    clock.now += 59
    assert await local.get("a") == b"one"
    clock.now += 1
    assert await local.get("a") is None
    assert await local.swap("a", None, b"two", 60)


async def test_a_slate_in_memory_does_not_grow_without_end(clock: Clock) -> None:
    """The oldest gives way."""
    slate = LocalSlate(clock, most=3)
    for name in "abc":
        await slate.swap(name, None, b"one", 60)
    await slate.swap("a", b"one", b"two", 60)
    await slate.swap("d", None, b"one", 60)
    assert [await slate.get(name) for name in "abcd"] == [b"two", None, b"one", b"one"]


async def test_redis_away_is_an_error() -> None:
    """Nobody is to be told that nothing stands there."""
    away = SharedSlate(Nodes("redis://127.0.0.1:1", patience_s=0))
    with pytest.raises(Unavailable):
        await away.get("a")
    with pytest.raises(Unavailable):
        await away.swap("a", None, b"one", 60)
