"""How the hall wants its calls spoken, as its board says; what an announcer was told itself goes before it.

`static/hall_voice.js` is its twin on a hall screen that speaks; `tests/vectors/hall_voice.json` drives both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["HallVoice", "Wishes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HallVoice:
    """The hall's voice now. What a board does not say, or says in a shape unknown to this version, is as here."""

    languages: tuple[str, ...] = ("zh",)  # of one reading, in this order
    repeat: int = 2  # readings of each call
    yao: bool = False  # say 幺 for a one in a ticket's number
    volume: int = 85  # percent, outside the spans
    spans: tuple[tuple[str, str, int], ...] = ()  # (from, until, percent), "HH:MM" on the hall's clocks
    timezone: tzinfo = UTC

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "HallVoice":
        """As the state of a board has it."""
        said, hall = state.get("voice"), state.get("hall")
        if not isinstance(said, dict):
            said = {}
        found: dict[str, Any] = {}
        languages, spans = said.get("languages"), said.get("spans")
        if isinstance(languages, list) and languages and all(isinstance(language, str) for language in languages):
            found["languages"] = tuple(languages)
        if type(said.get("repeat")) is int and said["repeat"] >= 1:
            found["repeat"] = said["repeat"]
        if isinstance(said.get("yao"), bool):
            found["yao"] = said["yao"]
        if _is_percent(said.get("volume")):
            found["volume"] = said["volume"]
        if isinstance(spans, list):
            found["spans"] = tuple(tuple(span) for span in spans if _is_span(span))
        return cls(**found, timezone=_zone(hall.get("timezone") if isinstance(hall, dict) else None))

    def volume_at(self, at: datetime) -> int:
        """Percent at an aware time; 0: nothing is spoken."""
        local = f"{at.astimezone(self.timezone):%H:%M}"
        return next((percent for start, end, percent in self.spans if start <= local < end), self.volume)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an announcer was told itself; None: as the hall wants it. volume: percent, at every time of day."""

    languages: tuple[str, ...] | None = None
    repeat: int | None = None
    yao: bool | None = None
    volume: int | None = None

    def over(self, voice: HallVoice) -> HallVoice:
        """The hall's voice as this announcer speaks it."""
        wished = {
            name: value
            for name in ("languages", "repeat", "yao", "volume")
            if (value := getattr(self, name)) is not None
        }
        return replace(voice, **wished, spans=voice.spans if self.volume is None else ())


def _is_percent(value: object) -> bool:
    return type(value) is int and 0 <= value <= 100


def _is_span(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and isinstance(value[1], str)
        and _is_percent(value[2])
    )


def _zone(name: object) -> tzinfo:
    """The hall's time zone; UTC for one that is not known here."""
    try:
        return ZoneInfo(name) if isinstance(name, str) else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
