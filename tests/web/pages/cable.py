"""A network cable between a browser and its server, which a test lets fail and puts right."""

import asyncio
from typing import Literal

__all__ = ["Cable", "Moment"]

Moment = Literal["request", "answer"]
"""When a cable fails: before a command has reached the server, or after, before its answer has come back."""


class Cable:
    """Carries every connection to `target`, a port of this machine, from `port`, its own.

    While it is broken, everything that was connected is cut off and nothing gets through.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self.broken = asyncio.Event()
        self._target = target
        self._fails: Moment | None = None
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def fail(self, moment: Moment) -> None:
        """Break at the next command, at that moment of it."""
        self._fails = moment

    def mend(self) -> None:
        """Let everything through again."""
        self.broken.clear()

    async def close(self) -> None:
        """End."""
        assert self._server
        self._server.close()
        self._break()
        await asyncio.gather(*self._carrying)
        await self._server.wait_closed()

    def _break(self) -> None:
        self._fails = None
        self.broken.set()
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.broken.is_set():
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task
        self._carrying.add(task)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, there_writer}
        self._ends |= ends
        asked: list[bytes] = [b""]
        await asyncio.gather(
            self._pump(reader, there_writer, "request", asked), self._pump(there_reader, writer, "answer", asked)
        )
        self._ends -= ends
        self._carrying.discard(task)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, moment: Moment, asked: list[bytes]
    ) -> None:
        """Carry one way. asked: what the connection was asked last, shared by both ways."""
        try:
            while data := await reader.read(65536):
                if moment == "request":
                    asked[0] = data
                if self._fails == moment and asked[0].startswith(b"POST "):
                    self._break()
                    return
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # it broke
        finally:
            writer.close()
