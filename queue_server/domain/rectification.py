"""Rectification 差评整改: what a bad rating asks for, until when, and what became of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from queue_server.domain.book_events import BookEvent
from queue_server.domain.hall import Hall

__all__ = ["DECIDE", "Rectifications"]


class Rectifications:
    """The rectifications of one hall."""

    def copy(self) -> Self:
        """An independent state of equal content."""
        return type(self)()

    def apply(self, event: BookEvent) -> None:
        """Take an event in; those of other subjects change nothing."""


DECIDE: dict[type, Callable[[Rectifications, Hall, Any, datetime], Sequence[BookEvent]]] = {}
"""What each command does, in a hall that is set up; they leave by Refused."""
