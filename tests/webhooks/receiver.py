"""A receiver of webhooks: a real HTTP server that checks what comes as the standard says, and answers as it is told."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

__all__ = ["Receiver", "Taken", "receiving"]


class Taken(NamedTuple):
    """One request that came. headers: by lower-case name."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """What it says."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether its signature is good, worked out anew from the secret as it is typed in."""
        key = b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{self.body.decode()}"
        good = b64encode(hmac.new(key, signed.encode(), "sha256").digest()).decode()
        return f"v1,{good}" in self.headers["webhook-signature"].split()


class Receiver:
    """Where it answers, and what has come. answers: a status line each, with headers; then 204. None: never answers."""

    def __init__(self) -> None:
        self.url = ""
        self.came: asyncio.Queue[Taken] = asyncio.Queue()
        self.answers: list[str | None] = []
        self.silent = asyncio.Event()  # set when it holds a connection without an answer

    async def next(self) -> Taken:
        """The next request, when it has come."""
        async with asyncio.timeout(10):
            return await self.came.get()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
            body = await reader.readexactly(int(headers["content-length"]))
            answer = self.answers.pop(0) if self.answers else "204 No Content"
            self.came.put_nowait(Taken(headers, body))
            if answer is None:
                self.silent.set()
                await reader.read()  # until the other end gives up
            else:
                writer.write(f"HTTP/1.1 {answer}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other end left
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jiaohao"
    try:
        yield receiver
    finally:
        server.close()
        await server.wait_closed()
