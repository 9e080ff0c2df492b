"""A restart goes on where the announcer was."""

from pathlib import Path

import pytest

from display.memory import Memory
from queue_server.wire.resume import Position


def test_the_last_position_is_recalled(tmp_path: Path) -> None:
    """Also when the folder was not there at first."""
    memory = Memory(tmp_path / "new" / "state.json")
    assert memory.recall() is None
    memory.keep(Position("e1", 4))
    memory.keep(Position("e1", 7))
    assert Memory(tmp_path / "new" / "state.json").recall() == Position("e1", 7)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"epoch": "", "seq": 3}', '{"epoch": "e", "seq": -1}', '{"epoch": "e", "seq": true}']
)
def test_a_damaged_file_begins_anew(tmp_path: Path, content: str) -> None:
    """The hall hears a call twice at worst; it does not go without a voice."""
    path = tmp_path / "state.json"
    path.write_text(content)
    assert Memory(path).recall() is None


def test_a_file_that_cannot_be_written_costs_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is reported."""
    (tmp_path / "file").write_text("in the way of a folder")
    Memory(tmp_path / "file" / "state.json").keep(Position("e1", 4))
    assert "cannot write" in caplog.text


def test_none_keeps_nothing() -> None:
    """For who wants no file."""
    memory = Memory(None)
    memory.keep(Position("e1", 4))
    assert memory.recall() is None
