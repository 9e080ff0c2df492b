"""The system's browser as a device: which one, and how it is started so that it shows one page and nothing else."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["NoBrowser", "browser_command", "find_browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")

PLACES = {
    "win32": (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe"),
    "darwin": ("Google Chrome.app/Contents/MacOS/Google Chrome", "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
               "Chromium.app/Contents/MacOS/Chromium"),
}  # fmt: skip
"""Where a system keeps them that does not put them on the path, below its folders of programs."""

SWITCHES = (
    "--kiosk",
    "--kiosk-printing",  # the slip goes to the default printer without a question
    "--autoplay-policy=no-user-gesture-required",  # the chime sounds though nobody has touched the wall
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--hide-crash-restore-bubble",
    "--disable-session-crashed-bubble",
    "--disable-translate",
    "--disable-features=Translate",
    "--disable-pinch",
    "--overscroll-history-navigation=0",  # a swipe is no step back
    "--password-store=basic",  # no question of a key ring that nobody is there to answer
)


class NoBrowser(Exception):
    """No browser that can do this is here. `asked`: the one that was asked for, None for any."""

    def __init__(self, asked: str | None) -> None:
        super().__init__(asked)
        self.asked = asked

    def __str__(self) -> str:
        if self.asked is not None:
            return f"no program {self.asked!r} here"
        return "no Chromium, Chrome or Edge here; install one, or name it with --browser"


def find_browser(asked: str | None = None) -> str:
    """The path of the browser that was asked for, else of the first that there is. Raises NoBrowser."""
    found = shutil.which(asked) if asked is not None else next(_found(), None)
    if found is None:
        raise NoBrowser(asked)
    return found


def _found() -> Iterator[str]:
    for name in NAMES:
        if (path := shutil.which(name)) is not None:
            yield path
    for folder in _program_folders():
        for place in PLACES.get(sys.platform, ()):
            if (folder / place).is_file():
                yield str(folder / place)


def _program_folders() -> Iterator[Path]:
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if variable in os.environ:
            yield Path(os.environ[variable])
    if sys.platform == "darwin":
        yield Path("/Applications")


def browser_command(browser: str, address: str, profile: Path, *switches: str) -> list[str]:
    """What starts the browser on one page. profile: a folder of its own, where the device's pairing is kept."""
    return [browser, *SWITCHES, f"--user-data-dir={profile}", *switches, address]
