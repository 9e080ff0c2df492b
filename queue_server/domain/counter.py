"""A counter 窗口: how it is set up, and who is on duty at it."""

from datetime import datetime
from typing import Literal

from queue_server.domain.post import Capacity
from queue_server.domain.queue import QueueKind
from queue_server.domain.value import Value

__all__ = ["Counter", "CounterState", "Duty", "Pause"]

CounterState = Literal["closed", "open", "paused", "away"]


class Counter(Value, frozen=True, kw_only=True):
    """A numbered place where a clerk serves.

    number: ≥ 1, what the sign and the voice say. queues: ids it serves first (primary). helps: ids it turns to when
    none of its own waits, or when one of them waits longer than its target. area: where it stands ("一楼东厅"), for
    halls whose screens and voices are not all for everybody; "" where that is no question.
    """

    number: int
    name: str
    name_en: str = ""
    kind: QueueKind | Literal["flexible"]
    queues: tuple[str, ...]
    helps: tuple[str, ...] = ()
    area: str = ""


class Pause(Value, frozen=True, kw_only=True):
    """A declared pause. back_at: the expected return of one who stepped away 暂离; None is a pause without an end."""

    since: datetime
    back_at: datetime | None = None
    reason_ref: str | None = None


class Duty(Value, frozen=True, kw_only=True):
    """A clerk on duty at a counter.

    post: the post held, None at a counter that has none. covers: other posts covered from this counter, with the
    capacity in each. confirmed: False marks a B or relief whom the head had not confirmed beforehand. rested_at: when
    the last pause ended, None before the first.
    """

    clerk: str
    capacity: Capacity
    post: str | None
    since: datetime
    confirmed: bool = True
    covers: dict[str, Capacity] = {}
    pause: Pause | None = None
    rested_at: datetime | None = None

    @property
    def state(self) -> CounterState:
        """What the counter's screen says."""
        if self.pause is None:
            return "open"
        return "paused" if self.pause.back_at is None else "away"
