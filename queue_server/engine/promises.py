"""The waits that a hall promises: one forward run, kept while only tickets are added to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.estimate import Forecast
from queue_server.domain.events import DayEvent, TicketIssued
from queue_server.domain.plan import planned
from queue_server.domain.staffing import Staffing
from queue_server.domain.ticket import Estimate

__all__ = ["Promises"]

FRESH = timedelta(seconds=5)
"""A forward run older than this is made anew: the citizens at the counters have got on since."""

STALE = timedelta(seconds=1)
"""The same for one that a ticket made stale, by overtaking others: a crowd at the door shares one run a second."""


class Promises:
    """Keeps the forward run of one state of a day."""

    def __init__(self) -> None:
        self._day: Day | None = None
        self._forecast: Forecast | None = None

    def forecast(self, day: Day, staffing: Staffing, now: datetime) -> Forecast:
        """The forward run from this day at about `now`, with what the posts' plan says of the rest of it."""
        kept = self._forecast
        if kept is None or day is not self._day or not timedelta(0) <= now - kept.at < (STALE if kept.stale else FRESH):
            self._day = day
            kept = self._forecast = Forecast.of(day, now, planned(day, staffing, now))
        return kept

    def promise(self, day: Day, staffing: Staffing, command: commands.IssueTicket, now: datetime) -> Estimate | None:
        """What to promise the ticket that is about to be issued; None when no counter that is staffed serves it."""
        queue = command.queue
        if queue is None and (rule := day.hall.services.get(command.service or 0)) is not None:
            queue = rule.queue
        if queue is None or day.hall_or_none is None:
            return None
        return self.forecast(day, staffing, now).for_new(
            queue, command.service, command.priority, command.appointment, now, lapsed=command.lapsed is not None
        )

    def follow(self, day: Day, events: Sequence[DayEvent]) -> None:
        """Something happened on the day: a new ticket joins the run, anything else ends it."""
        if day is not self._day or self._forecast is None:
            return
        if len(events) == 1 and isinstance(events[0], TicketIssued):
            self._forecast.extend(day.tickets[events[0].ticket])
        elif events:
            self._forecast = None
