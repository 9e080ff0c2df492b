"""The calls that a hall made lately, so that an acknowledgement says which call it was and not a bare seq."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

__all__ = ["CallLog", "MadeCall"]

KEPT = 256
"""Calls of a hall that are remembered: some hours of a busy one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCall:
    """One call, as it was made. Times are aware, of the hall's clock."""

    seq: int
    number: str
    counter: int
    called_at: datetime
    expires_at: datetime


class CallLog:
    """The newest calls of one hall. Soft state: what was made before a restart is forgotten unless it still counted."""

    def __init__(self, kept: int = KEPT) -> None:
        self._calls: deque[MadeCall] = deque(maxlen=kept)

    def __iter__(self) -> Iterator[MadeCall]:
        """Oldest first."""
        return iter(self._calls)

    def add(self, call: MadeCall) -> None:
        """A call of a higher seq than all before it."""
        self._calls.append(call)

    def at(self, seq: int, counter: int | None = None) -> MadeCall | None:
        """The newest call up to that seq, to that counter (None: to any); None when none is remembered."""
        made = (call for call in reversed(self._calls) if call.seq <= seq and counter in (None, call.counter))
        return next(made, None)
