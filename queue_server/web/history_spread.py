"""How long waits and services were, as rows of a table: one for each span of minutes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

__all__ = ["spread_rows", "step_of"]

SPANS = 16
"""Rows at most; the last one takes in whatever is longer."""

STEPS = (1, 2, 5, 10, 15, 30)
"""Minutes that a row may span."""

KINDS = {"waits": "waiting", "services": "service"}
"""Columns, and where a row of statistics has their distribution."""


def step_of(totals: Iterable[Mapping[str, Any]]) -> int:
    """Minutes that each row spans, so that nine in ten of everything have a row of their own."""
    longest = max((total[name].get("p90_s", 0) for total in totals for name in KINDS.values()), default=0)
    return next((step for step in STEPS if longest < step * 60 * (SPANS - 1)), STEPS[-1])


def spread_rows(total: Mapping[str, Any], step: int) -> list[dict[str, Any]]:
    """total: the row of everything, with its distribution. Keys are the span's first minute and the one after it,
    "10-15", without the latter, "150-", in the row that is open at its end. Rows after the last that has any are left
    out.
    """
    counts = {column: _counts(total[name].get("minutes", ()), step) for column, name in KINDS.items()}
    used = max((at for each in counts.values() for at, count in enumerate(each) if count), default=-1) + 1
    rows: list[dict[str, Any]] = [{"key": _key(at, step), "spread": {}} for at in range(used)]
    for column, each in counts.items():
        whole = sum(each)
        for row, count, upto in zip(rows, each, accumulate(each), strict=False):
            shares = (
                {f"{column}_share": round(count / whole, 4), f"{column}_upto": round(upto / whole, 4)} if whole else {}
            )
            row["spread"] |= {column: count, **shares}
    return rows


def _counts(minutes: Sequence[tuple[int, int]], step: int) -> list[int]:
    counts = [0] * SPANS
    for minute, times in minutes:
        counts[min(minute // step, SPANS - 1)] += times
    return counts


def _key(at: int, step: int) -> str:
    return f"{at * step}-" if at == SPANS - 1 else f"{at * step}-{(at + 1) * step}"
