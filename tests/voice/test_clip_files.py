"""Clips on disk: whole or not at all, no more than fit, and never in the way of a call."""

import os
from pathlib import Path

import pytest

from queue_server.voice import clip_files
from queue_server.voice.clip_files import ClipFiles
from tests.voice.fakes import tone

ONE, TWO = ("text", "voice", 135), ("text", "voice", 150)
SIZE = len(tone(0.1).samples) * 2 + 44


def test_a_clip_is_found_again_under_all_that_makes_it(tmp_path: Path) -> None:
    """By another owner of the folder too; another rate is another clip."""
    ClipFiles(tmp_path / "voice").put(ONE, tone(0.1))
    files = ClipFiles(tmp_path / "voice")
    assert files.get(ONE) == tone(0.1)
    assert files.get(TWO) is None
    assert [path.suffix for path in (tmp_path / "voice").iterdir()] == [".wav"]


def test_another_way_of_making_clips_leaves_the_old_ones_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody hears last year's sound after an update."""
    files = ClipFiles(tmp_path)
    files.put(ONE, tone(0.1))
    monkeypatch.setattr(clip_files, "FORM", clip_files.FORM + 1)
    assert files.get(ONE) is None


def test_what_was_unused_for_longest_goes(tmp_path: Path) -> None:
    """Also a half-written file of a killed process."""
    files = ClipFiles(tmp_path, limit_bytes=2 * SIZE)
    (tmp_path / "killed.part").write_bytes(bytes(1000))
    os.utime(tmp_path / "killed.part", (1, 1))
    keys = [(f"text {n}",) for n in range(3)]
    for key in keys[:2]:
        files.put(key, tone(0.1))
    assert not (tmp_path / "killed.part").exists()
    for path in tmp_path.iterdir():
        os.utime(path, (2, 2))
    assert files.get(keys[0]) is not None  # used just now
    files.put(keys[2], tone(0.1))
    assert [files.get(key) is not None for key in keys] == [True, False, True]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    """It is no clip, and the next one takes its place."""
    files = ClipFiles(tmp_path)
    files.put(ONE, tone(0.1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"rubbish")
    assert files.get(ONE) is None
    files.put(ONE, tone(0.1))
    assert files.get(ONE) is not None


def test_a_disk_that_refuses_costs_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is reported."""
    (tmp_path / "voice").write_text("a file where the folder should be")
    files = ClipFiles(tmp_path / "voice")
    files.put(ONE, tone(0.1))
    assert files.get(ONE) is None
    assert "clip_not_kept" in caplog.text
