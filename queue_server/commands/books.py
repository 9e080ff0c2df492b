"""The halls' books, for commands that change people and devices: who does what is written down first."""

import getpass
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex

from queue_server.commands.opened import made
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_commands import NoteAccount, NoteDevice
from queue_server.domain.book_events import AccountChange, BookEvent
from queue_server.engine.clock import HallClock
from queue_server.engine.hall_runner import BOOK_CODEC
from queue_server.engine.stream_runner import Request, StreamRunner
from queue_server.journal.base import Journal, Stream
from queue_server.records.accounts import Account
from queue_server.settings import Settings

__all__ = ["Books", "books_of", "operator"]


def operator() -> str:
    """Whoever types, as the journal names them: "console:" and the operating system's user."""
    if sys.platform == "win32":
        return f"console:{getpass.getuser()}"
    import pwd

    uid = os.getuid()  # not what the environment says, which anybody may set
    try:
        return f"console:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"console:{uid}"


class Books:
    """The books in a journal. A server may be at work on it: what it decides meanwhile, it decides again."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def halls(self) -> list[str]:
        """Ids of the halls that are set up."""
        kept = sorted({stream.hall for stream in await self._journal.streams() if stream.kind == "book"})
        return [hall for hall in kept if (await self._opened(hall)).durable.hall is not None]

    async def note_account(self, account: Account, change: AccountChange) -> None:
        """Write a change down in each hall of the account; of one that belongs to none and sees all, in every hall."""
        for hall in account.halls or await self.halls():
            await self._note(hall, NoteAccount(by=operator(), account=account.id, change=change))

    async def note_device(self, hall: str, device: str, *, added: bool) -> None:
        """Write down that a device was let in, or shut out."""
        await self._note(hall, NoteDevice(by=operator(), device=device, change="added" if added else "revoked"))

    async def _note(self, hall: str, noted: NoteAccount | NoteDevice) -> None:
        book = await self._opened(hall)
        await book.run(
            Request(
                command_id=f"console:{token_hex(8)}",
                fingerprint="",
                decide=lambda book, now: decide_for_book(book, noted, now),
                answer=lambda book, events: None,
            )
        )

    async def _opened(self, hall: str) -> StreamRunner[Book, BookEvent]:
        clock = HallClock(hall)
        book: StreamRunner[Book, BookEvent] = StreamRunner(
            self._journal,
            Stream(hall, "book"),
            BOOK_CODEC,
            new=Book,
            apply=apply_to_book,
            now=clock.now,
            committed=lambda book, events, seq: None,
        )
        await book.load()
        if book.durable.last_at is not None:
            clock.saw(book.durable.last_at)
        return book


@asynccontextmanager
async def books_of(settings: Settings) -> AsyncIterator[Books]:
    """The books where the settings say, whose journal is made when it is missing."""
    async with made(settings) as journal:
        yield Books(journal)
