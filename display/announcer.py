"""From calls to sound: takes what is next, lets the voice speak it, plays it, and says that it was heard."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from display.announcements import Announcement, Announcements, Board, Reading, Scope
from display.hall_voice import HallVoice, Wishes
from display.memory import Memory
from display.player import Player, PlayFailed
from display.server_clock import ServerClock
from queue_server.voice import reading as sound
from queue_server.voice.audio import Clip, scaled
from queue_server.voice.reading import Sentence, gain, sentences, sound_check
from queue_server.voice.speaking import Speaker
from queue_server.wire.frames import Health

__all__ = ["Announcer"]

log = logging.getLogger(__name__)

FIRST_GUESS_S = 8.0  # for a reading, before one was made
RETRY_S = 1.0  # after the player failed
TESTS_KEPT = 100  # ids of tests, so that none is said twice


class Announcer:
    """Reads the queue of announcements aloud, one at a time.

    board: gives the hall's board, None while that is not live. state: gives the newest state of it, live or not; None
    before the first: then nothing is read, because it says how. acknowledge: tells the server which call was spoken
    last (0: none yet), and how the voice fares. wishes: what goes before the hall's own word. scope: whose calls.
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
        state: Callable[[], Mapping[str, Any] | None],
        acknowledge: Callable[[int, Health], Awaitable[None]],
        memory: Memory,
        wishes: Wishes,
        scope: Scope,
        greeting: str | None = None,
    ) -> None:
        self._announcements = announcements
        self._voice = voice
        self._player = player
        self._clock = clock
        self._board = board
        self._state = state
        self._acknowledge = acknowledge
        self._memory = memory
        self._wishes = wishes
        self._scope = scope
        self._greeting = greeting
        self._woken = asyncio.Event()
        self._reading_s = FIRST_GUESS_S
        self._is_reported = False
        self._spoken = 0  # seq of the call read last
        self._spoken_at: datetime | None = None
        self._failures = 0
        self._missed: set[str] = set()  # languages that the hall wants and this program does not know
        self._tests: deque[str] = deque()  # to be said
        self._tested: deque[str] = deque(maxlen=TESTS_KEPT)

    def add(self, announcement: Announcement) -> None:
        """A call came in."""
        self._announcements.add(announcement)
        self.wake()

    def test(self, test: str) -> None:
        """Somebody wants to hear whether the voice works. Each test is said once."""
        if test not in self._tested:
            self._tested.append(test)
            self._tests.append(test)
            self.wake()

    def report(self) -> None:
        """The server is reached, perhaps another one than before: it is to hear how the voice fares."""
        self._is_reported = False
        self.wake()

    def wake(self) -> None:
        """Something changed that may make a waiting announcement readable, such as the hall's time becoming known."""
        self._woken.set()

    async def run(self) -> None:
        """Read aloud until cancelled."""
        while True:
            self._woken.clear()
            if (voice := self._hall_voice()) is None:
                await self._woken.wait()
                continue
            if not self._is_reported:
                await self._report()
            if self._greeting is not None:
                greeting, self._greeting = self._greeting, None
                await self._say([Sentence("zh", self._voice.phrasebook["zh"].read(greeting))], "greeting", voice)
            elif self._tests:
                test = self._tests.popleft()
                log.info("test id=%s", test)
                await self._say(sound_check(self._voice.phrasebook, voice.languages), "test", voice)
            elif (reading := self._due(voice)) is not None:
                await self._read(reading, voice)
            else:
                await self._woken.wait()

    def _hall_voice(self) -> HallVoice | None:
        """How to speak. None before the hall's time and board are known: they decide what has expired, and how."""
        state = self._state()
        return None if self._time() is None or state is None else self._wishes.over(HallVoice.of(state))

    def _due(self, voice: HallVoice) -> Reading | None:
        """What is to be read now."""
        now, state = self._time(), self._state()
        if now is None or state is None:
            return None
        self._announcements.repeat = voice.repeat
        self._announcements.keep(lambda announcement: self._scope.has(announcement, state))
        is_silent = voice.volume_at(now) == 0
        stale = self._announcements.drop_stale(now, self._board(), self._reading_s, is_silent=is_silent)
        for gone in stale:
            log.info("not_read why=%s readings=%d %s", gone.why, gone.readings, _fields(gone.announcement))
        if stale:
            self._settle()
        return self._announcements.head

    def _time(self) -> datetime | None:
        return self._clock.time(asyncio.get_running_loop().time())

    async def _say(self, wanted: Sequence[Sentence], label: str, voice: HallVoice) -> None:
        """What is no call: said also in silent hours, because a person has just asked for it."""
        clips = await self._clips(wanted)
        now = self._time()
        percent = (voice.volume_at(now) if now is not None else 0) or voice.volume
        if await self._play(sound.reading(clips, with_chime=True), label, percent):
            await self._report()

    async def _read(self, reading: Reading, voice: HallVoice) -> None:
        announcement, nth = reading
        called = announcement.number, announcement.counter, announcement.speech
        self._miss(voice.languages)
        clips = await self._clips(sentences(self._voice.phrasebook, *called, voice.languages, yao=voice.yao))
        now = self._time()
        if now is None or self._due(voice) != reading:
            return  # the ticket was started while the voice was at work
        # The chime opens a call; a repeat is the sentence alone. With no voice left, the chime is all there is.
        made = sound.reading(clips, with_chime=nth == 1 or not clips)
        number = re.sub(r"[^\w-]", "_", announcement.number)
        label = f"{number}-counter-{announcement.counter}-{nth}"
        if not await self._play(made, label, voice.volume_at(now)):
            await asyncio.sleep(RETRY_S)
            return  # it stays the next one until it expires
        self._reading_s = made.duration_s
        self._announcements.read(reading)
        self._spoken = announcement.position.seq
        log.info("read nth=%d %s", nth, _fields(announcement))
        self._settle()
        await self._report()

    def _miss(self, languages: Sequence[str]) -> None:
        """Tell, once each, of languages that this program has no file of: the server may have more."""
        for language in {*languages} - self._voice.phrasebook.keys() - self._missed:
            self._missed.add(language)
            self._failures += 1
            log.error("language_unknown language=%s: its file is needed here too, see --phrases", language)

    async def _clips(self, wanted: Sequence[Sentence]) -> list[Clip]:
        """The sentences that a voice can speak."""
        clips = []
        for language, text in wanted:
            if (clip := await self._voice.clip(text, language)) is not None:
                clips.append(clip)
            else:
                self._failures += 1
        return clips

    async def _play(self, made: Clip, label: str, percent: int) -> bool:
        """Play it; whether it was heard."""
        try:
            await self._player.play(scaled(made, gain(percent)), label)
        except PlayFailed as failure:
            log.error("play_failed reason=%r %s", failure.reason, label)
            self._failures += 1
            await self._report()
            return False
        self._spoken_at = self._time()
        return True

    async def _report(self) -> None:
        """Acknowledge the call spoken last, and say how the voice fares."""
        self._is_reported = True
        languages = HallVoice().languages if (voice := self._hall_voice()) is None else voice.languages
        speakers = [self._voice.used[language] for language in languages if language in self._voice.used]
        said = ", ".join(dict.fromkeys(f"{engine} · {name}" for engine, name in speakers))
        health = Health(
            voice=said,
            failures=self._failures,
            spoken_at=self._spoken_at,
            part=bool(self._scope.queues or self._scope.areas),
        )
        await self._acknowledge(self._spoken, health)

    def _settle(self) -> None:
        if self._announcements.settled is not None:
            self._memory.keep(self._announcements.settled)


def _fields(announcement: Announcement) -> str:
    seq, counter, recall = announcement.position.seq, announcement.counter, announcement.recall
    return f"seq={seq} number={announcement.number!r} counter={counter} recall={recall}"
