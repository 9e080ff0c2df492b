"""What chance alone makes of a wait: the rest of a day, played on many times from the same moment with other luck.

Whoever plays on knows everything but what is going to happen: how long each service takes on average and how much that
varies, each clerk's pace, how many come when, who never does. The median of the waits so found misses by the least that
any promise could miss by on average.
"""

import random
from collections.abc import Iterator

from benchmarks.played_hall import PlayedHall
from queue_server.domain.ticket import Ticket

__all__ = ["waits"]

TIMES = 60
"""The median's own error is a sixth of the waits' deviation then, which adds a hundredth to what is missed by."""


class _Replay(PlayedHall):
    """A hall from a moment on, for one ticket."""

    def __init__(self, hall: PlayedHall, ticket: str, luck: random.Random) -> None:
        super().__init__(hall.scenario, luck)
        self.day, self.staffing, self.now, self.away = hall.day.copy(), hall.staffing, hall.now, hall.away
        self.made = hall.made
        self._ticket = ticket
        self.wait: float | None = None
        self._go_on()

    def called(self, ticket: Ticket) -> None:
        """Whether it is the one."""
        if ticket.id == self._ticket:
            self.wait = (self.now - ticket.issued_at).total_seconds()

    def _go_on(self) -> None:
        """Plan what is under way: nobody knows when it ends, but how long it has lasted."""
        self.plan()
        to_opening = max(self.seconds_to(self.day.opening[0].start), 0)
        for number, duty in self.day.duties.items():
            ticket = self.day.at_counter(number)
            if duty.pause is not None and duty.pause.back_at is not None:
                self.after(max(self.seconds_to(duty.pause.back_at) + self.late(), 1), self.resume, number)
            if ticket is None:
                self.after(to_opening + self.random.uniform(3, 30), self.next, number)
            elif ticket.state == "called":
                self._await(number, ticket)
            else:
                assert ticket.legs[-1].started_at is not None
                assert ticket.service is not None
                spent = -self.seconds_to(ticket.legs[-1].started_at)
                lasts = (self.lasts(number, ticket.service) for _ in range(1000))
                self.after(next((s for s in lasts if s > spent), spent + 60) - spent, self.finish, number)
        for absent in self.day.absent:
            if self.random.random() < 1 / 3:  # of those who come back half have, of the others none
                self.after(self.random.uniform(1, 600), self.come_back, absent)

    def _await(self, number: int, ticket: Ticket) -> None:
        spent = -self.seconds_to(ticket.legs[-1].called_at)
        while True:
            came, after = self.follows()
            if after > spent:
                break
        if came:
            self.after(after - spent, self.start, number, ticket.service)
        else:
            self.after(after - spent, self.no_show, number, ticket.id)

    def play(self) -> float | None:
        """Seconds that the ticket waited since its issue; None where nobody ever called it."""
        while self.wait is None and self.agenda:
            self.step()
        return self.wait


def waits(hall: PlayedHall, ticket: str, luck: random.Random) -> Iterator[float]:
    """The waits of a ticket that has just been issued."""
    for _ in range(TIMES):
        wait = _Replay(hall, ticket, random.Random(luck.random())).play()
        if wait is not None:
            yield wait
