"""One accepted WebSocket, as the fan-out sees it: something to write ready-made frames to, without ever waiting."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol, cast

__all__ = [
    "EXTENSION",
    "Connection",
    "Listener",
    "Message",
    "QueuedConnection",
    "Writer",
    "connection_of",
    "parting_s",
    "payloads",
    "text_frame",
]

EXTENSION = "jiaohao.raw_frames"
"""The key in an ASGI scope's `extensions` under which a server offers a `Connection` of its own."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_FIN_TEXT = 0x81


def text_frame(payload: bytes) -> bytes:
    """The RFC 6455 frame, unmasked as from a server, of a whole text message. `payload`: its UTF-8."""
    length = len(payload)
    if length < 126:
        return bytes((_FIN_TEXT, length)) + payload
    if length < 1 << 16:
        return b"\x81\x7e%b%b" % (length.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (length.to_bytes(8, "big"), payload)


def payloads(frames: bytes) -> Iterator[bytes]:
    """The payloads of frames that `text_frame` made, joined end to end."""
    at = 0
    while at < len(frames):
        length, start = frames[at + 1], at + 2
        if length >= 126:
            start = at + (4 if length == 126 else 10)
            length = int.from_bytes(frames[at + 2 : start], "big")
        at = start + length
        yield frames[start:at]


def parting_s(sockets: int) -> float:
    """Over how many seconds a server that stops closes so many sockets.

    A thousand a second, so that ten thousand screens do not come back in the same one, but within what uvicorn and a
    service manager wait for.
    """
    return min(8.0, sockets / 1_000)


class Writer(Protocol):
    """Takes bytes and returns at once; an asyncio transport is one."""

    def write(self, data: bytes, /) -> None: ...


class Listener(Protocol):
    """Told what happens to a connection, by the event loop or from within `write`."""

    def paused(self) -> None:
        """The peer does not keep up: more is buffered than the connection's high mark."""

    def drained(self) -> None:
        """The buffer is below the low mark again. Always after `paused`."""

    def heard(self) -> None:
        """The peer gave a sign of life."""

    def gone(self) -> None:
        """Nothing may be written any more. Called once, whoever ended it; `paused` and `drained` do not follow."""


class Connection(Protocol):
    """One accepted WebSocket."""

    listener: Listener | None

    @property
    def writer(self) -> Writer:
        """Where frames go while `is_open`; kept apart because a fan-out to thousands should touch nothing else."""

    @property
    def is_open(self) -> bool:
        """Whether frames may be written: neither closed, nor closing, nor lost."""

    @property
    def is_paused(self) -> bool:
        """Whether the peer does not keep up, see `Listener.paused`."""

    @property
    def buffered(self) -> int:
        """Bytes written that the operating system has not taken yet."""

    def send_text_frame(self, frame: bytes) -> bool:
        """Write ready-made frames, see `text_frame`; False when it is too late for that. Never waits, never refuses."""

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake, behind what is buffered; the connection is cut off if the peer does not answer
        within seconds. Does nothing to one that is not open."""

    def abort(self) -> None:
        """Cut off at once and free what is buffered."""

    async def receive(self) -> Mapping[str, object]:
        """The next ASGI message: `websocket.receive` or, at last, `websocket.disconnect`."""


def connection_of(scope: Message, receive: Receive, send: Send) -> Connection:
    """The connection of an accepted ASGI WebSocket: the server's own where it offers one, else over `send`."""
    raw = (scope.get("extensions") or {}).get(EXTENSION)
    return cast(Connection, raw) if raw is not None else QueuedConnection(receive, send)


class QueuedConnection:
    """A connection over plain ASGI, for servers that do not offer `EXTENSION`: a queue, and a task while it holds
    something.

    high_bytes, low_bytes: `paused` above the one, `drained` below the other.
    close_s: how long a peer may take to read what is before its close frame.
    """

    def __init__(
        self, receive: Receive, send: Send, *, high_bytes: int = 32_768, low_bytes: int = 4_096, close_s: float = 4.0
    ) -> None:
        self.listener: Listener | None = None
        self.is_open = True
        self.is_paused = False
        self.buffered = 0
        self._receive = receive
        self._send = send
        self._high_bytes = high_bytes
        self._low_bytes = low_bytes
        self._close_s = close_s
        self._queue: deque[tuple[Message, int]] = deque()  # messages to send, and their size in bytes
        self._sender: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    @property
    def writer(self) -> Writer:
        return self

    def write(self, data: bytes) -> None:
        """Queue one or more frames that `text_frame` made."""
        for payload in payloads(data):
            self._queue.append(({"type": "websocket.send", "text": payload.decode()}, len(payload)))
            self.buffered += len(payload)
        self._start()
        if not self.is_paused and self.buffered > self._high_bytes:
            self.is_paused = True
            if self.listener is not None:
                self.listener.paused()

    def send_text_frame(self, frame: bytes) -> bool:
        if self.is_open:
            self.write(frame)
        return self.is_open

    def close(self, code: int, reason: str = "") -> None:
        if self.is_open:
            self._queue.append(({"type": "websocket.close", "code": code, "reason": reason}, 0))
            self._start()
            self._go()
            asyncio.get_running_loop().call_later(self._close_s, self.abort)

    def abort(self) -> None:
        self._go()
        self._queue.clear()
        self.buffered = 0
        if self._sender is not None:
            self._sender.cancel()
        self._end(1006)

    async def receive(self) -> Message:
        receiving = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({receiving, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            message = self._ended.result() if self._ended.done() else receiving.result()
        finally:
            receiving.cancel()
        if message["type"] == "websocket.disconnect":
            self._go()
        elif self.listener is not None:
            self.listener.heard()
        return message

    def _start(self) -> None:
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_queued())

    async def _send_queued(self) -> None:
        try:
            while self._queue:
                message, length = self._queue.popleft()
                await self._send(message)
                self.buffered -= length
                if message["type"] == "websocket.close":
                    self._end(message["code"])
                if self.is_paused and self.buffered <= self._low_bytes:
                    self.is_paused = False
                    if self.is_open and self.listener is not None:
                        self.listener.drained()
        except OSError:  # what ASGI servers raise once the peer has gone
            self._go()
            self._end(1006)
        finally:
            self._sender = None

    def _go(self) -> None:
        if self.is_open:
            self.is_open = False
            if self.listener is not None:
                self.listener.gone()

    def _end(self, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result({"type": "websocket.disconnect", "code": code})
