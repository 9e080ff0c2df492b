"""Recorded voices: a folder of clips is an engine, first in order, and never half a sentence."""

from pathlib import Path

import pytest

from queue_server.voice.audio import read_wav, write_wav
from queue_server.voice.child import Request
from queue_server.voice.pack import BadPack, VoicePack
from queue_server.voice.speaking import Manner, Speaker
from tests.voice.fakes import MANIFEST, ToneEngine, tone, tone_pack

SAYABLE, UNSAYABLE = "请，诶零零一号，到一号窗口办理", "请，诶零零二号，到一号窗口办理"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of tones, each 0.2 s long."""
    tone_pack(tmp_path)
    return tmp_path


def _request(text: str, path: Path, volume: float = 0.85) -> Request:
    return Request(text=text, voice="王芳", rate=135, volume=volume, path=str(path))


async def test_a_pack_speaks_first_and_what_it_lacks_the_next_engine_says_whole(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And the pack does not rest for it: the next sentence is its own again."""
    engine = ToneEngine()
    async with Speaker([VoicePack(folder), engine], Manner()) as voice:
        for number in range(3):
            assert await voice.clip(SAYABLE, "zh") is not None
            assert voice.used["zh"] == ("recorded", "王芳")
            assert await voice.clip(UNSAYABLE + "，" * number, "zh") is not None
            assert voice.used["zh"].engine == "tones"
        assert await voice.clip("Ticket A.", "en") is not None
    assert [request["text"].rstrip("，") for request in engine.requests[:-1]] == [UNSAYABLE] * 3
    assert "failed" not in caplog.text


async def test_a_sentence_has_every_clip_once_and_in_its_time(folder: Path, tmp_path: Path) -> None:
    """Seven clips of 0.2 s, two commas, three joints in the number, one after it, and the silence at the ends."""
    pack = VoicePack(folder)
    await pack.save(_request(SAYABLE, tmp_path / "out.wav"))
    clip = read_wav((tmp_path / "out.wav").read_bytes())
    assert clip.duration_s == pytest.approx(7 * 0.2 + 0.2 + 3 * 0.05 + 0.16 + 0.2 + 0.03, abs=0.02)


async def test_the_volume_is_the_announcer_s(folder: Path, tmp_path: Path) -> None:
    """As loud at half the volume as half of it."""
    pack = VoicePack(folder)
    peaks = []
    for volume in (1.0, 0.5):
        await pack.save(_request(SAYABLE, tmp_path / "out.wav", volume))
        peaks.append(read_wav((tmp_path / "out.wav").read_bytes()).peak)
    assert peaks[1] == pytest.approx(peaks[0] / 2, rel=0.01)


async def test_a_clip_that_is_not_there_is_one_that_cannot_be_said(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pack grows while it is recorded; the log says what is missing."""
    (folder / "to-1.wav").unlink()
    engine = ToneEngine()
    async with Speaker([VoicePack(folder), engine], Manner()) as voice:
        await voice.clip(SAYABLE, "zh")
    assert [request["text"] for request in engine.requests] == [SAYABLE]
    assert "pack_incomplete" in caplog.text and "missing=1" in caplog.text


@pytest.mark.parametrize("sound", [b"no sound", write_wav(tone(0.2, level=0.0))])
async def test_a_clip_that_is_of_no_use_is_a_failure_with_its_name(
    folder: Path, caplog: pytest.LogCaptureFixture, sound: bytes
) -> None:
    """The next engine speaks meanwhile."""
    (folder / "number.wav").write_bytes(sound)
    async with Speaker([VoicePack(folder), ToneEngine()], Manner()) as voice:
        assert await voice.clip(SAYABLE, "zh") is not None
        assert voice.used["zh"].engine == "tones"
    assert "number.wav is" in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('language = "zh"\n', "", "missing required field `language`"),
        ('licence = "CC BY 4.0"\n', 'licence = "CC BY 4.0"\nrate = 100\n', "rate must be from 8000 to 48000"),
        ('"0.wav"', '"../0.wav"', "../0.wav lies outside the pack"),
        ('"请" =', '"，" =', "please.wav says nothing"),
        ('name = "王芳"', "name = ", "pack.toml: "),
    ],
)
def test_a_wrong_manifest_is_refused_at_the_start(folder: Path, old: str, new: str, reason: str) -> None:
    """By its folder and the reason."""
    (folder / "pack.toml").write_text(MANIFEST.replace(old, new), "utf-8")
    with pytest.raises(BadPack) as refused:
        VoicePack(folder)
    assert str(folder) in str(refused.value)
    assert reason in str(refused.value)


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    """Without a manifest, or without a clip."""
    with pytest.raises(BadPack, match=r"pack\.toml cannot be read"):
        VoicePack(tmp_path)
    (tmp_path / "pack.toml").write_text(MANIFEST, "utf-8")
    with pytest.raises(BadPack, match="none of its clips is there"):
        VoicePack(tmp_path)
