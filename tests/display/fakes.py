"""What stands in for engines and loudspeakers: sounds of the right length, and an ear."""

import asyncio
import math
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from display.announcements import Announcement
from display.audio import Clip, write_wav
from display.phrasing import syllables
from display.player import PlayFailed
from display.synthesis import EngineFacts, EngineFailed
from display.synthesis_child import Request
from display.voice import PACE
from queue_server.wire.resume import Position

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def announcement(
    seq: int, number: str = "A001", counter: int = 1, *, epoch: str = "e1", life_s: float = 60.0, recall: int = 0
) -> Announcement:
    """A call made at NOON."""
    return Announcement(
        position=Position(epoch, seq),
        number=number,
        counter=counter,
        recall=recall,
        expires_at=NOON + timedelta(seconds=life_s),
        speech={"zh": f"请{number}号，到{counter}号窗口办理"},
    )


def tone(duration_s: float, *, rate: int = 22050, level: float = 0.5) -> Clip:
    """A steady tone."""
    swing = [round(32767 * level * math.sin(2 * math.pi * 440 * index / rate)) for index in range(rate)]
    return Clip(rate, array("h", (swing[index % rate] for index in range(round(rate * duration_s)))))


SILENT = -1.0


class ToneEngine:
    """An engine that makes a tone as long as its text, and does what else it is told to.

    outcomes: for the next utterances: factors on the length, SILENT, or reasons to fail; then all goes well.
    """

    def __init__(self, name: str = "tones", *outcomes: float | str, languages: tuple[str, ...] = ("zh", "en")) -> None:
        voices = {language: f"voice-{language}" for language in languages}
        self.facts = EngineFacts(name=name, voices=voices, is_measured=True)
        self.outcomes = list(outcomes)
        self.requests: list[Request] = []
        self.closed = False

    async def open(self) -> EngineFacts:
        return self.facts

    async def save(self, request: Request) -> None:
        self.requests.append(request)
        outcome = self.outcomes.pop(0) if self.outcomes else 1.0
        if isinstance(outcome, str):
            raise EngineFailed(outcome)
        language = "zh" if request["voice"].endswith("zh") else "en"
        level = 0.0 if outcome == SILENT else request["volume"] / 2
        duration_s = abs(outcome) * sum(syllables(request["text"])) * PACE[language] / request["rate"]
        _write(request["path"], tone(duration_s, level=level))

    async def close(self) -> None:
        self.closed = True


def _write(path: str, clip: Clip) -> None:
    Path(path).write_bytes(write_wav(clip))


def names_in(folder: Path) -> list[str]:
    """The names of the files there, in order."""
    return sorted(file.name for file in folder.iterdir())


class Ear:
    """A player that hears everything at once, and notices when two sounds overlap.

    on_play: called with the label at the beginning of every sound. fail: that many of the next sounds fail.
    """

    name = "an ear"

    def __init__(self, on_play: Callable[[str], None] = lambda label: None, *, fail: int = 0) -> None:
        self.heard: list[str] = []
        self.sounds: list[Clip] = []
        self._on_play = on_play
        self._fail = fail
        self._is_busy = False
        self._more = asyncio.Condition()

    async def play(self, clip: Clip, label: str) -> None:
        assert not self._is_busy, "two sounds at once"
        self._is_busy = True
        self._on_play(label)
        await asyncio.sleep(0)  # gives whoever would talk over it the chance
        self._is_busy = False
        if self._fail:
            self._fail -= 1
            raise PlayFailed("deaf")
        async with self._more:
            self.heard.append(label)
            self.sounds.append(clip)
            self._more.notify_all()

    async def until(self, count: int) -> list[str]:
        """What was heard, once it is that much."""
        async with asyncio.timeout(20), self._more:
            await self._more.wait_for(lambda: len(self.heard) >= count)
        return self.heard
