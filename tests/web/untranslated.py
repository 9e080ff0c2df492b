"""The texts of pages as they stand in the source."""

__all__ = ["_"]


def _(text: str) -> str:
    return text
