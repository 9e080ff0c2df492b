"""From calls to sound: takes what is next, lets the voice speak it, plays it, and says that it was heard."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from display.announcements import Announcement, Announcements, Board, Reading
from display.memory import Memory
from display.player import Player, PlayFailed
from display.server_clock import ServerClock
from queue_server.voice.audio import Clip, join, silence
from queue_server.voice.chime import chime
from queue_server.voice.phrasing import chinese, english
from queue_server.voice.speaking import Speaker

__all__ = ["Announcer", "Style"]

log = logging.getLogger(__name__)

RATE = 22050  # of the whole sound; what SAPI and espeak speak at
WAKE_S = 0.1  # of silence first: sound cards swallow the beginning when they wake up
AFTER_CHIME_S = 0.2
BETWEEN_LANGUAGES_S = 0.3
AFTER_S = 0.6  # before the next reading
FIRST_GUESS_S = 8.0  # for a reading, before one was made
RETRY_S = 1.0  # after the player failed


class Style(NamedTuple):
    """What a reading consists of."""

    languages: Sequence[str] = ("zh",)  # in this order
    yao: bool = False  # say 幺 for a one in a ticket's number


class Announcer:
    """Reads the queue of announcements aloud, one at a time.

    board: gives the hall's board, None while that is not live. acknowledge: tells the server which call was spoken.
    greeting: a Chinese sentence, said once when the hall is reached; None: nothing.
    """

    def __init__(
        self,
        announcements: Announcements,
        *,
        voice: Speaker,
        player: Player,
        clock: ServerClock,
        board: Callable[[], Board | None],
        acknowledge: Callable[[int], Awaitable[None]],
        memory: Memory,
        style: Style,
        greeting: str | None = None,
    ) -> None:
        self._announcements = announcements
        self._voice = voice
        self._player = player
        self._clock = clock
        self._board = board
        self._acknowledge = acknowledge
        self._memory = memory
        self._style = style
        self._greeting = greeting
        self._woken = asyncio.Event()
        self._reading_s = FIRST_GUESS_S

    def add(self, announcement: Announcement) -> None:
        """A call came in."""
        self._announcements.add(announcement)
        self.wake()

    def wake(self) -> None:
        """Something changed that may make a waiting announcement readable, such as the hall's time becoming known."""
        self._woken.set()

    async def run(self) -> None:
        """Read aloud until cancelled."""
        while True:
            self._woken.clear()
            if self._greeting is not None and self._time() is not None:
                greeting, self._greeting = self._greeting, None
                await self._greet(greeting)
            reading = self._due()
            if reading is None:
                await self._woken.wait()
                continue
            sound = await self._sound(reading)
            if self._due() != reading:
                continue  # the ticket was started while the voice was at work
            await self._read(reading, sound)

    def _due(self) -> Reading | None:
        """What is to be read now. Nothing before the hall's time is known: it decides what has expired."""
        now = self._time()
        if now is None:
            return None
        stale = self._announcements.drop_stale(now, self._board(), self._reading_s)
        for gone in stale:
            log.info("not_read why=%s readings=%d %s", gone.why, gone.readings, _fields(gone.announcement))
        if stale:
            self._settle()
        return self._announcements.head

    def _time(self) -> datetime | None:
        return self._clock.time(asyncio.get_running_loop().time())

    async def _greet(self, text: str) -> None:
        clip = await self._voice.clip(chinese("", 0, text), "zh")
        try:
            await self._player.play(self._arranged([clip] if clip else [], with_chime=True), "greeting")
        except PlayFailed as failure:
            log.error("play_failed reason=%r greeting", failure.reason)

    async def _sound(self, reading: Reading) -> Clip:
        announcement = reading.announcement
        clips = []
        for language in self._style.languages:
            sentence = announcement.speech.get(language)
            if language == "zh":
                text = chinese(announcement.number, announcement.counter, sentence, yao=self._style.yao)
            else:
                text = english(announcement.number, announcement.counter, sentence)
            if (clip := await self._voice.clip(text, language)) is not None:
                clips.append(clip)
        # The chime opens a call; a repeat is the sentence alone. With no voice left, the chime is all there is.
        return self._arranged(clips, with_chime=reading.nth == 1 or not clips)

    def _arranged(self, clips: Sequence[Clip], *, with_chime: bool) -> Clip:
        parts = [silence(RATE, WAKE_S)]
        if with_chime:
            parts += [chime(RATE, self._voice.manner.volume), silence(RATE, AFTER_CHIME_S)]
        for place, clip in enumerate(clips):
            if place:
                parts.append(silence(RATE, BETWEEN_LANGUAGES_S))
            parts.append(clip)
        return join([*parts, silence(RATE, AFTER_S)])

    async def _read(self, reading: Reading, sound: Clip) -> None:
        announcement, nth = reading
        number = re.sub(r"[^\w-]", "_", announcement.number)
        try:
            await self._player.play(sound, f"{number}-counter-{announcement.counter}-{nth}")
        except PlayFailed as failure:
            log.error("play_failed reason=%r nth=%d %s", failure.reason, nth, _fields(announcement))
            await asyncio.sleep(RETRY_S)
            return  # it stays the next one until it expires
        self._reading_s = sound.duration_s
        self._announcements.read(reading)
        log.info("read nth=%d %s", nth, _fields(announcement))
        self._settle()
        if nth == 1:
            await self._acknowledge(announcement.position.seq)

    def _settle(self) -> None:
        if self._announcements.settled is not None:
            self._memory.keep(self._announcements.settled)


def _fields(announcement: Announcement) -> str:
    seq, counter, recall = announcement.position.seq, announcement.counter, announcement.recall
    return f"seq={seq} number={announcement.number!r} counter={counter} recall={recall}"
