"""A portrait from whatever picture somebody sent: cut to 3:4 and drawn anew, so that nothing hides in it."""

import io

from PIL import Image, ImageOps

from queue_server.records.errors import NoPicture, PictureSize

__all__ = ["LEAST_SIDE", "MOST_PIXELS", "SIZE", "portrait"]

SIZE = (480, 640)
"""Width and height that a larger picture is made smaller to: sharp on a counter screen of 1080 lines."""
LEAST_SIDE = 120
"""Below it a face cannot be told."""
MOST_PIXELS = 4_000_000
"""A picture of 64 KiB may claim to be of any size; this one takes some ten megabytes while it is drawn."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")


def portrait(data: bytes) -> bytes:
    """Return the picture as a JPEG of 3:4, upright, without what else its file held: place, time, camera, thumbnail.

    Takes some hundredths of a second: not for the event loop.
    Raises NoPicture for anything but a whole JPEG, PNG or WebP, PictureSize for too few or too many pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(*picture.size)
            return _drawn(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureSize from error
    except PictureSize:
        raise
    except Exception as error:  # what strangers' bytes provoke in a decoder is not to be foreseen
        raise NoPicture from error


def _check_size(width: int, height: int) -> None:
    if min(width, height) < LEAST_SIDE or width * height > MOST_PIXELS:
        raise PictureSize


def _drawn(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    width, height = SIZE
    shrunk = min(1.0, upright.width / width, upright.height / height)
    fitted = ImageOps.fit(ground, (round(width * shrunk), round(height * shrunk)), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    fitted.save(jpeg, "JPEG", quality=QUALITY, optimize=True)
    return jpeg.getvalue()
