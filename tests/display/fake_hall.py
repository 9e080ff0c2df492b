"""A server with one hall, just enough of it: the live socket, and a hand to cut its cables."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from queue_server.wire import frames, merge_patch
from queue_server.wire.resume import Replay, asked_position, resume

TOKEN = "the-announcers-token"


class FakeHall:
    """Keeps the frames of `calls` and `board`, and sends them as the real server would.

    ahead: of this machine's clock. refuse_with: a close code for whoever comes.
    """

    def __init__(self, *, ahead: timedelta = timedelta(0), refuse_with: int | None = None) -> None:
        self.address = ""
        self.epoch = "e1"
        self.seq = 0
        self.acks: list[int] = []  # of calls, each once
        self.health: frames.Health | None = None  # as the announcer told it last
        self.queries: dict[str, list[str]] = {"calls": [], "board": []}  # of every connection
        self.twice = False  # send every frame twice
        self._ahead = ahead
        self._refuse_with = refuse_with
        self._sent: dict[str, list[tuple[int, bytes]]] = {"calls": [], "board": []}
        self._calls: dict[str, Any] = {}
        self._board: dict[str, Any] = {"counters": {}}
        self._open: dict[str, set[ServerConnection]] = {"calls": set(), "board": set()}
        self._changed = asyncio.Condition()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def call(self, number: str, counter: int, *, recall: int = 0, life_s: float = 60, **fields: Any) -> int:
        """A clerk calls this number; its seq."""
        self.seq += 1
        at = self.now()
        call = {
            "number": number,
            "counter": counter,
            "recall": recall,
            "called_at": frames.rfc3339(at).decode(),
            "expires_at": frames.rfc3339(at + timedelta(seconds=life_s)).decode(),
            "speech": {"zh": f"请{number}号，到{counter}号窗口办理"},
        } | fields
        self._calls[str(self.seq)] = call
        await self._publish("calls", frames.call("calls", self._prev("calls"), self.seq, at, json.dumps(call).encode()))
        await self._patch({str(counter): {"ticket": {"number": number, "state": "called", "recalls": recall}}})
        return self.seq

    async def test(self, test: str) -> None:
        """Somebody wants to hear whether the voice works."""
        for connection in self._open["calls"].copy():
            await self._send(connection, frames.hint("calls", self.now(), json.dumps({"test": test}).encode()))

    async def speak(self, **voice: Any) -> None:
        """The hall sets its voice up."""
        self.seq += 1
        await self._patch_board({"voice": voice, "hall": {"timezone": "UTC"}})

    async def start(self, counter: int) -> None:
        """The citizen has come to this counter."""
        self.seq += 1
        await self._patch({str(counter): {"ticket": {"state": "serving"}}})

    async def drop(self, topic: str) -> None:
        """Cut the cables of this topic's readers, without a word."""
        for connection in self._open[topic].copy():
            connection.transport.abort()
        await self.until(lambda: not self._open[topic])

    async def begin_anew(self) -> None:
        """The history was replaced, as by a restored backup: another epoch, the same calls, nothing to replay."""
        self.epoch = "e2"
        self._sent = {"calls": [], "board": []}
        await self.drop("calls")

    async def until(self, condition: Any) -> None:
        """Wait for something about this hall."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(condition)

    async def until_followed(self, times: int = 1) -> None:
        """Wait until both topics have been subscribed to so often."""
        await self.until(lambda: all(len(queries) >= times for queries in self.queries.values()))

    async def _patch(self, counters: dict[str, Any]) -> None:
        await self._patch_board({"counters": counters})

    async def _patch_board(self, patch: dict[str, Any]) -> None:
        self._board = merge_patch.apply(self._board, patch)
        frame = frames.patch("board", self._prev("board"), self.seq, self.now(), json.dumps(patch).encode())
        await self._publish("board", frame)

    def _prev(self, topic: str) -> int:
        return self._sent[topic][-1][0] if self._sent[topic] else 0

    async def _publish(self, topic: str, frame: bytes) -> None:
        self._sent[topic].append((self.seq, frame))
        for connection in self._open[topic].copy():
            await self._send(connection, frame)

    async def _send(self, connection: ServerConnection, frame: bytes) -> None:
        for _ in range(2 if self.twice else 1):
            await connection.send(frame.decode())

    async def serve_one(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        topic = query["topic"]
        if self._refuse_with is not None:
            return await connection.close(self._refuse_with)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return await connection.close(4501)
        if parts.path != "/api/v1/halls/town/live":
            return await connection.close(4504)
        try:
            await self._greet(connection, topic, query)
            async for text in connection:
                ack = frames.parse_ack(text)
                assert ack is not None
                await self._note(partial(self._heard, ack))
        except ConnectionClosed:
            pass  # cut, which is what these tests do
        finally:
            await self._note(lambda: self._open[topic].discard(connection))

    async def _greet(self, connection: ServerConnection, topic: str, query: dict[str, str]) -> None:
        asked = asked_position(query.get("epoch"), query.get("after"))
        outcome = resume(asked, self.epoch, self.seq, oldest=1)
        if isinstance(outcome, Replay):
            first = [frame for seq, frame in self._sent[topic] if seq > outcome.after]
            first.append(frames.heartbeat(topic, self.seq, self.now()))
        else:
            state = {"calls": self._living()} if topic == "calls" else self._board
            text = json.dumps(state).encode()
            first = [frames.snapshot(topic, self.epoch, self.seq, self.now(), outcome.reason, text)]
        self._open[topic].add(connection)
        for frame in first:
            await self._send(connection, frame)
        await self._note(lambda: self.queries[topic].append(json.dumps(query)))

    def _heard(self, ack: frames.Ack) -> None:
        self.health = ack.health or self.health
        if ack.seq and ack.seq not in self.acks[-1:]:
            self.acks.append(ack.seq)

    def _living(self) -> dict[str, Any]:
        now = self.now()
        return {seq: call for seq, call in self._calls.items() if datetime.fromisoformat(call["expires_at"]) > now}

    async def _note(self, change: Any) -> None:
        async with self._changed:
            change()
            self._changed.notify_all()


@asynccontextmanager
async def fake_hall(**options: Any) -> AsyncIterator[FakeHall]:
    """A hall that listens on a free port of this machine."""
    hall = FakeHall(**options)
    async with serve(hall.serve_one, "127.0.0.1", 0) as server:
        hall.address = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield hall
