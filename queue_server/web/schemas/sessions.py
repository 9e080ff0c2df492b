"""Shapes of /session: signing in."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = ["SessionShape", "SignIn"]


class SignIn(Struct):
    """POST /session."""

    user: Annotated[str, Meta(max_length=128)]
    password: Annotated[str, Meta(max_length=1024)]


class SessionShape(Struct, kw_only=True):
    """A sign-in."""

    token: str
    role: str
    name: str
    halls: list[str]
    counter: int | UnsetType = UNSET
