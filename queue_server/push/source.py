"""What the fan-out needs to be given: a topic's frames, and what a reader gets first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from queue_server.push.connection import text_frame
from queue_server.wire.resume import Position

__all__ = ["CALLS", "Frame", "Opening", "TopicSource", "kind_of"]

CALLS = "calls"
"""The one topic whose frames are events: they keep their order and are never merged. All others are states."""


def kind_of(topic: str) -> str:
    """What sort of topic it is: the part before the dot."""
    return topic.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Frame:
    """One patch or call, encoded once for all its readers."""

    prev: int  # seq of the topic's frame before it
    seq: int  # > prev
    at: datetime  # aware
    payload: bytes  # the frame's JSON, see queue_server.wire.frames
    patch: Mapping[str, Any] | None = None  # the patch as a value; None for a call
    data: bytes = field(init=False)  # ready for a socket: header and payload

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", text_frame(self.payload))


class Opening(NamedTuple):
    """What brings a reader to a position: frames to send in this order, and the seq it then stands at.

    last: the seq of the last of the frames; None when there are none, or a snapshot, which cannot have a gap before it.
    """

    payloads: Sequence[bytes]
    seq: int
    last: int | None = None


class TopicSource(Protocol):
    """Knows what the topics say. The hub asks it; it tells the hub with `Hub.publish`, synchronously as it learns of
    durable events, so that every frame up to `head` has been published when `head` says so."""

    async def open(self, hall: str, topic: str, asked: Position | None) -> Opening:
        """What a reader standing at `asked` gets first: the frames since, or a snapshot (`wire.resume.resume` decides).

        The seq is the head that was read; frames published meanwhile are the hub's affair. Raises LookupError for an
        unknown hall or topic, `journal.base.Unavailable`.
        """

    def snapshot(self, hall: str, topic: str) -> Opening:
        """The topic's state now as one snapshot frame, for a reader that fell behind (reason `slow`).

        Asked for state topics with subscribers only.
        """

    def head(self, hall: str, topic: str) -> int:
        """Where a reader stands who has every frame of the topic published so far. Topics with subscribers only.

        The hall's last durable event, unless a frame is being held back: then below that frame's seq.
        """

    def first_subscriber(self, hall: str, topic: str) -> None:
        """Somebody listens from now on. Called before that reader's `open`."""

    def last_gone(self, hall: str, topic: str) -> None:
        """Nobody listens any more; what is published for the topic goes nowhere."""
