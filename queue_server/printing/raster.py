"""A slip as a picture, for a printer that has no Chinese characters."""

import struct
from functools import cache
from pathlib import Path

import segno
from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

from queue_server.printing.errors import NoFont
from queue_server.printing.layout import COLUMNS, rows
from queue_server.printing.slip import Line, Slip

__all__ = ["image_job", "picture"]

CELL = 12  # dots across a half-width character; twice as many down
INVERTED = bytes(range(255, -1, -1))  # a printer's 1 is black
STRIP = 256  # rows in one command: cheap printers hold no more
QUIET = 4  # modules of white around a code
QR_DOTS = {58: 5, 80: 7}
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Bold.otf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyhbd.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
)
"""Where systems keep a bold Chinese font, the best first. Its regular brother lies beside it, or bold must do."""

SIMPLIFIED = {"NotoSansCJK-Bold.ttc": 2, "NotoSansCJK-Regular.ttc": 2}
"""Which of a collection's fonts has the Chinese shapes; otherwise the first."""


def picture(slip: Slip, width_mm: int) -> Image.Image:
    """The slip in black and white, 8 dots a millimetre. Raises NoFont where the system has no Chinese font."""
    width = COLUMNS[width_mm] * CELL
    parts = [*_drawn(slip.lines, width_mm)]
    if slip.qr is not None:
        parts.append(_code(slip.qr, QR_DOTS[width_mm]))
    parts += _drawn(slip.below, width_mm)
    whole = Image.new("1", (width, sum(part.height for part in parts)), 1)
    top = 0
    for part in parts:
        whole.paste(part, ((width - part.width) // 2, top))
        top += part.height
    return whole


def image_job(slip: Slip, width_mm: int) -> bytes:
    """All that is sent for one slip: its picture, and the cut. Raises NoFont."""
    made = Dummy()
    made.hw("INIT")
    drawn = picture(slip, width_mm)
    for top in range(0, drawn.height, STRIP):
        strip = drawn.crop((0, top, drawn.width, min(top + STRIP, drawn.height)))
        made._raw(
            b"\x1dv0\0" + struct.pack("<HH", drawn.width // 8, strip.height) + strip.tobytes().translate(INVERTED)
        )
    made.cut()
    return bytes(made.output)


def _drawn(lines: tuple[Line, ...], width_mm: int) -> list[Image.Image]:
    return [
        _row(row.text, row.size, row.align == "center", row.bold, COLUMNS[width_mm] * CELL)
        for row in rows(lines, width_mm)
    ]


def _row(text: str, size: int, centred: bool, bold: bool, width: int) -> Image.Image:
    """One row, each character in the cell that the layout gave it."""
    height = CELL * 2 * size + 6 * size
    drawn = Image.new("1", (width, height), 1)
    draw = ImageDraw.Draw(drawn)
    draw.fontmode = "1"
    if set(text) == {"-"} and len(text) * CELL == width:
        draw.line((0, height // 2, width, height // 2), 0, 2)
        return drawn
    dots = CELL * 2 * size
    while draw.textlength(text, font := _font(dots, bold)) > width:  # wide letters, which the layout counts as narrow
        dots -= 1
    left = (width - draw.textlength(text, font)) / 2 if centred else 0
    draw.text((max(0, left), height / 2), text, 0, font, anchor="lm")
    return drawn


def _code(text: str, dots: int) -> Image.Image:
    """A QR code with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    matrix = [[*row] for row in code.matrix_iter(scale=dots, border=QUIET)]
    drawn = Image.new("1", (len(matrix[0]), len(matrix)), 1)
    drawn.putdata([0 if dark else 1 for row in matrix for dark in row])
    return drawn


@cache
def _font(dots: int, bold: bool) -> ImageFont.FreeTypeFont:
    for path in map(Path, FONTS):
        if path.is_file():
            regular = path.with_name(path.name.replace("Bold", "Regular").replace("msyhbd", "msyh"))
            path = path if bold or not regular.is_file() else regular
            return ImageFont.truetype(str(path), dots, SIMPLIFIED.get(path.name, 0))
    raise NoFont
