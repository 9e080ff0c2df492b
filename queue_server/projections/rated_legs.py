"""Ratings one by one, read back from the journal's days: for whoever is to be given all of them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from queue_server.domain import events
from queue_server.domain.apply import apply
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from queue_server.domain.rating import Rating
from queue_server.domain.ticket import Leg, Ticket

__all__ = ["RatedLeg", "RatedLegs"]


class RatedLeg(NamedTuple):
    """One rating, with what was rated, in the hall as it was set up then. number: of the leg, from 1."""

    hall: Hall
    ticket: Ticket
    number: int
    leg: Leg
    rating: Rating


class RatedLegs:
    """The ratings of the tickets of the business days from `first` to `last`, both included, in the order of rating.

    Fold the events in order, from a `DayOpened` on: that of the first business day in the range, or any before it. Go
    on after the range until `complete`: a ticket may be rated on the next business day.
    """

    def __init__(self, first: date, last: date) -> None:
        self.complete = False
        self._first, self._last = first, last
        self._day = Day()

    def fold(self, event: events.DayEvent) -> Iterator[RatedLeg]:
        """Take one event in; the rating that it is, if it is one of the range's."""
        day = apply(self._day, event)
        if isinstance(event, events.DayOpened):
            ratable = (*day.tickets.values(), *day.previous.values())
            self.complete = event.business_day > self._last and not any(map(self._asked, ratable))
        elif isinstance(event, events.TicketRated):
            ticket = day.find(event.ticket)
            if ticket is not None and self._asked(ticket):
                leg = ticket.legs[event.leg - 1]
                yield RatedLeg(day.hall, ticket, event.leg, leg, day.ratings[event.ticket, event.leg])

    def _asked(self, ticket: Ticket) -> bool:
        return self._first <= ticket.business_day <= self._last
