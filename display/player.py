"""The thin edge where sound leaves: the system's own player, a file for each sound, or nowhere."""

import asyncio
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Protocol

from queue_server.voice.audio import Clip, write_wav

__all__ = ["CommandPlayer", "FilePlayer", "NoPlayer", "NullPlayer", "PlayFailed", "Player", "choose_player"]

PATIENCE_S = 10.0  # beyond the sound's own length: a player that hangs must not silence the hall

# PulseAudio's and PipeWire's first, as they mix with what else plays; ALSA's own may find the device taken.
COMMANDS = {
    "darwin": (("afplay",),),
    "linux": (("paplay",), ("pw-play",), ("aplay", "-q")),
}


class PlayFailed(Exception):
    """The sound was not, or not wholly, heard. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoPlayer(Exception):
    """This machine cannot play as asked. `reason` tells its owner what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Player(Protocol):
    """Plays one sound at a time; the caller sees to that."""

    name: str

    async def play(self, clip: Clip, label: str) -> None:
        """Return when the sound is over. label: what it is, fit for a file's name. Raises PlayFailed."""
        ...


class NullPlayer:
    """Takes the time and makes no sound."""

    name = "null"

    async def play(self, clip: Clip, label: str) -> None:
        await asyncio.sleep(clip.duration_s)


class FilePlayer:
    """Writes `0001-A003-counter-3-1.wav`, … into a folder, at once; for tests, and to hear what would be heard."""

    def __init__(self, folder: Path) -> None:
        self.name = f"files in {folder}"
        self._folder = folder
        self._written = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def play(self, clip: Clip, label: str) -> None:
        self._written += 1
        try:
            (self._folder / f"{self._written:04d}-{label}.wav").write_bytes(write_wav(clip))
        except OSError as exc:
            raise PlayFailed(str(exc)) from exc


class CommandPlayer:
    """Starts a program with the file's path behind its arguments, and waits for its end."""

    def __init__(self, *command: str) -> None:
        self.name = command[0]
        self._command = command

    async def play(self, clip: Clip, label: str) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="announcer-", ignore_cleanup_errors=True) as folder:
                path = Path(folder) / f"{label}.wav"
                path.write_bytes(write_wav(clip))
                await self._run(str(path), clip.duration_s + PATIENCE_S)
        except OSError as exc:
            raise PlayFailed(f"{self.name}: {exc}") from exc

    async def _run(self, path: str, patience_s: float) -> None:
        nowhere, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, path, stdin=nowhere, stdout=nowhere, stderr=pipe)
        try:
            async with asyncio.timeout(patience_s):
                _, complaint = await process.communicate()
        except TimeoutError as exc:
            raise PlayFailed(f"{self.name} did not end within {patience_s:.0f} s") from exc
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise PlayFailed(f"{self.name}: {complaint.decode(errors='replace').strip() or process.returncode}")


class WindowsPlayer:
    """What Windows brings with it."""

    name = "winsound"

    async def play(self, clip: Clip, label: str) -> None:
        await asyncio.to_thread(self._play, write_wav(clip))

    @staticmethod
    def _play(data: bytes) -> None:
        if sys.platform == "win32":
            import winsound

            try:
                winsound.PlaySound(data, winsound.SND_MEMORY)
            except RuntimeError as exc:
                raise PlayFailed(f"winsound: {exc}") from exc


def choose_player(sink: str, platform: str = sys.platform) -> Player:
    """The player for `auto`, `null`, `file:DIR`, or a command that takes a WAV file's path. Raises NoPlayer."""
    if sink == "null":
        return NullPlayer()
    if sink.startswith("file:"):
        try:
            return FilePlayer(Path(sink.removeprefix("file:")))
        except OSError as exc:
            raise NoPlayer(f"sounds cannot be written there: {exc}") from exc
    if sink == "auto":
        return _system_player(platform)
    command = shlex.split(sink, posix=platform != "win32")
    if not command or shutil.which(command[0]) is None:
        raise NoPlayer(f"there is no program {sink!r} to play with")
    return CommandPlayer(*command)


def _system_player(platform: str) -> Player:
    if platform == "win32":
        return WindowsPlayer()
    commands = COMMANDS.get(platform, COMMANDS["linux"])
    for command in commands:
        if shutil.which(command[0]):
            return CommandPlayer(*command)
    names = ", ".join(command[0] for command in commands)
    raise NoPlayer(f"no player found ({names}): install alsa-utils or pulseaudio-utils, or use --sink null")
