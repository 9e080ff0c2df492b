"""How long a counter is busy with one ticket, from its call until the next one's: walk, service, turn, no-shows."""

from datetime import datetime

from queue_server.domain import duration
from queue_server.domain.day import Day
from queue_server.domain.ticket import Ticket

__all__ = ["Stints"]

WALK_S, TURN_S, LONGEST_S = 30.0, 15.0, 180.0
"""From call to start, and from finish to next call, until the day shows its own; beyond the last it was a pause."""

GUESSES = 4
"""Observations that those two first guesses are worth."""

ABSENT_SHARE, ABSENT_GUESSES = 0.05, 20
"""Share of no-shows before the day shows its own, and the observations that it is worth."""


class Stints:
    """What the day so far lets expect of a stint.

    walk, turn: mean seconds from call to start, and from finish to the next call.
    """

    def __init__(self, day: Day) -> None:
        self._hall = day.hall
        self._learned = day.learned
        self._known: dict[tuple[str, int | None], tuple[float, float]] = {}
        self.walk, self.turn = _pauses(day)
        called = sum(day.issued_by_half.values()) - sum(map(len, day.waiting.values()))
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
