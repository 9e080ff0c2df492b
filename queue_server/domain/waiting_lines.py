"""The waiting lines of the forward run: those who wait, and in their time those who are expected."""

from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from queue_server.domain.day import Day
from queue_server.domain.ticket import Rank, Ticket

__all__ = ["AFTER_ALL", "WaitingLines"]

AFTER_ALL = 1 << 62
"""An order beyond every ticket's: the place of somebody who comes now."""


class WaitingLines:
    """A copy of the day's lines, which the run empties.

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
