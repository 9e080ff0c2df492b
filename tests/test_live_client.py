"""Every call comes through once and in order, whatever happens to the cable; only the server's no ends it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from websockets.asyncio.server import ServerConnection, serve

from queue_server.live_client import BadAddress, Connection, live_address
from queue_server.wire import subscriber as wire
from queue_server.wire.resume import Position
from queue_server.wire.subscriber import CallSeen, Change, Status, Stop, Subscriber
from tests.display.fake_hall import TOKEN, FakeHall, fake_hall


@pytest.mark.parametrize(
    ("server", "hall", "address"),
    [
        ("http://127.0.0.1:8000", "town", "ws://127.0.0.1:8000/api/v1/halls/town/live"),
        ("https://hall.example/", "town", "wss://hall.example/api/v1/halls/town/live"),
        ("https://hall.example/path/", "一 /", "wss://hall.example/path/api/v1/halls/%E4%B8%80%20%2F/live"),
    ],
)
def test_the_live_address_follows_from_the_server_s(server: str, hall: str, address: str) -> None:
    """As a browser shows it."""
    assert live_address(server, hall) == address


@pytest.mark.parametrize("server", ["", "127.0.0.1:8000", "ftp://hall.example", "http://", "http://hall/?x=1"])
def test_what_is_no_address_is_refused(server: str) -> None:
    """With a sentence that shows a right one."""
    with pytest.raises(BadAddress, match="like http"):
        live_address(server, "town")


@asynccontextmanager
async def following(
    server: str, on_call: Callable[[CallSeen], None], *, token: str = TOKEN, position: Position | None = None
) -> AsyncIterator[tuple[Connection, "asyncio.Task[Stop]"]]:
    """A connection to `calls`, which comes back without much waiting."""

    def on_change(change: Change) -> None:
        assert isinstance(change, CallSeen)
        on_call(change)

    connection = Connection(
        live_address(server, "town"),
        token,
        Subscriber("calls", position),
        on_change=on_change,
        chance=lambda: 0.02,
    )
    task = asyncio.create_task(connection.run())
    try:
        yield connection, task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Seen:
    """The numbers of the calls that came through."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, change: CallSeen) -> None:
        self.numbers.append(change.call["number"])
        self._more.set()

    async def until(self, number: str) -> list[str]:
        """All of them, once this one is among them."""
        async with asyncio.timeout(20):
            while number not in self.numbers:
                self._more.clear()
                await self._more.wait()
        return self.numbers


async def test_calls_come_once_and_in_order_though_every_frame_comes_twice() -> None:
    """The snapshot's, and those that follow it."""
    async with fake_hall() as hall:
        hall.twice = True
        await hall.call("A001", 1)
        seen = Seen()
        async with following(hall.address, seen):
            await seen.until("A001")
            await hall.call("A002", 2)
            await hall.call("A002", 2, recall=1)
            await hall.call("A003", 3)
            assert await seen.until("A003") == ["A001", "A002", "A002", "A003"]


async def test_calls_made_while_the_cable_was_cut_are_resumed() -> None:
    """The second connection asks for what came after the first, and gets exactly that."""
    async with fake_hall() as hall:
        seen = Seen()
        async with following(hall.address, seen):
            await hall.until(lambda: len(hall.queries["calls"]) == 1)
            await hall.call("A001", 1)
            await seen.until("A001")
            await hall.drop("calls")
            await hall.call("A002", 2)
            await hall.call("A003", 3)
            assert await seen.until("A003") == ["A001", "A002", "A003"]
            await hall.until(lambda: len(hall.queries["calls"]) == 2)
        assert hall.queries["calls"][1] == '{"topic": "calls", "epoch": "e1", "after": "1"}'


async def test_an_earlier_life_s_position_is_where_it_begins() -> None:
    """What was settled before a restart does not come again."""
    async with fake_hall() as hall:
        await hall.call("A001", 1)
        await hall.call("A002", 2)
        seen = Seen()
        async with following(hall.address, seen, position=Position("e1", 1)):
            assert await seen.until("A002") == ["A002"]


async def test_a_lost_history_repeats_no_call() -> None:
    """The snapshot of the new epoch brings it, and it is known."""
    async with fake_hall() as hall:
        seen = Seen()
        await hall.call("A001", 1)
        async with following(hall.address, seen):
            await seen.until("A001")
            await hall.begin_anew()
            await hall.until(lambda: len(hall.queries["calls"]) == 2)
            await hall.call("A002", 2)
            assert await seen.until("A002") == ["A001", "A002"]


async def test_a_cable_cut_at_any_moment_loses_and_repeats_nothing() -> None:
    """Forty calls, and a cut after every third of them or so."""
    chance = random.Random(7)
    async with fake_hall() as hall:
        seen = Seen()
        async with following(hall.address, seen):
            for place in range(40):
                await hall.call(f"A{place:03d}", 1)
                if chance.random() < 0.35:
                    await hall.drop("calls")
            assert await seen.until("A039") == [f"A{place:03d}" for place in range(40)]


async def test_a_call_that_could_not_be_used_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """With those behind it and without those before it, in a fresh snapshot; and why is in the log."""
    async with fake_hall() as hall:
        seen, broken = Seen(), True
        for number in ("A001", "A002", "A003"):
            await hall.call(number, 1)

        def on_call(change: CallSeen) -> None:
            nonlocal broken
            if broken and change.call["number"] == "A002":
                broken = False
                raise LookupError("no voice")
            seen(change)

        async with following(hall.address, on_call):
            assert await seen.until("A003") == ["A001", "A002", "A003"]
        assert hall.queries["calls"] == ['{"topic": "calls"}'] * 2
        assert "no voice" in caplog.text


async def test_acknowledgements_arrive_and_are_not_missed_without_a_connection() -> None:
    """The announcer goes on speaking while the server is away."""
    async with fake_hall() as hall:
        seen = Seen()
        await hall.call("A001", 1)
        async with following(hall.address, seen) as (connection, _):
            await seen.until("A001")
            await connection.acknowledge(1)
            await hall.until(lambda: hall.acks == [1])
        await connection.acknowledge(2)
        assert hall.acks == [1]


@pytest.mark.parametrize(("options", "token", "code"), [({}, "wrong", 4501), ({"refuse_with": 4504}, TOKEN, 4504)])
async def test_a_server_that_says_no_is_not_asked_again(options: dict[str, int], token: str, code: int) -> None:
    """`run` returns its code."""
    async with (
        fake_hall(**options) as hall,
        following(hall.address, Seen(), token=token) as (connection, task),
    ):
        stop = await asyncio.wait_for(task, 20)
        assert stop.code == code
        assert connection.subscriber.status is Status.STOPPED


async def test_a_slow_reader_is_sent_back_and_comes_back() -> None:
    """4408 asks for a new connection."""
    async with fake_hall(refuse_with=4408) as hall:
        seen = Seen()
        async with following(hall.address, seen) as (connection, _):
            hall._refuse_with = None
            await hall.call("A001", 1)
            assert await seen.until("A001") == ["A001"]
            assert connection.subscriber.status is Status.LIVE


@asynccontextmanager
async def first_time(first: Callable[[ServerConnection], Awaitable[None]], hall: FakeHall) -> AsyncIterator[str]:
    """A server whose first connection goes to `first`, and all further ones to the hall."""
    visits = 0

    async def handle(connection: ServerConnection) -> None:
        nonlocal visits
        visits += 1
        await (first(connection) if visits == 1 else hall.serve_one(connection))

    async with serve(handle, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def test_a_server_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is there and nothing comes: after two and a half heartbeats in a hall, sooner here."""
    monkeypatch.setattr(wire, "SILENCE_S", 0.2)
    hall, seen = FakeHall(), Seen()
    await hall.call("A001", 1)
    async with first_time(lambda connection: connection.wait_closed(), hall) as server, following(server, seen):
        assert await seen.until("A001") == ["A001"]


async def test_rubbish_is_answered_with_a_new_connection() -> None:
    """And with a new snapshot: what is not understood may have been a call."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("{]")
        await connection.wait_closed()

    hall, seen = FakeHall(), Seen()
    await hall.call("A001", 1)
    async with first_time(talk, hall) as server, following(server, seen):
        assert await seen.until("A001") == ["A001"]


async def test_a_server_that_is_not_there_yet_is_waited_for() -> None:
    """The announcer's PC is often the first to be switched on in the morning."""
    async with fake_hall() as hall:
        address = hall.address
    seen = Seen()
    async with following(address, seen) as (connection, task):
        port = int(address.rsplit(":", 1)[1])
        hall = FakeHall(ahead=timedelta(hours=1))
        await hall.call("A001", 1)
        async with serve(hall.serve_one, "127.0.0.1", port):
            assert await seen.until("A001") == ["A001"]
            assert connection.subscriber.status is Status.LIVE
            assert not task.done()
