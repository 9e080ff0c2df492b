"""How long everybody will wait: two forward runs, kept and extended while only tickets are added.

One has only those who are here, the other also those who are expected: with a head start, or to the queue of a counter
that helps. What comes is between the two more often than not: who is expected may stay away, or come when it does not
matter. So the median lies midway, and the ninth decile is that of the run with all of them.
benchmarks/estimate.py measures how far the promises are off.
"""

from datetime import datetime
from typing import Self

from queue_server.domain import discipline
from queue_server.domain.day import Day
from queue_server.domain.kept_run import KeptRun
from queue_server.domain.plan import NO_PLAN, Plan
from queue_server.domain.ticket import Estimate, Priority, Ticket
from queue_server.domain.wait import Wait
from queue_server.domain.waiting_lines import AFTER_ALL

__all__ = ["Forecast"]


class Forecast:
    """The waits of one hall as they look at one moment. Nothing in it follows the day by itself.

    Whoever keeps one tells it of each ticket issued (`extend`) and makes a new one after any other event, when it is a
    few seconds old, or sooner when it is `stale`.

    at: the moment.
    """

    def __init__(self, day: Day, now: datetime, plan: Plan = NO_PLAN) -> None:
        self.at = now
        self._rules = day.hall.rules
        self._all = KeptRun(day, now, plan, expecting=True)
        self._here = KeptRun(day, now, plan, expecting=False) if self._all.expected_any else self._all

    @classmethod
    def of(cls, day: Day, now: datetime, plan: Plan = NO_PLAN) -> Self:
        """The forecast at `now`, with what is planned. RuntimeError before the first day was opened, as `day.hall`."""
        return cls(day, now, plan)

    @property
    def stale(self) -> bool:
        """Whether a ticket was issued that changes more than the end of the line, so that a new forecast is due."""
        return self._all.stale or self._here.stale

    def estimate(self, ticket: str) -> Estimate | None:
        """What a waiting ticket (its id) waits from now on; None when it does not wait or nobody serves its queue."""
        return _between(self._here.waiting(ticket), self._all.waiting(ticket))

    def for_new(
        self,
        queue: str,
        service: int | None = None,
        priority: Priority | None = None,
        appointment: datetime | None = None,
        now: datetime | None = None,
        *,
        lapsed: bool = False,
    ) -> Estimate | None:
        """What a ticket issued at `now` (None: the forecast's own moment) would wait; None when nobody serves it.

        service: catalogue number; it tells how long the ticket will take, not how long it waits.
        """
        effective = discipline.effective_arrival(now or self.at, priority, appointment, self._rules, lapsed=lapsed)
        rank = (True, effective, AFTER_ALL, 0, "")
        return _between(self._here.place(queue, rank), self._all.place(queue, rank))

    def by_queue(self) -> dict[str, Estimate]:
        """What an ordinary walk-in would wait who came now, for each queue that is served."""
        return {queue: estimate for queue in self._all.queues if (estimate := self.for_new(queue)) is not None}

    def extend(self, ticket: Ticket) -> None:
        """Take in a ticket that was issued, as the last that comes; `stale` tells where it is not."""
        self._all.extend(ticket)
        if self._here is not self._all:
            self._here.extend(ticket)


def _between(here: Wait | None, all_: Wait | None) -> Estimate | None:
    if here is None or all_ is None:
        return None
    return all_._replace(median=(here.median + all_.median) / 2).estimate()
