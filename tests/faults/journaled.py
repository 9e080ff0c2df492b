"""What a journal says was called, read with the project's own means."""

from collections import Counter

from queue_server.domain.events import TicketCalled, TicketIssued, TicketRecalled
from queue_server.engine.hall_runner import DAY_CODEC
from queue_server.journal.base import Stream
from queue_server.journal.sqlite import SqliteJournal
from tests.faults.process import Process

__all__ = ["journaled"]


async def journaled(server: Process) -> Counter[tuple[int, str]]:
    """Every call that the journal of a server tells of, by its seq and number. The server has ended."""
    journal, numbers = SqliteJournal(server.data / "journal.db"), dict[str, str]()
    calls: Counter[tuple[int, str]] = Counter()
    await journal.open()
    try:
        for batch in await journal.read(Stream("town", "day"), 0, 1_000_000):
            for event in DAY_CODEC.decode(batch.events):
                if isinstance(event, TicketIssued):
                    numbers[event.ticket] = event.number
                elif isinstance(event, TicketCalled | TicketRecalled):
                    calls[batch.last, numbers[event.ticket]] += 1
    finally:
        await journal.close()
    return calls
