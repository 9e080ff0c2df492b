"""How long everybody will wait: the queue discipline, run forward from the present day.

The run steps from one counter that becomes free to the next and asks the discipline whom it calls, with the counters
that are staffed now and every service at its expected length: what was learned, of the one being served what is left.
Two things are not in the waiting lines yet and change them: citizens of a priority class who will be called before
people who wait already, and citizens who will keep a helping counter at its own queue. Both are put in at the rate of
the last hour. A counter stops during closed time (lunch) and one that stepped away joins when it is expected back.

The spread comes from the services that must end first. At n counters that share a queue, a service that takes longer
is made up for by the others: the wait varies as the sum of those services does, divided by n. Hence the variance of a
wait is the sum of their variances over n², where a service still running elsewhere counts for a part only, and the
whole is read as log-normal: p50 its median, p90 its ninth decile. benchmarks/estimate.py measures how true that is.
"""

import math
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import NamedTuple, Self

from queue_server.domain import discipline, duration
from queue_server.domain.day import Day
from queue_server.domain.ticket import Estimate, Priority, Rank, Ticket

__all__ = ["Forecast"]

WALK_S, TURN_S, LONGEST_S = 30.0, 15.0, 180.0
"""From call to start, and from finish to next call, until the day shows its own; beyond the last it was a pause."""

GUESSES = 4
"""Observations that those two first guesses are worth."""

ABSENT_SHARE, ABSENT_GUESSES = 0.05, 20
"""Share of no-shows before the day shows its own, and the observations that it is worth."""

RECENT, RECENT_S, FEWEST, LEAST_S = 100, 3600, 8, 600
"""Arrival rates come from the last tickets, so many and so old at most. From too few, none is expected, and those who
came in together count as if they had come over ten minutes: a full bus is not the beginning of a flood."""

HORIZON_S = 2 * 3600
"""No arrival is expected beyond: the door will be another by then."""

RUNNING_SHARE = 1 / 3
"""How much of its variance a running service adds: none when it has just begun, all when it is about to end, in the
square of the share that has passed; on average a third."""

HELPER_SHARE = 0.5
"""What a counter that only helps counts for among the counters of a queue."""

UNKNOWN_SHARE = 0.05
"""Deviation, as a share of the wait, from what no run can know: a clerk's pace, calls out of turn, missing papers."""

NINTH_DECILE = 1.2816
"""Of the standard normal."""

AFTER_ALL = 1 << 62
"""An order beyond every ticket's: the place of somebody who comes now."""


class _Wait(NamedTuple):
    """Seconds until the call. spread: variance over mean², with what cannot be known."""

    median: float
    mean: float
    spread: float

    def estimate(self) -> Estimate:
        deviation = math.sqrt(math.log1p(self.spread))
        ninth = self.mean / math.sqrt(1 + self.spread) * math.exp(NINTH_DECILE * deviation)
        return Estimate(p50_s=round(self.median), p90_s=round(max(self.median, ninth)))


class _Stream(NamedTuple):
    """Arrivals to expect at one queue with one head start: the next, seconds from now, and how often."""

    at: float
    queue: str
    head_start_s: int
    every_s: float


class _Pool:
    """The counters of one queue, which make up for each other.

    done, running: variance of the stints there that have ended and that go on, seconds². tail: what they add up to
    when somebody who comes now would be called, the last stint of the calling counter taken as still going on; None
    until the run has come to that.
    """

    __slots__ = ("done", "running", "size", "tail")

    def __init__(self) -> None:
        self.size = 0.0
        self.done = 0.0
        self.running = 0.0
        self.tail: float | None = None

    def variance(self) -> float:
        """Of the next call."""
        return (self.done + RUNNING_SHARE * self.running) / self.size**2

    def keep_tail(self, ended: float) -> None:
        """The turn of somebody who comes now has come, at a counter whose last stint, of that variance, has ended."""
        self.tail = self.done + RUNNING_SHARE * self.running - (1 - RUNNING_SHARE) * ended

    def tail_variance(self, ended: float) -> float:
        """Of the call of somebody who comes now, at a counter whose last stint has that variance."""
        return ((self.tail or 0.0) + (1 - RUNNING_SHARE) * ended) / self.size**2

    def lengthen_tail(self, ended: float, begun: float) -> None:
        """One more was called at the tail: a stint ended for it, another began."""
        self.tail = (self.tail or 0.0) + (1 - RUNNING_SHARE) * ended + RUNNING_SHARE * begun


class _Desk:
    """A staffed counter in the run.

    free: when it is next free, seconds from now. stint: variance of what it is busy with. own_done: when somebody who
    comes now to one of its primary queues would be its next, all_done: the same for a queue that it helps; None until
    the run has come to that. last: variance of the stint before own_done.
    """

    __slots__ = ("all_done", "free", "helps", "last", "own", "own_done", "pools", "stint")

    def __init__(self, own: tuple[str, ...], helps: tuple[str, ...], free: float, stint: float) -> None:
        self.own = own
        self.helps = helps
        self.free = free
        self.stint = stint
        self.last = 0.0
        self.pools: list[_Pool] = []
        self.own_done: float | None = None
        self.all_done: float | None = None

    def join(self, pool: _Pool) -> None:
        pool.size += 1
        pool.running += self.stint
        self.pools.append(pool)

    def finish(self) -> None:
        for pool in self.pools:
            pool.done += self.stint
            pool.running -= self.stint
        if self.own_done is None:
            self.last = self.stint
        self.stint = 0.0

    def begin(self, until: float, variance: float) -> None:
        self.free = until
        self.stint = variance
        for pool in self.pools:
            pool.running += variance

    def serves(self, queue: str) -> bool:
        return queue in self.own or queue in self.helps

    def done_for(self, queue: str) -> float:
        """When it would call somebody who comes now to that queue; infinite when it does not serve it."""
        done = self.own_done if queue in self.own else self.all_done if queue in self.helps else None
        return math.inf if done is None else done


class _Lines:
    """The waiting lines of the run: those who wait, and in their time those who are expected.

    ranks: by queue, ascending. helped: the queues of which the discipline must know who waits longest.
    """

    def __init__(self, day: Day, queues: Iterable[str], helped: Iterable[str]) -> None:
        self.ranks: dict[str, list[Rank]] = {queue: list(day.waiting.get(queue, ())) for queue in queues}
        self._tickets = day.tickets
        self._expected: set[str] = set()
        self._gone: set[str] = set()
        self._issued = {
            queue: sorted((day.tickets[rank[-1]].issued_at, rank[-1]) for rank in self.ranks[queue]) for queue in helped
        }

    def expect(self, queue: str, came: datetime, head_start_s: int) -> None:
        """Put in somebody who is not here yet."""
        name = f"+{len(self._expected)}"
        self._expected.add(name)
        insort(self.ranks[queue], (True, came - timedelta(seconds=head_start_s), AFTER_ALL, 0, name))
        if queue in self._issued:
            self._issued[queue].append((came, name))

    def take(self, queue: str) -> Ticket | None:
        """Remove the first of a queue: its ticket, None when it was an expected one."""
        name = self.ranks[queue].pop(0)[-1]
        self._gone.add(name)
        return None if name in self._expected else self._tickets[name]

    def longest(self, queues: Sequence[str]) -> dict[str, datetime]:
        """By queue with anybody waiting, the issue time of the one who waits longest."""
        found = {}
        for queue in queues:
            if self.ranks[queue]:
                issued = self._issued[queue]
                while issued[0][1] in self._gone:
                    del issued[0]
                found[queue] = issued[0][0]
        return found


class _Stints:
    """How long a counter is busy with one ticket, from its call to the next one's, learned from the day."""

    def __init__(self, day: Day) -> None:
        self._hall = day.hall
        self._learned = day.learned
        self._known: dict[tuple[str, int | None], tuple[float, float]] = {}
        self.walk, self.turn = _pauses(day)
        called = sum(day.issued.values()) - sum(map(len, day.waiting.values()))
        absent = len(day.absent)
        self._absent_share = (absent + ABSENT_SHARE * ABSENT_GUESSES) / (max(called, absent) + ABSENT_GUESSES)

    def service(self, queue: str, service: int | None) -> tuple[float, float]:
        """Mean and standard deviation of the service alone: by service, else by queue, else as configured."""
        learned = None if service is None else self._learned.get(f"service:{service}")
        if learned is None or learned.count < duration.ENOUGH:
            learned = self._learned.get(f"queue:{queue}")
        return duration.expected(learned, self._hall.queues[queue].expected_service_s)

    def stint(self, queue: str, service: int | None) -> tuple[float, float]:
        """Mean and variance of walk and service; one who does not come takes as long as a call lasts."""
        known = self._known.get((queue, service))
        if known is None:
            mean, deviation = self.service(queue, service)
            mean += self.walk
            absent, called_s = self._absent_share, float(self._hall.rules.call_expires_s)
            first = (1 - absent) * mean + absent * called_s
            second = (1 - absent) * (mean**2 + deviation**2) + absent * called_s**2
            known = self._known[queue, service] = first, second - first**2
        return known

    def left(self, ticket: Ticket, now: datetime) -> tuple[float, float]:
        """Mean and variance of what is left of the stint of a called or serving ticket."""
        leg = ticket.legs[-1]
        if leg.started_at is None:
            mean, variance = self.stint(ticket.queue, ticket.service)
            return mean - min(max((now - leg.called_at).total_seconds(), 0.0), self.walk), variance
        spent_s = (now - leg.started_at).total_seconds()
        mean, deviation = duration.remaining(*self.service(ticket.queue, ticket.service), spent_s)
        return mean, deviation**2


class Forecast:
    """The waits of one hall as they look at one moment. Nothing in it follows the day by itself.

    Whoever keeps one tells it of each ticket issued (`extend`) and makes a new one after any other event, or when it
    is a few seconds old. A new one costs some 7 µs for each that waits, a promise from a kept one some 10 µs in all.
    """

    def __init__(self, day: Day, now: datetime) -> None:
        self.at = now
        self._rules = day.hall.rules
        self._stints = _Stints(day)
        self._waits: dict[str, _Wait] = {}
        self._line: dict[str, list[tuple[Rank, _Wait]]] = {}
        self._pools: dict[str, _Pool] = {}
        self._desks: list[_Desk] = []
        self._staff(day)
        self._run(day)

    @classmethod
    def of(cls, day: Day, now: datetime) -> Self:
        """The forecast at `now`. RuntimeError before the first day was opened, as `day.hall`."""
        return cls(day, now)

    def estimate(self, ticket: str) -> Estimate | None:
        """What a waiting ticket (its id) waits from now on; None when it does not wait or nobody serves its queue."""
        wait = self._waits.get(ticket)
        return None if wait is None else wait.estimate()

    def for_new(
        self,
        queue: str,
        service: int | None = None,
        priority: Priority | None = None,
        appointment: datetime | None = None,
        now: datetime | None = None,
    ) -> Estimate | None:
        """What a ticket issued at `now` (None: the forecast's own moment) would wait; None when nobody serves it.

        service: catalogue number; it tells how long the ticket will take, not how long it waits.
        """
        if queue not in self._pools:
            return None
        effective = discipline.effective_arrival(now or self.at, priority, appointment, self._rules)
        return self._place(queue, (True, effective, AFTER_ALL, 0, "")).estimate()

    def by_queue(self) -> dict[str, Estimate]:
        """What an ordinary walk-in would wait who came now, for each queue that is served."""
        return {queue: estimate for queue in self._pools if (estimate := self.for_new(queue)) is not None}

    def extend(self, ticket: Ticket) -> None:
        """Take in a ticket that was issued, as the last that comes.

        Whom it overtakes, by a head start or because the counter would have helped them, shows it in the next forecast
        only, and so does a queue that passes its target meanwhile.
        """
        queue = ticket.queue
        if queue not in self._pools:
            return
        wait = self._waits[ticket.id] = self._place(queue, ticket.rank)
        insort(self._line.setdefault(queue, []), (ticket.rank, wait))
        desk = self._next(queue)
        mean, variance = self._stints.stint(queue, ticket.service)
        busy = self._stints.turn + mean
        if queue in desk.own:
            desk.own_done = (desk.own_done or 0.0) + busy
        if desk.all_done is not None:
            desk.all_done += busy
        # One whom the counter only helps makes nobody wait in its primary queues.
        longer = [pool for pool in desk.pools if queue in desk.own or pool is self._pools[queue]]
        for pool in longer:
            pool.lengthen_tail(desk.last, variance)
        if longer:
            desk.last = variance

    def _next(self, queue: str) -> _Desk:
        """The counter that would call somebody who comes now."""
        return min(self._desks, key=lambda desk: desk.done_for(queue))

    def _place(self, queue: str, rank: Rank) -> _Wait:
        """The wait of a ticket that the run did not see: that of the first it would overtake, else the last place's."""
        line = self._line.get(queue, ())
        place = bisect_right(line, (rank,))
        if place < len(line):
            return line[place][1]
        desk, pool = self._next(queue), self._pools[queue]
        return self._last(queue, desk.done_for(queue), pool.tail_variance(desk.last if pool in desk.pools else 0.0))

    def _last(self, queue: str, free: float, variance: float) -> _Wait:
        """The wait of the last of a queue, when a counter is free for it. Not less than that of the one before it."""
        turn = self._stints.turn
        mean = max(free + turn, 1.0)
        # No more than if calls came entirely at random: a service that has just begun elsewhere adds next to nothing.
        spread = min((variance + turn**2) / mean**2, 1.0) + UNKNOWN_SHARE**2
        line = self._line.get(queue)
        return _Wait(max(mean / math.sqrt(1 + spread), line[-1][1].median if line else 0.0), mean, spread)

    def _staff(self, day: Day) -> None:
        """Find the counters that are staffed, and when each is free."""
        closed = next(_closed(day, self.at), None)
        for number, duty in day.duties.items():
            counter, pause = day.hall.counters.get(number), duty.pause
            if counter is None or (pause is not None and pause.back_at is None):
                continue
            ticket = day.at_counter(number)
            free, variance = (0.0, 0.0) if ticket is None else self._stints.left(ticket, self.at)
            if closed is not None and closed[0] <= self.at:
                # Whoever has operated since the hall closed works on; the others go on when it opens.
                operated = day.operated.get(number)
                if operated is None or operated <= max(closed[0], duty.since):
                    free = max(free, (closed[1] - self.at).total_seconds())
            if pause is not None and pause.back_at is not None:
                # One who is late is expected to be as late again.
                free = max(free, abs((pause.back_at - self.at).total_seconds()))
            own = day.serves(number)
            self._desks.append(_Desk(own, tuple(queue for queue in counter.helps if queue not in own), free, variance))
        for desk in self._desks:
            for queue in desk.own:
                desk.join(self._pools.setdefault(queue, _Pool()))
        owned = self._pools.keys() | ()
        for desk in self._desks:
            for queue in desk.helps:
                if queue in owned:
                    self._pools[queue].size += HELPER_SHARE
                else:
                    desk.join(self._pools.setdefault(queue, _Pool()))

    def _run(self, day: Day) -> None:
        """Let the counters call until everybody was called, and a newcomer's turn is known in every queue."""
        lines = _Lines(day, self._pools, {queue for desk in self._desks for queue in desk.helps})
        arrivals = self._arrivals(day)
        closed = [
            ((start - self.at).total_seconds(), (end - self.at).total_seconds())
            for start, end in _closed(day, self.at)
            if start > self.at
        ]
        agenda = [(desk.free, index) for index, desk in enumerate(self._desks)]
        heapify(agenda)
        idle: list[int] = []
        left = sum(map(len, lines.ranks.values()))
        unknown = len(self._desks) + len(self._pools)
        while (left or unknown) and (agenda or arrivals):
            if arrivals and (not agenda or arrivals[0].at <= agenda[0][0]):
                coming = arrivals[0]
                lines.expect(coming.queue, self.at + timedelta(seconds=coming.at), coming.head_start_s)
                for index in [index for index in idle if self._desks[index].serves(coming.queue)]:
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
            desk = self._desks[index]
            desk.finish()
            rank, queue, helping = self._choose(desk, lines, day, free)
            unknown -= self._note_newcomer(desk, free, rank, helping)
            if rank is None:
                idle.append(index)
                continue
            ticket = lines.take(queue)
            mean, variance = self._stints.stint(queue, ticket.service if ticket else None)
            if ticket is not None:
                left -= 1
                wait = self._waits[ticket.id] = self._last(queue, free, self._pools[queue].variance())
                self._line.setdefault(queue, []).append((rank, wait))
            else:
                variance += mean**2  # whether one comes at all is uncertain too
            desk.begin(free + self._stints.turn + mean, variance)
            heappush(agenda, (desk.free, index))

    def _choose(self, desk: _Desk, lines: _Lines, day: Day, free: float) -> tuple[Rank | None, str, bool]:
        """Whom the counter calls when it is free, from which queue, and whether it helps there; None for nobody."""
        primary: Sequence[str] = desk.own
        helping: Sequence[str] = ()
        if desk.helps:
            longest = lines.longest(desk.helps)
            then = self.at + timedelta(seconds=free)
            primary, helping = discipline.primary_now(desk.own, desk.helps, lines.ranks, longest, day.hall.queues, then)
        rank = discipline.next_in_line((primary, helping), lines.ranks)
        if rank is None:
            return None, "", False
        for queue in helping:
            if (ranks := lines.ranks[queue]) and ranks[0] is rank:
                return rank, queue, True
        return rank, next(queue for queue in primary if (ranks := lines.ranks[queue]) and ranks[0] is rank), False

    def _note_newcomer(self, desk: _Desk, free: float, rank: Rank | None, helping: bool) -> int:
        """Note whether the counter, now free, would rather have called somebody who comes now; what that settles.

        rank: whom it calls, helping: from a queue that it only helps. One who comes now goes before those who are
        expected later, and in a primary queue before all whom the counter would help.
        """
        settled = 0
        after_newcomer = rank is None or rank > (True, self.at, AFTER_ALL, 0, "")
        if desk.own_done is None and (after_newcomer or (helping and rank is not None and rank[0])):
            desk.own_done = free
            settled += 1 + self._keep_tails(desk, desk.own)
        if desk.all_done is None and after_newcomer and (rank is None or helping or not desk.helps):
            desk.all_done = free
            settled += self._keep_tails(desk, desk.helps)
        return settled

    def _keep_tails(self, desk: _Desk, queues: Sequence[str]) -> int:
        """Note a newcomer's turn in these queues where this is the first one; how many that were."""
        first = [pool for queue in queues if (pool := self._pools[queue]).tail is None]
        for pool in first:
            pool.keep_tail(desk.last if pool in desk.pools else 0.0)
        return len(first)

    def _arrivals(self, day: Day) -> list[_Stream]:
        """The arrivals that matter to those who wait, as a heap: with a head start, or to the queue of a helper."""
        if day.closed or not day.opening or self.at >= day.opening[-1].end:
            return []
        since = self.at - timedelta(seconds=RECENT_S)
        recent = [ticket for ticket in islice(reversed(day.tickets.values()), RECENT) if ticket.issued_at > since]
        if len(recent) < FEWEST:
            return []
        counts: dict[tuple[str, int], int] = {}
        helpers = {queue for desk in self._desks if desk.helps for queue in desk.own}
        for ticket in recent:
            head_start_s = self._rules.head_start_s.get(ticket.priority, 0) if ticket.priority else 0
            if ticket.queue in self._pools and (head_start_s or ticket.queue in helpers):
                counts[ticket.queue, head_start_s] = counts.get((ticket.queue, head_start_s), 0) + 1
        span = max((self.at - recent[-1].issued_at).total_seconds(), LEAST_S)
        streams = []
        for (queue, head_start_s), n in counts.items():
            # More than twice what the counters can serve changes nothing, and a rush must not make the run long.
            every_s = max(span / n, self._stints.stint(queue, None)[0] / self._pools[queue].size / 2)
            streams.append(_Stream(every_s / 2, queue, head_start_s, every_s))
        heapify(streams)
        return streams


def _closed(day: Day, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Closed times before and between today's opening spans that are not over, ascending."""
    start = datetime.min.replace(tzinfo=now.tzinfo)
    for span in day.opening:
        if span.start > now:
            yield start, span.start
        start = span.end


def _pauses(day: Day) -> tuple[float, float]:
    """Mean seconds from call to start, and from finish to the next call while somebody waited, at the counters now."""
    walks, turns = [WALK_S] * GUESSES, [TURN_S] * GUESSES
    for number, (ticket, leg) in day.last_leg.items():
        last, here = day.tickets[ticket].legs[leg - 1], day.at_counter(number)
        if last.started_at is not None:
            walks.append((last.started_at - last.called_at).total_seconds())
        if here is not None and last.finished_at is not None and here.issued_at <= last.finished_at:
            turns.append((here.legs[-1].called_at - last.finished_at).total_seconds())
    return _mean(walks), _mean(turns)


def _mean(seconds: list[float]) -> float:
    return sum(min(max(s, 0.0), LONGEST_S) for s in seconds) / len(seconds)
