"""The topic `calls`: every call, to be shown and spoken once."""

from collections.abc import Sequence
from typing import Any

from queue_server.domain import events
from queue_server.domain.day import Day
from queue_server.projections.instant import instant
from queue_server.projections.speech import Phrasebook, speech

__all__ = ["call_in"]


def call_in(day: Day, happened: Sequence[events.DayEvent], phrasebook: Phrasebook) -> dict[str, Any] | None:
    """The call that these events of one command make, given the day after them; None when they make none.

    A ticket served at once (serve-now) stands at the counter already: nobody is called.
    """
    for event in happened:
        if isinstance(event, events.TicketCalled) and event.why == "serve_now":
            continue
        if not isinstance(event, events.TicketCalled | events.TicketRecalled):
            continue
        ticket = day.tickets.get(event.ticket)
        counter = day.hall.counters.get(event.counter)
        if ticket is None or counter is None or not ticket.legs:
            continue
        return {
            "number": ticket.number,
            "queue": ticket.queue,
            "counter": counter.number,
            "counter_name": counter.name,
            "recall": ticket.legs[-1].recalls,
            "called_at": instant(event.at),
            "expires_at": instant(event.expires_at),
            "speech": speech(ticket, counter, day.hall.voice, phrasebook),
        }
    return None
