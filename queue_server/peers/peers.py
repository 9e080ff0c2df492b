"""What a server has in common with the others over the same Redis; or has to itself, with a data folder of its own."""

from collections.abc import Callable
from secrets import token_hex
from typing import NamedTuple

from queue_server.peers import throttle as throttles
from queue_server.peers.answers import answered
from queue_server.peers.presences import Presences, PresentHere, SharedPresences
from queue_server.peers.slate import LocalSlate, SharedSlate, Slate
from queue_server.peers.throttle import LocalThrottle, SharedThrottle, Throttle
from queue_server.push.presence import Presence
from queue_server.records.throttle import SignInThrottle
from queue_server.redis_nodes import Nodes

__all__ = ["Peers", "peers"]


class Peers(NamedTuple):
    """Soft state. throttle: makes one of its name, the attempts that it lets pass, and the seconds that these count."""

    presences: Presences
    slate: Slate
    throttle: Callable[[str, int, float], Throttle]


async def peers(nodes: Nodes | None, presence: Presence, monotonic: Callable[[], float]) -> Peers:
    """Those of a server. nodes: the Redis that it shares; None: none. presence: who is connected to it.

    monotonic: seconds of a clock that never goes back. Raises Unavailable.
    """

    def local(name: str, limit: int, window_s: float) -> LocalThrottle:
        return LocalThrottle(SignInThrottle(limit, window_s), monotonic)

    if nodes is None:
        return Peers(PresentHere(presence), LocalSlate(monotonic), local)
    presences, slate = SharedPresences(nodes, token_hex(8), presence, monotonic), SharedSlate(nodes)
    await presences.open()
    await slate.open()
    await answered(nodes.load(throttles.FUNCTIONS))
    return Peers(presences, slate, lambda name, *most: SharedThrottle(nodes, name, local(name, *most)))
