"""The stores that runners are tested over: those of the journal's own contract suite."""

from pathlib import Path

import pytest

from tests.journal.conftest import STORES, Store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of each kind."""
    return STORES[request.param](tmp_path)
