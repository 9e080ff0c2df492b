"""How long everybody will wait: a forward run, kept and extended while only tickets are added.

An extended forecast is the one that would be made anew, to the second: whoever comes last takes nobody's counter, so
all stints so far stand, and one more is put at the end of the counter that is free for it first. Where a ticket changes
more than that, the forecast says that it is stale. How many are expected to come is learned anew by a new one only.
benchmarks/estimate.py measures how far the promises are off.
"""

from bisect import bisect_right, insort
from datetime import datetime
from typing import Self

from queue_server.domain import discipline
from queue_server.domain.day import Day
from queue_server.domain.forward_run import ForwardRun
from queue_server.domain.staffed import Call, Staffed
from queue_server.domain.ticket import Estimate, Priority, Rank, Ticket
from queue_server.domain.wait import Wait
from queue_server.domain.waiting_lines import AFTER_ALL

__all__ = ["Forecast"]


class Forecast:
    """The waits of one hall as they look at one moment. Nothing in it follows the day by itself.

    Whoever keeps one tells it of each ticket issued (`extend`) and makes a new one after any other event, when it is a
    few seconds old, or sooner when it is `stale`. A new one costs some 7 µs for each that waits, a promise from a
    kept one some 12 µs in all.

    at: the moment. stale: whether a ticket was issued that changes more than the end of the line, until a new forecast
    is made. It is called before others who wait, whose waits are longer than they stand here; or the next one's turn
    is at a counter for whose help the run did not wait, and sooner than it stands here.
    """

    def __init__(self, day: Day, now: datetime) -> None:
        self.at = now
        self.stale = False
        self._rules = day.hall.rules
        self._run = ForwardRun(day, now)
        self._last: dict[str, tuple[Staffed, Wait]] = {}
        self._helpers = [counter for counter in self._run.counters if counter.helps]
        self._targets_s = {queue: day.hall.queues[queue].target_s for helper in self._helpers for queue in helper.helps}

    @classmethod
    def of(cls, day: Day, now: datetime) -> Self:
        """The forecast at `now`. RuntimeError before the first day was opened, as `day.hall`."""
        return cls(day, now)

    def estimate(self, ticket: str) -> Estimate | None:
        """What a waiting ticket (its id) waits from now on; None when it does not wait or nobody serves its queue."""
        wait = self._run.waits.get(ticket)
        return None if wait is None else wait.estimate()

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
        if queue not in self._run.pools:
            return None
        effective = discipline.effective_arrival(now or self.at, priority, appointment, self._rules, lapsed=lapsed)
        return self._place(queue, (True, effective, AFTER_ALL, 0, "")).estimate()

    def by_queue(self) -> dict[str, Estimate]:
        """What an ordinary walk-in would wait who came now, for each queue that is served."""
        return {queue: estimate for queue in self._run.pools if (estimate := self.for_new(queue)) is not None}

    def extend(self, ticket: Ticket) -> None:
        """Take in a ticket that was issued, as the last that comes; `stale` tells where it is not."""
        run, queue = self._run, ticket.queue
        if queue not in run.pools:
            return
        rank = ticket.rank
        wait = self._place(queue, rank)
        counter, last = self._last_place(queue)
        at = counter.done_for(queue)
        if wait is not last or self._displaces(counter, queue, wait) or self._unknown_help(counter):
            self.stale = True
        run.waits[ticket.id] = wait
        insort(run.line.setdefault(queue, []), (rank, wait))
        mean, variance = run.stints.stint(queue, ticket.service)
        busy = run.open_at(at + run.stints.turn + mean) - at
        counter.insert(at, busy, variance)
        # Whoever is overtaken takes the last place instead.
        after = max(rank, (True, self.at, AFTER_ALL, 0, ""))
        counter.calls.append(Call(at, after, queue, () if queue in counter.own else counter.helps))
        if queue in counter.own:
            counter.own_done = at + busy
        if counter.all_done is not None:
            counter.all_done += busy
        self._last.clear()

    def _displaces(self, counter: Staffed, queue: str, wait: Wait) -> bool:
        """Whether somebody who comes now and is called there takes the counter from others.

        From those whom it would help; and whoever passes the target on the way counts as primary with the helpers too.
        """
        helped = bool(counter.helps) and queue in counter.own and counter.own_done != counter.all_done
        return helped or wait.mean > self._targets_s.get(queue, wait.mean)

    def _unknown_help(self, counter: Staffed) -> bool:
        """Whether the run ended before another one would have helped a queue of that counter, now busier."""
        return any(helper.all_done is None and any(map(counter.serves, helper.helps)) for helper in self._helpers)

    def _place(self, queue: str, rank: Rank) -> Wait:
        """The wait of a ticket that the run did not see: as the first it would overtake, else the last place's.

        It may overtake those of another queue of the same counter, too.
        """
        run = self._run
        line = run.line.get(queue, ())
        place = bisect_right(line, (rank,))
        if place == len(line) and rank[1] >= self.at:
            return self._last_place(queue)[1]
        turn, index = min((counter.turn_of(rank, queue), counter.index) for counter in run.counters)
        return run.wait(queue, turn, run.pools[queue].variance(turn, index), place)

    def _last_place(self, queue: str) -> tuple[Staffed, Wait]:
        """The counter that would call somebody who comes now, and that wait."""
        known = self._last.get(queue)
        if known is None:
            run = self._run
            at, index = min([(counter.done_for(queue), counter.index) for counter in run.counters])
            wait = run.wait(queue, at, run.pools[queue].variance(at, index))
            known = self._last[queue] = run.counters[index], wait
        return known
