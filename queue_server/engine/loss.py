"""History that was lost: a server has seen events durable that are in their stream no more.

On one machine that takes somebody who puts an older file back; on Redis a fail-over to a replica that had not heard of
the last events, or a restart that had not flushed them.
"""

from datetime import datetime
from typing import NamedTuple

from queue_server.journal.base import Stream

__all__ = ["Loss"]


class Loss(NamedTuple):
    """What of a stream's history was lost, as far as this server had read it."""

    stream: Stream
    epoch: str
    """Under which it had been written; the stream has another one now."""
    kept: int
    """Seq of the last event that is still there. What had been out of reach counts as kept where it may have been."""
    known: int
    """Seq of the last one that this server had."""
    since: datetime | None
    """When the last one that was kept had happened; None where that is out of reach, and where there is none."""
    until: datetime | None
    """When the last one that was lost had happened."""
