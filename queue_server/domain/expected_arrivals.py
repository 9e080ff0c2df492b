"""Who is not in the waiting lines yet and changes them: those who will overtake, and those who keep a helper busy.

Citizens of a priority class are called before people who wait already, and citizens of a helping counter's own queue
keep it there. Both are expected at the rate of the last hour.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heapify
from itertools import islice
from typing import NamedTuple

from queue_server.domain.day import Day
from queue_server.domain.staffed import Pool, Staffed
from queue_server.domain.stint import Stints

__all__ = ["HORIZON_S", "Arrivals", "expected_arrivals"]

RECENT, RECENT_S, FEWEST, LEAST_S = 100, 3600, 8, 600
"""Rates come from the last tickets, so many and so old at most. From too few, none is expected, and those who came in
together count as if they had come over ten minutes: a full bus is not the beginning of a flood."""

HORIZON_S = 2 * 3600
"""No arrival is expected beyond: the door will be another by then."""


class Arrivals(NamedTuple):
    """Those of one queue with one head start: the next, seconds from now, and how often."""

    at: float
    queue: str
    head_start_s: int
    every_s: float


def expected_arrivals(
    day: Day, now: datetime, counters: Sequence[Staffed], pools: Mapping[str, Pool], stints: Stints
) -> list[Arrivals]:
    """The arrivals that matter to those who wait, as a heap: with a head start, or to the queue of a helper."""
    if day.closed or not day.opening or now >= day.opening[-1].end:
        return []
    since = now - timedelta(seconds=RECENT_S)
    recent = [ticket for ticket in islice(reversed(day.tickets.values()), RECENT) if ticket.issued_at > since]
    if len(recent) < FEWEST:
        return []
    counts: dict[tuple[str, int], int] = {}
    helpers = {queue for counter in counters if counter.helps for queue in counter.own}
    for ticket in recent:
        head_start_s = day.hall.rules.head_start_s.get(ticket.priority, 0) if ticket.priority else 0
        if ticket.queue in pools and (head_start_s or ticket.queue in helpers):
            counts[ticket.queue, head_start_s] = counts.get((ticket.queue, head_start_s), 0) + 1
    span = max((now - recent[-1].issued_at).total_seconds(), LEAST_S)
    found = []
    for (queue, head_start_s), n in counts.items():
        # More than twice what the counters can serve changes nothing, and a rush must not make the run long.
        every_s = max(span / n, stints.stint(queue, None)[0] / pools[queue].size / 2)
        found.append(Arrivals(every_s / 2, queue, head_start_s, every_s))
    heapify(found)
    return found
