"""A voice pack is made by one command, complete, or the list of what a person is to record for it."""

import asyncio
import json
from pathlib import Path

import pytest

from display import clips
from display.__main__ import main
from queue_server.voice.audio import read_wav
from queue_server.voice.child import Request
from queue_server.voice.pack import VoicePack
from tests.voice.fakes import ToneEngine

HALL = """
[queues.express]
prefix = "K"
[counters.4]
name = "即办窗口"
area = "二楼"
[voice.templates.zh]
call = "{number}号请到[{area}]{counter_name}"
"""


async def _says(folder: Path, text: str) -> float:
    """How long the pack says it, seconds. Raises EngineFailed."""
    path = folder / "out.wav"
    await VoicePack(folder).save(Request(text=text, voice="", rate=135, volume=0.85, path=str(path)))
    clip = read_wav(path.read_bytes())
    assert clip.peak > 0.1
    return clip.duration_s


def test_the_engine_at_hand_makes_a_whole_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says every call of the hall; a second run touches nothing."""
    pack = tmp_path / "pack"
    assert main(["clips", str(pack), "--letters", "A", "--counters", "2"]) == 0
    assert "clips in" in capsys.readouterr().out
    assert 3.0 < asyncio.run(_says(pack, "请，诶零三九号，到二号窗口办理")) < 9.0
    assert 3.0 < asyncio.run(_says(pack, "请，诶零幺零号，到一号窗口优先办理，感谢大家礼让")) < 12.0
    assert main(["clips", str(pack), "--letters", "A"]) == 2
    assert "there is a voice pack in" in capsys.readouterr().err


def test_a_speaker_gets_a_list_of_the_hall_s_own_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a file's name for each; nothing is synthesised."""
    hall, pack = tmp_path / "hall.toml", tmp_path / "pack"
    hall.write_text(HALL, "utf-8")
    assert main(["clips", str(pack), "--hall", str(hall), "--script", "--name", "王芳", "--licence", "CC0"]) == 0
    assert "script.txt" in capsys.readouterr().out
    lines = (pack / "script.txt").read_text("utf-8").splitlines()
    wanted = dict(line.split("\t") for line in lines if not line.startswith("#"))
    assert "开" in wanted.values() and "诶" not in wanted.values()
    assert "号请到二楼即办窗口" in wanted.values()
    assert not list(pack.rglob("*.wav"))
    assert f'"开" = {json.dumps(next(file for file, text in wanted.items() if text == "开"))}' in (
        pack / "pack.toml"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--hall", "/no/such/hall.toml"], "/no/such/hall.toml"),
        (["--hall", __file__], "is no hall's set-up"),
        (["--phrases", "/no/such/folder"], "/no/such/folder"),
        (["--hall", "no-counters.toml"], "has no counters"),
        (["--hall", "wrong.toml"], "wrong.toml: voice.templates.zh.call: there is no {window}"),
        (["--hall", "shout.toml"], "shout.toml is no hall's set-up"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    sentence: str,
) -> None:
    """In a sentence, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.toml").write_text(HALL.replace("{counter_name}", "{window}"), "utf-8")
    (tmp_path / "shout.toml").write_text(HALL.replace("call =", "shout ="), "utf-8")
    (tmp_path / "no-counters.toml").write_text("[counters]\n[queues]\n", "utf-8")
    assert main(["clips", str(tmp_path / "pack"), *options]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()


def test_without_an_engine_nothing_is_left_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine without espeak-ng: half a pack would be taken for a whole one."""
    monkeypatch.setattr(clips, "Pyttsx3", lambda phrasebook: ToneEngine(languages=()))
    monkeypatch.setattr(clips, "EspeakCommand", lambda phrasebook: ToneEngine(languages=()))
    assert main(["clips", str(tmp_path / "pack")]) == 2
    assert "no engine here says '零': install espeak-ng" in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    "options", [["--counters", "0"], ["--rate", "0"], ["--numbers", "-1"], ["--language", "tlh"], ["--nonsense"]]
)
def test_bad_options_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit) as refused:
        main(["clips", str(tmp_path / "pack"), *options])
    assert refused.value.code == 2
    assert options[0] in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()
