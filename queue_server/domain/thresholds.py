"""From when on a hall's head is warned, and a flexible counter 机动窗口 proposed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, get_args

from queue_server.domain.fault import Fault
from queue_server.domain.value import Value

__all__ = ["COLOURS", "Colour", "Flexible", "Levels", "Thresholds", "faults_of_flexible", "faults_of_thresholds"]

Colour = Literal["yellow", "orange", "red"]
COLOURS: tuple[Colour, ...] = get_args(Colour)
"""Rising."""


class Levels(Value, frozen=True, kw_only=True):
    """From which figure on an alarm is yellow, orange and red, rising; 0: it never has that colour."""

    yellow: int = 0
    orange: int = 0
    red: int = 0

    def reached(self, figure: float) -> tuple[Colour, int] | None:
        """The worst colour that a figure reaches, with the level of it; None below them all."""
        for colour in reversed(COLOURS):
            level: int = getattr(self, colour)
            if level and figure >= level:
                return colour, level
        return None


class Thresholds(Value, frozen=True, kw_only=True):
    """When what is told in which colour; local defaults, no official limits.

    wait_percent: a queue's longest wait, in percent of its target. saturation 窗口饱和度: people waiting in a queue for
    each counter that is open for it. abandonment_percent 弃号率: of today's tickets. idle_min: minutes without any
    operation at a staffed counter that declared no pause, while people wait for it. bad_ratings: today's 差评.
    duty_min: minutes on duty without a pause. uncovered_min: minutes without anybody at a post: whoever is a little
    late rings no bell; a quarter of an hour is what inspections call leaving one's post 离岗.
    """

    wait_percent: Levels = Levels(yellow=100, orange=150, red=200)
    saturation: Levels = Levels(yellow=5, orange=10, red=15)
    abandonment_percent: Levels = Levels(yellow=10, orange=20, red=30)
    idle_min: Levels = Levels(yellow=15, orange=30, red=60)
    bad_ratings: Levels = Levels(yellow=1, orange=3, red=5)
    duty_min: Levels = Levels(yellow=240, orange=300, red=360)
    uncovered_min: Levels = Levels(yellow=5, orange=10, red=15)


class Flexible(Value, frozen=True, kw_only=True):
    """People waiting for each open counter of the flexible one's queues: above open_at opening it is proposed, and its
    closing when fewer than close_at would wait for each of the others. open_at 0: nothing is ever proposed.
    """

    open_at: int = 8
    close_at: int = 3


def faults_of_thresholds(thresholds: Thresholds) -> Iterator[Fault]:
    """Everything that makes thresholds unusable."""
    for name in thresholds.__struct_fields__:
        levels: Levels = getattr(thresholds, name)
        figures = (levels.yellow, levels.orange, levels.red)
        told = [figure for figure in figures if figure]
        if any(figure < 0 for figure in figures):
            yield Fault(f"alarms.{name}", "below_zero")
        elif any(lower >= higher for lower, higher in pairwise(told)):
            yield Fault(f"alarms.{name}", "levels_wrong")


def faults_of_flexible(flexible: Flexible) -> Iterator[Fault]:
    """Everything that makes proposals unusable: above and below must be apart, or they would flutter."""
    if flexible.open_at < 0 or flexible.close_at < 0:
        yield Fault("flexible", "below_zero")
    elif flexible.open_at and flexible.close_at >= flexible.open_at:
        yield Fault("flexible", "flexible_wrong")
