"""uvicorn's opened HTTP protocol over real sockets: what is leaned on in uvicorn holds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send
from uvicorn import Server

from queue_server.push.raw_http import EXTENSION
from queue_server.push.serving import server_config
from tests.push.rig import UVICORN
from tests.waiting import SCALE, until

Raw = list[bool]


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[tuple[int, Raw]]:
    """A server that answers each request with its path, raw where it can; its port, and for each answer whether so."""
    raw: Raw = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        body = scope["path"].encode()
        if scope["path"] == "/slow":
            await until(lambda: len(scope["extensions"][EXTENSION].pipeline) > 0)
        headers = b"content-length: %d\r\nx-kind: ours\r\n" % len(body)
        raw.append(scope["extensions"][EXTENSION].answer(scope, 201, headers, body))
        if not raw[-1]:
            said = [(b"content-length", b"%d" % len(body)), (b"x-kind", b"ours")]
            await send({"type": "http.response.start", "status": 201, "headers": said})
            await send({"type": "http.response.body", "body": body})

    server = Server(server_config(app, port=0, **UVICORN))
    task = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], raw
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(task, 15 * SCALE)


def request(path: str, method: str = "GET", *headers: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "\r\n")).encode()


async def answer_from(reader: asyncio.StreamReader, body: int) -> tuple[list[bytes], bytes]:
    """The lines of an answer's head, the date's value left out, and its body of so many bytes."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5 * SCALE)).split(b"\r\n")[:-2]
    return [b"date" if line.startswith(b"date: ") else line for line in head], await reader.readexactly(body)


def head(length: int) -> list[bytes]:
    return [b"HTTP/1.1 201 Created", b"date", b"content-length: %d" % length, b"x-kind: ours"]


async def test_one_connection_takes_many_answers() -> None:
    """Written raw, each with the date that uvicorn adds."""
    async with running() as (port, raw):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in ("/a", "/bc", "/d"):
            writer.write(request(path))
            assert await answer_from(reader, len(path)) == (head(len(path)), path.encode())
        writer.close()
        assert raw == [True] * 3


async def test_a_request_that_came_too_early_is_answered_in_its_turn() -> None:
    """The answer before it is not taken for its own."""
    async with running() as (port, raw):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/slow") + request("/next"))
        assert await answer_from(reader, 5) == (head(5), b"/slow")
        assert await answer_from(reader, 5) == (head(5), b"/next")
        writer.close()
        assert raw == [False, True]


async def test_what_is_not_simple_is_left_to_uvicorn() -> None:
    """A head without its body, and a connection that is to be closed."""
    async with running() as (port, raw):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/a", "HEAD"))
        assert await answer_from(reader, 0) == (head(2), b"")
        writer.write(request("/b", "GET", "Connection: close"))
        assert await answer_from(reader, 2) == ([*head(2), b"connection: close"], b"/b")
        assert await asyncio.wait_for(reader.read(), 5 * SCALE) == b""
        writer.close()
        assert raw == [False, False]
