"""Readings as WAV files, for whoever plays them elsewhere: each is made once, and in time."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from queue_server.voice.audio import Clip, write_wav
from queue_server.voice.reading import SENTENCE_AT_S, Sentence, reading
from queue_server.voice.speaking import Speaker

__all__ = ["Clips", "Spoken"]

log = logging.getLogger(__name__)

KEPT_S = 120.0  # ready-made; a call lives half as long
KEPT = 64  # about 20 MB; where more are asked for at once, those asked for first are over: they would come too late
PATIENCE_S = 8.0  # of whoever asks; an engine that hangs costs the sentence, never the chime


class Spoken(NamedTuple):
    """A reading, ready to be played."""

    wav: bytes  # 85 percent loud, chime first
    sentence_at_s: float | None  # where its sentences begin; None: it is the chime alone
    voice: str  # what spoke, for people; "": the chime alone


class Clips:
    """Use as an async context manager, which closes the speaker's engines. now: monotonic seconds.

    Nothing is started before the first reading is asked for.
    """

    def __init__(self, speaker: Speaker, now: Callable[[], float] = time.monotonic) -> None:
        self._speaker = speaker
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._making: OrderedDict[tuple[Sentence, ...], tuple[float, asyncio.Task[Spoken]]] = OrderedDict()
        self._tasks: set[asyncio.Task[Spoken]] = set()  # those that have not ended

    async def __aenter__(self) -> Self:
        await self._speaker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._speaker.__aexit__(kind, error, trace)

    def prepare(self, wanted: Sequence[Sentence]) -> None:
        """Begin to make a reading that will be asked for."""
        self._task(tuple(wanted))

    async def get(self, wanted: Sequence[Sentence]) -> Spoken:
        """The reading; the chime alone when no voice can speak it, or not in time."""
        task = self._task(tuple(wanted))
        done, _ = await asyncio.wait([task], timeout=PATIENCE_S)  # and let it go on: others wait for it too
        if not done or task.cancelled():
            return await asyncio.to_thread(_spoken, [], "")
        return task.result()

    def _task(self, wanted: tuple[Sentence, ...]) -> asyncio.Task[Spoken]:
        now = self._now()
        while self._making and (next(iter(self._making.values()))[0] <= now or len(self._making) > KEPT):
            self._making.popitem(last=False)
        if (kept := self._making.get(wanted)) is not None:
            return kept[1]
        task = asyncio.create_task(self._make(wanted))
        self._tasks.add(task)
        self._making[wanted] = now + KEPT_S, task
        task.add_done_callback(lambda done: self._made(wanted, done))
        return task

    def _made(self, wanted: tuple[Sentence, ...], task: asyncio.Task[Spoken]) -> None:
        """What is no reading is not kept: the next who asks tries again."""
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("reading_failed", exc_info=error)
        elif task.result().voice:
            return
        kept = self._making.get(wanted)
        if kept is not None and kept[1] is task:
            del self._making[wanted]

    async def _make(self, wanted: tuple[Sentence, ...]) -> Spoken:
        clips, voices = [], []
        async with self._one_at_a_time:
            is_late = wanted not in self._making  # given up while others were made
            for language, text in () if is_late else wanted:
                if (clip := await self._speaker.clip(text, language)) is not None:
                    clips.append(clip)
                    used = self._speaker.used[language]
                    voices.append(f"{used.engine} · {used.voice}")
        return await asyncio.to_thread(_spoken, clips, ", ".join(dict.fromkeys(voices)))


def _spoken(clips: Sequence[Clip], voice: str) -> Spoken:
    return Spoken(write_wav(reading(clips, with_chime=True)), SENTENCE_AT_S if clips else None, voice)
