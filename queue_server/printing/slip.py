"""What stands on a piece of paper: its lines and its QR code, whoever prints it. Pure."""

from collections.abc import Callable
from typing import Literal, NamedTuple

__all__ = ["Line", "Slip", "Translate"]

Translate = Callable[[str], str]
"""Gives a Chinese text in the slip's language."""


class Line(NamedTuple):
    """One paragraph. size: how many times as wide and high as the printer's own characters. A text of "-" is a rule."""

    text: str
    size: Literal[1, 2, 4] = 1
    align: Literal["left", "center"] = "left"
    bold: bool = False


class Slip(NamedTuple):
    """A piece of paper from top to bottom. qr: what its code says, None without one; it stands above `below`."""

    lines: tuple[Line, ...]
    qr: str | None = None
    below: tuple[Line, ...] = ()
