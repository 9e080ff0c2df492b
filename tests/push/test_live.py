"""Live sessions over a real server and the real `websockets` client."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from websockets.exceptions import ConnectionClosed

from queue_server.journal.base import Unavailable
from queue_server.push.live import TRY_AGAIN_LATER
from queue_server.push.outbox import Limits
from queue_server.push.source import CALLS, Opening
from queue_server.wire import frames
from queue_server.wire.close_codes import CloseCode
from queue_server.wire.resume import Position
from queue_server.wire.subscriber import Subscriber
from tests.push.rig import EAGER, EPOCH, any_frame, close_code, next_frame, read_to, serving
from tests.waiting import SCALE, until


def subscriber(topic: str, after: int | None = None) -> Subscriber:
    reader = Subscriber(topic, Position(EPOCH, after) if after is not None else None)
    reader.opening(0.0)
    return reader


async def test_every_reader_gets_every_frame_in_order_and_in_the_same_bytes(raw: bool) -> None:
    async with serving(raw=raw) as rig, asyncio.TaskGroup() as tasks:
        clients = [await tasks.create_task(rig.connect("board").__aenter__()) for _ in range(5)]
        for client in clients:
            await next_frame(client)
        for n in range(50):
            rig.hall.patch("board", {"n": n, "name": "叫号"})
        got = [[await client.recv() for _ in range(50)] for client in clients]
        assert got == [[frame.payload.decode() for frame in rig.hall.topic("board").frames]] * 5
        for client in clients:
            await client.close()


async def test_a_late_joiner_gets_a_snapshot_and_then_what_follows(raw: bool) -> None:
    """And ends with the same state as one that was there from the start."""
    async with serving(raw=raw) as rig, rig.connect("board") as early:
        rig.hall.patch("board", {"a": 1})
        async with rig.connect("board") as late:
            first = await next_frame(late)
            assert isinstance(first, frames.Snapshot) and first.state == {"a": 1} and first.reason == "new"
            rig.hall.patch("board", {"a": None, "b": 2})
            patch = await next_frame(late)
            assert isinstance(patch, frames.Patch) and (patch.prev, patch.seq) == (1, 2)
            reader = subscriber("board")
            await read_to(early, reader, 2)
            assert reader.state == {"b": 2}


async def test_a_joiner_misses_nothing_that_happens_while_it_is_being_opened(raw: bool) -> None:
    """It is registered first; what is published meanwhile follows its snapshot, once."""
    async with serving(raw=raw) as rig:
        rig.hall.call("A001")
        rig.hall.opens.clear()
        async with rig.connect(CALLS, f"epoch={EPOCH}&after=0") as client:
            await until(lambda: rig.hall.opening == 1)
            for n in range(2, 6):
                rig.hall.call(f"A00{n}")
            await until(lambda: rig.hub.counters.frames == 4)
            rig.hall.opens.set()
            rig.hall.call("A006")
            reader = subscriber(CALLS, 0)
            seen = await read_to(client, reader, 6)
            assert [call.seq for call in seen] == [1, 2, 3, 4, 5, 6]


async def test_a_reader_that_resumes_gets_exactly_what_it_missed(raw: bool) -> None:
    """And is told at once that it is up to date."""
    async with serving(raw=raw) as rig:
        for n in range(1, 8):
            rig.hall.call(f"A00{n}")
        async with rig.connect(CALLS, f"epoch={EPOCH}&after=4") as client:
            reader = subscriber(CALLS, 4)
            assert [call.seq for call in await read_to(client, reader, 7)] == [5, 6, 7]
            beat = await any_frame(client, within_s=2.0)
            assert isinstance(beat, frames.Heartbeat) and (beat.prev, beat.head) == (7, 7)


async def test_an_unknown_hall_is_closed_for_good() -> None:
    async with serving() as rig, rig.connect("board", "hall=nowhere") as client:
        assert await close_code(client) == CloseCode.NOT_FOUND


async def test_heartbeats_come_with_the_head(raw: bool) -> None:
    """Often enough, after every frame up to the head, and also when the topic itself is quiet; with its last."""
    async with serving(EAGER, raw=raw) as rig, rig.connect("board") as client:
        await next_frame(client)
        rig.hall.patch("board", {"n": 1})
        rig.hall.patch("elsewhere", {"n": 2})
        rig.hall.patch("elsewhere", {"n": 3})
        patch = await any_frame(client)
        assert isinstance(patch, frames.Patch)
        for _ in range(3):
            beat = await any_frame(client, within_s=EAGER.heartbeat_s / SCALE + 0.5)
            assert isinstance(beat, frames.Heartbeat) and (beat.prev, beat.head) == (1, 3)


def test_default_heartbeats_keep_the_contract() -> None:
    """With a tick of the clock to spare."""
    assert Limits().heartbeat_s + 0.2 < 5
    assert Limits().recheck_s + 0.2 < 5


async def test_a_slow_reader_of_a_state_is_merged_and_ends_equal(raw: bool) -> None:
    """It gets far fewer patches than there were, without a gap."""
    async with serving(raw=raw) as rig, rig.slowly("board") as client:
        reader = subscriber("board")
        await read_to(client, reader, 0)
        await until(lambda: next(iter(rig.hub._subscriptions())).row is not None)
        published = 0
        while not next(iter(rig.hub._subscriptions())).connection.is_paused:
            published += 1
            rig.hall.patch("board", {"n": published, f"s{published % 40}": "x" * 2_000})
            await asyncio.sleep(0)
        for _ in range(300):
            published += 1
            rig.hall.patch("board", {"n": published, f"s{published % 40}": "x" * 2_000})
            await asyncio.sleep(0)
        await read_to(client, reader, rig.hall.seq)
        assert reader.state == rig.hall.topic("board").state
        assert rig.hub.counters.merged + rig.hub.counters.slow_snapshots >= 1
        assert rig.hub.counters.deliveries < published - 200


async def test_a_slow_reader_of_calls_is_closed_and_repaired_by_resuming(raw: bool) -> None:
    """4408; every call before it came, in order, and the rest comes after."""
    limits = Limits(calls_cap_bytes=100_000)
    async with serving(limits, raw=raw) as rig:
        reader = subscriber(CALLS, 0)
        seen: list[Any] = []
        async with rig.slowly(CALLS) as client:
            await until(lambda: rig.hub.connections() == {"calls": 1})
            await until(lambda: next(iter(rig.hub._subscriptions())).row is not None)
            for _ in range(5_000):
                rig.hall.call("A001", padding=1_000)
                await asyncio.sleep(0)
                if rig.hub.counters.slow_closes:
                    break
            code = None
            try:
                while True:
                    text = await client.recv()
                    if '"snapshot"' not in str(text):  # an empty one: `rig.hall` keeps no state of calls
                        seen += reader.receive(text, 0.0)
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else None
        assert code == CloseCode.SLOW
        assert reader.position is not None and reader.position.seq < rig.hall.seq
        async with rig.connect(CALLS, f"epoch={EPOCH}&after={reader.position.seq}") as client:
            seen += await read_to(client, reader, rig.hall.seq)
        assert [call.seq for call in seen] == list(range(1, rig.hall.seq + 1))


@pytest.mark.parametrize("topic", ["board", CALLS])
async def test_a_reader_that_reads_nothing_is_cut_off_and_does_not_delay_others(raw: bool, topic: str) -> None:
    """Its connection and what was buffered for it are freed within seconds; the others get everything at once."""
    async with serving(EAGER, raw=raw) as rig, rig.slowly(topic) as stalled, rig.connect(topic) as quick:
        await next_frame(quick)
        await until(lambda: all(s.row is not None for s in rig.hub._subscriptions()))
        subscriptions = rig.hub._subscriptions()
        assert len(subscriptions) == 2
        held = 0
        began = asyncio.get_running_loop().time()
        while len(rig.hub._subscriptions()) == 2:
            if topic == CALLS:
                rig.hall.call("A001", padding=2_000)
            else:
                rig.hall.patch(topic, {"pad": "x" * 2_000, "n": rig.hall.seq})
            frame = await next_frame(quick, within_s=1.0)
            assert getattr(frame, "seq", 0) == rig.hall.seq
            held = max(held, max(s.connection.buffered for s in subscriptions))
            assert asyncio.get_running_loop().time() - began < 20 * SCALE
        assert held < EAGER.calls_cap_bytes + 100_000
        await until(lambda: not any(s.connection.buffered for s in subscriptions), within_s=6.0)
        assert rig.hub.counters.aborts + rig.hub.counters.slow_closes == 1
        if raw:  # over plain ASGI the server keeps its socket: nothing there can cut it off
            await until(lambda: len(rig.server.server_state.connections) == 1, within_s=6.0)
        stalled.transport.abort()


async def test_a_long_replay_is_sent_at_the_readers_pace(raw: bool) -> None:
    """Piece by piece, and nobody is called slow who takes what he gets."""
    async with serving(raw=raw) as rig:
        for n in range(2_000):
            rig.hall.call(f"A{n}", padding=1_000)
        async with rig.slowly(CALLS, f"epoch={EPOCH}&after=0") as client:
            reader = subscriber(CALLS, 0)
            seen = await read_to(client, reader, 2_000, within_s=30.0)
            assert len(seen) == 2_000
            rig.hall.call("A2000")
            assert len(await read_to(client, reader, 2_001)) == 1
        assert rig.hub.counters.slow_closes == rig.hub.counters.aborts == 0


RUBBISH: list[str | bytes] = ["rubbish", "[]", "{}", '{"type":"ack"}', '{"type":"ack","seq":-1}', "[" * 5_000, "\x00"]
RUBBISH += [b"\x00\x01", "x" * 70_000]


async def test_what_is_no_frame_closes_the_socket_for_good(raw: bool) -> None:
    """4522, also for a binary or an overlong one; nobody else notices."""
    async with serving(raw=raw) as rig, rig.connect("board") as other:
        await next_frame(other)
        for n, rubbish in enumerate(RUBBISH):
            async with rig.connect("board") as client:
                await client.send(rubbish)
                assert await close_code(client) == CloseCode.NOT_UNDERSTOOD
            rig.hall.patch("board", {"n": n})
            assert isinstance(await next_frame(other), frames.Patch)
            await until(lambda: rig.hub.connections() == {"board": 1})


async def test_ten_megabytes_are_refused_before_they_are_read() -> None:
    """The close code arrives although the client is still sending."""
    async with serving() as rig, rig.connect("board") as client:
        sending = asyncio.create_task(client.send("x" * 10_000_000))
        assert await close_code(client) == CloseCode.NOT_UNDERSTOOD
        await asyncio.gather(sending, return_exceptions=True)


async def test_a_journal_that_is_away_asks_to_come_back_and_names_no_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    """1013; the log says which kind of topic it was, never a ticket's id: whoever knows it holds the ticket."""
    async with serving() as rig:

        async def away(hall: str, topic: str, asked: Position | None) -> Opening:
            raise Unavailable(OSError("gone"))

        monkeypatch.setattr(rig.hall, "open", away)
        with structlog.testing.capture_logs() as logs:
            async with rig.connect("ticket.kT5m0qLw8kq2m3nB1aXz9w") as client:
                assert await close_code(client) == TRY_AGAIN_LATER
        assert [entry["topic"] for entry in logs] == ["ticket"]
        assert "kT5m0" not in repr(logs)


async def test_a_frame_of_a_newer_client_is_passed_over() -> None:
    async with serving() as rig, rig.connect("board") as client:
        await client.send('{"type":"from_the_future"}')
        await next_frame(client)
        rig.hall.patch("board", {"n": 1})
        assert isinstance(await next_frame(client), frames.Patch)


async def test_presence_follows_the_connection_and_its_acknowledgements(raw: bool) -> None:
    """Of who is known; an acknowledgement of what does not exist yet is only a sign of life."""
    async with serving(raw=raw) as rig:
        async with rig.connect("board", "who=d_1") as client, rig.connect("counter.1"):
            rig.hall.patch("board", {"n": 1})
            await next_frame(client)
            await until(lambda: rig.presence.strangers("town") == {"counter": 1})
            await client.send(json.dumps({"type": "ack", "seq": 1, "voice": "espeak", "failures": 2}))
            await client.send(json.dumps({"type": "ack", "seq": 99}))
            await until(lambda: rig.presence.snapshot("town", datetime.now(UTC))[0].acked == 1)
            (present,) = rig.presence.snapshot("town", datetime.now(UTC))
            assert (present.who, present.role, present.topic, present.connections) == ("d_1", "screen", "board", 1)
        await until(lambda: rig.presence.snapshot("town", datetime.now(UTC))[0].connections == 0)
        await until(lambda: not rig.presence.strangers("town"))
        (present,) = rig.presence.snapshot("town", datetime.now(UTC))
        assert (present.acked, present.health) == (1, frames.Health(voice="espeak", failures=2))


async def test_a_stopping_server_says_so() -> None:
    """uvicorn's own shutdown, as on SIGTERM: 4413 for everybody, and it ends in time."""
    async with serving() as rig, rig.connect("board") as first, rig.connect(CALLS) as second:
        await next_frame(first)
        rig.server.should_exit = True
        assert await close_code(first) == await close_code(second) == CloseCode.SHUTTING_DOWN
        await until(lambda: not rig.server.server_state.connections)
