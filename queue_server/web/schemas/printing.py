"""Shapes of …/print."""

from typing import Annotated

from msgspec import Meta, Struct

from queue_server.web.schemas.values import Key

__all__ = ["PrintSlip", "Printed"]


class PrintSlip(Struct):
    """POST …/print. printer: id, None for the caller's own. copy: it was printed before, and says so."""

    printer: Key | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")] | None = None
    copy: bool = False


class Printed(Struct):
    """A slip is out."""

    printed: bool
    printer: str
