"""Ready-made frames, and a connection over plain ASGI."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from queue_server.push.connection import (
    EXTENSION,
    Message,
    QueuedConnection,
    connection_of,
    payloads,
    text_frame,
)
from tests.waiting import until


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_a_frame_is_what_the_library_would_make(length: int) -> None:
    """Byte for byte, on both sides of each length's encoding."""
    payload = b"x" * length
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


@given(st.lists(st.binary(max_size=300) | st.sampled_from([b"y" * 126, b"z" * 70_000]), max_size=5))
def test_joined_frames_come_apart_again(messages: list[bytes]) -> None:
    assert list(payloads(b"".join(map(text_frame, messages)))) == messages


class Server:
    """The two ends of an ASGI WebSocket, whose peer reads when told to."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        self.fails = False

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        if self.fails:
            raise OSError("gone")
        self.sent.append(message)

    def connection(self, **options: Any) -> QueuedConnection:
        return QueuedConnection(self.incoming.get, self.send, **options)


class Ear:
    """A listener that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def paused(self) -> None:
        self.told.append("paused")

    def drained(self) -> None:
        self.told.append("drained")

    def heard(self) -> None:
        self.told.append("heard")

    def gone(self) -> None:
        self.told.append("gone")


async def test_the_servers_own_connection_is_taken_where_there_is_one() -> None:
    server, own = Server(), object()
    scope = {"extensions": {EXTENSION: own}}
    assert connection_of(scope, server.incoming.get, server.send) is own
    scopes: list[dict[str, Any]] = [{"extensions": {}}, {"extensions": None}, {}]
    for plain in scopes:
        assert isinstance(connection_of(plain, server.incoming.get, server.send), QueuedConnection)


async def test_frames_are_sent_one_by_one_in_order() -> None:
    """Also those that were handed over joined."""
    server = Server()
    connection = server.connection()
    connection.send_text_frame(text_frame(b"1") + text_frame("二".encode()))
    connection.send_text_frame(text_frame(b"3"))
    await until(lambda: len(server.sent) == 3)
    assert [message["text"] for message in server.sent] == ["1", "二", "3"]
    assert connection.buffered == 0


async def test_a_peer_that_does_not_keep_up_is_reported_once_and_again_when_it_has() -> None:
    server, ear = Server(), Ear()
    connection = server.connection(high_bytes=100, low_bytes=10)
    connection.listener = ear
    server.reads.clear()
    for _ in range(5):
        connection.send_text_frame(text_frame(b"x" * 40))
    assert connection.is_paused and connection.buffered == 200
    assert ear.told == ["paused"]
    server.reads.set()
    await until(lambda: not connection.is_paused)
    assert ear.told == ["paused", "drained"]


async def test_closing_comes_behind_what_is_queued_and_ends_the_session() -> None:
    server, ear = Server(), Ear()
    connection = server.connection()
    connection.listener = ear
    connection.send_text_frame(text_frame(b"last"))
    connection.close(4408, "slow")
    connection.close(4413)
    assert not connection.is_open and not connection.send_text_frame(text_frame(b"too late"))
    assert await connection.receive() == {"type": "websocket.disconnect", "code": 4408}
    assert [message["type"] for message in server.sent] == ["websocket.send", "websocket.close"]
    assert server.sent[1]["code"] == 4408
    assert ear.told == ["gone"]


async def test_a_peer_that_does_not_read_its_close_frame_is_given_up() -> None:
    """What was queued for it is freed."""
    server = Server()
    server.reads.clear()
    connection = server.connection(close_s=0.05)
    connection.send_text_frame(text_frame(b"x" * 1_000))
    connection.close(4408)
    assert await connection.receive() == {"type": "websocket.disconnect", "code": 1006}
    assert connection.buffered == 0


async def test_aborting_ends_the_session_at_once() -> None:
    server, ear = Server(), Ear()
    connection = server.connection()
    connection.listener = ear
    connection.send_text_frame(text_frame(b"x"))
    connection.abort()
    assert (await connection.receive())["type"] == "websocket.disconnect"
    assert ear.told == ["gone"] and server.sent == []


async def test_a_message_is_a_sign_of_life_and_a_disconnect_the_end() -> None:
    server, ear = Server(), Ear()
    connection = server.connection()
    connection.listener = ear
    await server.incoming.put({"type": "websocket.receive", "text": "hello"})
    await server.incoming.put({"type": "websocket.disconnect", "code": 1001})
    assert (await connection.receive())["text"] == "hello"
    assert (await connection.receive())["code"] == 1001
    assert ear.told == ["heard", "gone"]


async def test_a_failing_send_ends_the_session() -> None:
    """What ASGI servers raise when the peer has gone."""
    server, ear = Server(), Ear()
    server.fails = True
    connection = server.connection()
    connection.listener = ear
    connection.send_text_frame(text_frame(b"x"))
    assert (await connection.receive())["type"] == "websocket.disconnect"
    assert ear.told == ["gone"]
