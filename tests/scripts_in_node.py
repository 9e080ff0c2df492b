"""Tests of the pages' scripts that need no browser, run by node."""

import shutil
import subprocess
from pathlib import Path

__all__ = ["assert_passes"]


def assert_passes(script: Path) -> None:
    """`node --test` passes; node 20 or later must be there."""
    node = shutil.which("node")
    assert node, "node is needed to test the pages' scripts"
    run = subprocess.run([node, "--test", str(script)], capture_output=True, encoding="utf-8", timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
