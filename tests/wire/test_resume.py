"""Resume: exactly what was missed, or a snapshot, and never a part."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.wire.resume import Position, Replay, TakeSnapshot, asked_position, resume
from tests.wire.vectors import load


@pytest.mark.parametrize("case", load("resume"), ids=lambda case: case["name"])
def test_the_vectors(case: dict[str, Any]) -> None:
    """Each reason, each edge."""
    asked = None if case["asked"] is None else Position(*case["asked"])
    gives = case["gives"]
    expected = TakeSnapshot(gives["snapshot"]) if "snapshot" in gives else Replay(*gives["replay"])
    assert resume(asked, case["epoch"], case["head"], case["oldest"]) == expected


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_replay_is_always_whole(after: int, head: int, trimmed: int) -> None:
    """Where frames are replayed, every one of (after, head] is still there."""
    oldest = min(trimmed, head) + 1
    answer = resume(Position("e1", after), "e1", head, oldest)
    if isinstance(answer, Replay):
        assert answer == (after, head)
        assert all(oldest <= seq <= head for seq in range(after + 1, head + 1))
    else:
        assert after > head or after + 1 < oldest


def test_the_position_in_an_address() -> None:
    """Both or neither."""
    assert asked_position(None, None) is None
    assert asked_position("e1", "0") == Position("e1", 0)
    assert asked_position("e1", "121") == Position("e1", 121)


@pytest.mark.parametrize(
    ("epoch", "after"),
    [
        ("e1", None),
        (None, "3"),
        ("", "3"),
        *(("e1", after) for after in ("", "-1", "+1", "1_0", " 1", "１", "1.0", "x", "9" * 5000)),
    ],
)
def test_half_a_position_is_refused(epoch: str | None, after: str | None) -> None:
    """A reader that asks nonsense is told so, rather than quietly given everything."""
    with pytest.raises(ValueError, match="epoch and after"):
        asked_position(epoch, after)
