"""What a subscriber gets first: the frames that it missed, or a snapshot. Never a part of either."""

from typing import Literal, NamedTuple

__all__ = ["Position", "Reason", "Replay", "TakeSnapshot", "asked_position", "is_seq", "resume"]

Reason = Literal["new", "epoch", "ahead", "trimmed", "slow"]
"""Why a snapshot is sent; `slow` comes from the outbox of a reader that fell behind, never from `resume`."""


class Position(NamedTuple):
    """Where a reader stands: it has every frame of its topic up to `seq` of the history `epoch`."""

    epoch: str
    seq: int


class Replay(NamedTuple):
    """Send exactly the topic's frames in (after, head]; none when the two are equal."""

    after: int
    head: int


class TakeSnapshot(NamedTuple):
    """Send a snapshot with this reason."""

    reason: Reason


def resume(asked: Position | None, epoch: str, head: int, oldest: int) -> Replay | TakeSnapshot:
    """Decide for a reader that stands at `asked` (None: it has nothing) of a stream with this `epoch` and `head`.

    `oldest` is the seq of the first event that can still be replayed; head + 1 when none can.
    """
    if asked is None:
        return TakeSnapshot("new")
    if asked.epoch != epoch:
        return TakeSnapshot("epoch")
    if asked.seq > head:
        return TakeSnapshot("ahead")
    if asked.seq < oldest - 1:
        return TakeSnapshot("trimmed")
    return Replay(asked.seq, head)


def asked_position(epoch: str | None, after: str | None) -> Position | None:
    """The position in an address's `epoch` and `after`; None when both are absent.

    One without the other, or an `after` that is no seq, is a ValueError: close code 4522.
    """
    if epoch is None and after is None:
        return None
    if not epoch or not after or not is_seq(after):
        raise ValueError("epoch and after belong together, after being a seq")
    return Position(epoch, int(after))


def is_seq(text: str) -> bool:
    """Whether `text` writes a seq: plain digits only, where `int` would take more."""
    return text.isascii() and text.isdigit() and len(text) <= 16
