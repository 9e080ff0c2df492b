"""The tokens behind open sockets, so that a revoked one loses its socket within seconds."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from queue_server.records.records import Records

__all__ = ["LiveTokens"]


class LiveTokens:
    """Counts open sockets by the hash of their token. dead: hashes that no longer stand for anybody."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._held: Counter[str] = Counter()
        self.dead: set[str] = set()

    @contextmanager
    def holding(self, token_hash: str | None) -> Iterator[None]:
        """While a socket is open; None for one without a token."""
        if token_hash is None:
            yield
            return
        self._held[token_hash] += 1
        try:
            yield
        finally:
            self._held[token_hash] -= 1
            if not self._held[token_hash]:
                del self._held[token_hash]

    async def look(self, now: datetime) -> bool:
        """Find out which tokens have died; whether any has since the last look. Raises RecordsUnavailable."""
        dead = await self._records.dead(list(self._held), now) if self._held else set()
        died, self.dead = bool(dead - self.dead), dead
        return died
