"""Shape of …/statistics."""

from typing import Any

from msgspec import Struct

__all__ = ["Statistics"]


class Statistics(Struct):
    """Figures, one row for each group."""

    rows: list[dict[str, Any]]
