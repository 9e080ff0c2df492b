"""The file of statistics: whatever became of it, it is made again out of the journal."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.journal.base import Unavailable
from tests.domain.halls import MONDAY
from tests.engine.history_stores import InAFile
from tests.engine.test_histories import Rig, week, work


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(InAFile(tmp_path))
    await rig.open()
    yield rig
    await rig.store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def spoil(path: Path, how: str) -> None:
    """Make a good file one that is of no use."""
    if how == "newer":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    elif how == "half broken":
        data = path.read_bytes()
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    else:
        for part in path.parent.glob("history.db*"):
            part.unlink()
    if how == "no database":
        path.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    if how == "another's":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE mine (x)")


def permissions(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("how", ["deleted", "no database", "another's", "newer"])
async def test_a_file_that_is_of_no_use_is_made_again(rig: Rig, path: Path, how: str) -> None:
    """Nothing is in it that the journal does not say."""
    week(rig.floor)
    await rig.write()
    await rig.histories.keep_up(["town"])
    await rig.store.close()
    spoil(path, how)
    rig.begin()
    await rig.check(MONDAY, MONDAY + timedelta(days=9))
    assert permissions(path) == 0o600


async def test_a_file_that_breaks_is_made_again(rig: Rig, path: Path) -> None:
    """Whoever asks then is told to ask again, and is answered."""
    for day in range(1, 30):
        if rig.floor.business_day.weekday() < 5:
            work(rig.floor)
        rig.floor.turn(MONDAY + timedelta(days=day))
    await rig.write()
    await rig.histories.keep_up(["town"])
    await rig.store.close()
    spoil(path, "half broken")
    rig.begin()
    with pytest.raises(Unavailable):
        await rig.rows(MONDAY, MONDAY)
    await rig.check(MONDAY, MONDAY + timedelta(days=30), None, "clerk")
