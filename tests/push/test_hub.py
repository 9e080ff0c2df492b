"""All readers of a process: who listens, who still may, and how they are sent away."""

import asyncio
from typing import NoReturn

from structlog.testing import capture_logs

from queue_server.push.channel import Channel, Place
from queue_server.push.hub import Hub
from queue_server.push.outbox import Limits
from queue_server.wire import frames
from queue_server.wire.close_codes import CloseCode
from tests.push.rig import EAGER, HIGH, NOON, Hall, Peer, any_frame, close_code, next_frame, serving
from tests.waiting import until


async def test_topics_are_awake_only_while_somebody_listens(raw: bool) -> None:
    async with serving(raw=raw) as rig:
        async with rig.connect("counter.1"), rig.connect("counter.1"), rig.connect("board"):
            await until(lambda: sum(rig.hub.connections().values()) == 3)
            assert rig.hall.listened == {"counter.1", "board"} == set(rig.hub.topics("town"))
            assert rig.hub.connections() == {"counter": 2, "board": 1}
        await until(lambda: not rig.hall.listened)
        assert not rig.hub.listens("town", "board")
        rig.hall.patch("board", {"n": 1})
        assert rig.hub.counters.frames == 0


async def test_what_one_hall_is_asked_costs_nothing_of_the_others() -> None:
    """The clock of the process asks after each: a province has tens of thousands of readers on a server."""

    class Looked(dict[str, dict[str, Channel]]):
        def values(self) -> NoReturn:
            raise AssertionError("all halls were gone through")

        __iter__ = items = values

    hub = Hub(Hall())
    hub._channels = Looked()
    read = [("town", "board"), ("town", "load"), ("village", "guide"), ("village", "counter.1")]
    there = [hub.subscribe(Peer(topic), hall, topic) for hall, topic in read]
    assert hub.topics("town") == ["board", "load"] and hub.topics("nowhere") == []
    hub.close_hall("village")
    assert [subscription.place is Place.GONE for subscription in there] == [False, False, True, True]
    assert not hub.topics("village") and hub.listens("town", "load")


async def test_a_hall_that_is_not_known_to_be_so_gets_no_hints() -> None:
    """A hint would be a sign of life, as a heartbeat is."""
    hall, current = Hall(), True
    hub = Hub(hall, current=lambda hall: current)
    peer = Peer("board")
    hub.opened(hub.subscribe(peer, "town", "board"), 0)
    (channel,) = hub._channels["town"].values()
    for current in (True, False):
        hub.hint("town", "board", frames.hint("board", NOON, b"{}"))
        assert (channel._hint is not None) == current
        channel._hint = None


async def test_a_reader_that_may_not_any_more_loses_its_socket() -> None:
    """With the code that its authority gives: a token was revoked, a clerk signed off."""
    async with serving(EAGER) as rig, rig.connect("board", "who=d_1") as client, rig.connect("board") as public:
        await next_frame(client)
        rig.authority["d_1"] = CloseCode.SIGN_IN
        assert await close_code(client, within_s=2.0) == CloseCode.SIGN_IN
        await next_frame(public)
        rig.hall.patch("board", {"n": 1})
        assert isinstance(await next_frame(public), frames.Patch)


async def test_a_revoked_token_can_be_acted_on_at_once() -> None:
    """`Hub.recheck` does not wait for the next look."""
    async with serving() as rig, rig.connect("board", "who=d_1") as client:
        await next_frame(client)
        rig.authority["d_1"] = CloseCode.NOT_ALLOWED
        rig.hub.recheck()
        assert await close_code(client, within_s=2.0) == CloseCode.NOT_ALLOWED


async def test_a_reader_whose_authority_cannot_be_asked_is_sent_away() -> None:
    """Rather than listen unchecked, or take the others down with it."""
    async with serving(EAGER) as rig, rig.connect("board", "who=d_1") as client, rig.connect("board") as other:
        await next_frame(client)
        await next_frame(other)
        with capture_logs() as logs:
            rig.authority = None  # type: ignore[assignment]
            assert await close_code(client) == CloseCode.SLOW
            await until(lambda: [entry["event"] for entry in logs] == ["push.alarm_failed"])
        beats = [await any_frame(other, within_s=2.0) for _ in range(2)]
        assert all(isinstance(beat, frames.Heartbeat) for beat in beats)


async def test_a_hall_whose_history_was_replaced_is_closed_to_come_back(raw: bool) -> None:
    async with serving(raw=raw) as rig, rig.connect("board") as client:
        await next_frame(client)
        rig.hub.close_hall("village")
        assert rig.hub.connections() == {"board": 1}
        rig.hub.close_hall("town")
        assert await close_code(client) == CloseCode.SLOW
        await until(lambda: not rig.hall.listened)


async def test_closing_all_is_spread_over_time(raw: bool) -> None:
    """So that not all come back in the same instant."""
    async with serving(raw=raw) as rig:
        clients = [await rig.connect("board").__aenter__() for _ in range(60)]
        await until(lambda: rig.hub.connections() == {"board": 60})
        closing = asyncio.create_task(rig.hub.close_all())
        await until(lambda: 0 < rig.hub.connections()["board"] < 60)
        await closing
        assert not rig.hub.connections()
        assert {await close_code(client) for client in clients} == {CloseCode.SHUTTING_DOWN}
        for client in clients:
            await client.close()


async def test_a_connection_that_is_gone_before_it_is_registered_is_not_kept() -> None:
    """Its end was told to nobody, as nobody listened yet."""
    hall = Hall()
    hub, peer = Hub(hall), Peer("board")
    peer.abort()
    subscription = hub.subscribe(peer, "town", "board")
    hub.opened(subscription, 0)
    hub.unsubscribe(subscription)
    assert subscription.place is Place.GONE
    assert not hub.listens("town", "board") and not hall.listened


async def test_a_connection_that_is_behind_before_it_is_registered_is_watched() -> None:
    """And cut off like any other that takes nothing."""
    hub, peer = Hub(Hall(), limits=Limits(stalled_s=0.0)), Peer("board")
    peer.reads = False
    peer.write(b"x" * (HIGH + 1))
    running = asyncio.create_task(hub.run())
    hub.subscribe(peer, "town", "board")
    await until(lambda: not peer.is_open, within_s=2.0)
    assert hub.counters.aborts == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_publishing_to_nobody_does_nothing() -> None:
    hall = Hall()
    hub = hall.hub = Hub(hall)
    hall.patch("board", {"n": 1})
    hub.hint("town", "board", b"{}")
    assert hub.counters.frames == 0 and hub.connections() == {}
