"""Pictures of nobody, to stand for photos."""

import base64
import io

from PIL import Image, ImageDraw

__all__ = ["a_photo", "picture"]

_FINER = 3  # drawn so much larger than it is wanted, for smooth edges


def picture(suit: str = "steelblue", width: int = 300, height: int = 400) -> bytes:
    """A JPEG of somebody who wears that colour."""
    w, h = width * _FINER, height * _FINER
    drawn = Image.new("RGB", (w, h), "#dfeaf4")
    pen = ImageDraw.Draw(drawn)

    def oval(left: float, top: float, right: float, bottom: float, colour: str) -> None:
        pen.ellipse((w * left, h * top, w * right, h * bottom), fill=colour)

    oval(0.26, 0.12, 0.74, 0.56, "#2b2622")  # hair
    oval(0.08, 0.66, 0.92, 1.4, suit)
    pen.polygon([(w * 0.38, h * 0.66), (w * 0.62, h * 0.66), (w * 0.5, h * 0.86)], fill="white")
    pen.rounded_rectangle((w * 0.43, h * 0.5, w * 0.57, h * 0.7), w * 0.06, fill="#e3b493")
    oval(0.31, 0.24, 0.69, 0.6, "#f0c8a8")
    data = io.BytesIO()
    drawn.resize((width, height), Image.Resampling.LANCZOS).save(data, "JPEG", quality=92)
    return data.getvalue()


def a_photo(suit: str = "steelblue") -> str:
    """The same, as `POST …/photo` takes it."""
    return base64.b64encode(picture(suit)).decode()
