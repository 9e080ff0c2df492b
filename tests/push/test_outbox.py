"""What is kept for readers that are behind."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.push.outbox import Backlog, Stall, merge
from queue_server.push.source import Frame
from queue_server.wire import frames, merge_patch
from tests.push.rig import at, encoded

NAMES = st.sampled_from("abc")
PATCHES = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
).filter(lambda patch: isinstance(patch, dict))


def patches_of(changes: list[dict[str, Any]]) -> list[Frame]:
    """Frames with these patches, at seqs 10, 20, 30 …"""
    return [
        Frame(i * 10, i * 10 + 10, at(i), frames.patch("board", i * 10, i * 10 + 10, at(i), encoded(change)), change)
        for i, change in enumerate(changes)
    ]


def backlog(count: int, *, max_frames: int = 100, max_bytes: int = 100_000) -> Backlog:
    kept = Backlog(0, max_frames, max_bytes)
    for frame in patches_of([{"n": n} for n in range(count)]):
        kept.add(frame)
    return kept


def seqs(newer: Any) -> list[int]:
    return [frame.seq for frame in newer]


def test_a_backlog_gives_what_came_after_a_position() -> None:
    """Also after one between two frames, where a heartbeat may have put the reader."""
    kept = backlog(4)
    assert seqs(kept.since(0)) == [10, 20, 30, 40]
    assert seqs(kept.since(20)) == [30, 40]
    assert seqs(kept.since(25)) == [30, 40]
    assert seqs(kept.since(40)) == seqs(kept.since(99)) == []


def test_a_backlog_says_when_it_has_forgotten_something() -> None:
    """A reader older than what is kept is told so rather than given a part."""
    kept = backlog(10, max_frames=3)
    assert kept.start == 70
    assert kept.since(69) is None
    assert seqs(kept.since(70)) == [80, 90, 100]


def test_a_backlog_is_bounded_in_bytes() -> None:
    """Few large frames count as much as many small ones."""
    size = len(patches_of([{"n": 0}])[0].payload)
    kept = backlog(9, max_bytes=3 * size + 8)
    assert seqs(kept.since(kept.start)) == [70, 80, 90]


def test_merging_is_done_once_for_all_readers() -> None:
    """The same frame object, and so the same bytes, until another frame comes."""
    kept = backlog(3)
    first = kept.merged("board", kept.since(0) or [])
    assert first is not None
    assert kept.merged("board", kept.since(5) or []) is first
    kept.add(Frame(30, 40, at(4), b"{}", {"n": 4}))
    again = kept.merged("board", kept.since(0) or [])
    assert again is not None and again.seq == 40


def test_a_merged_frame_spans_what_it_merges() -> None:
    """`prev` of the first, `seq` and time of the last, and a payload that says the same."""
    one = merge("board", patches_of([{"a": 1}, {"a": None, "b": 2}, {"b": 3}]))
    assert one is not None
    assert (one.prev, one.seq, one.at) == (0, 30, at(2))
    parsed = frames.parse(one.payload)
    assert isinstance(parsed, frames.Patch)
    assert (parsed.prev, parsed.seq, parsed.patch) == (0, 30, {"a": None, "b": 3})


def test_one_frame_is_not_encoded_again() -> None:
    (frame,) = patches_of([{"a": 1}])
    assert merge("board", [frame]) is frame


def test_what_no_patch_can_say_is_not_merged() -> None:
    """Removed, then an object again: a merge patch could only add to what the reader may still have there."""
    assert merge("board", patches_of([{"a": None}, {"a": {"b": 1}}])) is None


@given(st.lists(PATCHES, min_size=2, max_size=6), PATCHES)
def test_merged_patches_do_what_the_single_ones_did(changes: list[Any], start: Any) -> None:
    """Whatever the state, and by the bytes that are sent."""
    one = merge("board", patches_of(changes))
    if one is None:
        return
    state = expected = merge_patch.apply({}, start)
    for change in changes:
        expected = merge_patch.apply(expected, change)
    assert merge_patch.apply(state, json.loads(one.payload)["patch"]) == expected


@pytest.mark.parametrize("written", [0, 5_000])
def test_a_buffer_that_does_not_shrink_is_stalled(written: int) -> None:
    """Also when more is written to it meanwhile: what counts is what the peer took."""
    stall = Stall(0.0, 1_000, 0)
    assert stall.stalled_for(3.0, 1_000 + written, written) == 3.0
    assert stall.stalled_for(4.0, 999 + written, written) == 0.0
    assert stall.stalled_for(6.5, 999 + written, written) == 2.5
