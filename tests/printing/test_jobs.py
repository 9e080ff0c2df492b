"""What a printer makes of the jobs."""

import pytest
from PIL import Image

from queue_server.printing import raster
from queue_server.printing.errors import NoFont
from queue_server.printing.escpos_text import text_job
from queue_server.printing.layout import COLUMNS, rows
from queue_server.printing.raster import image_job, picture
from queue_server.printing.slip import Line, Slip
from tests.printing.slips import a_slip, english, long_names
from tests.printing.socket_printer import Code, Text, draw, read

ADDRESS = "https://hall.example/t/town.t_1"
SLIPS = {
    "chinese": a_slip(),
    "english": a_slip(_=english, english=True),
    "long": a_slip(long_names(), copy=True),
    "code": a_slip(address=ADDRESS),
}


@pytest.mark.parametrize("width_mm", [58, 80])
@pytest.mark.parametrize("name", SLIPS)
def test_text_comes_out_as_it_was_laid_out(name: str, width_mm: int) -> None:
    """Every row with its size, place and weight; the code; one cut; and nothing over the edge."""
    slip = SLIPS[name]
    (paper,) = read(text_job(slip, width_mm))
    assert paper.cut
    expected = [Text(*row) for row in rows((*slip.lines, *slip.below), width_mm) if row.text]
    assert [part for part in paper.parts if isinstance(part, Text)] == expected
    codes = [part for part in paper.parts if isinstance(part, Code)]
    assert [(code.text, code.align) for code in codes] == ([] if slip.qr is None else [(slip.qr, "center")])
    assert draw(paper, width_mm).width == width_mm * 8


def test_the_code_stands_between_the_lines_and_those_below() -> None:
    """And its quiet zone is the paper's own white: the code is narrower than the paper on both sides."""
    slip = SLIPS["code"]
    for width_mm in (58, 80):
        (paper,) = read(text_job(slip, width_mm))
        place = next(at for at, part in enumerate(paper.parts) if isinstance(part, Code))
        assert paper.parts[place + 1] == Text("用手机扫一扫，随时看前面还有几人"[:16], 1, "center", False)


@pytest.mark.parametrize("width_mm", [58, 80])
@pytest.mark.parametrize("name", SLIPS)
def test_a_picture_fills_the_width_of_the_head(name: str, width_mm: int) -> None:
    """In pieces that a printer can hold, with black on white, and one cut."""
    (paper,) = read(image_job(SLIPS[name], width_mm))
    assert paper.cut
    assert all(isinstance(part, Image.Image) and part.width == {58: 384, 80: 576}[width_mm] for part in paper.parts)
    dark = sum(part.histogram()[0] for part in paper.parts if isinstance(part, Image.Image))
    every = sum(part.width * part.height for part in paper.parts if isinstance(part, Image.Image))
    assert 0.02 < dark / every < 0.4


def test_a_name_cannot_command_the_printer() -> None:
    """A set-up with control characters in it prints blanks."""
    (paper,) = read(text_job(Slip((Line("甲\x1bd\xff\x1dV\x00乙"),)), 58))
    assert paper.text.startswith("甲 d")


@pytest.mark.parametrize("width_mm", [58, 80])
def test_wide_letters_are_not_cut_off(width_mm: int) -> None:
    """A row that the layout found to fit is drawn whole, to the stroke at its end."""
    drawn = picture(Slip((Line("| " + "W" * (COLUMNS[width_mm] - 4) + " |", bold=True),)), width_mm)
    inked = "".join(".#"[0 in (drawn.getpixel((x, y)) for y in range(drawn.height))] for x in range(drawn.width))
    strokes = inked.strip(".").split(".")
    assert 2 <= len(strokes[-1]) <= 4
    assert abs(len(strokes[-1]) - len(strokes[0])) <= 1


def test_without_a_font_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than printing boxes."""
    monkeypatch.setattr(raster, "FONTS", ())
    raster._font.cache_clear()
    with pytest.raises(NoFont):
        image_job(a_slip(), 58)
    raster._font.cache_clear()
