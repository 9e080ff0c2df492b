"""Who is connected, since when, and what they have acknowledged. Soft state: lost at a restart and never journaled.

Nobody here decides who is "away": a last sign of life is told, and the reader applies his own threshold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Attendance", "Presence", "Present"]


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


class _Entry:
    __slots__ = ("acked", "attendances", "role", "seen_at")

    def __init__(self, role: str, at: datetime) -> None:
        self.role = role
        self.seen_at = at
        self.acked: int | None = None
        self.attendances: list[Attendance] = []  # oldest first


class Attendance:
    """One connection of somebody. Times are aware, and passed in."""

    __slots__ = ("_entry", "since")

    def __init__(self, entry: _Entry, at: datetime) -> None:
        self._entry = entry
        self.since = at
        entry.attendances.append(self)

    def heard(self, at: datetime) -> None:
        """A sign of life."""
        self._entry.seen_at = max(self._entry.seen_at, at)

    def acked(self, seq: int, at: datetime) -> None:
        """They showed or spoke what `seq` brought."""
        self.heard(at)
        self._entry.acked = max(self._entry.acked or 0, seq)

    def left(self, at: datetime) -> None:
        """The connection ended. May be called again."""
        if self in self._entry.attendances:
            self.heard(at)
            self._entry.attendances.remove(self)


class Presence:
    """All halls' attendance.

    forget: how long somebody who has gone is remembered, so that a manager sees which screen is missing.
    """

    def __init__(self, forget: timedelta = timedelta(days=1)) -> None:
        self._forget = forget
        self._halls: dict[str, dict[tuple[str, str], _Entry]] = {}

    def joined(self, hall: str, topic: str, who: str, role: str, at: datetime) -> Attendance:
        """Somebody connected."""
        entries = self._halls.setdefault(hall, {})
        entry = entries.get((topic, who))
        if entry is None:
            self._tidy(entries, at)
            entry = entries[topic, who] = _Entry(role, at)
        entry.role = role
        attendance = Attendance(entry, at)
        attendance.heard(at)
        return attendance

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
