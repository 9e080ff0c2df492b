"""Clips kept on disk: what was spoken once need not be spoken again after a restart."""

import hashlib
import logging
import os
from pathlib import Path

from queue_server.voice.audio import BadSound, Clip, read_wav, write_wav

__all__ = ["ClipFiles"]

log = logging.getLogger(__name__)

FORM = 1  # one more whenever something else is made of the same text in the same voice: older files are then left aside
LIMIT_BYTES = 64 * 2**20  # some 500 sentences: a hall's busy week, as numbers begin anew each day


class ClipFiles:
    """A folder of WAV files by whatever makes them what they are; what lies unused for longest goes when it is full.

    A disk that refuses is reported and costs no call. Blocking: for a thread, one call at a time. The folder is made
    when it is first written to.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit = limit_bytes

    def get(self, key: tuple[object, ...]) -> Clip | None:
        """The clip kept under `key`; None when there is none, or its file is damaged."""
        path = self._path(key)
        try:
            clip = read_wav(path.read_bytes())
            os.utime(path)  # used now
        except FileNotFoundError:
            return None
        except (OSError, BadSound) as exc:
            log.warning("clip_unreadable file=%s cause=%r", path.name, exc)
            return None
        return clip

    def put(self, key: tuple[object, ...], clip: Clip) -> None:
        """Keep this one."""
        path = self._path(key)
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(write_wav(clip))
            part.replace(path)  # whole or not at all
            self._make_room()
        except OSError as exc:
            log.warning("clip_not_kept file=%s cause=%s", path.name, exc)

    def _path(self, key: tuple[object, ...]) -> Path:
        return self._folder / (hashlib.sha256(repr((FORM, key)).encode()).hexdigest()[:32] + ".wav")

    def _make_room(self) -> None:
        with os.scandir(self._folder) as entries:
            files = sorted(
                ((found.stat().st_mtime_ns, found.stat().st_size, found.path) for found in entries if found.is_file()),
                reverse=True,
            )
        size = 0
        for _, size_bytes, path in files:
            size += size_bytes
            if size > self._limit:
                Path(path).unlink(missing_ok=True)
