"""Pictures of nobody, to stand for photos."""

import base64
import io

from PIL import Image, ImageDraw

__all__ = ["a_photo", "picture"]


def picture(colour: str = "steelblue", width: int = 300, height: int = 400) -> bytes:
    """A JPEG of a head and shoulders in that colour."""
    drawn = Image.new("RGB", (width, height), "whitesmoke")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.55), fill=colour)
    pen.ellipse((width * 0.1, height * 0.6, width * 0.9, height * 1.3), fill=colour)
    data = io.BytesIO()
    drawn.save(data, "JPEG")
    return data.getvalue()


def a_photo(colour: str = "steelblue") -> str:
    """The same, as `POST …/photo` takes it."""
    return base64.b64encode(picture(colour)).decode()
