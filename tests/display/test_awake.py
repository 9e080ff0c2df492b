"""What keeps a screen on, with stand-ins for the system's programs."""

import logging
from pathlib import Path

import pytest

from display.awake import HELD, kept_awake


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for, on a Linux without a display."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    return tmp_path


def test_what_is_held_is_let_go(folder: Path) -> None:
    """The program runs as long as the wall does, and not longer."""
    _program(folder, HELD["linux"][0][0], "exec /bin/sleep 600")
    with kept_awake() as ways:
        assert ways == ["systemd-inhibit"]


def test_an_x_server_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither saver nor power saving."""
    told = folder / "told"
    _program(folder, "xset", f'echo "$@" >> {told}')
    monkeypatch.setenv("DISPLAY", ":0")
    with kept_awake() as ways:
        assert ways == ["xset"]
    assert told.read_text().split("\n")[:3] == ["s off", "s noblank", "-dpms"]


def test_where_nothing_can_that_is_said(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The wall is shown all the same."""
    with caplog.at_level(logging.WARNING), kept_awake() as ways:
        assert ways == []
    assert "screen_may_sleep" in caplog.text
