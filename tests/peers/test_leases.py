"""One server does what one is enough for, and another when that one is gone."""

import asyncio
from secrets import token_hex
from typing import Any

import pytest

from queue_server.peers.leases import LASTS_S, REFUSED_FOR_S, RENEWED_AFTER_S, Alone, RedisLeases
from queue_server.redis_nodes import Nodes
from tests.peers.conftest import Clock
from tests.redis_server import redis_url


class Cut(Nodes):
    """A Redis that can be cut off."""

    cut = False

    async def ask(self, key: str, *command: Any, again: bool = False) -> Any:
        if self.cut:
            raise ConnectionResetError
        return await super().ask(key, *command, again=again)


@pytest.fixture
async def two(nodes: Nodes, clock: Clock) -> tuple[RedisLeases, RedisLeases, Clock]:
    """Two servers, and the clock that both read."""
    first, second = RedisLeases(nodes, "first", clock), RedisLeases(nodes, "second", clock)
    await first.open()
    await second.open()
    return first, second, clock


async def expired(nodes: Nodes, name: str) -> None:
    """As if the time of a lease in Redis had passed."""
    await nodes.ask(key := nodes.key(name, "lease"), "DEL", key)


async def test_one_of_several_servers_has_a_lease(two: tuple[RedisLeases, RedisLeases, Clock]) -> None:
    """Whoever asks first, at the same moment too; of each name apart."""
    first, second, _ = two
    assert sorted(await asyncio.gather(first.hold("town"), second.hold("town"))) == [False, True]
    assert await second.hold("village")
    assert not await first.hold("village")


async def test_a_lease_is_kept_by_asking_and_lost_by_silence(
    nodes: Nodes, two: tuple[RedisLeases, RedisLeases, Clock]
) -> None:
    """Redis forgets it 30 s after its holder last asked."""
    first, second, clock = two
    key = nodes.key("town", "lease")
    assert await first.hold("town")
    assert LASTS_S - 20 < await nodes.ask(key, "PTTL", key) / 1000 <= LASTS_S
    await nodes.ask(key, "PEXPIRE", key, 5_000)
    clock.now += RENEWED_AFTER_S
    assert await first.hold("town")
    assert await nodes.ask(key, "PTTL", key) > 20_000
    assert not await second.hold("town")
    await expired(nodes, "town")
    clock.now += REFUSED_FOR_S
    assert await second.hold("town")
    clock.now += RENEWED_AFTER_S
    assert not await first.hold("town")


async def test_redis_is_not_asked_every_time(nodes: Nodes, two: tuple[RedisLeases, RedisLeases, Clock]) -> None:
    """Whoever looks at a thousand halls each second goes by what it knows; but never longer than the lease lasts."""
    first, second, clock = two
    assert await first.hold("town")
    assert not await second.hold("town")
    await expired(nodes, "town")
    assert await first.hold("town")
    assert not await second.hold("town")
    clock.now += REFUSED_FOR_S
    assert await second.hold("town")


async def test_a_holder_that_cannot_reach_redis_keeps_its_lease_while_it_lasts(clock: Clock) -> None:
    """Nobody else can have it before; and after that nobody knows."""
    nodes = Cut(redis_url(), f"leases-{token_hex(4)}:")
    leases = RedisLeases(nodes, "first", clock)
    await leases.open()
    assert await leases.hold("town")
    nodes.cut = True
    clock.now += LASTS_S - 1
    assert await leases.hold("town")
    assert not await leases.hold("village")
    clock.now += 1
    assert not await leases.hold("town")
    nodes.cut = False
    clock.now += REFUSED_FOR_S
    assert await leases.hold("town")
    await nodes.close()


async def test_a_server_that_stops_leaves_its_leases_to_the_others(
    two: tuple[RedisLeases, RedisLeases, Clock],
) -> None:
    """At once, and no others than its own."""
    first, second, clock = two
    assert await first.hold("town")
    assert await second.hold("village")
    assert not await second.hold("town")
    await first.hold("village")
    await first.close()
    clock.now += REFUSED_FOR_S
    assert await second.hold("town")
    assert not await first.hold("village")


async def test_a_server_alone_has_every_lease() -> None:
    """There is nobody to leave anything to."""
    assert await Alone().hold("town")
