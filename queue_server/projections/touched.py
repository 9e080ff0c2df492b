"""What a batch of events touches, so that only that is worked out anew."""

from collections.abc import Sequence
from typing import NamedTuple

from queue_server.domain import events
from queue_server.domain.day import Day

__all__ = ["Touched", "touched"]


class Touched(NamedTuple):
    """Queues, counters and tickets whose views may have changed; `everything` when the hall or the day did."""

    queues: set[str]
    counters: set[int]
    tickets: set[str]
    everything: bool


def touched(day: Day, happened: Sequence[events.DayEvent]) -> Touched:
    """What these events touched, given the day after them. No events at all: the history was replaced, everything."""
    found = Touched(set(), set(), set(), not happened)
    for event in happened:
        if isinstance(event, events.DayOpened | events.DayClosed | events.HallChanged):
            return found._replace(everything=True)
        ticket_id, counter = getattr(event, "ticket", None), getattr(event, "counter", None)
        if counter is not None:
            found.counters.add(counter)
        if ticket_id is not None:
            found.tickets.add(ticket_id)
            ticket = day.find(ticket_id)
            if ticket is None:
                continue  # a rating of the day before the last: nothing shows it any more
            found.queues.add(ticket.queue)
            if ticket.legs:
                found.queues.add(ticket.legs[-1].queue)
                found.counters.update(leg.counter for leg in ticket.legs)  # an earlier leg may be rated
    return found
