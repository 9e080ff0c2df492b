"""Every server tells the same of who is there, whichever they are connected to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from queue_server.journal.base import Unavailable
from queue_server.peers.presences import ALIVE_FOR, AT_ONCE, BEAT_EVERY_S, KEPT, PresentHere, SharedPresences
from queue_server.push.presence import Presence, Present
from queue_server.redis_nodes import Command, Nodes
from queue_server.wire.frames import Health
from tests.peers.conftest import Clock
from tests.redis_server import redis_url

SECOND = timedelta(seconds=1)


class Server:
    """One of several servers, with whoever is connected to it."""

    def __init__(self, nodes: Nodes, name: str, clock: Clock) -> None:
        self.presence = Presence(began=datetime.now(UTC))
        self.presences = SharedPresences(nodes, name, self.presence, clock)

    async def present(self, hall: str = "town") -> list[Present]:
        return (await self.presences.of(hall, datetime.now(UTC))).present


async def started(nodes: Nodes, name: str, clock: Clock) -> Server:
    server = Server(nodes, name, clock)
    await server.presences.open()
    return server


async def ended(server: Server, nodes: Nodes, at: datetime) -> None:
    """As though a server had told of the hall for the last time, and ended, at that time."""
    server.presence.changed.add("town")
    await server.presences.tell(at)
    servers = nodes.key("servers")
    await nodes.ask(servers, "ZADD", servers, round(at.timestamp() * 1000), "b")


async def heard(server: Server, clock: Clock) -> None:
    """Let a server hear of the others."""
    clock.now += BEAT_EVERY_S
    await server.presences.tell(datetime.now(UTC))


async def test_a_device_is_present_wherever_it_is_connected(nodes: Nodes, clock: Clock) -> None:
    """With what it said last, and gone when it has left, at every server's next word."""
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    began = datetime.now(UTC) - SECOND
    screen = here.presence.joined("town", "calls", "d_1", "screen", began)
    health = Health(voice="espeak", failures=2, spoken_at=began)
    screen.acked(7, began, health)
    assert await there.present() == []
    await here.presences.tell(datetime.now(UTC))
    (known,) = await there.present()
    assert (known.who, known.role, known.topic) == ("d_1", "screen", "calls")
    assert (known.connections, known.since, known.acked, known.health) == (1, began, 7, health)
    assert known.seen_at > began  # its server lives, and has it
    assert await there.present("village") == []
    screen.left(left := began + SECOND / 2)
    await here.presences.tell(datetime.now(UTC))
    (known,) = await there.present()
    assert (known.connections, known.since, known.seen_at) == (0, None, left)


async def test_who_moves_to_another_server_is_one_device(nodes: Nodes, clock: Clock) -> None:
    """Its connections are added up; of what it said the latest counts."""
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    at = datetime.now(UTC)
    first = here.presence.joined("town", "calls", "d_1", "screen", at)
    first.acked(7, at)
    await here.presences.tell(datetime.now(UTC))
    second = there.presence.joined("town", "calls", "d_1", "screen", at + SECOND)
    second.acked(9, at + SECOND)
    await there.presences.tell(datetime.now(UTC))
    for server in (here, there):
        (known,) = await server.present()
        assert (known.connections, known.since, known.acked, known.acked_at) == (2, at, 9, at + SECOND)
    first.left(at + 2 * SECOND)
    await here.presences.tell(datetime.now(UTC))
    for server in (here, there):
        (known,) = await server.present()
        assert (known.connections, known.since, known.acked) == (1, at + SECOND, 9)


async def test_the_screens_of_the_public_are_counted_at_every_server(nodes: Nodes, clock: Clock) -> None:
    """Phones are not, nor are those at a server that ended."""
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    now = datetime.now(UTC)
    with here.presence.looking_on("town", "calls"), there.presence.looking_on("town", "counter.1"):
        with there.presence.looking_on("town", "ticket.t_1"):
            await here.presences.tell(now)
            await there.presences.tell(now)
        assert (await here.presences.of("town", now)).strangers == {"calls": 1, "counter": 1}
        await ended(there, nodes, now - ALIVE_FOR - SECOND)
        await heard(here, clock)
        assert (await here.presences.of("town", now)).strangers == {"calls": 1}


async def test_whoever_was_at_a_server_that_died_has_gone_with_it(nodes: Nodes, clock: Clock) -> None:
    """When it was last heard of: nobody else can know. A day later nothing is left of it."""
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    now = datetime.now(UTC)
    there.presence.joined("town", "board", "d_1", "kiosk", now - timedelta(hours=3))
    await there.presences.tell(now)
    assert [known.connections for known in await here.present()] == [1]
    await heard(here, clock)
    assert here.presences.servers == 2
    await ended(there, nodes, now - timedelta(hours=1))
    await heard(here, clock)
    assert here.presences.servers == 1
    (known,) = await here.present()
    assert (known.connections, known.since) == (0, None)
    assert abs(known.seen_at - (now - timedelta(hours=1))) < SECOND
    await ended(there, nodes, now - KEPT - SECOND)
    await heard(here, clock)
    await here.present()
    assert await here.present() == []


async def test_a_server_whose_clock_is_ahead_is_gone_as_soon_as_any(nodes: Nodes, clock: Clock) -> None:
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    now = datetime.now(UTC)
    there.presence.joined("town", "board", "d_1", "kiosk", now)
    await there.presences.tell(now + timedelta(hours=1))
    servers = nodes.key("servers")
    await nodes.ask(servers, "ZADD", servers, round((now - ALIVE_FOR).timestamp() * 1000), "b")
    await heard(here, clock)
    assert [known.connections for known in await here.present()] == [0]


async def test_nobody_is_missed_because_one_server_started_anew(nodes: Nodes, clock: Clock) -> None:
    """Somebody was always watching; when nobody was, what went before is not known."""
    here = await started(nodes, "a", clock)
    began = (await here.presences.of("town", datetime.now(UTC))).began
    there = await started(nodes, "b", clock)
    assert (await there.presences.of("town", datetime.now(UTC))).began == began
    for server in ("a", "b"):
        servers = nodes.key("servers")
        await nodes.ask(servers, "ZADD", servers, 0, server)
    later = await started(nodes, "c", clock)
    assert (await later.presences.of("town", datetime.now(UTC))).began > began


async def test_a_redis_that_forgot_is_told_again(nodes: Nodes, clock: Clock) -> None:
    """By every server, with its next beat."""
    here, there = await started(nodes, "a", clock), await started(nodes, "b", clock)
    here.presence.joined("town", "board", "d_1", "kiosk", datetime.now(UTC))
    await here.presences.tell(datetime.now(UTC))
    for key in (nodes.key("servers"), nodes.key("town", "presence")):
        await nodes.ask(key, "DEL", key)
    assert await there.present() == []
    clock.now += BEAT_EVERY_S
    await here.presences.tell(datetime.now(UTC))
    assert [known.who for known in await there.present()] == ["d_1"]


async def test_redis_away_is_an_error_and_not_an_empty_hall() -> None:
    """Else every device of a hall would be told to be missing."""
    away = Server(Nodes("redis://127.0.0.1:1", patience_s=0), "a", Clock())
    with pytest.raises(Unavailable):
        await away.present()
    away.presence.joined("town", "board", "d_1", "kiosk", datetime.now(UTC))
    with pytest.raises(Unavailable):
        await away.presences.tell(datetime.now(UTC))
    assert away.presence.changed == {"town"}


class Partly(Nodes):
    """A Redis of which what is said of the hall "west" does not arrive."""

    async def ask_all(self, key: str, commands: Sequence[Command], *, again: bool = False) -> list[Any]:
        if "{west}" in key:
            raise ConnectionResetError
        return await super().ask_all(key, commands, again=again)


async def test_one_halls_master_away_keeps_no_other_hall_from_being_told_of(nodes: Nodes, clock: Clock) -> None:
    """What is not told is told the next time."""
    partly = Partly(redis_url(), nodes.namespace)
    here, there = await started(partly, "a", clock), await started(nodes, "b", clock)
    halls = ["west", *(f"hall{n}" for n in range(2 * AT_ONCE))]
    for hall in halls:
        here.presence.joined(hall, "board", "d_1", "kiosk", datetime.now(UTC))
    with pytest.raises(Unavailable):
        await here.presences.tell(datetime.now(UTC))
    assert here.presence.changed == {"west"}
    assert [len(await there.present(hall)) for hall in halls] == [0] + [1] * (2 * AT_ONCE)
    await partly.close()


async def test_a_server_alone_tells_of_its_own() -> None:
    """There is nobody to tell, and nobody else to hear of."""
    presence = Presence(began=datetime.now(UTC))
    alone = PresentHere(presence)
    presence.joined("town", "board", "d_1", "kiosk", presence.began)
    with presence.looking_on("town", "calls"):
        await alone.tell(presence.began)
        assert alone.servers == 1
        present, strangers, began = await alone.of("town", presence.began)
    assert ([each.who for each in present], strangers, began) == (["d_1"], {"calls": 1}, presence.began)
