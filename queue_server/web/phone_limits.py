"""How much may be asked for by phone from one place. Soft state: a restart forgets it."""

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, TypeVar

from queue_server.web.problems import ProblemError

__all__ = ["PhoneLimits", "place_of"]

WINDOW_S = 600.0
WRONG_CODES = 10  # a code has 40 bits: nobody guesses one at this pace
MOST_PLACES = 2_000  # of each kind: some 20 MB if every one of them had a busy hall's phones behind it

K = TypeVar("K")
V = TypeVar("V")


class _Taken(NamedTuple):
    at: float
    queue: str
    ticket: str


class PhoneLimits:
    """Two limits over a sliding window of ten minutes, and one on those who wait.

    Wrong codes: ten from one place, for all halls together; whoever guesses does not care whose code it is. Tickets:
    `taken` in one hall from one place, however many phones it has, because a hall's Wi-Fi is one address. And of these
    at most `waiting` may wait in one queue at a time, so that nobody fills it with tickets that nobody comes for.

    A place is an IPv4 address, or the /64 of an IPv6 one, all of which is one phone's. Times are monotonic seconds,
    passed in.
    """

    def __init__(self, taken: int = 60, waiting: int = 20) -> None:
        self._most_taken = taken
        self._most_waiting = waiting
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()  # least recently used first, as below
        self._taken: OrderedDict[tuple[str, str], list[_Taken]] = OrderedDict()

    def may_show_code(self, address: str, now: float) -> None:
        """Raises ProblemError `too_many` after too many wrong codes."""
        times = self._wrong.get(place_of(address), deque())
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= WRONG_CODES:
            raise _too_many(times[0] + WINDOW_S - now)

    def wrong_code(self, address: str, now: float) -> None:
        """Count one."""
        _of(self._wrong, place_of(address), deque).append(now)

    def take(
        self, hall: str, queue: str, address: str, ticket: str, now: float, waits: Callable[[str], bool | None]
    ) -> None:
        """Count a ticket that is about to be issued; one that is not issued after all is to be given back.

        waits: whether a ticket waits; None when the hall does not know it, yet or any more. Raises ProblemError
        `too_many`, `too_many_waiting`, and counts nothing.
        """
        key, since = (hall, place_of(address)), now - WINDOW_S
        taken = [one for one in self._taken.get(key, ()) if one.at > since or waits(one.ticket)]
        recent = [one.at for one in taken if one.at > since]
        if len(recent) >= self._most_taken:
            raise _too_many(recent[-self._most_taken] + WINDOW_S - now)
        if sum(one.queue == queue and waits(one.ticket) is not False for one in taken) >= self._most_waiting:
            raise ProblemError("too_many_waiting", queue=queue)
        _of(self._taken, key, list)[:] = [*taken, _Taken(now, queue, ticket)]

    def give_back(self, hall: str, address: str, ticket: str) -> None:
        """The ticket was not issued."""
        taken = self._taken.get((hall, place_of(address)), [])
        taken[:] = [one for one in taken if one.ticket != ticket]

    def __len__(self) -> int:
        """Return how many places are remembered."""
        return len(self._wrong) + len(self._taken)


def _of(counts: OrderedDict[K, V], key: K, make: Callable[[], V]) -> V:
    """What is counted under a key, the last now to be forgotten when there are too many."""
    found = counts.setdefault(key, make())
    counts.move_to_end(key)
    while len(counts) > MOST_PLACES:
        counts.popitem(last=False)
    return found


def _too_many(wait_s: float) -> ProblemError:
    return ProblemError("too_many", wait_s=int(wait_s) + 1)


def place_of(address: str) -> str:
    """What one phone can call its own of the network: an IPv4 address, the /64 of an IPv6 one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # not known, or no address of a network
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return f"{int(ip) >> 64:x}::/64" if ip.ipv4_mapped is None else str(ip.ipv4_mapped)
