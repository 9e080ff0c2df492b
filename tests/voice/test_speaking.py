"""Every clip is checked; what fails is tried again, then elsewhere; silence is the last resort."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from queue_server.voice import speaking
from queue_server.voice.audio import Clip
from queue_server.voice.clip_files import ClipFiles
from queue_server.voice.length import fault_in
from queue_server.voice.speaking import ClipCache, Manner, Speaker, Used
from queue_server.voice.synthesis import EspeakCommand, Pyttsx3
from tests.voice.fakes import PACE, SILENT, ToneEngine, tone

TEXT = "请，诶零零三号，到三号窗口办理"


async def test_a_sound_clip_is_kept_and_not_made_twice() -> None:
    """The same text in the same voice is the same sound."""
    engine = ToneEngine()
    async with Speaker([engine], Manner()) as voice:
        first = await voice.clip(TEXT, "zh")
        assert first is not None
        assert await voice.clip(TEXT, "zh") is first
        assert voice.used == {"zh": Used("tones", "voice-zh")}
    assert len(engine.requests) == 1
    assert engine.requests[0]["rate"] == 135
    assert engine.closed


async def test_the_voice_asked_for_is_used() -> None:
    """In its language alone."""
    engine = ToneEngine()
    async with Speaker([engine], Manner(voices={"zh": "another-zh"}, rate=150, volume=0.5)) as voice:
        await voice.clip(TEXT, "zh")
        await voice.clip("Ticket A.", "en")
    assert [request["voice"] for request in engine.requests] == ["another-zh", "voice-en"]
    assert {(request["rate"], request["volume"]) for request in engine.requests} == {(150, 0.5)}


@pytest.mark.parametrize("outcome", ["it broke", SILENT, 0.0, 0.4, 1.6])
async def test_what_goes_wrong_once_is_tried_once_more(outcome: float | str) -> None:
    """An error, silence, an empty file, half a sentence, a forgotten rate."""
    engine, other = ToneEngine("tones", outcome), ToneEngine("other")
    async with Speaker([engine, other], Manner()) as voice:
        clip = await voice.clip(TEXT, "zh")
        assert clip is not None
        assert fault_in(clip, TEXT, PACE["zh"], 135, is_measured=True) is None
        assert clip.peak > 0.05
        assert voice.used["zh"].engine == "tones"
    assert (len(engine.requests), len(other.requests)) == (2, 0)


async def test_an_engine_that_fails_twice_hands_over_and_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a minute the next engine speaks; then the first one has another chance."""
    engine, other = ToneEngine("tones", "broken", "broken"), ToneEngine("other")
    async with Speaker([engine, other], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is not None
        assert await voice.clip(TEXT + "二", "zh") is not None
        assert voice.used["zh"].engine == "other"
        assert (len(engine.requests), len(other.requests)) == (2, 2)
        monkeypatch.setattr(speaking, "REST_S", 0.0)
        engine.outcomes += ["broken", "broken"]
        voice._rests_until.clear()
        await voice.clip(TEXT + "三", "zh")
        await voice.clip(TEXT + "四", "zh")
        assert voice.used["zh"].engine == "tones"


async def test_a_language_without_a_voice_does_not_silence_the_other() -> None:
    """A PC with a Chinese voice alone, asked for English too."""
    async with Speaker([ToneEngine("tones", languages=("zh",))], Manner()) as voice:
        assert await voice.clip("Ticket A.", "en") is None
        assert await voice.clip(TEXT, "zh") is not None
        assert set(voice.used) == {"zh"}


async def test_a_doubtful_clip_is_better_than_none() -> None:
    """When every engine's is, the first one's is spoken, and nobody rests."""
    engine = ToneEngine("tones", *[0.5] * 4)
    async with Speaker([engine], Manner()) as voice:
        for _ in range(2):
            clip = await voice.clip(TEXT, "zh")
            assert clip is not None
            assert fault_in(clip, TEXT, PACE["zh"], 135, is_measured=True) is not None
    assert len(engine.requests) == 4


async def test_no_engine_is_no_clip(caplog: pytest.LogCaptureFixture) -> None:
    """The chime is left, and the log says so once."""
    async with Speaker([ToneEngine("tones", *["broken"] * 4)], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is None
        assert await voice.clip(TEXT, "zh") is None
    async with Speaker([ToneEngine("tones", 1.0, "broken", "broken")], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is not None
        assert await voice.clip(TEXT + "二", "zh") is None
        assert voice.used == {}
    assert caplog.text.count("voice_lost") == 1


def test_the_cache_is_bounded_and_forgets_what_was_used_longest_ago() -> None:
    """By the room that clips take."""
    cache = ClipCache(limit_bytes=5 * 22050)
    second = tone(0.5)  # 22050 bytes
    for key in range(5):
        cache.put((key,), second)
    assert cache.get((0,)) is second
    cache.put((5,), second)
    assert len(cache) == 5
    assert cache.get((1,)) is None
    assert cache.get((0,)) is second
    cache.put((0,), Clip(22050, tone(2).samples))
    assert [cache.get((key,)) is not None for key in range(6)] == [True, False, False, False, False, True]


async def test_a_child_killed_in_the_middle_costs_no_utterance(tmp_path: Path) -> None:
    """The real engine: its process dies, another one speaks the same sentence, in the same voice."""
    engine = Pyttsx3()
    async with Speaker([engine, EspeakCommand()], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is not None
        pid = engine.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        clip = await voice.clip(TEXT + "二", "zh")
        assert clip is not None
        assert "pyttsx3" in voice.used["zh"].engine
        assert engine.pid not in (None, pid)


async def test_without_pyttsx3_the_command_speaks() -> None:
    """The same voice, by another way."""
    async with Speaker([Pyttsx3(("/no/such/python",)), EspeakCommand()], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is not None
        assert voice.used["zh"].engine.startswith("espeak-ng")
        assert voice.used["zh"].voice == "sit/cmn-latn-pinyin+f3"


async def test_a_clip_outlasts_the_process(tmp_path: Path) -> None:
    """Another speaker in the same voice finds it on disk; in another manner it makes its own."""
    files = ClipFiles(tmp_path)
    engine = ToneEngine()
    async with Speaker([engine], Manner(), files=files) as voice:
        made = await voice.clip(TEXT, "zh")
    again, faster = ToneEngine(), ToneEngine()
    async with Speaker([again], Manner(), files=files) as voice:
        assert await voice.clip(TEXT, "zh") == made
        assert voice.used["zh"] == Used("tones", "voice-zh")
    async with Speaker([faster], Manner(rate=200), files=files) as voice:
        assert await voice.clip(TEXT, "zh") != made
    assert (len(engine.requests), len(again.requests), len(faster.requests)) == (1, 0, 1)


async def test_without_a_place_for_its_files_a_speaker_is_mute_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is a failure like another."""

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    async with Speaker([ToneEngine()], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is None
