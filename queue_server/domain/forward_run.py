"""The queue discipline, run forward from the present day until everybody was called.

The run steps from one counter that becomes free to the next and asks the discipline whom it calls, with every stint
at its expected length. A counter stops during closed time (lunch), one that is away joins when it is expected back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace

from queue_server.domain import discipline
from queue_server.domain.day import Day
from queue_server.domain.expected_arrivals import HORIZON_S, Arrivals, expected_arrivals
from queue_server.domain.plan import NO_PLAN, Plan
from queue_server.domain.staffed import Call, Staffed, closed_times, staff
from queue_server.domain.stint import Stints
from queue_server.domain.ticket import Rank
from queue_server.domain.wait import Wait
from queue_server.domain.waiting_lines import AFTER_ALL, WaitingLines

__all__ = ["ForwardRun"]


class ForwardRun:
    """What came of it.

    at: the moment from which it ran. stints: what it expected of them. counters, pools: the staffed counters as the run
    left them, and by queue those that serve it. waits: of the waiting tickets by id. line: by queue, those who were
    called from it, ascending. expected_any: whether anybody is in it who is not here yet.
    """

    def __init__(self, day: Day, now: datetime, plan: Plan = NO_PLAN, *, expecting: bool = True) -> None:
        """Run. RuntimeError before the first day was opened, as `day.hall`."""
        self.at = now
        self.stints = Stints(day)
        self.waits: dict[str, Wait] = {}
        self.line: dict[str, list[tuple[Rank, Wait]]] = {}
        self.counters, self.pools = staff(day, now, self.stints, plan)
        self._closed = [
            ((start - now).total_seconds(), (end - now).total_seconds())
            for start, end in closed_times(day, now)
            if start > now
        ]
        self._newcomer: Rank = (True, now, AFTER_ALL, 0, "")
        self._unknown: set[int | str] = {*range(len(self.counters)), *self.pools}
        arrivals = expected_arrivals(day, now, self.counters, self.pools, self.stints) if expecting else []
        self.expected_any = bool(arrivals)
        self._run(day, arrivals)

    def wait(self, queue: str, free: float, variance: float, place: int | None = None) -> Wait:
        """The wait of somebody for whom a counter is free then. Not less than that of the one before in the queue.

        place: how many of `line` are before; None is all.
        """
        before = self.line.get(queue, ())[:place] if place is not None else self.line.get(queue)
        turn = self.stints.turn
        free = self.pools[queue].soonest(free, *self.stints.stint(queue, None))
        return Wait.of(free + turn, variance + turn**2, before[-1][1].median if before else 0.0)

    def open_at(self, at: float) -> float:
        """When a counter that is free at that time may call: then, or when the closed time that it falls into ends."""
        return next((end for start, end in self._closed if start <= at < end), at)

    def _run(self, day: Day, arrivals: list[Arrivals]) -> None:
        """Let the counters call until everybody was called, and a newcomer's turn is known in every queue."""
        lines = WaitingLines(day, self.pools, {queue for counter in self.counters for queue in counter.helps})
        closed = list(self._closed)
        agenda = [(counter.free, counter.index) for counter in self.counters]
        heapify(agenda)
        idle: list[int] = []
        left = sum(map(len, lines.ranks.values()))
        while (left or self._unknown) and (agenda or arrivals):
            if arrivals and (not agenda or arrivals[0].at <= agenda[0][0]):
                coming = arrivals[0]
                lines.expect(coming.queue, self.at + timedelta(seconds=coming.at), coming.head_start_s)
                for index in [index for index in idle if self.counters[index].serves(coming.queue)]:
                    idle.remove(index)
                    heappush(agenda, (coming.at, index))
                if coming.at + coming.every_s <= HORIZON_S:
                    heapreplace(arrivals, coming._replace(at=coming.at + coming.every_s))
                else:
                    heappop(arrivals)
                continue
            free, index = agenda[0]
            if closed and closed[0][0] <= free:
                if free < closed[0][1]:
                    heapreplace(agenda, (closed[0][1], index))
                else:
                    del closed[0]
                continue
            heappop(agenda)
            counter = self.counters[index]
            counter.finish(free)
            if free >= counter.leaves:
                continue
            call = self._choose(counter, lines, day, free)
            self._note_newcomer(counter, free, call)
            if call is None:
                idle.append(index)
                continue
            counter.calls.append(call)
            rank, queue = call.rank, call.queue
            ticket = lines.take(queue)
            mean, variance = self.stints.stint(queue, ticket.service if ticket else None)
            if ticket is not None:
                left -= 1
                wait = self.waits[ticket.id] = self.wait(queue, free, self.pools[queue].variance_now())
                self.line.setdefault(queue, []).append((rank, wait))
            else:
                variance += mean**2  # whether one comes at all is uncertain too
            counter.begin(free + self.stints.turn + mean, variance)
            heappush(agenda, (counter.free, index))

    def _choose(self, counter: Staffed, lines: WaitingLines, day: Day, free: float) -> Call | None:
        """Whom the counter calls when it is free; None for nobody."""
        primary: Sequence[str] = counter.own
        helping: Sequence[str] = ()
        if counter.helps:
            longest = lines.longest(counter.helps)
            then = self.at + timedelta(seconds=free)
            primary, helping = discipline.primary_now(
                counter.own, counter.helps, lines.ranks, longest, day.hall.queues, then
            )
        rank = discipline.next_in_line((primary, helping), lines.ranks)
        if rank is None:
            return None
        for queue in (*primary, *helping):
            if (ranks := lines.ranks[queue]) and ranks[0] is rank:
                break
        return Call(free, rank, queue, helping)

    def _note_newcomer(self, counter: Staffed, free: float, call: Call | None) -> None:
        """Note whether the counter, now free, would rather have called somebody who comes now.

        One who comes now goes before those who are expected later, and in a primary queue before all whom the counter
        would help.
        """
        if counter.own_done is not None and counter.all_done is not None:
            return
        helped = call is not None and call.queue in call.helping
        after_newcomer = call is None or call.rank > self._newcomer
        if counter.own_done is None and (after_newcomer or (helped and call is not None and call.rank[0])):
            counter.own_done = free
            self._unknown.difference_update(counter.own, (counter.index,))
        if counter.all_done is None and after_newcomer and (call is None or helped or not counter.helps):
            counter.all_done = free
            self._unknown.difference_update(counter.helps)
