"""Shapes of /setup: a server's first account."""

from typing import Annotated

from msgspec import Meta, Struct

from queue_server.web.schemas.values import Key, Name

__all__ = ["FirstAccount", "FirstAccountShape"]


class FirstAccount(Struct):
    """POST /setup. code: what the server printed."""

    code: Key
    user: Annotated[str, Meta(max_length=128)]
    name: Name
    password: Annotated[str, Meta(max_length=1024)]


class FirstAccountShape(Struct):
    """The administrator that was made."""

    user: str
    name: str
