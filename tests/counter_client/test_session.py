"""A command reaches the server once, whatever the network does, and its refusals are told as they are."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest

from counter_client.session import Refused, Session

Answer = bytes | None
"""What to write before the connection ends; None: nothing."""


def http(status: int, body: object, kind: str = "application/json") -> bytes:
    """A whole answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        status, kind.encode(), len(data), data,
    )  # fmt: skip


class Faulty:
    """A server that gives the answers it is told to, one a connection, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[bytes] = []
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        self.asked.append(head + await reader.readexactly(int(length.split(b":")[1])))
        if (answer := self.answers.pop(0)) is not None:
            writer.write(answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        writer.close()

    def keys(self) -> set[bytes]:
        """The Idempotency-Keys that came."""
        return {line for head in self.asked for line in head.split(b"\r\n") if line.lower().startswith(b"idempotency")}


@pytest.fixture
async def server() -> AsyncIterator[Faulty]:
    """A faulty server on a free port."""
    faulty = Faulty()
    listening = await asyncio.start_server(faulty, "127.0.0.1", 0)
    faulty.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield faulty
    listening.close()


def session(server: Faulty, told: Callable[[int], None] = lambda attempts: None) -> Session:
    """A session that waits for nothing between attempts."""
    return Session(server.url, on_unanswered=told, chance=lambda: 0.0)


REFUSED = {"code": "ticket_open", "title": "窗口还有未办结的号", "retry": "never", "status": 409, "number": "A001"}


async def test_a_command_is_sent_again_with_its_key_until_it_is_answered(server: Faulty) -> None:
    """A cut connection, half an answer, a proxy's page, a server that cannot store it now."""
    server.answers = [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
        http(502, b"<html>", "text/html"),
        http(503, {"code": "store_unavailable", "title": "", "retry": "same_key"}),
        http(200, {"ticket": None}),
    ]
    told: list[int] = []
    async with session(server, told.append) as asked:
        assert await asked.post("/halls/town/counters/1/next") == {"ticket": None}
    assert len(server.asked) == 5
    assert len(server.keys()) == 1
    assert told == [1, 2, 3, 4, 0]


async def test_two_commands_have_two_keys(server: Faulty) -> None:
    """Pressing *next* twice on purpose calls two people."""
    server.answers = [http(200, {}), http(200, {})]
    async with session(server) as asked:
        await asked.post("/next")
        await asked.post("/next")
    assert len(server.keys()) == 2


async def test_a_refusal_is_told_and_not_repeated(server: Faulty) -> None:
    """With what it says beside."""
    server.answers = [http(409, REFUSED, "application/problem+json")]
    async with session(server) as asked:
        with pytest.raises(Refused, match="窗口还有未办结的号") as told:
            await asked.post("/halls/town/counters/1/next")
    refused = told.value
    assert (refused.code, refused.status, refused.retry) == ("ticket_open", 409, "never")
    assert refused.fields == {"number": "A001"}
    assert len(server.asked) == 1


async def test_too_many_wrong_passwords_are_told(server: Faulty) -> None:
    """To go on trying would keep the door shut, and look like a lost network."""
    too_many = {"code": "too_many", "title": "操作太频繁", "retry": "same_key", "status": 429, "wait_s": 600}
    server.answers = [http(429, too_many, "application/problem+json")]
    async with session(server) as to:
        with pytest.raises(Refused) as caught:
            await to.sign_in("town-1", "wrong")
    assert (caught.value.code, caught.value.fields) == ("too_many", {"wait_s": 600})
    assert len(server.asked) == 1


async def test_nobody_there_is_waited_for() -> None:
    """Full jitter, up to a few seconds between two attempts."""
    waits: list[float] = []

    class Enough(Exception):
        pass

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 7:
            raise Enough

    async with Session("http://127.0.0.1:1", chance=lambda: 1.0, sleep=sleep) as asked:
        with pytest.raises(Enough):
            await asked.get("/halls")
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
