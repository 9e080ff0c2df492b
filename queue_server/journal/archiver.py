"""Moves closed days out of Redis, so that it holds the last ones only: into the archive first, then out of the stream.

Killed anywhere in between, it goes on from what it finds; two servers at it at once do the same twice.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise

import structlog

from queue_server.journal.archive import Archive, BadArchive
from queue_server.journal.base import Batch, Stream, Unavailable
from queue_server.journal.redis_streams import RedisJournal
from queue_server.redis_nodes import Away, Nodes, RedisError

__all__ = ["Archiver"]

log = structlog.get_logger()

AT_ONCE = 500
"""Batches in one reading: three milliseconds, in which nobody else is served."""
PIECE = 4_000
"""Batches in one piece at most: the day of a busy hall, some hundred kilobytes in the archive."""


class Archiver:
    """Keeps the streams `day` of all halls short.

    days: how many business days stay in Redis, the running one included. hold: whether this server is to see to a hall.
    """

    def __init__(
        self,
        nodes: Nodes,
        journal: RedisJournal,
        archive: Archive,
        *,
        days: int,
        hold: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._nodes = nodes
        self._journal = journal
        self._archive = archive
        self._days = days
        self._hold = hold
        self._agreed = False  # that this archive is everybody's
        self._looked: dict[str, date | None] = {}  # the business day at the last look
        self.moved = 0
        """Batches that were moved."""
        self.lost: set[str] = set()
        """Halls of which the archive has days that Redis has lost."""
        self.in_order = True
        """Whether everything went well at the last look."""

    async def look(self, halls: Iterable[str], days: Mapping[str, date | None]) -> None:
        """Move what was closed since the last look. days: the business day of the halls that are in memory here.

        Halls in which no day turned cost nothing. Raises Unavailable when Redis or the archive is away, or the archive
        is another one than the other servers'. A hall whose own history or pieces are not in order, or whose master
        has been away for long, is left alone, and keeps no other one waiting.
        """
        try:
            await self._agree()
            self.in_order = all([await self._see_to(hall, days) for hall in halls])
        except Unavailable:
            self.in_order = False
            raise

    async def move(self, stream: Stream) -> None:
        """Move all but the last days of one stream. Raises Unavailable."""
        await self._agree()
        marks = await self._journal.marks(stream, self._days)
        closed = marks[0][1] - 1 if len(marks) == self._days else 0
        oldest = await self._journal.oldest(stream)
        await self._compare(stream, oldest)
        if oldest is None or oldest.last > closed:
            return
        place = await self._archive.end(stream, oldest)
        while place.seq < closed:
            for piece in _pieces(await self._read(stream, place.seq, closed)):
                place = await self._archive.add(stream, place, piece)
                await self._journal.trim(stream, place)
                self.moved += len(piece)

    async def _read(self, stream: Stream, after: int, closed: int) -> list[Batch]:
        """What follows in closed days, `PIECE` batches at most."""
        found: list[Batch] = []
        while after < closed and len(found) < PIECE:
            read = await self._journal.read(stream, after, min(AT_ONCE, PIECE - len(found), closed - after))
            if not read or read[0].last > closed:
                break  # the history is not in order
            found += (batch for batch in read if batch.last <= closed)
            after = found[-1].last
        return found

    async def _compare(self, stream: Stream, oldest: Batch | None) -> None:
        """Tell when the archive has days that Redis has not had: it was put back to an older state.

        A server that was at work meanwhile has noticed by itself; one that was started since can know it only by this.
        """
        self.lost.discard(stream.hall)
        newest = await self._archive.newest(stream)
        if newest is None or (oldest is not None and newest.seq < oldest.first):
            return
        found = await self._journal.read(stream, newest.seq - 1, 1)
        if [(batch.last, batch.tip) for batch in found] != [newest]:
            log.error("archive.knows_more", hall=stream.hall, kind=stream.kind, known=newest.seq)
            self.lost.add(stream.hall)

    async def _see_to(self, hall: str, days: Mapping[str, date | None]) -> bool:
        """Whether nothing is wrong with this hall."""
        if hall in self._looked and days.get(hall) in (None, self._looked[hall]):
            return True
        if await self._hold(hall):
            try:
                await self.move(Stream(hall, "day"))
            except BadArchive as error:
                log.error("archive.failed", hall=hall, error=str(error))
                return False
            except Unavailable as error:
                if isinstance(error.cause, Away):
                    return False  # this hall's master is: others have theirs
                raise  # it will be so for the next one too
            except Exception as error:  # a mistake about one hall must not keep the others' days in Redis
                log.error("archive.failed", hall=hall, exc_info=error)
                return False
        elif hall in days:
            return True  # to be asked for again: whoever has it now may leave it to us before it is done
        self._looked[hall] = days.get(hall)
        return True

    async def _agree(self) -> None:
        """Find out that every server over this Redis has the same archive, and that it is there.

        A folder on which nothing is mounted would take one server's days, and the others could not read them.
        """
        if self._agreed:
            return
        key = self._nodes.key("archive")
        try:
            if await self._nodes.ask(key, "GET", key) is None:
                await self._nodes.ask(key, "SET", key, await self._archive.begin(), "NX", again=True)
            known = await self._nodes.ask(key, "GET", key)
        except (RedisError, OSError) as error:
            raise Unavailable(error) from error
        if await self._archive.name() != known.decode():
            raise BadArchive("it is another one than the other servers have, or is not mounted")
        self._agreed = True


def _pieces(batches: list[Batch]) -> list[list[Batch]]:
    """One for each day, so that whoever reads the same makes the same pieces; a last day that may go on waits for the
    next reading, unless it fills one.
    """
    begins = [0, *(number for number, batch in enumerate(batches) if number and batch.mark)]
    pieces = [batches[begin:end] for begin, end in pairwise([*begins, len(batches)])]
    return pieces[:-1] if len(batches) == PIECE and len(pieces) > 1 else pieces
