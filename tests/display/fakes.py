"""What stands in for a hall's calls and its loudspeaker."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from display.announcements import Announcement
from display.player import PlayFailed
from queue_server.voice.audio import Clip
from queue_server.wire.resume import Position

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def announcement(
    seq: int, number: str = "A001", counter: int = 1, *, epoch: str = "e1", life_s: float = 60.0, recall: int = 0
) -> Announcement:
    """A call made at NOON."""
    return Announcement(
        position=Position(epoch, seq),
        number=number,
        queue="a",
        counter=counter,
        recall=recall,
        expires_at=NOON + timedelta(seconds=life_s),
        speech={"zh": f"请{number}号，到{counter}号窗口办理"},
    )


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
