"""The counters that are staffed, in the forward run: when each is free, and how uncertain that is.

At n counters that share a queue, a service that takes longer is made up for by the others: the wait varies as the sum
of those services does, divided by n. Hence the variance of a call is the sum of the variances of the stints that must
end first over n², where a stint that still runs elsewhere counts for a part only.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from queue_server.domain.day import Day
from queue_server.domain.plan import Plan
from queue_server.domain.stint import Stints
from queue_server.domain.ticket import Rank

__all__ = ["Call", "Pool", "Staffed", "closed_times", "staff"]

RUNNING_SHARE = 1 / 3
"""How much of its variance a running stint adds: none when it has just begun, all when it is about to end, in the
square of the share that has passed; on average a third."""

LUCK = 0.15
"""Of several counters one is free sooner than the means of their stints say, because whoever waits takes the first: of
very many, once each has ended a stint, by half the variance of a stint over its mean. Most of those who wait are called
before, and so much of that ratio fits the days that benchmarks/estimate plays."""

HELPER_SHARE = 0.5
"""What a counter that only helps counts for among the counters of a queue."""


class Call(NamedTuple):
    """Whom a counter calls when it is free.

    at: seconds from now. queue: of the rank that is called. helping: the queues that the counter only helps then, where
    it calls from them only when nobody waits in the others.
    """

    at: float
    rank: Rank
    queue: str
    helping: Sequence[str]

    def rather(self, rank: Rank, queue: str) -> bool:
        """Whether somebody else with that rank in that queue would be called instead."""
        if queue not in self.helping and self.queue in self.helping and self.rank[0]:
            return True
        return rank < self.rank and (queue not in self.helping or self.queue in self.helping)


class Staffed:
    """A staffed counter.

    index: its place among the staffed ones; of two that are free at once the first one calls first. own, helps: its
    primary queues and the others that it helps. free: when it is next free, seconds from now. leaves: from when on it
    calls nobody any more. own_done: when somebody who comes now to one of its primary queues would be its next,
    all_done: the same for a queue that it helps; None until the run has come to that, and where it leaves before.
    calls: those of the run, in their order.
    """

    __slots__ = (
        "_ended",
        "_steps",
        "_stint",
        "all_done",
        "calls",
        "free",
        "helps",
        "index",
        "leaves",
        "own",
        "own_done",
        "pools",
    )

    def __init__(
        self,
        index: int,
        own: tuple[str, ...],
        helps: tuple[str, ...],
        free: float,
        variance: float,
        leaves: float = float("inf"),
    ) -> None:
        self.index = index
        self.leaves = leaves
        self.own = own
        self.helps = helps
        self.free = free
        self.own_done: float | None = None
        self.all_done: float | None = None
        self.calls: list[Call] = []
        self.pools: list[Pool] = []
        self._stint = variance
        # When it was free, as (seconds, index), and the variance of all stints that had ended by then.
        self._steps = [(float("-inf"), index)]
        self._ended = [0.0]

    def join(self, pool: "Pool") -> None:
        """Count among the counters that make up for each other."""
        pool.size += 1
        pool.members.append(self)
        pool.so_far += RUNNING_SHARE * self._stint
        self.pools.append(pool)

    def finish(self, at: float) -> None:
        """It is free: what it was busy with has ended."""
        self._steps.append((at, self.index))
        self._ended.append(self._ended[-1] + self._stint)
        for pool in self.pools:
            pool.so_far += (1 - RUNNING_SHARE) * self._stint
        self._stint = 0.0

    def begin(self, until: float, variance: float) -> None:
        """It has called somebody, and is busy until then."""
        self.free = until
        self._stint = variance
        for pool in self.pools:
            pool.so_far += RUNNING_SHARE * variance

    def insert(self, at: float, busy_s: float, variance: float) -> None:
        """After the run: one more was called when it was free at that time, and all later calls are put off."""
        place = bisect_left(self._steps, (at, self.index))
        self._steps.insert(place, (at, self.index))
        self._ended.insert(place, self._ended[place])
        for later in range(place + 1, len(self._steps)):
            self._steps[later] = (self._steps[later][0] + busy_s, self.index)
            self._ended[later] += variance

    def leave(self) -> None:
        """After the run: whoever would be its next once it has left is not."""
        if self.own_done is not None and self.own_done >= self.leaves:
            self.own_done = None
        if self.all_done is not None and self.all_done >= self.leaves:
            self.all_done = None

    def variance(self, at: float, caller: int) -> float:
        """What its stints add to a call of that counter (its index) at that time: of its own, all have ended."""
        place = bisect_left(self._steps, (at, caller))
        before = self._ended[place - 1]
        after = self._ended[place] if place < len(self._ended) else self._ended[-1] + self._stint
        return after if caller == self.index else before + RUNNING_SHARE * (after - before)

    def serves(self, queue: str) -> bool:
        """Whether it ever calls from that queue."""
        return queue in self.own or queue in self.helps

    def done_for(self, queue: str) -> float:
        """When it would call somebody who comes now to that queue; infinite when it does not serve it."""
        done = self.own_done if queue in self.own else self.all_done if queue in self.helps else None
        return float("inf") if done is None else done

    def turn_of(self, rank: Rank, queue: str) -> float:
        """When it would call somebody who comes now with that rank; infinite when it does not serve the queue."""
        if not self.serves(queue):
            return float("inf")
        return next((call.at for call in self.calls if call.rather(rank, queue)), self.done_for(queue))


class Pool:
    """The counters of one queue, which make up for each other.

    size: how many, a helping one for its share. members: those whose stints count: of helping ones, only where no
    counter has the queue as primary. so_far: what their stints add to a call at the moment to which the run has come.
    """

    __slots__ = ("members", "size", "so_far")

    def __init__(self) -> None:
        self.size = 0.0
        self.members: list[Staffed] = []
        self.so_far = 0.0

    def soonest(self, free: float, mean: float, variance: float) -> float:
        """When a counter is free that by the means of the stints is at that time. mean, variance: of a stint there."""
        if self.size <= 1:
            return free
        return max(free - LUCK * (1 - 1 / self.size) * variance / mean, free / 2)

    def variance_now(self) -> float:
        """Of a call at the moment to which the run has come, seconds²."""
        return self.so_far / self.size**2

    def variance(self, at: float, caller: int) -> float:
        """Of a call at any time by the counter with that index, seconds²."""
        total = 0.0
        for member in self.members:
            total += member.variance(at, caller)
        return total / self.size**2


def staff(day: Day, now: datetime, stints: Stints, plan: Plan) -> tuple[list[Staffed], dict[str, Pool]]:
    """The counters that are staffed, expected back or planned, and by queue those that serve it."""
    closed = next(closed_times(day, now), None)
    counters: list[Staffed] = []
    for number, duty in day.duties.items():
        counter, pause = day.hall.counters.get(number), duty.pause
        if counter is None or (pause is not None and pause.back_at is None):
            continue
        ticket = day.at_counter(number)
        free, variance = (0.0, 0.0) if ticket is None else stints.left(ticket, now)
        if closed is not None and closed[0] <= now:
            # Whoever has operated since the hall closed works on; the others go on when it opens.
            operated = day.operated.get(number)
            if operated is None or operated <= max(closed[0], duty.since):
                free = max(free, (closed[1] - now).total_seconds())
        if pause is not None and pause.back_at is not None:
            # One who is late is expected to be as late again.
            free = max(free, abs((pause.back_at - now).total_seconds()))
        own = day.serves(number)
        helps = tuple(queue for queue in counter.helps if queue not in own)
        leaves = (plan.leaves[number] - now).total_seconds() if number in plan.leaves else float("inf")
        counters.append(Staffed(len(counters), own, helps, free, variance, leaves))
    for number, begins in plan.joins.items():
        counter, free = day.hall.counters[number], (begins - now).total_seconds()
        helps = tuple(queue for queue in counter.helps if queue not in counter.queues)
        counters.append(Staffed(len(counters), counter.queues, helps, free, 0.0))
    return counters, _pools(counters)


def _pools(counters: list[Staffed]) -> dict[str, Pool]:
    pools: dict[str, Pool] = {}
    for counter in counters:
        for queue in counter.own:
            counter.join(pools.setdefault(queue, Pool()))
    owned = set(pools)
    for counter in counters:
        for queue in counter.helps:
            if queue in owned:
                pools[queue].size += HELPER_SHARE
            else:
                counter.join(pools.setdefault(queue, Pool()))
    return pools


def closed_times(day: Day, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Closed times before and between today's opening spans that are not over, ascending."""
    start = datetime.min.replace(tzinfo=now.tzinfo)
    for span in day.opening:
        if span.start > now:
            yield start, span.start
        start = span.end
