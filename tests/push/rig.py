"""A server with one live route, readers of several tempers, and a source of frames that remembers what it published."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn import Server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from queue_server.push.connection import Listener, Message, QueuedConnection, Writer, connection_of, payloads
from queue_server.push.hub import Hub
from queue_server.push.live import Reader, live
from queue_server.push.outbox import Limits
from queue_server.push.presence import Presence
from queue_server.push.raw_websocket import RawWebSocketProtocol
from queue_server.push.serving import server_config
from queue_server.push.source import CALLS, Frame, Opening
from queue_server.wire import frames, merge_patch
from queue_server.wire.resume import Position, TakeSnapshot, resume
from queue_server.wire.subscriber import CallSeen, Resubscribe, Subscriber
from tests.waiting import SCALE, until

Connect = connect

EPOCH = "e1"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def at(seq: int) -> datetime:
    """The hall's time at an event."""
    return NOON + timedelta(seconds=seq)


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


class EagerWebSocket(RawWebSocketProtocol):
    """Ours, with less patience."""

    close_s = 0.5 * SCALE
    discard_s = 0.2 * SCALE


UVICORN: dict[str, Any] = {"lifespan": "off", "ws": EagerWebSocket}


EAGER = Limits(heartbeat_s=0.3 * SCALE, recheck_s=0.2 * SCALE, stalled_s=1.0 * SCALE)
"""The fan-out's limits, with less patience too."""


@dataclass
class Topic:
    """One topic's history."""

    state: dict[str, Any] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)


class Hall:
    """A `TopicSource` of one hall whose events are whatever a test says."""

    def __init__(self) -> None:
        self.hub: Hub | None = None
        self.seq = 0
        self.oldest = 1  # what came before cannot be replayed any more
        self.topics: dict[str, Topic] = {}
        self.listened: set[str] = set()
        self.opens = asyncio.Event()  # cleared: `open` waits after it has read the head
        self.opens.set()
        self.opening = 0  # how many wait there

    def topic(self, name: str) -> Topic:
        return self.topics.setdefault(name, Topic())

    def patch(self, name: str, patch: Mapping[str, Any]) -> Frame:
        """The next event changes a state."""
        topic = self.topic(name)
        topic.state = merge_patch.apply(topic.state, patch)
        prev, seq = self._next(topic)
        payload = frames.patch(name, prev, seq, at(seq), encoded(patch))
        return self._publish(name, Frame(prev, seq, at(seq), payload, patch))

    def call(self, number: str, padding: int = 0) -> Frame:
        """The next event is a call."""
        topic = self.topic(CALLS)
        prev, seq = self._next(topic)
        payload = frames.call(CALLS, prev, seq, at(seq), encoded({"number": number, "padding": "x" * padding}))
        return self._publish(CALLS, Frame(prev, seq, at(seq), payload))

    async def open(self, hall: str, topic: str, asked: Position | None) -> Opening:
        if hall != "town":
            raise LookupError(hall)
        plan = resume(asked, EPOCH, self.seq, self.oldest)
        head = self.seq
        if isinstance(plan, TakeSnapshot):
            opening = self._snapshot(topic, plan.reason)
        else:
            missed = [frame for frame in self.topic(topic).frames if frame.seq > plan.after]
            opening = Opening([frame.payload for frame in missed], head, missed[-1].seq if missed else None)
        self.opening += 1
        await self.opens.wait()
        self.opening -= 1
        return opening

    def snapshot(self, hall: str, topic: str) -> Opening:
        return self._snapshot(topic, "slow")

    def head(self, hall: str, topic: str) -> int:
        return self.seq

    def first_subscriber(self, hall: str, topic: str) -> None:
        assert topic not in self.listened
        self.listened.add(topic)

    def last_gone(self, hall: str, topic: str) -> None:
        self.listened.remove(topic)

    def _snapshot(self, name: str, reason: str) -> Opening:
        state = encoded(self.topic(name).state)
        return Opening([frames.snapshot(name, EPOCH, self.seq, at(self.seq), reason, state)], self.seq)

    def _next(self, topic: Topic) -> tuple[int, int]:
        self.seq += 1
        return (topic.frames[-1].seq if topic.frames else 0), self.seq

    def _publish(self, name: str, frame: Frame) -> Frame:
        self.topic(name).frames.append(frame)
        if self.hub is not None:
            self.hub.publish("town", name, frame)
        return frame


HIGH = 2_000
"""Bytes that a `Peer` lets wait before it pauses."""


class Peer:
    """A connection in memory, whose peer reads when told to, and a real subscriber at its end."""

    def __init__(self, topic: str) -> None:
        self.listener: Listener | None = None
        self.writer: Writer = self
        self.is_open = True
        self.is_paused = False
        self.buffered = 0
        self.closed_with: int | None = None
        self.reads = True
        self.unread: list[bytes] = []
        self.subscriber = Subscriber(topic)
        self.subscriber.opening(0.0)
        self.seen: list[int] = []

    def write(self, data: bytes) -> None:
        assert self.is_open, "written to after its end"
        self.unread.append(data)
        self.buffered += len(data)
        if self.reads:
            self.read()
        elif self.buffered > HIGH and not self.is_paused:
            self.is_paused = True
            if self.listener is not None:
                self.listener.paused()

    def send_text_frame(self, frame: bytes) -> bool:
        if self.is_open:
            self.write(frame)
        return self.is_open

    def read(self) -> None:
        """Take in all that was written."""
        unread, self.unread, self.buffered = self.unread, [], 0
        for payload in payloads(b"".join(unread)):
            frame, position = frames.parse(payload), self.subscriber.position
            if isinstance(frame, frames.Patch | frames.Call):
                assert position is not None and frame.seq > position.seq, "a frame came twice"
            for change in self.subscriber.receive(payload, 0.0):
                assert not isinstance(change, Resubscribe), "a frame was missing"
                if isinstance(change, CallSeen):
                    self.seen.append(change.seq)
        if self.is_paused:
            self.is_paused = False
            if self.listener is not None:
                self.listener.drained()

    def close(self, code: int, reason: str = "") -> None:
        if self.is_open:
            self.closed_with = code
            self.abort()

    def abort(self) -> None:
        self.is_open = False
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.gone()

    async def receive(self) -> Message:
        raise NotImplementedError


@dataclass
class Rig:
    """A running server, and what it is made of."""

    hall: Hall
    hub: Hub
    presence: Presence
    server: Server
    port: int
    authority: dict[str, int] = field(default_factory=dict)  # who → code to be closed with

    def connect(self, topic: str, query: str = "", **options: Any) -> Connect:
        """A client that reads `topic`; a few KiB of its own buffers, so that it is seen when it does not read."""
        url = f"ws://127.0.0.1:{self.port}/{topic}?{query}"
        return connect(url, compression=None, max_queue=4, ping_interval=None, close_timeout=SCALE, **options)

    def slowly(self, topic: str, query: str = "") -> Connect:
        """The same, with the smallest receive buffer that the kernel gives."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(("127.0.0.1", self.port))
        client.setblocking(False)
        return self.connect(topic, query, sock=client)


@contextlib.asynccontextmanager
async def serving(
    limits: Limits | None = None, *, raw: bool = True, presence: Presence | None = None, **settings: Any
) -> AsyncIterator[Rig]:
    """A real uvicorn on a free port, in this event loop. `raw`: whether it offers our extension."""
    hall = Hall()
    hub = hall.hub = Hub(hall, limits=limits)
    people = presence or Presence()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        offered = connection_of(scope, receive, send)
        connection = offered if raw else QueuedConnection(receive, send, close_s=EagerWebSocket.close_s)
        query = dict(part.split("=") for part in scope["query_string"].decode().split("&") if part)
        who = query.get("who")
        reader = Reader(
            hall=query.get("hall", "town"),
            topic=scope["path"][1:],
            asked=Position(query["epoch"], int(query["after"])) if "epoch" in query else None,
            who=who,
            role="screen",
            authority=(lambda: rig.authority.get(who)) if who is not None else None,
        )
        await live(connection, reader, hub, people, lambda: datetime.now(UTC))

    server = Server(server_config(app, port=0, **(UVICORN | settings)))
    tasks = [asyncio.create_task(hub.run()), asyncio.create_task(server._serve())]
    await until(lambda: server.started)
    rig = Rig(hall, hub, people, server, server.servers[0].sockets[0].getsockname()[1])
    try:
        yield rig
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(tasks[1], 15 * SCALE)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def next_frame(client: ClientConnection, within_s: float = 10.0) -> frames.Frame:
    """The next frame that is no heartbeat."""
    while isinstance(frame := await any_frame(client, within_s), frames.Heartbeat):
        pass
    return frame


async def any_frame(client: ClientConnection, within_s: float = 10.0) -> frames.Frame:
    async with asyncio.timeout(within_s * SCALE):
        frame = frames.parse(await client.recv())
    assert frame is not None
    return frame


async def close_code(client: ClientConnection, within_s: float = 10.0) -> int:
    """Read on until the server closes; its code."""
    try:
        async with asyncio.timeout(within_s * SCALE):
            while True:
                await client.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


async def read_to(client: ClientConnection, subscriber: Subscriber, seq: int, within_s: float = 10.0) -> list[Any]:
    """Feed what comes to a real subscriber until it stands at `seq`; the changes that it reported."""
    seen: list[Any] = []
    async with asyncio.timeout(within_s * SCALE):
        while subscriber.position is None or subscriber.position.seq < seq:
            changes = subscriber.receive(await client.recv(), 0.0)
            assert not [change for change in changes if isinstance(change, Resubscribe)]
            seen += changes
    return seen
