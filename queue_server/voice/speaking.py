"""The hall's voice: the first engine that does it right, what it made checked and kept.

Engines fail silently: an empty file, another voice, half a sentence. So every clip is measured before it is played.
What fails is tried once more; then the next engine has its turn, and the failed one rests for a minute.
"""

import asyncio
import logging
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from queue_server.voice.audio import BadSound, Clip, read_wav, trimmed
from queue_server.voice.child import Request
from queue_server.voice.clip_files import ClipFiles
from queue_server.voice.language import Phrasebook
from queue_server.voice.length import fault_in
from queue_server.voice.phrasebook import shipped
from queue_server.voice.synthesis import Engine, EngineFacts, EngineFailed, Unsayable

__all__ = ["ClipCache", "Manner", "Speaker", "Used"]

log = logging.getLogger(__name__)

TRIES = 2  # of one engine with one text
REST_S = 60.0  # of an engine that failed twice
CACHE_BYTES = 16 * 2**20  # about 70 sentences: repeats, recalls, and nothing that a village's PC would miss
MIN_PEAK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to speak."""

    voices: Mapping[str, str] = field(default_factory=dict)  # by language; absent: the engine's best
    rate: int = 135  # words a minute
    volume: float = 0.85  # 0–1; at 1 espeak's voices reach full scale


class Used(NamedTuple):
    """What spoke last in a language."""

    engine: str
    voice: str


class ClipCache:
    """The clips used last, by whatever makes them what they are; the oldest go when they take too much room."""

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._clips: OrderedDict[tuple[object, ...], Clip] = OrderedDict()

    def __len__(self) -> int:
        return len(self._clips)

    def get(self, key: tuple[object, ...]) -> Clip | None:
        """The clip kept under `key`, which counts as used now."""
        clip = self._clips.get(key)
        if clip is not None:
            self._clips.move_to_end(key)
        return clip

    def put(self, key: tuple[object, ...], clip: Clip) -> None:
        """Keep this one."""
        if (old := self._clips.pop(key, None)) is not None:
            self._size -= _size(old)
        self._clips[key] = clip
        self._size += _size(clip)
        while self._size > self._limit:
            self._size -= _size(self._clips.popitem(last=False)[1])


def _size(clip: Clip) -> int:
    return len(clip.samples) * clip.samples.itemsize


def _read(path: Path) -> tuple[Clip, Clip]:
    """What the engine made, whole, and without the silence around it. Raises OSError, BadSound."""
    whole = read_wav(path.read_bytes())
    return whole, trimmed(whole)


class Speaker:
    """Use as an async context manager; one `clip` at a time.

    engines: in the order of preference. phrasebook: what there is to know of its languages; None: the project's own.
    files: where clips outlast the process; None: nowhere.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        manner: Manner,
        phrasebook: Phrasebook | None = None,
        files: ClipFiles | None = None,
    ) -> None:
        self.manner = manner
        self.phrasebook = shipped() if phrasebook is None else phrasebook
        self.used: dict[str, Used] = {}  # by language; a language that nothing speaks is absent
        self._engines = engines
        self._rests_until: dict[tuple[int, str], float] = {}  # by the engine's place and the language
        self._cache = ClipCache()
        self._files = files

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for engine in self._engines:
            await engine.close()

    async def clip(self, text: str, language: str) -> Clip | None:
        """The text, spoken, without silence around it; None when no engine can speak it.

        A clip of a doubtful length that is all there is, is returned: heard badly is better than not heard.
        """
        now = asyncio.get_running_loop().time
        doubtful: tuple[Clip, Used] | None = None
        for place, engine in enumerate(self._engines):
            if now() < self._rests_until.get((place, language), 0.0):
                continue
            failures = 0
            for _ in range(TRIES):
                try:
                    facts = await engine.open()
                    used = Used(facts.name, self._voice_of(facts, language))
                    clip, fault = await self._made(engine, facts, used, text, language)
                except Unsayable as failure:
                    log.debug("not_sayable engine=%s reason=%r", type(engine).__name__, failure.reason)
                    break
                except EngineFailed as failure:
                    failures += 1
                    log.warning("engine_failed engine=%s reason=%r", type(engine).__name__, failure.reason)
                    continue
                if fault is None:
                    self._use(language, used)
                    return clip
                log.warning("clip_doubtful engine=%r text=%r fault=%r", facts.name, text, fault)
                doubtful = doubtful or (clip, used)
            if failures == TRIES:
                self._rests_until[place, language] = now() + REST_S
        if doubtful is None:
            self._use(language, None)
            return None
        self._use(language, doubtful[1])
        return doubtful[0]

    def _voice_of(self, facts: EngineFacts, language: str) -> str:
        asked = self.manner.voices.get(language) if facts.takes_voices else None
        voice = asked or facts.voices.get(language)
        if voice is None:
            raise Unsayable(f"it has no voice for {language}")
        return voice

    async def _made(
        self, engine: Engine, facts: EngineFacts, used: Used, text: str, language: str
    ) -> tuple[Clip, str | None]:
        """A clip, and what is doubtful about it. Raises EngineFailed, also for a clip in which nothing is heard."""
        rate, volume = self.manner.rate, self.manner.volume
        key = (text, used, rate, volume)  # an engine's name has its version in it
        if (kept := self._cache.get(key)) is not None:
            return kept, None
        files = self._files if facts.is_lasting else None
        if files is not None and (kept := await asyncio.to_thread(files.get, key)) is not None:
            self._cache.put(key, kept)
            return kept, None
        try:
            # One for each clip: of a server that runs for months, a system would tidy a folder away that lies unused.
            with tempfile.TemporaryDirectory(prefix="jiaohao-voice-", ignore_cleanup_errors=True) as folder:
                path = Path(folder) / "clip.wav"
                await engine.save(Request(text=text, voice=used.voice, rate=rate, volume=volume, path=str(path)))
                whole, clip = await asyncio.to_thread(_read, path)
        except (OSError, BadSound) as exc:
            raise EngineFailed(f"its file is of no use: {exc}") from exc
        if whole.peak <= MIN_PEAK * volume:
            raise EngineFailed("its file is silent")
        pace = self.phrasebook[language].voices.pace
        fault = None if pace is None else fault_in(whole, text, pace, rate, is_measured=facts.is_measured)
        if fault is None:
            self._cache.put(key, clip)
            if files is not None:
                await asyncio.to_thread(files.put, key, clip)
        return clip, fault

    def _use(self, language: str, used: Used | None) -> None:
        """Say it when another engine speaks than before."""
        if self.used.get(language) == used:
            return
        if used is None:
            del self.used[language]
            log.error("voice_lost language=%s, only the chime is left", language)
        else:
            self.used[language] = used
            log.info("voice language=%s engine=%r voice=%s", language, *used)
