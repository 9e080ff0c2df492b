"""Where closed days go from a store that keeps the last ones only: files that never change, a few for each day.

A file holds a *piece* of one history: batches that follow one another, a line of JSON each, gzipped. Its name says
between which two places of the history it lies, each a seq with the tip there, so that what belongs together is found
by the names, and the pieces of a history that was lost or replaced lie harmlessly beside those of the one that goes on:

    FOLDER/archive                                     the archive's own name
    FOLDER/HALL/KIND/SEQ_SEQTIP.jsonl.gz               the first piece
    FOLDER/HALL/KIND/SEQTIP_SEQTIP.jsonl.gz            a later one

A piece appears whole or not at all, and after it was flushed to the disk; two who add the same one harm nothing. What
a killed process leaves behind, a folder with `.partial-` in its name, means nothing and may be deleted.
"""

import asyncio
import gzip
import os
import re
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from queue_server.journal.aside import Aside
from queue_server.journal.base import Batch, Head, Stream, Unavailable, follow, next_tip
from queue_server.new_file import new_file

__all__ = ["Archive", "BadArchive", "FileArchive", "Place"]

SLICE = 200
"""Batches between two turns of the loop: about a millisecond."""

THREADS, PATIENCE_S = 4, 20.0
"""How many may wait for the disk at a time, and for how long: a share that is away may keep them for ever."""

NAME = re.compile(r"(\d{12})([0-9a-f]{16})?_(\d{12})([0-9a-f]{16})\.jsonl\.gz")

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)

T = TypeVar("T")


class Place(NamedTuple):
    """Where a history stands: a `Head` without its epoch, for what is archived is the same under every epoch."""

    seq: int
    tip: str


class BadArchive(Unavailable):
    """The archive is not what it should be: something is missing or damaged, or it is another one."""

    def __init__(self, what: str) -> None:
        super().__init__(LookupError(what))

    def __str__(self) -> str:
        return f"the archive is not in order: {self.cause.args[0]}"


class Archive(Protocol):
    """Keeps the beginnings of histories. Whatever it is asked raises `BadArchive`, or another `Unavailable`.

    oldest: the first batch that the store itself still has. It tells which history is asked about: the one that leads
    to it.
    """

    async def name(self) -> str | None:
        """What the archive was called when it was begun; None when it was not."""

    async def begin(self) -> str:
        """Give it a random name, unless it has one; the name it has."""

    async def end(self, stream: Stream, oldest: Batch) -> Place:
        """The place right before `oldest`."""

    async def newest(self, stream: Stream) -> Place | None:
        """The furthest place that it leads to, of whichever history; None when it has nothing of the stream."""

    async def add(self, stream: Stream, before: Place, batches: list[Batch]) -> Place:
        """Keep batches that go on from `before`, one or more, on disk when this is done; the place after them. They may
        be there already.
        """

    async def read(self, stream: Stream, after: int, limit: int, oldest: Batch) -> list[Batch]:
        """Batches whose `last` is above `after`, ascending, `limit` of them at most; fewer only where `oldest` comes
        next.
        """


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Batch` as it stands in a file."""

    first: int
    last: int
    tip: str
    command_id: str
    fingerprint: str
    events: msgspec.Raw
    """As they are: the tip goes by their very bytes."""
    mark: str | None = None


class _Piece(NamedTuple):
    before: Place
    after: Place
    file: Path


class FileArchive:
    """An `Archive` in a folder that every server sees: a network share, say. Made when missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = Aside(THREADS, PATIENCE_S)
        self._chain: tuple[Stream, Place, list[_Piece]] | None = None  # the last one that was asked for

    async def name(self) -> str | None:
        return await self._in_thread(self._name)

    async def begin(self) -> str:
        def begin() -> str:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._folder / "archive", token_hex(8).encode())
            return (self._folder / "archive").read_text()

        return await self._in_thread(begin)

    async def end(self, stream: Stream, oldest: Batch) -> Place:
        if oldest.first == 1:
            return Place(0, "")
        pieces = await self._in_thread(lambda: list(self._pieces(stream)))
        end = next((piece.after for piece in pieces if _leads(piece.after, oldest)), None)
        if end is None:
            raise BadArchive(f"{self._of(stream)} holds nothing that leads to seq {oldest.first}")
        return end

    async def newest(self, stream: Stream) -> Place | None:
        pieces = await self._in_thread(lambda: list(self._pieces(stream)))
        return max((piece.after for piece in pieces), default=None)

    async def add(self, stream: Stream, before: Place, batches: list[Batch]) -> Place:
        if not batches:
            raise BadArchive(f"the history of {stream.hall} has nothing to keep after seq {before.seq}")
        at = Head("", *before)
        lines = []
        async for batch in _in_slices(batches):
            following = follow(at, batch)
            if following is None:
                raise BadArchive(f"the history of {stream.hall} breaks after seq {at.seq}: it is left where it is")
            at = following
            lines.append(_encoder.encode(_line(batch)))
        text, after = b"".join(line + b"\n" for line in lines), Place(at.seq, at.tip)
        if not await _says(text, batches):
            raise BadArchive(f"the history of {stream.hall} up to seq {at.seq} cannot be written as lines of JSON")
        await self._in_thread(lambda: self._add(_Piece(before, after, self._file(stream, before, after)), text))
        return after

    async def read(self, stream: Stream, after: int, limit: int, oldest: Batch) -> list[Batch]:
        found: list[Batch] = []
        pieces = await self._leading_to(stream, oldest)
        if not pieces or pieces[0].before.seq > after:
            raise BadArchive(f"{self._of(stream)} does not hold what follows seq {after}")
        for piece in pieces:
            if piece.after.seq > after:
                found += [batch for batch in await self._read(piece.file) if batch.last > after]
            if len(found) >= limit:
                break
        return found[:limit]

    # Pieces

    def _of(self, stream: Stream) -> Path:
        return self._folder / stream.hall / stream.kind

    def _file(self, stream: Stream, before: Place, after: Place) -> Path:
        return self._of(stream) / f"{before.seq:012}{before.tip}_{after.seq:012}{after.tip}.jsonl.gz"

    def _pieces(self, stream: Stream) -> Iterator[_Piece]:
        if not self._of(stream).is_dir():
            return
        for file in self._of(stream).iterdir():
            if (name := NAME.fullmatch(file.name)) is not None:
                before, its_tip, after, tip = name.groups()
                yield _Piece(Place(int(before), its_tip or ""), Place(int(after), tip), file)

    async def _leading_to(self, stream: Stream, oldest: Batch) -> list[_Piece]:
        """The pieces that go one after another up to `oldest`, as far back as there are any."""
        if (known := self._chain) is not None and known[0] == stream and _leads(known[1], oldest):
            return known[2]  # what leads to a place never changes
        by_end = await self._in_thread(lambda: {piece.after: piece for piece in self._pieces(stream)})
        end = next((place for place in by_end if _leads(place, oldest)), None)
        chain: list[_Piece] = []
        at = end
        while at is not None and (piece := by_end.get(at)) is not None:
            chain.append(piece)
            at = piece.before
        chain.reverse()
        if end is not None and chain[0].before.seq == 0:
            self._chain = stream, end, chain
        return chain

    async def _read(self, file: Path) -> list[Batch]:
        text = await self._in_thread(lambda: _unzipped(file))
        try:
            return await _batches(text)
        except UNREADABLE as error:
            raise BadArchive(f"{file} is damaged ({error})") from error

    # In a thread

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What touches the disk, off the loop. Raises Unavailable."""
        try:
            return await self._aside.run(work)
        except OSError as error:  # a TimeoutError is one
            raise Unavailable(error) from error

    def _name(self) -> str | None:
        try:
            return (self._folder / "archive").read_text()
        except FileNotFoundError:
            return None

    def _add(self, piece: _Piece, text: bytes) -> None:
        if self._name() is None:
            raise BadArchive(f"{self._folder} is none: is it not mounted?")  # rather than begin one beside it
        piece.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(piece.file, gzip.compress(text, 6, mtime=0))
        for folder in (piece.file.parent, piece.file.parent.parent, self._folder):
            _flush(folder)
        if _unzipped(piece.file) != text:
            raise BadArchive(f"{piece.file} is there already and holds something else")


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Line)


def _line(batch: Batch) -> _Line:
    return _Line(
        first=batch.first,
        last=batch.last,
        tip=batch.tip,
        command_id=batch.command_id,
        fingerprint=batch.fingerprint,
        events=msgspec.Raw(batch.events),
        mark=batch.mark,
    )


def _batch(line: _Line) -> Batch:
    return Batch(line.first, line.last, line.tip, line.command_id, line.fingerprint, line.mark, bytes(line.events))


async def _says(text: bytes, batches: list[Batch]) -> bool:
    """Whether a file of that text gives these batches back."""
    try:
        return await _batches(text) == batches
    except UNREADABLE:
        return False


async def _batches(text: bytes) -> list[Batch]:
    """What a file says. Raises `UNREADABLE`."""
    return [_batch(_decoder.decode(line)) async for line in _in_slices(text.split(b"\n")[:-1])]


async def _in_slices(values: Iterable[T]) -> AsyncIterator[T]:
    for number, value in enumerate(values, 1):
        yield value
        if number % SLICE == 0:
            await asyncio.sleep(0)


def _leads(place: Place, batch: Batch) -> bool:
    """Whether `batch` is the one that comes after `place`."""
    return place.seq == batch.first - 1 and next_tip(place.tip, batch.events) == batch.tip


def _write(file: Path, data: bytes) -> None:
    """Make a file that is on the disk when this is done; one that is there stays as it is."""
    try:
        with new_file(file) as partial, partial.open("wb") as made:
            made.write(data)
            made.flush()
            os.fsync(made.fileno())
    except FileExistsError:
        pass


def _flush(folder: Path) -> None:
    """Have the disk know the folder's names too."""
    if sys.platform != "win32":  # which knows them at once, and opens no folders
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _unzipped(file: Path) -> bytes:
    try:
        return gzip.decompress(file.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadArchive(f"{file} is damaged ({error})") from error
