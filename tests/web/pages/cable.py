"""A network cable between a browser and its server, which a test pulls out and puts back."""

import asyncio

__all__ = ["Cable"]


class Cable:
    """Carries every connection to `target`, a port of this machine, from `port`, its own.

    While it is out, what was connected is cut off at once, in the middle of an answer too, and nothing gets through.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._out = False

    async def plug_in(self) -> None:
        """Let everything through, again."""
        self._out = False
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]

    def pull_out(self) -> None:
        """Cut everything off."""
        self._out = True
        for end in self._ends:
            end.transport.abort()

    async def close(self) -> None:
        """Put it away."""
        assert self._server
        self._server.close()
        self.pull_out()
        await asyncio.gather(*self._carrying)
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._out:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task
        self._carrying.add(task)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, there_writer}
        self._ends |= ends
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        self._ends -= ends
        self._carrying.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # it was pulled out
    finally:
        writer.close()
