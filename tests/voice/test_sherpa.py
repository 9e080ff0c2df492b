"""A neural engine is plugged in as a child process that speaks the same protocol; its library is a stand-in here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.voice.audio import Clip, read_wav
from queue_server.voice.child import Request
from queue_server.voice.engines import BadModel, engines
from queue_server.voice.pack import BadPack
from queue_server.voice.phrasebook import shipped
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import EngineFailed, EspeakCommand, Pyttsx3, Sherpa
from tests.voice.fakes import ToneEngine

TEXT = "请，诶零零三号，到三号窗口办理"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model of each kind; the child finds the stand-in for the library."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    for name, files in {
        "vits-zh": ("model.onnx", "model.int8.onnx", "tokens.txt", "lexicon.txt", "date.fst"),
        "matcha-zh": ("model-steps-3.onnx", "vocos-22khz-univ.onnx", "tokens.txt", "lexicon.txt"),
        "kokoro": ("model.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "lexicon-us-en.txt"),
        "two": ("a.onnx", "b.onnx", "tokens.txt"),
        "none": ("tokens.txt",),
        "no-tokens": ("model.onnx",),
    }.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).touch()
    return tmp_path


def _sound(path: str) -> Clip:
    return read_wav(Path(path).read_bytes())


@pytest.fixture
async def made() -> AsyncIterator[list[Sherpa]]:
    """Engines of a test, closed at its end."""
    made: list[Sherpa] = []
    yield made
    for engine in made:
        await engine.close()


@pytest.mark.parametrize("name", ["vits-zh", "matcha-zh", "kokoro"])
async def test_a_model_speaks(models: Path, made: list[Sherpa], tmp_path: Path, name: str) -> None:
    """At the rate and volume asked for; what passes full scale is held there."""
    made.append(engine := Sherpa("zh", models / name, 2))
    facts = await engine.open()
    assert (facts.name, facts.voices, facts.is_measured) == ("sherpa-onnx (2.0.1)", {"zh": f"{name}#2"}, False)
    for rate, duration_s in ((135, 2.0), (270, 1.0)):
        path = str(tmp_path / "clip.wav")
        await engine.save(Request(text="一二三四五六", voice="", rate=rate, volume=0.5, path=path))
        clip = _sound(path)
        assert clip.rate == 16000
        assert clip.duration_s == pytest.approx(duration_s, abs=0.01)
        assert clip.peak == pytest.approx(0.5 if name == "matcha-zh" else 0.25, abs=0.01)


@pytest.mark.parametrize(
    ("name", "speaker", "reason"),
    [
        ("two", 0, "must hold one model, a file .onnx, and holds 2"),
        ("none", 0, "and holds 0"),
        ("no-tokens", 0, "holds no model that it knows"),
        ("vits-zh", 3, "there is no speaker 3, the last is 2"),
    ],
)
async def test_a_model_that_cannot_be_used_is_a_failure_with_a_reason(
    models: Path, made: list[Sherpa], name: str, speaker: int, reason: str
) -> None:
    """The next engine speaks, and the log says why."""
    made.append(engine := Sherpa("zh", models / name, speaker))
    with pytest.raises(EngineFailed, match=reason):
        await engine.open()


async def test_without_the_library_the_next_engine_speaks(
    models: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is an optional extra."""
    monkeypatch.delenv("PYTHONPATH")
    async with Speaker([Sherpa("zh", models / "vits-zh"), ToneEngine()], Manner()) as voice:
        assert await voice.clip(TEXT, "zh") is not None
        assert voice.used["zh"].engine == "tones"
    assert "sherpa_onnx" in caplog.text


async def test_it_goes_before_the_system_s_voice_in_its_language_alone(models: Path) -> None:
    """A voice that was asked for by its id is the system's, and no speaker of the model."""
    manner = Manner(voices={"zh": "sit/cmn-latn-pinyin+f3"})
    async with Speaker([Sherpa("zh", models / "vits-zh"), ToneEngine()], manner) as voice:
        for text in (TEXT, "坏" + TEXT, TEXT + "二"):
            assert await voice.clip(text, "zh") is not None
        assert voice.used["zh"].voice == "sit/cmn-latn-pinyin+f3", "the model failed twice, and rests"
        assert await voice.clip("Ticket A.", "en") is not None
        assert voice.used["en"].engine == "tones"
    async with Speaker([Sherpa("zh", models / "vits-zh"), ToneEngine()], manner) as voice:
        await voice.clip(TEXT, "zh")
        assert voice.used["zh"] == ("sherpa-onnx (2.0.1)", "vits-zh#0")


def test_the_engines_in_their_order(models: Path) -> None:
    """Recorded, neural, the system's, espeak-ng alone; what cannot be meant is refused before the first call."""
    found = engines(shipped(), models=[str(models / "vits-zh"), f"en={models / 'kokoro'}#2"])
    assert [type(engine) for engine in found] == [Sherpa, Sherpa, Pyttsx3, EspeakCommand]
    with pytest.raises(BadModel, match="there is no folder /nowhere"):
        engines(shipped(), models=["zh=/nowhere#1"])
    with pytest.raises(BadModel, match="there is no language tlh"):
        engines(shipped(), models=[f"tlh={models}"])
    with pytest.raises(BadPack, match=r"pack\.toml"):
        engines(shipped(), packs=[models])
