"""A line of waiting tickets, as the hall sets it up."""

from typing import Literal

from queue_server.domain.value import Value

__all__ = ["Queue", "QueueKind", "Quota"]

QueueKind = Literal["agency", "comprehensive", "express", "complaint", "certificate", "dedicated"]


class Quota(Value, frozen=True, kw_only=True):
    """How many tickets a queue issues before and after midday; `None` is no limit."""

    morning: int | None = None
    afternoon: int | None = None


class Queue(Value, frozen=True, kw_only=True):
    """One queue 业务队列.

    id: stable key within the hall, e.g. "comprehensive". prefix: one or more letters before the number, unique in the
    hall. target_s: wait that should not be exceeded, seconds. expected_service_s: configured length of one service,
    used until enough have been measured.
    """

    id: str
    name: str
    name_en: str = ""
    kind: QueueKind
    prefix: str
    target_s: int = 20 * 60
    expected_service_s: int = 12 * 60
    quota: Quota = Quota()
