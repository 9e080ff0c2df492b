"""One topic of one hall, followed by a program that is no browser: the socket under `wire.subscriber`."""

import asyncio
import logging
import random
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from queue_server.wire import frames
from queue_server.wire.subscriber import Change, Resubscribe, Status, Stop, Subscriber

__all__ = ["BadAddress", "Connection", "live_address"]

log = logging.getLogger(__name__)

NO_CLOSE_CODE = 1006
FRAME_LIMIT = 4 * 2**20  # bytes: a board of hundreds of counters is a tenth of that


class BadAddress(ValueError):
    """No server can be reached under this address."""


def live_address(server: str, hall: str) -> str:
    """The address of a hall's live socket, without its query.

    server: as in a browser, `http://192.168.1.10:8000`, with or without a path before /api. Raises BadAddress.
    """
    parts = urlsplit(server)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc or parts.query or parts.fragment:
        raise BadAddress(f"{server!r} is no address like http://192.168.1.10:8000")
    path = f"{parts.path.rstrip('/')}/api/v1/halls/{quote(hall, safe='')}/live"
    return urlunsplit((scheme, parts.netloc, path, "", ""))


class Connection:
    """Follows one topic and hands on what it brings.

    address: of `live_address`. token: of the device, ASCII; None for what everybody may follow. on_change: called in
    order with every change but Resubscribe, which is carried out here; when it raises, that is logged, and a fresh
    snapshot brings what it was given and what stood behind that. on_status: called after everything that was received
    and whenever the status changed; it finds both in `subscriber`. chance: random numbers in [0, 1), for the waits
    between attempts.
    """

    def __init__(
        self,
        address: str,
        token: str | None,
        subscriber: Subscriber,
        *,
        on_change: Callable[[Change], None],
        on_status: Callable[[], None] = lambda: None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.subscriber = subscriber
        self._address = address
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._on_change = on_change
        self._on_status = on_status
        self._chance = chance
        self._socket: ClientConnection | None = None
        self._reported = subscriber.status

    async def run(self) -> Stop:
        """Follow the topic. Returns only when the server says that coming back is useless."""
        loop = asyncio.get_running_loop()
        while True:
            self.subscriber.opening(loop.time())
            code = await self._follow()
            outcome = self.subscriber.closed(code, loop.time(), self._chance())
            self._report()
            if isinstance(outcome, Stop):
                return outcome
            await asyncio.sleep(outcome.after_s)

    async def acknowledge(self, seq: int, health: frames.Health | None = None) -> None:
        """Tell the server that the call `seq` was spoken, and how one fares. Without a connection nobody is told."""
        if self._socket is not None:
            try:
                await self._socket.send(frames.ack(seq, health).decode())
            except ConnectionClosed:
                log.info("ack_lost topic=%s seq=%d", self.subscriber.topic, seq)

    async def _follow(self) -> int:
        """One connection from its beginning to its end; the close code it ended with."""
        try:
            async with asyncio.timeout_at(self.subscriber.silent_at):
                # A hall's server is on the hall's own network: a proxy meant for the internet would only be in the way.
                socket = await connect(
                    f"{self._address}?{self.subscriber.url_query()}",
                    additional_headers=self._headers,
                    max_size=FRAME_LIMIT,
                    open_timeout=None,
                    close_timeout=1,
                    proxy=None,
                )
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError) as exc:
            log.info("unreachable topic=%s cause=%r", self.subscriber.topic, exc)
            return NO_CLOSE_CODE
        async with socket:
            self._socket = socket
            try:
                return await self._read(socket)
            finally:
                self._socket = None

    async def _read(self, socket: ClientConnection) -> int:
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout_at(self.subscriber.silent_at):
                    text = await socket.recv()
            except TimeoutError:
                return NO_CLOSE_CODE
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd is not None else NO_CLOSE_CODE
            changes = self.subscriber.receive(text, loop.time())
            self._report()
            for place, change in enumerate(changes):
                if isinstance(change, Resubscribe):
                    log.warning("resubscribe topic=%s why=%s", self.subscriber.topic, change.why)
                    return NO_CLOSE_CODE
                try:
                    self._on_change(change)
                except Exception:  # whatever it was, the owner's picture is wrong from here on
                    log.exception("unusable topic=%s kind=%s", self.subscriber.topic, change.kind)
                    self.subscriber.failed(changes[place:], loop.time())
                    return NO_CLOSE_CODE

    def _report(self) -> None:
        status = self.subscriber.status
        if status is not self._reported:
            self._reported = status
            level = logging.INFO if status is Status.LIVE else logging.WARNING
            log.log(level, "%s topic=%s as_of=%s", status, self.subscriber.topic, self.subscriber.as_of or "never")
        self._on_status()
