"""A figure as people read it, and how it changed."""

from typing import Any

import pytest

from queue_server.web.figure_words import change, said
from queue_server.web.figures import Unit
from tests.web.untranslated import _
from tests.wire.vectors import load


@pytest.mark.parametrize(("value", "unit", "words"), load("figure_words"))
def test_a_figure_in_words(value: Any, unit: Unit, words: str) -> None:
    """What is not known is a dash, not a zero."""
    assert said(value, unit) == words


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        (111, 100, "count", "+11%"),
        (480, 600, "seconds", "−20%"),
        (100, 100, "count", "±0"),
        (3, 0, "count", ""),
        (None, 3, "count", ""),
        (3, None, "count", ""),
        (0.833, 0.82, "share", "+1.3 点"),
        (0.5, 0.5, "share", "±0"),
    ],
)
def test_a_change_in_words(now: Any, before: Any, unit: Unit, words: str) -> None:
    """Percent of a size, points of a share; nothing where there is nothing to compare."""
    assert change(now, before, unit, _) == words
