"""The announcer program of the demo's town, whose sound goes into files that tell what it said."""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from types import TracebackType

from tests.faults.process import Process

__all__ = ["Spoken"]


class Spoken:
    """Speaks what it hears of at `url`, each call once and in Chinese."""

    def __init__(self, server: Process, url: str, folder: Path) -> None:
        self._command = [
            sys.executable, "-m", "display", "announce", "--server", url, "--hall", "town", "--repeat", "1",
            "--language", "zh", "--volume", "0.5", "--token", server.hall()["announcer"],
            "--sink", f"file:{folder}", "--state", str(folder / "state.json"),
        ]  # fmt: skip
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Spoken":
        nowhere = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=nowhere, stderr=nowhere)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def numbers(self) -> Counter[str]:
        """How often each number was spoken."""
        assert self._process is not None and self._process.returncode is None, "the announcer ended"
        return Counter(path.name.split("-")[1] for path in self._folder.glob("*-counter-*.wav"))
