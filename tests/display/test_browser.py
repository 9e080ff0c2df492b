"""Which browser is taken, and what it is told."""

import sys
from pathlib import Path

import pytest

from display.browser import NAMES, PLACES, NoBrowser, browser_command, find_browser


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_first_that_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the names; without any, it says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(NoBrowser, match="no Chromium, Chrome or Edge here; install one"):
        find_browser()
    edge, chrome = _program(tmp_path / "microsoft-edge"), _program(tmp_path / "google-chrome")
    assert NAMES.index("google-chrome") < NAMES.index("microsoft-edge")
    assert find_browser() == str(chrome)
    assert find_browser(str(edge)) == str(edge)
    with pytest.raises(NoBrowser, match="no program 'netscape' here"):
        find_browser("netscape")


def test_where_a_system_keeps_them_off_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows does, below its folders of programs."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "win32")
    place = tmp_path / PLACES["win32"][1]
    _program(place)
    assert find_browser() == str(place)


def test_it_shows_one_page_and_nothing_else(tmp_path: Path) -> None:
    """With sound, with the printer, in a folder of its own; the address comes last."""
    command = browser_command("chromium", "http://h/screen/town", tmp_path, "--headless=new")
    assert command[0] == "chromium"
    assert command[-2:] == ["--headless=new", "http://h/screen/town"]
    assert {"--kiosk", "--kiosk-printing", "--autoplay-policy=no-user-gesture-required"} < set(command)
    assert f"--user-data-dir={tmp_path}" in command
