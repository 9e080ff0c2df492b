"""A printer for tests: takes ESC/POS over TCP as a real one does, reads what it was sent, and draws the paper."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import segno
from PIL import Image, ImageDraw, ImageFont

__all__ = ["Code", "Paper", "Printed", "SocketPrinter", "Text", "draw", "read", "socket_printer"]

Mood = Literal["ok", "near_end", "paper_out", "runs_out", "cover_open", "silent", "cut_off", "hangs"]
"""runs_out: has paper until the job is in it. cut_off: hangs up in the middle. hangs: takes nothing more."""


class Text(NamedTuple):
    """A printed row of characters."""

    text: str
    size: int
    align: str
    bold: bool


class Code(NamedTuple):
    """A QR code that the printer made itself."""

    text: str
    dots: int
    align: str


Printed = Text | Code | Image.Image


@dataclass
class Paper:
    """One slip: what stands on it, from top to bottom, and whether it was cut off."""

    parts: list[Printed] = field(default_factory=list)
    cut: bool = False

    @property
    def text(self) -> str:
        """All characters, a row a line."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text))


def read(sent: bytes) -> list[Paper]:
    """What a printer makes of these bytes. Raises ValueError for a command that it does not know."""
    return _Reader(sent).papers()


class _Reader:
    """Goes through a job byte by byte."""

    def __init__(self, sent: bytes) -> None:
        self._sent, self._at = sent, 0
        self._size, self._align, self._bold, self._chinese = 1, "left", False, False
        self._line = b""
        self._code, self._dots = "", 3
        self._papers = [Paper()]

    def papers(self) -> list[Paper]:
        """Every slip, the last perhaps unfinished."""
        while self._at < len(self._sent):
            self._step()
        return self._papers if self._papers[-1].parts else self._papers[:-1]

    def _take(self, count: int) -> bytes:
        found = self._sent[self._at : self._at + count]
        if len(found) < count:
            raise ValueError("the job ends within a command")
        self._at += count
        return found

    def _step(self) -> None:
        match self._take(1):
            case b"\n":
                self._feed()
            case b"\x1b":
                self._escape()
            case b"\x1c":
                self._chinese = {b"&": True, b".": False}[self._take(1)]
            case b"\x1d":
                self._group()
            case b"\x10":
                self._take(2)
            case char if char[0] < 0x20:
                raise ValueError(f"{char!r} is no command of a slip")
            case char:
                self._line += char
                if char[0] >= 0x80:
                    if not self._chinese:
                        raise ValueError("Chinese outside of the Chinese mode")
                    self._line += self._take(1)

    def _feed(self) -> None:
        if self._line:
            text = self._line.decode("gb18030")
            self._papers[-1].parts.append(Text(text, self._size, self._align, self._bold))
        self._line = b""

    def _escape(self) -> None:
        match self._take(1):
            case b"@":
                self._size, self._align, self._bold, self._chinese = 1, "left", False, False
            case b"a":
                self._align = ("left", "center", "right")[self._take(1)[0] % 48]
            case b"E":
                self._bold = bool(self._take(1)[0] & 1)
            case b"d":
                self._take(1)
                self._feed()
            case other:
                raise ValueError(f"ESC {other!r}")

    def _group(self) -> None:
        match self._take(1):
            case b"!":
                wide, high = divmod(self._take(1)[0], 16)
                if wide != high:
                    raise ValueError("characters out of shape")
                self._size = wide + 1
            case b"V":
                self._take(1)
                self._papers[-1].cut = True
                self._papers.append(Paper())
            case b"r":
                self._take(1)
            case b"v":
                self._image()
            case b"(":
                self._code_command()
            case other:
                raise ValueError(f"GS {other!r}")

    def _image(self) -> None:
        if self._take(2) != b"0\x00":
            raise ValueError("an image in another density")
        across, down = struct.unpack("<HH", self._take(4))
        dots = bytes(byte ^ 0xFF for byte in self._take(across * down))
        self._papers[-1].parts.append(Image.frombytes("1", (across * 8, down), dots))

    def _code_command(self) -> None:
        if self._take(1) != b"k":
            raise ValueError("GS ( of another kind")
        (length,) = struct.unpack("<H", self._take(2))
        body = self._take(length)
        match body[1]:
            case 67:
                self._dots = body[2]
            case 80:
                self._code = body[3:].decode()
            case 81:
                self._papers[-1].parts.append(Code(self._code, self._dots, self._align))


class SocketPrinter:
    """A printer at 127.0.0.1:`port`. `mood` is how it is; `jobs` holds the bytes of every connection that sent some."""

    def __init__(self) -> None:
        self.mood: Mood = "ok"
        self.jobs: list[bytes] = []
        self.port = 0
        self.at_once = self.most_at_once = 0

    @property
    def papers(self) -> list[Paper]:
        """Every slip that came out."""
        return [paper for job in self.jobs for paper in read(job)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        job = b""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            while part := await reader.read(512 if self.mood == "cut_off" else 65536):
                if self.mood == "hangs" and len(part) > 3:
                    await asyncio.sleep(3600)
                job += part
                if self.mood == "cut_off" and len(job) > 64:
                    writer.transport.abort()
                    break
                if self.mood != "silent":
                    writer.write(self._answers(part))
        finally:
            self.at_once -= 1
            writer.close()
            if printed := job.replace(b"\x10\x04\x02", b"").replace(b"\x10\x04\x04", b""):
                self.jobs.append(printed)

    def _answers(self, part: bytes) -> bytes:
        if part == b"\x10\x04\x02":
            return bytes(
                [0x12 | (0x04 if self.mood == "cover_open" else 0) | (0x20 if self.mood == "paper_out" else 0)]
            )
        if part == b"\x10\x04\x04":
            return bytes([0x12 | {"near_end": 0x0C, "paper_out": 0x6C}.get(self.mood, 0)])
        if part.endswith(b"\x1dr\x01"):
            return bytes([{"near_end": 0x03, "runs_out": 0x0F}.get(self.mood, 0)])
        return b""


@asynccontextmanager
async def socket_printer() -> AsyncIterator[SocketPrinter]:
    """A printer that listens until the end of the block."""
    printer = SocketPrinter()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(printer.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    printer.port = server.sockets[0].getsockname()[1]
    yield printer
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc"  # which scripts/install-system-packages brings


def draw(paper: Paper, width_mm: int) -> Image.Image:
    """A picture of the paper, 8 dots a millimetre, with the margins that the head cannot reach."""
    dots = {58: 384, 80: 576}[width_mm]
    margin = (width_mm * 8 - dots) // 2
    parts = [_part(part, dots) for part in paper.parts]
    whole = Image.new("L", (width_mm * 8, sum(part.height for part in parts) + 80), 255)
    top = 40
    for part in parts:
        whole.paste(part, (margin, top))
        top += part.height
    ImageDraw.Draw(whole).rectangle((0, 0, whole.width - 1, whole.height - 1), outline=200)
    return whole


def _part(part: Printed, dots: int) -> Image.Image:
    if isinstance(part, Image.Image):
        return part.convert("L")
    if isinstance(part, Code):
        matrix = [[*row] for row in segno.make(part.text, micro=False).matrix_iter(scale=part.dots, border=2)]
        drawn = Image.new("L", (dots, len(matrix)), 255)
        left = (dots - len(matrix)) // 2 if part.align == "center" else 0
        for y, row in enumerate(matrix):
            for x, dark in enumerate(row):
                if dark:
                    drawn.putpixel((left + x, y), 0)
        return drawn
    height = 24 * part.size
    drawn = Image.new("L", (dots, height + 6), 255)
    pen = ImageDraw.Draw(drawn)
    cells = [(char, (12 if " " <= char <= "~" else 24) * part.size) for char in part.text]
    wide = sum(width for _, width in cells)
    if wide > dots:
        raise ValueError(f"{part.text!r} runs over the edge")
    font = ImageFont.truetype(FONT.format("Bold" if part.bold else "Regular"), height, 2)
    left = (dots - wide) // 2 if part.align == "center" else 0
    for char, width in cells:  # each in a cell of its own, as a printer sets them
        pen.text((left + width / 2, height / 2), char, 0, font, anchor="mm")
        left += width
    return drawn
