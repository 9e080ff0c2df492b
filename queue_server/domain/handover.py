"""A handover 交接: one clerk gave a post over, another took it."""

from datetime import datetime

from queue_server.domain.book_events import Direction
from queue_server.domain.value import Value

__all__ = ["Handover"]


class Handover(Value, frozen=True, kw_only=True):
    """Both names, both times, what is open. by: who wrote it down, the giver or the head for her. taken_at: None until
    the taker has taken it. absence: for which it was given, None where there is none.
    """

    id: str
    post: str
    giver: str
    taker: str
    direction: Direction
    given_at: datetime
    by: str
    taken_at: datetime | None = None
    absence: str | None = None
    numbers: tuple[str, ...] = ()
    note_ref: str | None = None
