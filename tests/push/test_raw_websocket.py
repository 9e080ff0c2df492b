"""uvicorn's opened protocol over real sockets: what is leaned on in uvicorn holds."""

import asyncio
import contextlib
import gc
import random
import socket
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from queue_server.push.connection import EXTENSION, Connection, parting_s, text_frame
from queue_server.push.raw_websocket import RawWebSocketProtocol
from queue_server.push.serving import server_config
from queue_server.wire.subscriber import Reconnect, Subscriber
from tests.push.rig import UVICORN, close_code
from tests.push.test_connection import Ear
from tests.waiting import SCALE, until

Session = Callable[[RawWebSocketProtocol, Receive, Send], Awaitable[None]]


@contextlib.asynccontextmanager
async def running(session: Session, **settings: Any) -> AsyncIterator[tuple[Server, str]]:
    """A server whose sockets are accepted and given to `session`; it, and its address."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await session(scope["extensions"][EXTENSION], receive, send)

    server = Server(server_config(app, port=0, **(UVICORN | settings)))
    task = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    try:
        yield server, f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(task, 15 * SCALE)


async def to_the_end(receive: Receive) -> int:
    while (message := await receive())["type"] != "websocket.disconnect":
        pass
    return int(message["code"])


def small_socket(url: str) -> socket.socket:
    """A client's socket that takes little while nobody reads it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", int(url.rstrip("/").rpartition(":")[2])))
    client.setblocking(False)
    return client


def stalled(url: str) -> connect:
    """A client that takes little, and nothing any more after `client.transport.pause_reading()`."""
    return connect(
        url,
        sock=small_socket(url),
        compression=None,
        max_queue=1,
        max_size=None,  # else it would end the connection itself
        ping_interval=None,
        close_timeout=0.1,
    )


async def test_ready_frames_and_asgi_messages_keep_their_order() -> None:
    """Mixed in one turn of the loop, of every length."""
    texts = [f"{n} " + "号" * (n * 40) for n in range(60)]

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        for n, text in enumerate(texts):
            if n % 2:
                await send({"type": "websocket.send", "text": text})
            else:
                assert raw.send_text_frame(text_frame(text.encode()))
        await to_the_end(receive)

    async with running(session) as (_, url), connect(url) as client:
        assert [await client.recv() for _ in texts] == texts
        assert client.protocol.extensions == []  # no deflate, though the client offers it


async def test_it_is_a_connection() -> None:
    """As the fan-out wants one."""
    seen: list[Any] = []

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        connection: Connection = raw
        raw.listener = ear = Ear()
        seen.append((connection.is_open, connection.is_paused, connection.buffered))
        connection.writer.write(text_frame(b"through the writer"))
        connection.close(4408, "slow")
        connection.close(4413)
        seen.append((connection.is_open, connection.send_text_frame(text_frame(b"too late")), ear.told))
        seen.append(await to_the_end(receive))

    async with running(session) as (_, url), connect(url) as client:
        assert await client.recv() == "through the writer"
        assert await close_code(client) == 4408
    assert seen == [(True, False, 0), (False, False, ["gone"]), 4408]


async def test_a_peer_that_goes_is_reported_once() -> None:
    ears = [Ear(), Ear()]
    waiting = list(ears)

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        raw.listener = waiting.pop()
        await to_the_end(receive)

    async with running(session) as (_, url):
        async with connect(url):
            pass
        client = await connect(url)
        client.transport.abort()
        await until(lambda: all(ear.told == ["gone"] for ear in ears))
        await client.wait_closed()


async def test_a_pong_is_a_sign_of_life() -> None:
    ear = Ear()

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        raw.listener = ear
        await to_the_end(receive)

    async with running(session, ws_ping_interval=0.05) as (_, url), connect(url):
        await until(lambda: "heard" in ear.told)


async def test_pausing_and_draining_follow_the_buffer() -> None:
    ear = Ear()
    raws: list[RawWebSocketProtocol] = []

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        raw.listener = ear
        raws.append(raw)
        while not raw.is_paused:
            raw.send_text_frame(text_frame(b"x" * 10_000))
        await to_the_end(receive)

    async with running(session) as (_, url), stalled(url) as client:
        await until(lambda: ear.told == ["paused"])
        assert raws[0].buffered > raws[0].high_bytes
        while ear.told == ["paused"]:
            await client.recv()
        assert ear.told == ["paused", "drained"]


GOODBYE = b"\x88\x82\x00\x00\x00\x00\x03\xe8"  # a close frame with 1000
RESERVED = b"\xf1\x80\x00\x00\x00\x00"  # reserved bits, which break the protocol


@pytest.mark.parametrize("how", ["close", "abort", "ping", GOODBYE, RESERVED])
async def test_a_peer_that_reads_nothing_is_cut_off_and_its_memory_freed(how: str | bytes) -> None:
    """By closing, which waits only so long; by aborting; by a ping that nobody answers; and also when it was the peer
    that ended it. No reference is left.
    """
    ghosts: list[weakref.ref[RawWebSocketProtocol]] = []

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        ghosts.append(weakref.ref(raw))
        raw.send_text_frame(text_frame(b"x" * 20_000_000))
        assert raw.buffered > 10_000_000
        if how == "close":
            raw.close(4408)
        elif how == "abort":
            raw.abort()
        await to_the_end(receive)

    pings = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2} if how == "ping" else {}
    async with running(session, **pings) as (server, url), stalled(url) as client:
        client.transport.pause_reading()
        if isinstance(how, bytes):
            client.transport.write(how)
        await until(lambda: ghosts and not server.server_state.connections, within_s=5.0)
        client.transport.abort()
        await until(lambda: not server.server_state.tasks)
        gc.collect()
        assert ghosts[0]() is None


async def test_the_kernel_keeps_little_for_a_slow_peer() -> None:
    """And gives up on one that acknowledges nothing, where the platform can be told so."""
    options: dict[str, int] = {}

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        connection = raw.transport.get_extra_info("socket")
        for name in ("TCP_USER_TIMEOUT", "TCP_NOTSENT_LOWAT"):
            if hasattr(socket, name):
                options[name] = connection.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        await to_the_end(receive)

    async with running(session) as (_, url), connect(url):
        pass
    expected = {"TCP_USER_TIMEOUT": 8_000, "TCP_NOTSENT_LOWAT": 16_384}
    assert options == {name: value for name, value in expected.items() if hasattr(socket, name)}


@pytest.mark.parametrize(
    ("junk", "code"),
    [
        (b"\x81\x81\x00\x00\x00\x00\xff", 4522),  # text that is no UTF-8
        (b"\x81\xff\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", 4522),  # announces 4 GiB
        (RESERVED, 1002),
        (b"\x81\x01x", 1002),  # not masked
    ],
)
async def test_what_breaks_the_protocol_is_closed_with_a_code(junk: bytes, code: int) -> None:
    """4522 for what is no text or too long; for the rest the code that RFC 6455 has."""
    ended: list[int] = []

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        ended.append(await to_the_end(receive))

    async with running(session) as (server, url):
        client: ClientConnection = await connect(url)
        client.transport.write(junk)
        assert await close_code(client) == code
        await until(lambda: ended == [code] and not server.server_state.connections)
        await client.wait_closed()


@pytest.mark.parametrize("away_s", [0.0, 1.0, 9.5])
def test_ten_thousand_screens_do_not_come_back_in_the_same_second(away_s: float) -> None:
    """A server that stops spreads its closes, and its readers spread their attempts: whether another server is there at
    once, or this one again `away_s` after it began to stop, no second brings more than a third of them.
    """
    chance, screens = random.Random(4413), 10_000
    arrivals: Counter[int] = Counter()  # by tenths of a second
    for _ in range(screens):
        reader, now, code = Subscriber("board"), chance.uniform(0, parting_s(screens)), 4413
        reader.opening(now)
        while True:
            outcome = reader.closed(code, now, chance.random())
            assert isinstance(outcome, Reconnect)
            now, code = now + outcome.after_s, 1006
            if now >= away_s:
                break
        arrivals[int(now * 10)] += 1
    assert max(sum(arrivals[tenth + n] for n in range(10)) for tenth in arrivals) < screens / 3
    assert parting_s(5) < 0.1, "a hall's own server stops at once"
    assert parting_s(1_000_000) < (server_config(app=no_app).timeout_graceful_shutdown or 0)


async def no_app(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotImplementedError


async def test_shutting_down_closes_with_4413() -> None:
    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        await to_the_end(receive)

    async with running(session) as (server, url):
        clients = [await connect(url) for _ in range(3)]
        server.should_exit = True
        assert {await close_code(client) for client in clients} == {4413}


async def test_an_app_that_returns_closes_its_socket() -> None:
    """As with uvicorn's own protocol."""

    async def session(raw: RawWebSocketProtocol, receive: Receive, send: Send) -> None:
        raw.send_text_frame(text_frame(b"bye"))

    async with running(session) as (_, url), connect(url) as client:
        assert await client.recv() == "bye"
        with pytest.raises(ConnectionClosed):
            await client.recv()
