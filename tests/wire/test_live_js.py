"""The browser's half of the wire, run by node: the same vectors, and what moves them."""

from pathlib import Path

import pytest

from tests.scripts_in_node import assert_passes


@pytest.mark.parametrize(
    "script", ["live", "api", "announcements", "hall_voice", "screen_voice", "figure_words", "newest"]
)
def test_the_scripts_of_the_pages(script: str) -> None:
    """Their own tests pass."""
    assert_passes(Path(__file__).with_name(f"{script}_test.mjs"))
