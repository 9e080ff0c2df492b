"""A network between a reader and a server, with the faults that networks have."""

import asyncio

__all__ = ["Link"]

PIECE_BYTES = 16  # a slow network carries so much at a time


class Link:
    """Carries TCP connections to `target`, a port of this machine, from `port`, its own, and fails as a test says.

    A fault concerns the connections that there are; those made afterwards are carried well, but for `swallow`.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self._wires: set[_Wire] = set()
        self._swallows = False

    @property
    def url(self) -> str:
        """Where a reader finds the server."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Link":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        self.cut()
        async with asyncio.timeout(5):
            while self._wires:  # noqa: ASYNC110 - they end by themselves
                await asyncio.sleep(0.01)

    def swallow(self) -> None:
        """Lose every byte from now on, both ways and without an end; of new connections too, until `mend`.

        What was connected stays as it is for ever, as when a router has forgotten it.
        """
        self._swallows = True
        for wire in self._wires:
            wire.swallows = True

    def mend(self) -> None:
        """Carry new connections well again."""
        self._swallows = False

    def cut(self) -> None:
        """Reset everything at once."""
        for wire in self._wires:
            wire.abort()

    def cut_in_a_frame(self) -> None:
        """Carry half of what the server sends next, and reset."""
        for wire in self._wires:
            wire.cuts_next = True

    def open_half(self) -> None:
        """The server's ends are gone, and the readers' ends are not told."""
        for wire in self._wires:
            wire.swallows = True
            wire.server.transport.abort()

    def slow_down(self, bytes_a_second: float) -> None:
        """Carry what the server sends this slowly."""
        for wire in self._wires:
            wire.pause_s = PIECE_BYTES / bytes_a_second

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        wire = _Wire(writer, server, self._swallows)
        self._wires.add(wire)
        try:
            await asyncio.gather(wire.carry(reader, server), wire.carry(from_server, writer))
        finally:
            wire.abort()
            self._wires.discard(wire)


class _Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamWriter, server: asyncio.StreamWriter, swallows: bool) -> None:
        self.reader = reader
        self.server = server
        self.swallows = swallows
        self.cuts_next = False
        self.pause_s = 0.0

    def abort(self) -> None:
        self.reader.transport.abort()
        self.server.transport.abort()

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry one way until that end closes, then close the other, unless that would tell what must not be told."""
        try:
            while data := await source.read(65_536):
                if self.swallows:
                    continue
                if sink is self.reader:
                    if self.cuts_next:
                        sink.write(data[: max(1, len(data) // 2)])
                        await sink.drain()
                        self.abort()
                        return
                    while self.pause_s and data and not sink.is_closing():
                        sink.write(data[:PIECE_BYTES])
                        data = data[PIECE_BYTES:]
                        await asyncio.sleep(self.pause_s)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # reset by one end or by a test
        finally:
            if not self.swallows:
                sink.close()
