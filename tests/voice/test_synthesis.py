"""Real engines on this machine make real sound, and a child process that dies, hangs or is not there is no end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.voice import synthesis
from queue_server.voice.audio import read_wav
from queue_server.voice.child import Request
from queue_server.voice.length import fault_in
from queue_server.voice.synthesis import Engine, EngineFailed, EspeakCommand, Pyttsx3
from tests.voice.fakes import PACE, names_in

TEXTS = {"zh": "请，诶零零三号，到十二号窗口办理", "en": "Ticket A, zero zero three, please go to counter 12."}


def _request(path: Path, language: str = "zh", rate: int = 135, **changes: str) -> Request:
    voice = {"zh": "sit/cmn-latn-pinyin+f3", "en": "gmw/en-us+f3"}[language]
    request = Request(text=TEXTS[language], voice=voice, rate=rate, volume=0.85, path=str(path))
    return request | changes  # type: ignore[return-value]


@pytest.fixture(params=[Pyttsx3, EspeakCommand])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """Each of the engines."""
    engine: Engine = request.param()
    yield engine
    await engine.close()


@pytest.mark.parametrize(("language", "rate"), [("zh", 135), ("zh", 180), ("en", 135), ("en", 100)])
async def test_speech_has_the_length_and_loudness_of_its_text(
    engine: Engine, tmp_path: Path, language: str, rate: int
) -> None:
    """At every rate: that is how a rate or a voice that was ignored is noticed."""
    facts = await engine.open()
    assert facts.is_measured
    assert "espeak" in facts.name
    await engine.save(_request(tmp_path / "clip.wav", language, rate))
    clip = read_wav((tmp_path / "clip.wav").read_bytes())
    assert fault_in(clip, TEXTS[language], PACE[language], rate, is_measured=True) is None
    assert 0.2 < clip.peak < 0.99
    assert names_in(tmp_path) == ["clip.wav"]


async def test_the_voices_that_an_engine_offers_exist(engine: Engine, tmp_path: Path) -> None:
    """They are used when nobody asks for another."""
    facts = await engine.open()
    assert facts.voices == {"zh": "sit/cmn-latn-pinyin+f3", "en": "gmw/en-us+f3"}


async def test_a_voice_that_does_not_exist_is_a_failure(engine: Engine, tmp_path: Path) -> None:
    """pyttsx3 would go on in the voice before it; the next request is not harmed."""
    await engine.open()
    with pytest.raises(EngineFailed, match="voice"):
        await engine.save(_request(tmp_path / "clip.wav", voice="nobody"))
    await engine.save(_request(tmp_path / "clip.wav"))
    assert (tmp_path / "clip.wav").exists()


async def test_one_process_speaks_a_hundred_times(tmp_path: Path) -> None:
    """None of them empty, short or at another rate; in turns of two languages, which is two voices."""
    engine = Pyttsx3()
    await engine.open()
    pid = engine.pid
    for _ in range(50):
        for language in ("zh", "en"):
            await engine.save(_request(tmp_path / "clip.wav", language))
            clip = read_wav((tmp_path / "clip.wav").read_bytes())
            assert fault_in(clip, TEXTS[language], PACE[language], 135, is_measured=True) is None
    assert engine.pid == pid
    await engine.close()


async def test_a_killed_child_is_noticed_and_begun_anew(tmp_path: Path) -> None:
    """Killed while it works, and killed while it waits."""
    engine = Pyttsx3()
    await engine.open()
    long = _request(tmp_path / "clip.wav", text=TEXTS["zh"] * 300)
    saving = asyncio.create_task(engine.save(long))
    await asyncio.sleep(0)  # the request is on its way
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineFailed, match="died"):
        await saving
    await engine.open()
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineFailed, match="died"):
        await engine.save(_request(tmp_path / "clip.wav"))
    await engine.open()
    await engine.save(_request(tmp_path / "clip.wav"))
    assert (tmp_path / "clip.wav").exists()
    await engine.close()


async def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five seconds in a hall, sooner here."""
    monkeypatch.setattr(synthesis, "PATIENCE_S", 0.2)
    hello = '{"driver": "espeak", "version": "0", "voices": []}'
    engine = Pyttsx3((sys.executable, "-c", f"import time; print('{hello}', flush=True); time.sleep(600)"))
    await engine.open()
    pid = engine.pid
    with pytest.raises(EngineFailed, match=r"0\.2 s"):
        await engine.save(_request(tmp_path / "clip.wav"))
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "command",
    [
        ("/no/such/python",),
        (sys.executable, "-c", ""),
        (sys.executable, "-c", "print('hello')"),
        (sys.executable, "-c", "print(3)"),
        (sys.executable, "-c", "print('[]')"),
        (sys.executable, "-c", """print('{"driver": "espeak"}')"""),
        (sys.executable, "-c", """print('{"driver": "espeak", "version": "0", "voices": [3]}')"""),
        (sys.executable, "-c", """print('{"error": "no espeak here"}')"""),
    ],
)
async def test_a_child_that_cannot_start_is_a_failure_with_a_reason(command: tuple[str, ...]) -> None:
    """Not an exception of another kind, nor a wait."""
    engine = Pyttsx3(command)
    with pytest.raises(EngineFailed):
        await engine.open()
    assert engine.pid is None


async def test_a_missing_program_is_a_failure_with_a_reason() -> None:
    """As on a machine without espeak-ng."""
    with pytest.raises(EngineFailed, match="cannot be started"):
        await EspeakCommand("no-such-espeak").open()


async def test_the_child_ends_with_its_owner() -> None:
    """Its input ends when the owner dies, in whatever way."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "queue_server.voice.pyttsx3_child", stdin=-1, stdout=-1
    )
    assert child.stdin is not None and child.stdout is not None
    assert b"espeak" in await child.stdout.readline()
    child.stdin.close()
    assert await asyncio.wait_for(child.wait(), 10) == 0
