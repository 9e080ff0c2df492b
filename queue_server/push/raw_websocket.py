"""uvicorn's WebSocket protocol, opened so that a frame is built once and its bytes handed to every socket.

It leans on the inside of uvicorn 0.54's sans-I/O protocol, so that version is pinned and `tests/push` drives this class
over real sockets. Three more things differ from uvicorn's:

- A peer that holds its connection and stops reading is cut off, not waited for: every close, its own too, and a missed
  ping end in `transport.abort()`, where uvicorn's `transport.close()` would first wait for the buffer to empty.
- The closing codes are the contract's: 4413 at shutdown, spread over time, and 4522 for what is no text or too long.
- The kernel is asked to keep little for a slow peer, and to give up on one that acknowledges nothing.
"""

import random
import socket
from asyncio.transports import BaseTransport
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Close, CloseCode, Frame, Opcode

from queue_server.push.connection import EXTENSION, Listener, Writer, parting_s
from queue_server.wire import close_codes

__all__ = ["RawWebSocketProtocol"]

_NOT_UNDERSTOOD = {CloseCode.INVALID_DATA, CloseCode.MESSAGE_TOO_BIG}


class RawWebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket; a `queue_server.push.connection.Connection`. Give the class to `uvicorn.Config(ws=…)`."""

    high_bytes = 32_768  # a snapshot passes without a pause on all but the slowest links
    low_bytes = 4_096
    unsent_bytes = 16_384  # TCP_NOTSENT_LOWAT: else 2.5 MB vanish in the kernel before a reader counts as slow
    user_timeout_ms = 8_000  # TCP_USER_TIMEOUT: sent, and not acknowledged for so long (a cable was pulled)
    close_s = 4.0  # a peer that has not answered a close frame after so long is cut off
    discard_s = 1.0  # how long what a failed peer still sends is read: closing at once would lose the close frame

    listener: Listener | None = None
    _discarding = False

    # Connection

    @property
    def writer(self) -> Writer:
        return self.transport

    @property
    def is_open(self) -> bool:
        return not (self.close_sent or self.disconnected or self.transport.is_closing())

    @property
    def is_paused(self) -> bool:
        return not self.writable.is_set()

    @property
    def buffered(self) -> int:
        return self.transport.get_write_buffer_size()

    def send_text_frame(self, frame: bytes) -> bool:
        if not self.is_open:
            return False
        self.transport.write(frame)
        return True

    def close(self, code: int, reason: str = "") -> None:
        if not self.is_open:
            return
        self._go()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # to see the peer's answer
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_s, self.transport.abort)

    def abort(self) -> None:
        self._go()
        self.transport.abort()

    # uvicorn's protocol

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.high_bytes, low=self.low_bytes)
        self._set_socket_options(transport.get_extra_info("socket"))

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = self
        try:
            await super().run_asgi()
        finally:
            extensions.pop(EXTENSION, None)  # else the connection and its scope hold each other until a collection
            self.listener = None

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.listener is not None:
            self.listener.paused()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.listener is not None:
            self.listener.drained()

    def data_received(self, data: bytes) -> None:
        if not self._discarding:
            super().data_received(data)

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        if self.listener is not None:
            self.listener.heard()

    def handle_close(self, event: Frame) -> None:
        self._go()
        super().handle_close(event)
        self._cut_off_later()

    def handle_parser_exception(self) -> None:
        """What the peer sent broke the protocol (uvicorn closes at once), or was too long or no text (4522)."""
        self._go()
        assert self.conn.close_sent is not None  # noqa: S101 - as uvicorn does: the parser has decided on a code
        if self.conn.close_sent.code not in _NOT_UNDERSTOOD or self.close_sent:
            super().handle_parser_exception()
            self._cut_off_later()
            return
        self.conn.data_to_send()  # dropped: the close frame with the parser's code
        code = close_codes.CloseCode.NOT_UNDERSTOOD
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.transport.write(Frame(Opcode.CLOSE, Close(code, "").serialize()).serialize(mask=False))
        self.close_sent = True
        self._discarding = True
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.discard_s, self._finish)

    def keepalive_timeout(self) -> None:
        self._go()
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
            return
        self.stop_keepalive()
        delay = random.uniform(0, parting_s(len(self.connections)))  # noqa: S311 - no secret
        self.loop.call_later(delay, self.close, close_codes.CloseCode.SHUTTING_DOWN)

    def connection_lost(self, exc: Exception | None) -> None:
        self._go()
        super().connection_lost(exc)

    def _go(self) -> None:
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.gone()

    def _finish(self) -> None:
        self.transport.close()
        self._cut_off_later()

    def _cut_off_later(self) -> None:
        """`transport.close` has been called, and waits for a peer that may never read what is buffered."""
        self.close_timer = self.loop.call_later(self.close_s, self.transport.abort)

    def _set_socket_options(self, connection: socket.socket | None) -> None:
        """Where the platform has them: TCP_USER_TIMEOUT is Linux's, TCP_NOTSENT_LOWAT Linux's and macOS's."""
        if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
            return
        for name, value in (("TCP_USER_TIMEOUT", self.user_timeout_ms), ("TCP_NOTSENT_LOWAT", self.unsent_bytes)):
            option: int | None = getattr(socket, name, None)
            if option is not None:
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
