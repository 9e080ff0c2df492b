"""What becomes of a picture that somebody sent."""

import io
import random
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from queue_server.records.errors import NoPicture, PictureSize
from queue_server.records.portrait import LEAST_SIDE, MOST_PIXELS, SIZE, portrait

RED, BLUE = (200, 30, 30), (30, 30, 200)


def drawn(width: int = 600, height: int = 800, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture, red above and blue below."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    data = io.BytesIO()
    picture.convert(mode).save(data, kind, **options)
    return data.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=["JPEG"])
    picture.load()
    return picture


def near(found: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 16 for a, b in zip(found, colour, strict=True))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGB"),
                                            ("PNG", "P"), ("PNG", "LA"), ("WEBP", "RGB")])  # fmt: skip
def test_every_picture_becomes_one_of_three_to_four(kind: str, mode: str) -> None:
    """Whatever its kind and its colours."""
    made = opened(portrait(drawn(kind=kind, mode=mode)))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", SIZE)


@pytest.mark.parametrize(
    ("size", "expected"), [((1200, 900), SIZE), ((900, 1600), SIZE), ((240, 320), (240, 320)), ((240, 240), (180, 240))]
)
def test_it_is_cut_and_made_smaller_but_never_larger(size: tuple[int, int], expected: tuple[int, int]) -> None:
    made = opened(portrait(drawn(*size)))
    assert made.size == expected
    assert abs(made.width * 4 - made.height * 3) <= 4


def test_what_is_clear_becomes_white() -> None:
    data = io.BytesIO()
    Image.new("RGBA", (300, 400), (0, 0, 0, 0)).save(data, "PNG")
    assert near(opened(portrait(data.getvalue())).getpixel((10, 10)), (255, 255, 255))


def test_it_stands_upright_and_says_nothing_else() -> None:
    """A telephone writes down how it was held, and where: the one is heeded, and nothing of it goes on."""
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010E] = "at home in Pingtan"
    data = drawn(exif=exif, comment=b"secret words", icc_profile=b"a profile")
    assert b"Pingtan" in data
    made = portrait(data)
    picture = opened(made)
    assert near(picture.getpixel((240, 10)), BLUE)
    assert near(picture.getpixel((240, 630)), RED)
    assert not picture.getexif()
    assert not any(part in made for part in (b"Pingtan", b"secret words", b"a profile", b"Exif"))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be of that size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        drawn(LEAST_SIDE - 1, 800),
        drawn(800, LEAST_SIDE - 1),
        bomb(MOST_PIXELS // 1000 + 1, 1000),
        bomb(10_000, 10_000),
        bomb(2**31 - 1, 2**31 - 1),
    ],
    ids=["narrow", "low", "large", "larger", "largest"],
)
def test_too_few_and_too_many_pixels_are_refused(data: bytes) -> None:
    """By what the picture says of itself, before any of it is unpacked."""
    with pytest.raises(PictureSize):
        portrait(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rubbish" * 100,
        drawn(kind="GIF"),
        drawn(kind="BMP"),
        drawn(kind="TIFF"),
        b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='400'/>",
        drawn()[: len(drawn()) // 2],
        drawn(kind="PNG")[:-200],
        bomb(300, 400),
    ],
    ids=["nothing", "rubbish", "gif", "bmp", "tiff", "svg", "half a jpeg", "half a png", "an empty png"],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        portrait(data)


def test_whatever_is_sent_is_a_portrait_or_refused() -> None:
    """Bytes changed at random, in files of each kind: never another error."""
    chance = random.Random(4)
    for kind in ("JPEG", "PNG", "WEBP"):
        good = drawn(160, 200, kind=kind)
        for _ in range(60):
            data = bytearray(good)
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            with suppress(NoPicture, PictureSize):
                assert opened(portrait(bytes(data))).format == "JPEG"
