"""How much may be asked for by phone from one place. Soft state, of all servers together.

Two values of a place on their slate: `phone codes PLACE`, when wrong codes came; `phone tickets HALL PLACE`, what was
taken. Whose addresses these are does not lie about in the clear: a place is told by its digest.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

import msgspec

from queue_server.engine.stream_runner import Unavailable
from queue_server.peers.slate import Slate
from queue_server.web.problems import ProblemError

__all__ = ["MOST_PLACES", "PhoneLimits", "place_of"]

WINDOW_S = 600.0
DAY_S = 86_400.0
WRONG_CODES = 10  # a code has 40 bits: nobody guesses one at this pace
MOST_PLACES = 4_000  # on a slate in memory: some 20 MB if half of them had a busy hall's phones behind them


class _Taken(NamedTuple):
    at: float
    queue: str
    ticket: str


_times = msgspec.msgpack.Decoder(list[float])
_tickets = msgspec.msgpack.Decoder(list[_Taken])


class PhoneLimits:
    """Two limits over a sliding window of ten minutes, and one on those who wait.

    Wrong codes: ten from one place, for all halls together; whoever guesses does not care whose code it is. Tickets:
    `taken` in one hall from one place, however many phones it has, because a hall's Wi-Fi is one address. And of these
    at most `waiting` may wait in one queue at a time, so that nobody fills it with tickets that nobody comes for.

    A place is an IPv4 address, or the /64 of an IPv6 one, all of which is one phone's. now: seconds of a clock that all
    servers read. While the slate cannot be read, nothing is counted.
    """

    def __init__(self, slate: Slate, now: Callable[[], float], taken: int = 60, waiting: int = 20) -> None:
        self._slate = slate
        self._now = now
        self._most_taken = taken
        self._most_waiting = waiting

    async def may_show_code(self, address: str) -> None:
        """Raises ProblemError `too_many` after too many wrong codes."""
        with suppress(Unavailable):
            now = self._now()
            times = _recent(await self._slate.get(_codes(address)), now)
            if len(times) >= WRONG_CODES:
                raise _too_many(times[0] + WINDOW_S - now)

    async def wrong_code(self, address: str) -> None:
        """Count one."""
        now = self._now()
        await self._change(_codes(address), lambda before: [*_recent(before, now), now], WINDOW_S)

    async def take(self, hall: str, queue: str, address: str, ticket: str, waits: Callable[[str], bool | None]) -> None:
        """Count a ticket that is about to be issued; one that is not issued after all is to be given back.

        waits: whether a ticket waits; None when the hall does not know it, yet or any more. Raises ProblemError
        `too_many`, `too_many_waiting`, and counts nothing.
        """
        now = self._now()

        def one_more(before: bytes | None) -> list[_Taken]:
            known = [] if before is None else _tickets.decode(before)
            taken = [one for one in known if one.at > now - WINDOW_S or waits(one.ticket)]
            recent = [one.at for one in taken if one.at > now - WINDOW_S]
            if len(recent) >= self._most_taken:
                raise _too_many(recent[-self._most_taken] + WINDOW_S - now)
            if sum(one.queue == queue and waits(one.ticket) is not False for one in taken) >= self._most_waiting:
                raise ProblemError("too_many_waiting", queue=queue)
            return [*taken, _Taken(now, queue, ticket)]

        await self._change(_tickets_of(hall, address), one_more, DAY_S)

    async def give_back(self, hall: str, address: str, ticket: str) -> None:
        """The ticket was not issued."""

        def without(before: bytes | None) -> list[_Taken]:
            return [] if before is None else [one for one in _tickets.decode(before) if one.ticket != ticket]

        await self._change(_tickets_of(hall, address), without, DAY_S)

    async def _change(
        self, name: str, change: Callable[[bytes | None], list[float] | list[_Taken]], lasts_s: float
    ) -> None:
        """Change what stands there, however many others do so at once."""
        with suppress(Unavailable):
            while True:
                before = await self._slate.get(name)
                if await self._slate.swap(name, before, msgspec.msgpack.encode(change(before)), lasts_s):
                    return


def _codes(address: str) -> str:
    return f"phone codes {_digest(address)}"


def _tickets_of(hall: str, address: str) -> str:
    return f"phone tickets {hall} {_digest(address)}"


def _digest(address: str) -> str:
    return blake2b(place_of(address).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _recent(value: bytes | None, now: float) -> list[float]:
    return [] if value is None else [at for at in _times.decode(value) if at > now - WINDOW_S]


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
