"""Limits on phones other than the server's own, for tests that shall soon feel them."""

from queue_server.engine.clock import monotonic, wall
from queue_server.peers.slate import LocalSlate
from queue_server.web.phone_limits import PhoneLimits

__all__ = ["phone_limits"]


def phone_limits(**most: int) -> PhoneLimits:
    """With nothing counted yet. most: as `PhoneLimits` takes it."""
    return PhoneLimits(LocalSlate(monotonic), lambda: wall().timestamp(), **most)
