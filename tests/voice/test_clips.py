"""Readings for players elsewhere: made once for all who ask, in time, and with the chime at least."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from queue_server.voice import clips as module
from queue_server.voice.audio import read_wav
from queue_server.voice.child import Request
from queue_server.voice.clips import Clips
from queue_server.voice.phrasebook import shipped
from queue_server.voice.reading import SENTENCE_AT_S, Sentence, sentences
from queue_server.voice.speaking import Manner, Speaker
from tests.voice.fakes import ToneEngine

CALL = sentences(shipped(), "A001", 3, {}, ["zh", "en"])
OTHER = sentences(shipped(), "A002", 3, {}, ["zh"])


class Clock:
    """Monotonic seconds that stand still."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class SlowEngine(ToneEngine):
    """Waits to be let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def save(self, request: Request) -> None:
        self.asked.set()
        await self.go.wait()
        await super().save(request)


@asynccontextmanager
async def clips_of(engine: ToneEngine, clock: Clock | None = None) -> AsyncIterator[Clips]:
    """Clips in this engine's voice."""
    async with Clips(Speaker([engine], Manner()), clock or Clock()) as clips:
        yield clips


async def test_two_screens_that_ask_at_once_cause_one_synthesis() -> None:
    """One utterance for each language, and the same bytes for both."""
    engine = ToneEngine()
    async with clips_of(engine) as clips:
        first, second = await asyncio.gather(clips.get(CALL), clips.get(CALL))
        assert first == second
        assert len(engine.requests) == 2
        assert first.voice == "tones · voice-zh, tones · voice-en"
        assert first.sentence_at_s == SENTENCE_AT_S
        assert read_wav(first.wav).duration_s > SENTENCE_AT_S + 4


async def test_what_was_prepared_is_ready() -> None:
    """Synthesis begins when the call happens, before any screen asks."""
    engine = SlowEngine()
    async with clips_of(engine) as clips:
        clips.prepare(OTHER)
        await engine.asked.wait()
        engine.go.set()
        assert (await clips.get(OTHER)).voice
        assert len(engine.requests) == 1


async def test_without_an_engine_the_chime_is_there_and_the_next_who_asks_tries_again() -> None:
    """Never nothing, and never an error."""
    engine = ToneEngine("tones", "broken", "broken")
    async with clips_of(engine) as clips:
        chime = await clips.get(OTHER)
        assert (chime.voice, chime.sentence_at_s) == ("", None)
        assert read_wav(chime.wav).duration_s == pytest.approx(2.3, abs=0.01)
        clips._speaker._rests_until.clear()
        assert (await clips.get(OTHER)).voice == "tones · voice-zh"


async def test_one_language_that_nobody_speaks_does_not_cost_the_other() -> None:
    """The sentence that there is, is heard."""
    async with clips_of(ToneEngine(languages=("en",))) as clips:
        assert (await clips.get(CALL)).voice == "tones · voice-en"


async def test_an_engine_that_hangs_costs_the_sentence_and_not_the_chime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks later gets the whole."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    engine = SlowEngine()
    async with clips_of(engine) as clips:
        assert (await clips.get(OTHER)).voice == ""
        engine.go.set()
        monkeypatch.setattr(module, "PATIENCE_S", 20.0)
        assert (await clips.get(OTHER)).voice == "tones · voice-zh"
        assert len(engine.requests) == 1


async def test_a_screen_that_leaves_does_not_silence_the_others() -> None:
    """Its request ends; the reading is made."""
    engine = SlowEngine()
    async with clips_of(engine) as clips:
        leaving, staying = asyncio.create_task(clips.get(OTHER)), asyncio.create_task(clips.get(OTHER))
        await engine.asked.wait()
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving
        engine.go.set()
        assert (await staying).voice
        assert len(engine.requests) == 1


async def test_readings_are_let_go_by_age_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of many halls keeps no day's sound in memory; the speaker remembers its sentences by itself."""
    monkeypatch.setattr(module, "KEPT", 2)
    clock = Clock()
    async with clips_of(ToneEngine(), clock) as clips:
        for number in ("A001", "A002", "A003", "A004"):
            await clips.get(sentences(shipped(), number, 1, {}, ["zh"]))
        assert len(clips._making) <= 3
        clock.now += module.KEPT_S
        await clips.get([Sentence("zh", "测试")])
        assert len(clips._making) == 1


async def test_more_than_can_be_made_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest calls are spoken; whoever waits for an older one gets the chime, and no backlog grows."""
    monkeypatch.setattr(module, "KEPT", 2)
    engine = SlowEngine()
    async with clips_of(engine) as clips:
        calls = [sentences(shipped(), f"A00{number}", 1, {}, ["zh"]) for number in range(1, 7)]
        asking = [asyncio.create_task(clips.get(call)) for call in calls]
        await engine.asked.wait()
        engine.go.set()
        made = [sound.voice for sound in await asyncio.gather(*asking)]
        assert made == ["", "", "", *["tones · voice-zh"] * 3]


async def test_the_end_does_not_wait_for_an_engine() -> None:
    """What is being made is given up, and the engine closed."""
    engine = SlowEngine()
    async with clips_of(engine) as clips:
        clips.prepare(OTHER)
        await engine.asked.wait()
    assert engine.closed


async def test_nothing_is_started_before_it_is_needed() -> None:
    """A server without a speaking screen has no child process."""

    class Counted(ToneEngine):
        opened = 0

        async def open(self):  # type: ignore[no-untyped-def]
            self.opened += 1
            return await super().open()

    engine = Counted()
    async with clips_of(engine):
        pass
    assert engine.opened == 0
