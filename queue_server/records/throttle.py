"""How many wrong passwords are too many. Soft state: a restart forgets it."""

import hashlib
from collections import OrderedDict, deque

from queue_server.records.accounts import fold_user
from queue_server.records.errors import BadUser

__all__ = ["SignInThrottle", "digests"]

ADDRESS_FACTOR = 5  # a hall's clerks share one address: one who has forgotten her password must not lock out the others
MOST_KEYS = 10_000  # about 5 MB


class SignInThrottle:
    """Counts sign-ins by user and by address over a sliding window.

    `limit`: failed sign-ins of one user within the window; an address may have five times as many. `window`: seconds.
    Times are monotonic seconds, passed in. An attempt counts as failed until it succeeds, so that a hundred made at
    once are not all let through before the first has failed.
    """

    def __init__(self, limit: int = 10, window: float = 900.0) -> None:
        self.limits = {"user": limit, "address": limit * ADDRESS_FACTOR}
        self.window = window
        self._failures: OrderedDict[tuple[str, bytes], deque[float]] = OrderedDict()  # least recently tried first

    def attempt(self, user: str, address: str, now: float) -> float:
        """Count an attempt; return 0 when it may go on, else the seconds to wait, and then it is not counted."""
        keys = digests(user, address)
        wait = max(self._wait(key, now) for key in keys)
        if wait == 0:
            for key in keys:
                self._failures.setdefault(key, deque()).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)
        return wait

    def succeeded(self, user: str, address: str) -> None:
        """Take the attempt back: it was the right password. The user starts over; the address only loses this one."""
        user_key, address_key = digests(user, address)
        self._failures.pop(user_key, None)
        if times := self._failures.get(address_key):
            times.pop()

    def _wait(self, key: tuple[str, bytes], now: float) -> float:
        times = self._failures.get(key)
        if times is None:
            return 0
        while times and times[0] <= now - self.window:
            times.popleft()
        if not times:
            del self._failures[key]
        return times[0] + self.window - now if len(times) >= self.limits[key[0]] else 0

    def __len__(self) -> int:
        """Return how many users and addresses are remembered."""
        return len(self._failures)


def digests(user: str, address: str) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """What attempts are counted under: of the user and of the address, each with its kind."""
    try:
        user = fold_user(user)  # or each way of writing a name would have tries of its own
    except BadUser:
        user = ""  # nobody's name
    return ("user", _digest(user)), ("address", _digest(address))


def _digest(text: str) -> bytes:
    # A long address costs no more memory than a short one, and no names lie about in the clear.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
