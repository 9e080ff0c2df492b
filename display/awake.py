"""Keeping a machine's screen on, by what its system offers for that."""

import ctypes
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

__all__ = ["kept_awake"]

log = logging.getLogger(__name__)

ES_CONTINUOUS, ES_SYSTEM_REQUIRED, ES_DISPLAY_REQUIRED = 0x80000000, 0x1, 0x2

HELD = {
    "linux": (("systemd-inhibit", "--what=idle:sleep", "--who=jiaohao", "--why=a wall is on", "sleep", "infinity"),),
    "darwin": (("caffeinate", "-d", "-i", "-m"),),
}
"""Programs that keep a system awake as long as they run."""

SAID = (("xset", "s", "off"), ("xset", "s", "noblank"), ("xset", "-dpms"))
"""What an X server is told once; it forgets it with the session."""


@contextmanager
def kept_awake() -> Iterator[list[str]]:
    """Keep the screen on inside. Gives what does it, in words, empty when nothing here can: then it is logged."""
    ways: list[str] = []
    with ExitStack() as stack:
        if sys.platform == "win32":
            set_state = ctypes.windll.kernel32.SetThreadExecutionState
            set_state(ES_CONTINUOUS | ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED)
            stack.callback(set_state, ES_CONTINUOUS)
            ways.append("SetThreadExecutionState")
        for command in HELD.get(sys.platform, ()):
            if shutil.which(command[0]) is not None:
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
                stack.callback(_end, process)
                ways.append(command[0])
        if "DISPLAY" in os.environ and shutil.which("xset") is not None:
            for command in SAID:
                subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own words
            ways.append("xset")
        if not ways:
            log.warning("screen_may_sleep: nothing here keeps it awake; set it in the system's own settings")
        yield ways


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(2)
