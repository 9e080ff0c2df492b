"""What a hall's head is to be told: one alarm, how urgent it is, and who can act on it."""

from datetime import datetime
from typing import Literal, get_args

from queue_server.domain.thresholds import COLOURS, Colour
from queue_server.domain.value import Value

__all__ = ["ALARM_KINDS", "Alarm", "AlarmKind", "Reader", "worst_first"]

AlarmKind = Literal[
    "history_lost",
    "both_absent",
    "post_uncovered",
    "idle",
    "wait",
    "saturation",
    "abandonment",
    "bad_ratings",
    "long_duty",
    "complaint_due",
    "rectification_due",
]
ALARM_KINDS: tuple[AlarmKind, ...] = get_args(AlarmKind)

Reader = Literal["head", "district"]


class Alarm(Value, frozen=True, kw_only=True):
    """One thing that stands.

    subject: what it is about: the id of a post, queue, complaint or rectification, the epoch of lost history, or a
    counter's number; "" for the whole hall. figure, limit: what was measured and the threshold of the colour that it
    reached, in the unit of its kind (minutes; percent; people; ratings; lost records, which have no threshold); both 0
    where nothing is measured. since: when what it tells began, None where that is not known or still to come. actors:
    accounts who can act, the first before the others; none where it is the head's own to do. readers: who may be told.
    """

    kind: AlarmKind
    colour: Colour
    subject: str = ""
    figure: int = 0
    limit: int = 0
    since: datetime | None = None
    actors: tuple[str, ...] = ()
    readers: tuple[Reader, ...] = ("head", "district")

    @property
    def key(self) -> str:
        """What stays the same while its colour and figures change."""
        return f"{self.kind} {self.subject}"


def worst_first(alarm: Alarm) -> tuple[int, int]:
    """A key to sort alarms by: red before yellow, then by kind."""
    return -COLOURS.index(alarm.colour), ALARM_KINDS.index(alarm.kind)
