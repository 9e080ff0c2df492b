"""By when a hall answers complaints 有诉即办."""

from collections.abc import Iterator
from typing import Literal

from queue_server.domain.fault import Fault
from queue_server.domain.value import Value

__all__ = ["MOST_DAYS", "ComplaintRules", "faults_of_complaints"]

MOST_DAYS = 60
"""Of every deadline that is set."""


class ComplaintRules(Value, frozen=True, kw_only=True):
    """What a hall may set of it (投诉 第五条: 当日或者次日, 一周之内; it does not say which days count).

    An answer is due by the end of the so-many-th day after the complaint came: general_days of a general one,
    complex_days of a complex one or one across departments.
    """

    days: Literal["calendar", "working"] = "calendar"
    general_days: int = 1
    complex_days: int = 7


def faults_of_complaints(rules: ComplaintRules) -> Iterator[Fault]:
    """Everything that makes the rules unusable."""
    for name, days in (("general_days", rules.general_days), ("complex_days", rules.complex_days)):
        if not 0 <= days <= MOST_DAYS:
            yield Fault(f"complaints.{name}", "days_wrong", {"most": MOST_DAYS})
