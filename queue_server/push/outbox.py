"""What is kept for readers that are behind, and for how long: bounded, shared by a topic's readers, never per frame.

A reader of a *state* that does not keep up is passed over; once its buffer has drained it gets one merged patch, or a
snapshot. A reader of *calls* gets each of them, in order, up to a cap, and is then closed to resume later. Either is
cut off when its buffer does not shrink at all for a few seconds.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from queue_server.push.source import Frame
from queue_server.wire import frames, merge_patch

__all__ = ["Backlog", "Limits", "Stall", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds and beats of the fan-out."""

    row: int = 128  # sockets written to before other work of the process gets its turn
    batch_bytes: int = 32_768  # frames of one topic that wait are written together, up to this many bytes
    calls_cap_bytes: int = 262_144  # buffered for one reader of calls; above it is closed with 4408
    stalled_s: float = 4.0  # a buffer that has not shrunk for so long is cut off with its connection
    backlog_frames: int = 1_000  # kept per topic while a reader of it is behind
    backlog_bytes: int = 1_048_576
    heartbeat_s: float = 4.0  # the contract says 5 at most
    recheck_s: float = 4.0  # whether a reader may still listen; the contract says 5 at most


class Backlog:
    """A topic's frames since some reader fell behind.

    start: it holds every frame after this seq. Beyond `max_frames` or `max_bytes` the oldest go, and `start` follows.
    """

    def __init__(self, start: int, max_frames: int, max_bytes: int) -> None:
        self.start = start
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._merged: dict[int, Frame | None] = {}  # by the first frame's prev; until the next frame comes

    def add(self, frame: Frame) -> None:
        """Append a frame; its seq is above all others'."""
        self._frames.append(frame)
        self._bytes += len(frame.payload)
        self._merged.clear()
        while len(self._frames) > self._max_frames or self._bytes > self._max_bytes:
            oldest = self._frames.popleft()
            self._bytes -= len(oldest.payload)
            self.start = oldest.seq

    def since(self, seq: int) -> Sequence[Frame] | None:
        """All frames after `seq`, oldest first; None when they are not all here any more."""
        if seq < self.start:
            return None
        newer = []
        for frame in reversed(self._frames):
            if frame.seq <= seq:
                break
            newer.append(frame)
        return newer[::-1]

    def merged(self, topic: str, newer: Sequence[Frame]) -> Frame | None:
        """`newer`, which `since` gave, as one frame; None when no single patch can say it. Worked out once for all."""
        key = newer[0].prev
        if key not in self._merged:
            self._merged[key] = merge(topic, newer)
        return self._merged[key]


def merge(topic: str, patches: Sequence[Frame]) -> Frame | None:
    """One frame for one or more successive ones of a state topic; None when no single merge patch can say it.

    None is no rarity: what was removed and came again as an object cannot be said by one patch.
    """
    first, last = patches[0], patches[-1]
    if first is last:
        return first
    patch: Mapping[str, Any] = {}
    for frame in patches:
        assert frame.patch is not None  # noqa: S101 - only a call has none, and calls are never merged
        composed = merge_patch.compose(patch, frame.patch)
        if composed is None:
            return None
        patch = composed
    payload = frames.patch(topic, first.prev, last.seq, last.at, msgspec.json.encode(patch))
    return Frame(first.prev, last.seq, last.at, payload, patch)


class Stall:
    """Whether a buffer shrinks. Pure: monotonic times (s) and sizes (bytes) are passed in."""

    def __init__(self, now: float, buffered: int, written: int) -> None:
        self._since = now
        self._taken = written - buffered

    def stalled_for(self, now: float, buffered: int, written: int) -> float:
        """Seconds since the peer last took anything. `written`: bytes handed over so far, from any starting point."""
        taken = written - buffered
        if taken > self._taken:
            self._since = now
        self._taken = taken
        return now - self._since
