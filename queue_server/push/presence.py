"""Who is connected, since when, and what they have acknowledged. Soft state: lost at a restart and never journaled.

Nobody here decides who is "away": a last sign of life is told, and the reader applies his own threshold.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from queue_server.push.source import CALLS, kind_of
from queue_server.wire.frames import Health

__all__ = ["LONG_AGO", "Attendance", "Presence", "Present"]

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

SCREENS = frozenset({CALLS, "counter"})
"""Kinds of topics whose readers are screens, also those of whom nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A device or person on one topic, as last known."""

    who: str  # device or account id
    role: str
    topic: str
    connections: int  # now; 0 once they have gone
    since: datetime | None  # when the oldest present connection began; None without one
    seen_at: datetime  # last sign of life: connected, answered a ping, acknowledged, left
    acked: int | None  # highest seq shown or spoken; None before the first acknowledgement
    acked_at: datetime | None = None  # when that was heard of
    health: Health | None = None  # as last told; None from one that does not speak
    failed_at: datetime | None = None  # when more failures were told than before; None: never while it was watched


class _Entry:
    __slots__ = ("acked", "acked_at", "attendances", "failed_at", "health", "role", "seen_at")

    def __init__(self, role: str, at: datetime) -> None:
        self.role = role
        self.seen_at = at
        self.acked: int | None = None
        self.acked_at: datetime | None = None
        self.health: Health | None = None
        self.failed_at: datetime | None = None
        self.attendances: list[Attendance] = []  # oldest first


class Attendance:
    """One connection of somebody. Times are aware, and passed in."""

    __slots__ = ("_changed", "_entry", "since")

    def __init__(self, entry: _Entry, at: datetime, changed: Callable[[], None]) -> None:
        self._entry = entry
        self._changed = changed
        self.since = at
        entry.attendances.append(self)

    def heard(self, at: datetime) -> None:
        """A sign of life."""
        self._entry.seen_at = max(self._entry.seen_at, at)

    def acked(self, seq: int, at: datetime, health: Health | None = None) -> None:
        """They showed or spoke what `seq` brought. What failed before they were watched is old news."""
        self.heard(at)
        entry = self._entry
        if entry.acked is None or seq > entry.acked:
            entry.acked, entry.acked_at = seq, at
            self._changed()
        if health is not None:
            if health != entry.health:
                self._changed()
            if entry.health is not None and health.failures > entry.health.failures:
                entry.failed_at = at
            entry.health = health

    def left(self, at: datetime) -> None:
        """The connection ended. May be called again."""
        if self in self._entry.attendances:
            self.heard(at)
            self._entry.attendances.remove(self)
            self._changed()


class Presence:
    """All halls' attendance.

    forget: how long somebody who has gone is remembered, so that a manager sees which screen is missing.
    began: since when it watches; of what was before, nothing is known.
    changed: halls of which there is more to know than one more sign of life, for whoever passes that on to take out.
    """

    def __init__(self, forget: timedelta = timedelta(days=1), *, began: datetime = LONG_AGO) -> None:
        self._forget = forget
        self.changed: set[str] = set()
        self._strangers: dict[str, Counter[str]] = {}
        self.began = began
        self._halls: dict[str, dict[tuple[str, str], _Entry]] = {}

    def joined(self, hall: str, topic: str, who: str, role: str, at: datetime) -> Attendance:
        """Somebody connected."""
        entries = self._halls.setdefault(hall, {})
        entry = entries.get((topic, who))
        if entry is None:
            self._tidy(entries, at)
            entry = entries[topic, who] = _Entry(role, at)
        entry.role = role
        attendance = Attendance(entry, at, partial(self.changed.add, hall))
        attendance.heard(at)
        self.changed.add(hall)
        return attendance

    @contextmanager
    def looking_on(self, hall: str, topic: str) -> Iterator[None]:
        """While somebody is connected of whom nothing is known: the public, of whom screens are counted."""
        kind = kind_of(topic)
        if kind not in SCREENS:
            yield
            return
        strangers = self._strangers.setdefault(hall, Counter())
        strangers[kind] += 1
        self.changed.add(hall)
        try:
            yield
        finally:
            strangers[kind] -= 1
            self.changed.add(hall)

    def strangers(self, hall: str) -> Counter[str]:
        """How many of whom nothing is known look on, by the kind of their topic: calls, counter."""
        return +self._strangers.get(hall, Counter())

    def halls(self) -> list[str]:
        """Where anybody is, or was lately."""
        return [*self._halls.keys() | self._strangers.keys()]

    def snapshot(self, hall: str, at: datetime) -> list[Present]:
        """Everybody in a hall who is connected, or has gone not too long before `at`; by topic and id."""
        entries = self._halls.get(hall, {})
        self._tidy(entries, at)
        return [
            Present(
                who=who,
                role=entry.role,
                topic=topic,
                connections=len(entry.attendances),
                since=entry.attendances[0].since if entry.attendances else None,
                seen_at=entry.seen_at,
                acked=entry.acked,
                acked_at=entry.acked_at,
                health=entry.health,
                failed_at=entry.failed_at,
            )
            for (topic, who), entry in sorted(entries.items())
        ]

    def connected(self, hall: str, topic: str) -> int:
        """How many devices and people are on a topic now, each counted once."""
        return sum(key[0] == topic and bool(entry.attendances) for key, entry in self._halls.get(hall, {}).items())

    def _tidy(self, entries: dict[tuple[str, str], _Entry], at: datetime) -> None:
        over = [k for k, entry in entries.items() if not entry.attendances and at - entry.seen_at > self._forget]
        for key in over:
            del entries[key]
