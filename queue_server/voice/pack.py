"""A voice pack: a folder with a manifest, `pack.toml`, and recorded clips of digits, letters and phrases, as an engine.

What it cannot say, it does not say in part: the whole sentence goes to the next engine, because a second voice in the
middle of a sentence is not understood.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from queue_server.voice.audio import BadSound, Clip, read_wav, scaled, write_wav
from queue_server.voice.child import Request
from queue_server.voice.clip_plan import Piece, plan, tokens
from queue_server.voice.stitching import prepared, stitched
from queue_server.voice.synthesis import EngineFacts, EngineFailed, Unsayable

__all__ = ["MANIFEST", "BadPack", "Manifest", "VoicePack", "read_manifest"]

log = logging.getLogger(__name__)

MANIFEST = "pack.toml"
KEPT = 256  # prepared clips in memory: some 10 MB


class BadPack(Exception):
    """A folder that is no voice pack; the text says which, and why."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder = folder
        self.reason = reason

    def __str__(self) -> str:
        return f"voice pack {self.folder}: {self.reason}"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `pack.toml` says.

    name: of the voice, for people. language: its code. licence: under which it may be used. rate: samples a second that
    sentences are made at; recordings may have another. signs: files of digits and letters, by what they say; phrases:
    those of everything else.
    """

    name: str
    language: str
    licence: str
    rate: int = 22050
    signs: dict[str, str] = {}
    phrases: dict[str, str] = {}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a pack. Raises BadPack."""
    try:
        manifest = msgspec.toml.decode((folder / MANIFEST).read_bytes(), type=Manifest, strict=True)
    except OSError as error:
        raise BadPack(folder, f"{MANIFEST} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPack(folder, f"{MANIFEST}: {error}") from error
    if not 8000 <= manifest.rate <= 48000:
        raise BadPack(folder, "rate must be from 8000 to 48000")
    for text, file in (manifest.signs | manifest.phrases).items():
        if not tokens(text):
            raise BadPack(folder, f"{file} says nothing")
        if Path(file).is_absolute() or ".." in Path(file).parts:
            raise BadPack(folder, f"{file} lies outside the pack")
    return manifest


class VoicePack:
    """The engine. Clips that are named and not there are what the pack cannot say. Raises BadPack at once."""

    def __init__(self, folder: Path) -> None:
        self.manifest = read_manifest(folder)
        self._folder = folder
        there = {text: file for text, file in self._named().items() if (folder / file).is_file()}
        if not there:
            raise BadPack(folder, "none of its clips is there")
        if missing := len(self._named()) - len(there):
            log.warning("pack_incomplete folder=%s missing=%d", folder, missing)
        self._files = {tokens(text): file for text, file in there.items()}
        self._signs = {tokens(text) for text in self.manifest.signs}
        self._clip = lru_cache(maxsize=KEPT)(self._read)

    async def open(self) -> EngineFacts:
        voices = {self.manifest.language: self.manifest.name}
        return EngineFacts(name="recorded", voices=voices, is_lasting=False, takes_voices=False)

    async def save(self, request: Request) -> None:
        pieces = plan(request["text"], self._files.keys(), self._signs)
        if pieces is None:
            raise Unsayable(f"the pack has no clips for {request['text']!r}")
        await asyncio.to_thread(self._make, pieces, request)

    async def close(self) -> None:
        self._clip.cache_clear()

    def _make(self, pieces: Sequence[Piece], request: Request) -> None:
        sentence = stitched(((piece.gap_s, self._clip(piece.clip)) for piece in pieces), self.manifest.rate)
        try:
            Path(request["path"]).write_bytes(write_wav(scaled(sentence, request["volume"])))
        except OSError as error:
            raise EngineFailed(str(error)) from error

    def _named(self) -> dict[str, str]:
        return self.manifest.signs | self.manifest.phrases

    def _read(self, said: tuple[str, ...]) -> Clip:
        file = self._files[said]
        try:
            clip = prepared(read_wav((self._folder / file).read_bytes()), self.manifest.rate)
        except (OSError, BadSound) as error:
            raise EngineFailed(f"{file} is of no use: {error}") from error
        if not clip.samples:
            raise EngineFailed(f"{file} is silent")
        return clip
