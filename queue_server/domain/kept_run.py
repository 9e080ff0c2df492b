"""One forward run, kept and extended while only tickets are added.

An extended run is the one that would be made anew, to the second: whoever comes last takes nobody's counter, so all
stints so far stand, and one more is put at the end of the counter that is free for it first. Where a ticket changes
more than that, the run says that it is stale. How many are expected to come is learned anew by a new one only.
"""

from bisect import bisect_right, insort
from datetime import datetime

from queue_server.domain.day import Day
from queue_server.domain.forward_run import ForwardRun
from queue_server.domain.plan import Plan
from queue_server.domain.staffed import Call, Staffed
from queue_server.domain.ticket import Rank, Ticket
from queue_server.domain.wait import Wait
from queue_server.domain.waiting_lines import AFTER_ALL

__all__ = ["KeptRun"]

INFINITE = float("inf")


class KeptRun:
    """The waits of one run.

    expecting: whether it has citizens in it who are not here yet. stale: whether a ticket was issued that changes more
    than the end of the line. It is called before others who wait, whose waits are longer than they stand here; or the
    next one's turn is at a counter for whose help the run did not wait, and sooner than it stands here.
    """

    def __init__(self, day: Day, now: datetime, plan: Plan, *, expecting: bool) -> None:
        self._at = now
        self.stale = False
        self._run = ForwardRun(day, now, plan, expecting=expecting)
        self._last: dict[str, tuple[Staffed, Wait] | None] = {}
        self._helpers = [counter for counter in self._run.counters if counter.helps]
        self._targets_s = {queue: day.hall.queues[queue].target_s for helper in self._helpers for queue in helper.helps}

    @property
    def expected_any(self) -> bool:
        """Whether anybody was expected, so that a run without them is another one."""
        return self._run.expected_any

    @property
    def queues(self) -> list[str]:
        """Those that a counter serves."""
        return list(self._run.pools)

    def waiting(self, ticket: str) -> Wait | None:
        """The wait of a ticket (its id); None when it does not wait, or nobody comes to call it."""
        return self._run.waits.get(ticket)

    def place(self, queue: str, rank: Rank) -> Wait | None:
        """The wait of a ticket that the run did not see: as the first it would overtake, else the last place's.

        It may overtake those of another queue of the same counter, too. None when nobody would call it.
        """
        run = self._run
        if queue not in run.pools:
            return None
        line = run.line.get(queue, ())
        place = bisect_right(line, (rank,))
        if place == len(line) and rank[1] >= self._at:
            last = self._last_place(queue)
            return None if last is None else last[1]
        turn, index = min((counter.turn_of(rank, queue), counter.index) for counter in run.counters)
        return None if turn == INFINITE else run.wait(queue, turn, run.pools[queue].variance(turn, index), place)

    def extend(self, ticket: Ticket) -> None:
        """Take in a ticket that was issued, as the last that comes; `stale` tells where it is not."""
        run, queue = self._run, ticket.queue
        rank = ticket.rank
        wait = self.place(queue, rank)
        if wait is None:
            return
        last = self._last_place(queue)
        if last is None:
            self.stale = True  # it overtook one who is called, and who then is not
            return
        counter, last_wait = last
        at = counter.done_for(queue)
        if wait is not last_wait or self._displaces(counter, queue, wait) or self._unknown_help(counter):
            self.stale = True
        run.waits[ticket.id] = wait
        insort(run.line.setdefault(queue, []), (rank, wait))
        mean, variance = run.stints.stint(queue, ticket.service)
        busy = run.open_at(at + run.stints.turn + mean) - at
        counter.insert(at, busy, variance)
        # Whoever is overtaken takes the last place instead.
        after = max(rank, (True, self._at, AFTER_ALL, 0, ""))
        counter.calls.append(Call(at, after, queue, () if queue in counter.own else counter.helps))
        if queue in counter.own:
            counter.own_done = at + busy
        if counter.all_done is not None:
            counter.all_done += busy
        counter.leave()
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

    def _last_place(self, queue: str) -> tuple[Staffed, Wait] | None:
        """The counter that would call somebody who comes now, and that wait; None when none would."""
        if queue not in self._last:
            run = self._run
            at, index = min([(counter.done_for(queue), counter.index) for counter in run.counters])
            self._last[queue] = (
                None
                if at == INFINITE
                else (run.counters[index], run.wait(queue, at, run.pools[queue].variance(at, index)))
            )
        return self._last[queue]
