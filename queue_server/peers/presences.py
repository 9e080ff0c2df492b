"""Who is connected to any of the servers, so that every one of them tells a hall's head the same.

Each server writes down whom it has, hall by hall and when that changes, and once in a while that it is alive itself.
Whoever is on record at a server that is not is taken to have gone when that was last heard of.

    {HALL}:presence         hash: server → what it knows of the hall, `_Known`; expires after a day
    {servers}               sorted set: server → its last beat, ms
    {servers}:began         since when a server was always there, ms
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from math import inf
from typing import NamedTuple, Protocol

import msgspec

from queue_server.journal.base import Unavailable
from queue_server.peers.answers import answered
from queue_server.push.presence import LONG_AGO, Presence, Present
from queue_server.redis_nodes import Nodes, RedisError

__all__ = ["ALIVE_FOR", "BEAT_EVERY_S", "Everybody", "Presences", "PresentHere", "SharedPresences"]

BEAT_EVERY_S = 3.0
ALIVE_FOR = timedelta(seconds=15)
"""After its last beat a server is gone: so long may it be held up, and so long do its devices count as connected."""
KEPT = timedelta(days=1)
"""How long it is remembered who was there, see `Presence`."""
AT_ONCE = 64
"""Halls that are written down at the same time."""

MS = timedelta(milliseconds=1)

FUNCTIONS = (files("queue_server") / "peers" / "presences.lua").read_text("utf-8")


class Everybody(NamedTuple):
    """Who is in a hall now. present: by topic and id; strangers: the public looking on, by kind of topic; began:
    since when there was always a server to see who is there.
    """

    present: list[Present]
    strangers: Counter[str]
    began: datetime


class Presences(Protocol):
    """Who is in a hall, whichever server they are connected to."""

    @property
    def servers(self) -> int:
        """How many servers live, this one among them, as it last heard."""
        ...

    async def of(self, hall: str, now: datetime) -> Everybody:
        """Raises Unavailable."""
        ...

    async def tell(self, now: datetime) -> None:
        """Let the other servers know what they do not yet. Called every second. Raises Unavailable: it comes again."""
        ...


class PresentHere:
    """The presences of a server that shares its stores with no other: its own."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    @property
    def servers(self) -> int:
        return 1

    async def of(self, hall: str, now: datetime) -> Everybody:
        presence = self._presence
        return Everybody(presence.snapshot(hall, now), presence.strangers(hall), presence.began)

    async def tell(self, now: datetime) -> None:
        pass


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """What one server knows of a hall, and when it wrote that down."""

    at: datetime
    present: list[Present]
    strangers: dict[str, int]


class _Beats(NamedTuple):
    """What this server's last beat brought: when that was (monotonic s, and by Redis's clock), since when there was
    always a server, and when each was last heard of, by its name.
    """

    at: float
    began: datetime
    now: datetime
    servers: Mapping[bytes, datetime]


class SharedPresences:
    """Presences over Redis. server: this server's name, no other's; presence: who is connected to it.

    monotonic: seconds of a clock that never goes back.
    """

    def __init__(
        self, nodes: Nodes, server: str, presence: Presence, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._nodes = nodes
        self._server = server.encode()
        self._presence = presence
        self._monotonic = monotonic
        self._servers = nodes.key("servers")
        self._beats = _Beats(-inf, presence.began, LONG_AGO, {})

    async def open(self) -> None:
        """Get ready. Raises Unavailable."""
        await answered(self._nodes.load(FUNCTIONS))
        await self._beat()

    @property
    def servers(self) -> int:
        return sum(self._beats.now - last < ALIVE_FOR for last in self._beats.servers.values())

    async def of(self, hall: str, now: datetime) -> Everybody:
        key = self._nodes.key(hall, "presence")
        known: dict[bytes, bytes] = await answered(self._nodes.ask(key, "HGETALL", key))
        here = self._presence
        present, strangers = here.snapshot(hall, now), here.strangers(hall)
        forgotten = list[bytes]()
        for server in known.keys() - {self._server}:
            there = msgspec.msgpack.decode(known[server], type=_Known)
            last_beat = self._beats.servers.get(server, there.at)  # by its own clock only while nothing else is known
            silent_for = self._beats.now - last_beat
            present += [_as_told(each, silent_for < ALIVE_FOR, last_beat) for each in there.present]
            if silent_for < ALIVE_FOR:
                strangers.update(there.strangers)
            elif silent_for > KEPT:
                forgotten.append(server)
        if forgotten:
            await answered(self._nodes.ask(key, "HDEL", key, *forgotten, again=True))
        return Everybody(_merged(present), strangers, self._beats.began)

    async def tell(self, now: datetime) -> None:
        outcomes = list(await asyncio.gather(self._beat_in_time(), return_exceptions=True))
        halls = list(self._presence.changed)
        for first in range(0, len(halls), AT_ONCE):
            some = halls[first : first + AT_ONCE]
            outcomes += await asyncio.gather(*(self._write_down(hall, now) for hall in some), return_exceptions=True)
        if refused := [outcome for outcome in outcomes if outcome is not None]:
            raise refused[0]  # the other halls may be on another master, and were told of

    async def _beat_in_time(self) -> None:
        if self._monotonic() - self._beats.at >= BEAT_EVERY_S and await self._beat():
            self._presence.changed.update(self._presence.halls())  # Redis has forgotten, or never heard

    async def _beat(self) -> bool:
        """Tell that this server lives, and hear of the others; whether nobody had known."""
        at, gap_ms, kept_ms = self._monotonic(), round(ALIVE_FOR / MS), round(KEPT / MS)
        is_new, now, began, servers = await answered(
            self._nodes.ask(
                self._servers, "FCALL", "jiaohao_beat", 2, self._servers, f"{self._servers}:began",
                self._server, gap_ms, kept_ms, again=True,
            )
        )  # fmt: skip
        last = dict(zip(servers[::2], map(_instant, servers[1::2]), strict=True))
        self._beats = _Beats(at, _instant(began), _instant(now), last)
        return bool(is_new)

    async def _write_down(self, hall: str, now: datetime) -> None:
        """What this server knows of a hall, for the others. What changes meanwhile is told the next time."""
        key, presence = self._nodes.key(hall, "presence"), self._presence
        presence.changed.discard(hall)
        known = msgspec.msgpack.encode(_Known(now, presence.snapshot(hall, now), presence.strangers(hall)))
        try:
            written, _ = await answered(
                self._nodes.ask_all(
                    key, [["HSET", key, self._server, known], ["PEXPIRE", key, round(KEPT / MS)]], again=True
                )
            )
            if isinstance(written, RedisError):
                raise Unavailable(written)
        except Unavailable:
            presence.changed.add(hall)
            raise


def _as_told(present: Present, lives: bool, last_beat: datetime) -> Present:
    """What another server told of somebody, whose signs of life it does not tell one by one."""
    if not present.connections:
        return present
    seen_at = max(present.seen_at, last_beat)
    return replace(present, seen_at=seen_at) if lives else replace(present, seen_at=seen_at, connections=0, since=None)


def _merged(present: Iterable[Present]) -> list[Present]:
    """Everybody once, from what several servers know; by topic and id."""
    known: dict[tuple[str, str], list[Present]] = {}
    for each in present:
        known.setdefault((each.topic, each.who), []).append(each)
    return [_one(known[key]) for key in sorted(known)]


def _one(known: list[Present]) -> Present:
    """Somebody, as several servers know them: what was said last counts."""
    if len(known) == 1:
        return known[0]
    latest = max(known, key=lambda each: each.seen_at)
    acked = max(known, key=lambda each: each.acked or 0)
    return replace(
        latest,
        connections=sum(each.connections for each in known),
        since=min((each.since for each in known if each.since is not None), default=None),
        acked=acked.acked,
        acked_at=acked.acked_at,
        failed_at=max((each.failed_at for each in known if each.failed_at is not None), default=None),
    )


def _instant(ms: bytes | int) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)
