"""What several halls' rows of statistics add up to, as far as rows can be added up: counts, time, and shares of them.

Means and medians cannot be had from rows, and are left out. Pure.
"""

from typing import Any

from queue_server.exchange.sheet import Value
from queue_server.web.figures import FIGURES, value_of
from queue_server.web.history_table import Rows

__all__ = ["summed"]

SHARES = {
    "abandonment_rate": (("abandoned",), "issued"),
    "within_target_rate": (("within_target",), "waiting.count"),
    "good_rate_top3": (("ratings.very_satisfied", "ratings.satisfied", "ratings.basically_satisfied"), "rated"),
    "satisfied_rate_top2": (("ratings.very_satisfied", "ratings.satisfied"), "rated"),
    "bad_rate": (("ratings.dissatisfied", "ratings.very_dissatisfied"), "rated"),
    "coverage": (("post_staffed_s",), "post_expected_s"),
}
"""What each is a share of what."""


def summed(rows: Rows) -> dict[str, Any]:
    """One row. A share whose denominator is zero is absent, as everywhere."""
    total: dict[str, Any] = {}
    for path, figure in FIGURES.items():
        if figure.unit == "count" or path in ("post_staffed_s", "post_expected_s"):
            _put(total, path, sum(_number(value_of(row, path)) for row in rows))
    for path, (parts, whole) in SHARES.items():
        if of := _number(value_of(total, whole)):
            _put(total, path, round(sum(_number(value_of(total, part)) for part in parts) / of, 4))
    return total


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def _put(row: dict[str, Any], path: str, value: float) -> None:
    *above, name = path.split(".")
    for part in above:
        row = row.setdefault(part, {})
    row[name] = value
