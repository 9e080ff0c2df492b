"""The browser's half of the wire, run by node: the same vectors, and what moves them."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "script", ["live", "api", "announcements", "hall_voice", "screen_voice", "figure_words", "newest"]
)
def test_the_scripts_of_the_pages(script: str) -> None:
    """`node --test` passes; node 20 or later must be there."""
    node = shutil.which("node")
    assert node, "node is needed to test the pages' scripts"
    run = subprocess.run(
        [node, "--test", str(HERE / f"{script}_test.mjs")], capture_output=True, encoding="utf-8", timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
