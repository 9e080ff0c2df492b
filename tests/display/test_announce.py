"""The announcer's command line: what it takes, what it refuses, how it ends."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from display.__main__ import main
from display.announce import _state_file
from tests.display.fake_hall import TOKEN, FakeHall, fake_hall
from tests.voice.fakes import names_in


async def _start(hall: FakeHall, *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "display", "announce", "--server", hall.address, "--hall", "town"),
        *("--state", "none", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.server
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_it_speaks_and_stops_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    """Ctrl-C, or what a service manager sends: exit code 0 and no traceback."""
    async with fake_hall() as hall:
        options = ("--token", TOKEN, "--sink", f"file:{tmp_path}", "--repeat", "1", "--language", "zh,en", "--yao")
        program = await _start(hall, *options)
        await hall.until_followed()
        await hall.call("A001", 1)
        await hall.until(lambda: hall.acks == [1])
        program.send_signal(ending)
        said, logged = await program.communicate()
    assert program.returncode == 0
    assert said.decode().startswith("announcer of hall town at ws://")
    assert "sit/cmn-latn-pinyin+f3" in said.decode()
    assert "read nth=1 seq=1 number='A001' counter=1 recall=0" in logged.decode()
    assert "Traceback" not in logged.decode()
    assert TOKEN not in (said + logged).decode()
    assert names_in(tmp_path) == ["0001-A001-counter-1-1.wav"]


@pytest.mark.server
@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--token", "wrong", "--sink", "null"), 3, "the token is wrong or was revoked"),
        (("--token", TOKEN, "--sink", "null", "--voice", "nobody"), 2, "no engine here speaks as 'nobody'"),
        (("--token", TOKEN, "--sink", "no-such-player"), 2, "no program 'no-such-player'"),
    ],
)
async def test_it_refuses_clearly(options: tuple[str, ...], code: int, sentence: str) -> None:
    """One sentence, and an exit code that tells a service manager whether starting again can help."""
    async with fake_hall() as hall:
        program = await _start(hall, *options)
        _, logged = await program.communicate()
    assert program.returncode == code
    assert sentence in logged.decode()
    assert "Traceback" not in logged.decode()


GOOD = ["announce", "--server", "http://127.0.0.1:1", "--hall", "town", "--token", "t", "--sink", "null"]


@pytest.mark.parametrize(
    "options",
    [
        ["--rate", "0"],
        ["--rate", "fast"],
        ["--volume", "0"],
        ["--volume", "nan"],
        ["--volume", "1.5"],
        ["--repeat", "0"],
        ["--area"],
        ["--queue"],
        ["--language", "zh,fr"],
        ["--language", "zh,zh"],
        ["--token", "two words"],
        ["--token", ""],
        ["--nonsense"],
    ],
)
def test_bad_options_are_named(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is started."""
    with pytest.raises(SystemExit) as refused:
        main(GOOD + options)
    assert refused.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_language_files_that_cannot_be_used_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there, and a file that is wrong."""
    assert main([*GOOD, "--phrases", str(tmp_path / "nowhere")]) == 2
    assert str(tmp_path / "nowhere") in capsys.readouterr().err
    (tmp_path / "bo.toml").write_text("name = 1", encoding="utf-8")
    assert main([*GOOD, "--phrases", str(tmp_path)]) == 2
    assert "language file bo.toml: " in capsys.readouterr().err


def test_a_folder_that_is_no_voice_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first call."""
    assert main([*GOOD, "--pack", str(tmp_path)]) == 2
    assert f"voice pack {tmp_path}: pack.toml cannot be read" in capsys.readouterr().err
    assert main([*GOOD, "--sherpa", f"en={tmp_path / 'model'}#1"]) == 2
    assert f"there is no folder {tmp_path / 'model'}" in capsys.readouterr().err


def test_every_part_of_a_hall_has_a_memory_of_its_own() -> None:
    """Two announcers on one PC, one an area: neither takes the other's calls for spoken."""
    address = "ws://127.0.0.1:1/api/v1/halls/town/live"
    parts = [([], []), (["a"], []), ([], ["a"]), (["a", "b"], []), (["a"], ["b"])]
    files = [_state_file(None, address, queues, areas) for queues, areas in parts]
    assert len(set(files)) == len(parts)
    assert _state_file(None, address, ["b", "a"], []) == files[3]
    assert _state_file("none", address, [], []) is None


def test_the_token_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where other users of the machine cannot see it; without any there is nothing to start."""
    monkeypatch.delenv("JIAOHAO_TOKEN", raising=False)
    with pytest.raises(SystemExit):
        main(["announce", "--server", "http://127.0.0.1:1", "--hall", "town"])
    assert "JIAOHAO_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("JIAOHAO_TOKEN", "t")
    assert main(["announce", "--server", "ftp://x", "--hall", "town", "--sink", "null"]) == 2
    assert "is no address like" in capsys.readouterr().err
