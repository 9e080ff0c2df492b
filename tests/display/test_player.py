"""Sound leaves through whatever the machine has, and a player that fails says why."""

import asyncio
import sys
from pathlib import Path

import pytest

from display import player as players
from display.player import CommandPlayer, NoPlayer, NullPlayer, PlayFailed, choose_player
from queue_server.voice.audio import read_wav
from tests.voice.fakes import tone


def _command(tmp_path: Path, source: str) -> CommandPlayer:
    """A player that is a Python program; its argument is the file."""
    script = tmp_path / "player.py"
    script.write_text(source)
    return CommandPlayer(sys.executable, str(script))


async def test_the_null_player_takes_as_long_as_the_sound() -> None:
    """So that a hall without a loudspeaker keeps its pace."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await NullPlayer().play(tone(0.2), "x")
    assert loop.time() - began >= 0.19


async def test_the_file_player_writes_every_sound_in_order(tmp_path: Path) -> None:
    """The folder is made when it is missing."""
    player = choose_player(f"file:{tmp_path / 'new'}")
    await player.play(tone(0.1), "A001-counter-1-1")
    await player.play(tone(0.2), "A001-counter-1-2")
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["0001-A001-counter-1-1.wav", "0002-A001-counter-1-2.wav"]
    assert read_wav(files[1].read_bytes()) == tone(0.2)


async def test_a_file_player_whose_disk_refuses_says_so(tmp_path: Path) -> None:
    """It is a failure of this sound, not of the program."""
    player = choose_player(f"file:{tmp_path}")
    (tmp_path / "0001-x.wav").mkdir()
    with pytest.raises(PlayFailed):
        await player.play(tone(0.1), "x")


async def test_a_command_is_given_a_file_and_waited_for(tmp_path: Path) -> None:
    """The file is gone afterwards."""
    player = _command(tmp_path, "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[0] + '.heard')")
    await player.play(tone(0.1), "A001")
    assert read_wav((tmp_path / "player.py.heard").read_bytes()) == tone(0.1)


async def test_a_command_that_fails_gives_its_reason(tmp_path: Path) -> None:
    """What it printed, or that it cannot be started."""
    with pytest.raises(PlayFailed, match="no sound card"):
        await _command(tmp_path, "raise SystemExit('no sound card')").play(tone(0.1), "x")
    with pytest.raises(PlayFailed, match="missing"):
        await CommandPlayer(str(tmp_path / "missing")).play(tone(0.1), "x")


async def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hall must not fall silent because a sound server does."""
    monkeypatch.setattr(players, "PATIENCE_S", 0.1)
    with pytest.raises(PlayFailed, match="did not end"):
        await _command(tmp_path, "import time; time.sleep(600)").play(tone(0.1), "x")


def test_the_system_s_player_is_found_or_missed_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ones that mix come first."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPlayer, match="--sink null"):
        choose_player("auto", "linux")
    for name in ("aplay", "paplay"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
        assert choose_player("auto", "linux").name == name
    assert choose_player("auto", "win32").name == "winsound"
    assert choose_player("aplay -D default", "linux").name == "aplay"


@pytest.mark.parametrize("sink", ["", "no-such-player -q", "file:/dev/null/x"])
def test_a_sink_that_is_none_is_refused(sink: str) -> None:
    """Before the announcer starts."""
    with pytest.raises(NoPlayer):
        choose_player(sink)
