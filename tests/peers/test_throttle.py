"""Tries are counted at all servers together. What counts, and how: `tests/records/test_throttle.py`."""

import pytest

from queue_server.peers import throttle
from queue_server.peers.throttle import LocalThrottle, SharedThrottle, Throttle
from queue_server.records.throttle import ADDRESS_FACTOR, SignInThrottle
from queue_server.redis_nodes import Nodes
from tests.peers.conftest import Clock

LIMIT, WINDOW_S = 3, 600.0


@pytest.fixture(params=["local", "shared"])
async def servers(request: pytest.FixtureRequest, nodes: Nodes, clock: Clock) -> list[Throttle]:
    """The same throttle, as several servers have it; of one that is alone, once."""
    local = [LocalThrottle(SignInThrottle(LIMIT, WINDOW_S), clock) for _ in range(3)]
    if request.param == "local":
        return [local[0]] * 3
    await nodes.load(throttle.FUNCTIONS)
    return [SharedThrottle(nodes, "sign-in", each) for each in local]


async def test_a_user_waits_after_too_many_failures_at_any_server(servers: list[Throttle]) -> None:
    """Whoever else tries from there does not."""
    for server in servers:
        assert await server.attempt("zhang", "10.0.0.1") == 0
    for server in servers:
        assert WINDOW_S - 60 < await server.attempt("zhang", "10.0.0.9") <= WINDOW_S
        assert await server.attempt("li", "10.0.0.1") == 0


async def test_an_address_may_fail_more_often_than_a_user_but_not_for_ever(servers: list[Throttle]) -> None:
    """Nor does a good password wash it clean."""
    a, b, c = servers
    for n in range(LIMIT * ADDRESS_FACTOR):
        assert await a.attempt("own", "10.0.0.1") == 0
        await b.succeeded("own", "10.0.0.1")
        assert await c.attempt(f"user{n}", "10.0.0.1") == 0
    assert await a.attempt("own", "10.0.0.1") > 0
    assert await b.attempt("own", "10.0.0.2") == 0


async def test_what_was_tried_is_forgotten_when_it_counts_no_more(nodes: Nodes, clock: Clock) -> None:
    """By Redis itself, and attempt by attempt."""
    await nodes.load(throttle.FUNCTIONS)
    server = SharedThrottle(nodes, "sign-in", LocalThrottle(SignInThrottle(LIMIT, WINDOW_S), clock))
    for _ in range(LIMIT):
        assert await server.attempt("zhang", "10.0.0.1") == 0
    user, address = server._keys("zhang", "10.0.0.1")
    assert WINDOW_S - 60 < await nodes.ask(user, "PTTL", user) / 1000 <= WINDOW_S
    long_ago = int(await nodes.ask(user, "LINDEX", user, 0)) - 601_000
    await nodes.ask(user, "LSET", user, 0, long_ago)
    assert await server.attempt("zhang", "10.0.0.1") == 0
    assert await server.attempt("zhang", "10.0.0.1") > 0
    assert await nodes.ask(address, "LLEN", address) == LIMIT + 1


async def test_throttles_are_apart(nodes: Nodes, clock: Clock) -> None:
    """What is tried too often does not keep anybody from something else."""
    await nodes.load(throttle.FUNCTIONS)
    here = LocalThrottle(SignInThrottle(LIMIT, WINDOW_S), clock)
    one, other = SharedThrottle(nodes, "look", here), SharedThrottle(nodes, "pairing", here)
    for _ in range(LIMIT):
        assert await one.attempt("a", "a") == 0
    assert (await one.attempt("a", "a") > 0, await other.attempt("a", "a")) == (True, 0)


async def test_without_redis_each_server_counts_for_itself(clock: Clock) -> None:
    """Nobody is kept out because nobody can count."""
    here = LocalThrottle(SignInThrottle(LIMIT, WINDOW_S), clock)
    away = SharedThrottle(Nodes("redis://127.0.0.1:1", patience_s=0), "sign-in", here)
    for _ in range(LIMIT + 1):
        assert await away.attempt("zhang", "10.0.0.1") == 0
        await away.succeeded("zhang", "10.0.0.1")
    assert [await away.attempt("li", "10.0.0.1") for _ in range(LIMIT + 1)] == [0, 0, 0, WINDOW_S]
