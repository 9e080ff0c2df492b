"""The one shape of every refusal."""

from typing import Literal

from msgspec import Struct

__all__ = ["ProblemShape"]


class ProblemShape(Struct):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    retry: Literal["never", "same_key", "new_key"]
    detail: str
