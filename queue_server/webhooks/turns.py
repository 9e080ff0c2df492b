"""Whose turn is near, of those who left a telephone number. Pure."""

from collections.abc import Iterator
from itertools import islice

from queue_server.domain.day import Day
from queue_server.domain.ticket import Ticket

__all__ = ["NEAR", "turns_near"]

NEAR = 3
"""People ahead of somebody who is to come back now: some ten minutes at most counters."""


def turns_near(day: Day) -> Iterator[tuple[Ticket, int]]:
    """Waiting tickets with a telephone number and NEAR people ahead in their queue, or fewer; each with how many."""
    for ranks in day.waiting.values():
        for ahead, rank in enumerate(islice(ranks, NEAR + 1)):
            ticket = day.tickets[rank[-1]]
            if ticket.phone_ref is not None:
                yield ticket, ahead
