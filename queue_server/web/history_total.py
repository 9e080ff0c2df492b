"""What several halls' rows of statistics add up to, as far as rows can be added up: counts, time, and shares of them.

Means and medians cannot be had from rows, and are left out. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any

from queue_server.exchange.sheet import Value
from queue_server.web.figures import FIGURES, value_of
from queue_server.web.history_labels import Rows

__all__ = ["summed"]

Of = Callable[[str], float]

SHARES: Mapping[str, Callable[[Of], tuple[float, float]]] = {
    "abandonment_rate": lambda of: (of("abandoned"), of("issued")),
    "within_target_rate": lambda of: (of("within_target"), of("waiting.count")),
    "good_rate_top3": lambda of: (of("rated") - _bad(of), of("rated")),
    "satisfied_rate_top2": lambda of: (of("ratings.very_satisfied") + of("ratings.satisfied"), of("rated")),
    "bad_rate": lambda of: (_bad(of), of("rated")),
    "coverage": lambda of: (of("post_staffed_s"), of("post_expected_s")),
    "rectified_rate": lambda of: (of("rectified"), _valid(of)),
    "rectified_in_time_rate": lambda of: (of("rectified_in_time"), _valid(of)),
    "complaints_in_time_rate": lambda of: (
        of("complaints_in_time"),
        of("complaints") - of("complaints_withdrawn"),
    ),
}
"""Which part each is of which whole; of: a figure by its path, 0 where it is not known."""


def _bad(of: Of) -> float:
    return of("ratings.dissatisfied") + of("ratings.very_dissatisfied")


def _valid(of: Of) -> float:
    return of("rectifications") - of("rectifications_invalid")


def summed(rows: Rows) -> dict[str, Any]:
    """One row. A share whose denominator is zero is absent, as everywhere."""
    total: dict[str, Any] = {}
    for path, figure in FIGURES.items():
        if figure.unit == "count" or path in ("post_staffed_s", "post_expected_s"):
            _put(total, path, sum(_number(value_of(row, path)) for row in rows))
    for path, share in SHARES.items():
        part, whole = share(lambda of: _number(value_of(total, of)))
        if whole:
            _put(total, path, round(part / whole, 4))
    return total


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def _put(row: dict[str, Any], path: str, value: float) -> None:
    *above, name = path.split(".")
    for part in above:
        row = row.setdefault(part, {})
    row[name] = value
