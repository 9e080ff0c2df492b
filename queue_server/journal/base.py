"""The journal's contract: what every implementation guarantees, and what the engine may rely on.

A journal keeps one append-only history per *stream*; a hall has two (`day` and `book`). One accepted command is one
*batch* of one or more events, which have consecutive `seq` numbers. The journal never looks into the events' bytes;
`codec` does.

Guarantees
----------
1.  **Position.** A stream's events are numbered 1, 2, 3 … without gaps. A batch takes `first … last`; a number is
    never used twice, and never by something that was not written.
2.  **Atomic batches.** A batch is written whole (events, command id, fingerprint, mark) or not at all, after any crash.
3.  **Durable before told.** When the future of `append` holds a head, the batch has been flushed to stable storage, and
    every batch below it too. Nothing is visible to `head`, `read` or `marks` sooner than that. (As far as the disk
    tells the truth about flushing. On Redis: as far as its persistence settings go.)
4.  **One history.** A batch is written only where its `expected` head is the stream's head in all three parts. So of
    two writers that start from the same head one wins, the other gets `Conflict`, and two histories cannot be woven
    together, even when their numbers match.
5.  **Call order.** The appends of one journal object to one stream are tried in the order of the calls, and their
    futures are done in that order. The next append may be queued before the one before it is done, its `expected`
    being the head that the one before will give (`next_tip` tells its tip). If the earlier one fails, the later one
    cannot match any more and fails too, with the same error or with `Conflict`: a queue of guesses falls as a whole,
    never with holes (unless the other writer wrote the very same events, which then are as good as ours).
6.  **Streams are apart.** A conflict in one stream harms no other, though many streams share one flush.
7.  **Others may write.** Several journal objects, in one process or on several servers, may be open on the same data.
8.  **A sealed stream takes nothing**, from anybody, by any journal object, from the moment when `seal` returns until it
    is opened again; so a history that moves to another journal goes on there alone. Only whoever names the seal in
    `append` still writes: that is how a history arrives.

Heads
-----
`(epoch, seq, tip)`. `tip` chains over all events of the stream, so that it names one history. `epoch` is random, is
drawn and stored when somebody first asks for the stream's head or appends to it, and stays for good; it changes only
when history was lost or replaced (`renew_epoch`; the opening of a restored backup). After that every reader's position
is worth nothing and every queued append conflicts. `head` of a stream that is already known writes nothing.

What an error means
-------------------
JournalError
├── Conflict        nothing was written; others' events came first: catch up from `.head`, then decide again
├── Unavailable     nothing is *known* to be written: the disk is full, read-only or broken, the server away, or the
│   │               journal closed. A power cut may have hit between the flush and the news of it, so ask `head` and
│   │               `read` before deciding again; a stored command id tells whether it was written after all.
│   └── Sealed      nothing was written: the stream goes on elsewhere, or is still on its way here
└── …               the codec's and the files' own: see `codec` and `sqlite_file`

After `Unavailable` the journal heals by itself: each later call tries anew.
"""

import asyncio
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

__all__ = [
    "READ_LIMIT",
    "Batch",
    "Conflict",
    "Follower",
    "Head",
    "Journal",
    "JournalError",
    "NewBatch",
    "News",
    "Sealed",
    "Stream",
    "Unavailable",
    "closed",
    "follow",
    "next_tip",
]

READ_LIMIT = 2_000
"""Batches in one `read`, if not said otherwise: some tens of milliseconds of work, and less than a megabyte or two."""


class Stream(NamedTuple):
    """Names one history."""

    hall: str
    """The hall's id."""
    kind: str
    """`day` or `book`; the journal takes any text."""


class Head(NamedTuple):
    """The position after a stream's last batch."""

    epoch: str
    """Random text, one per stream and history."""
    seq: int
    """The last event's seq; 0 for a stream without events."""
    tip: str
    """16 hex digits that stand for all events so far; empty for a stream without events."""


class NewBatch(msgspec.Struct, frozen=True, gc=False):
    """One accepted command's events, about to be written."""

    count: int
    """How many events there are in `events`, at least 1."""
    command_id: str
    """Unique per command, as the engine scopes it."""
    fingerprint: str
    """HMAC of the request, to tell a retry from another command under the same key."""
    mark: str | None
    """The business date on a batch that opens a day, else None."""
    events: bytes
    """UTF-8 JSON array text."""


class Batch(msgspec.Struct, frozen=True, gc=False):
    """One written batch. Fields that are not explained here are as in `NewBatch`."""

    first: int
    """The first event's seq, from 1."""
    last: int
    """The last event's seq, `first` or above."""
    tip: str
    """The stream's tip after this batch."""
    command_id: str
    fingerprint: str
    mark: str | None
    events: bytes


class JournalError(Exception):
    """Whatever a journal may raise."""


class Conflict(JournalError):
    """The stream's head is not the expected one. Nothing was written."""

    def __init__(self, head: Head) -> None:
        super().__init__(head)
        self.head = head
        """Where the stream stands instead, durably."""

    def __str__(self) -> str:
        return f"the stream stands at seq {self.head.seq} of epoch {self.head.epoch}"


class Unavailable(JournalError):
    """The journal cannot do it now. Nothing is known to be written."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(cause)
        self.cause = cause
        """What the disk, the driver or the server said."""

    def __str__(self) -> str:
        return f"the journal is not available: {self.cause}"


class Sealed(Unavailable):
    """The stream takes no batches. A caller who repeats the command finds it where the stream goes on."""

    def __init__(self, seal: str) -> None:
        super().__init__(PermissionError(seal))
        self.seal = seal
        """What `seal` was told: where the history is, in a few words for whoever runs the server."""

    def __str__(self) -> str:
        return self.seal or "the history is open, and goes on here"


def closed() -> Unavailable:
    """What a journal says that is not open."""
    return Unavailable(ConnectionError("the journal is closed"))


def next_tip(tip: str, events: bytes) -> str:
    """The tip after a batch: 16 hex digits.

    `tip` is the one before it (empty at a stream's start), `events` the batch's bytes as in `NewBatch`.
    """
    return blake2b(tip.encode() + events, digest_size=8).hexdigest()


def follow(head: Head, batch: Batch) -> Head | None:
    """The head after `batch`, or None if `batch` is not the one that continues `head`'s history.

    For checking a history that was read from outside: `head` starts at `(epoch, 0, "")`.
    """
    if batch.first != head.seq + 1 or batch.last < batch.first or batch.tip != next_tip(head.tip, batch.events):
        return None
    return Head(head.epoch, batch.last, batch.tip)


class Journal(Protocol):
    """What it promises is in the module's text. Every method belongs to the event loop that called `open`."""

    async def open(self) -> None:
        """Make ready, in a time that does not grow with the history.

        Raises `Unavailable`, or an error about the data's form.
        """

    async def close(self) -> None:
        """Write what was queued, then let go. Appends after it fail with `Unavailable`. Closing twice is allowed."""

    async def head(self, stream: Stream) -> Head:
        """Where the stream stands, durably.

        Asked about a stream for the first time, it draws its epoch; so ask only about halls that exist. Raises
        `Unavailable`.
        """

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> asyncio.Future[Head]:
        """Queue one batch at once, and give back a future of the head after it, done when that is durable.

        seal: the one that the stream must bear; empty, for nearly everybody: none.
        The future fails with `Conflict`, `Sealed` or `Unavailable`. Cancelling it takes nothing back. `ValueError` at
        once for a batch without events. A journal that is far behind fails the future at once rather than queue without
        end.
        """

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        """Durable batches whose `last` is above `after`, ascending, `limit` of them at most, each whole.

        `after`: a seq, 0 for the beginning. Fewer than `limit` come back only at the end of the history. Empty for an
        unknown stream. Raises `Unavailable`.
        """

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        """The last `newest` marks as `(mark, first seq of its batch)`, ascending.

        Its time does not grow with the history. Raises `Unavailable`.
        """

    async def streams(self) -> list[Stream]:
        """Every stream that has an epoch, in the order in which they got it; an adopted one perhaps once it is open.

        Raises `Unavailable`.
        """

    async def has(self, stream: Stream) -> bool:
        """Whether it is one of these. Its time does not grow with how many there are. Raises `Unavailable`."""

    async def lately_written(self, newest: int) -> list[Stream]:
        """The streams that the journal's last `newest` batches went to, the last one first, each once.

        Its time does not grow with the history, nor with the streams. Raises `Unavailable`.
        """

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        """Draw and store a new epoch, because history was lost; seq and tip stay. The head with the epoch that it has.

        `instead_of`: the epoch whose history was lost. Where the stream has another one by now, nothing is changed: of
        several servers that notice it, one renews. Raises `Unavailable`.
        """

    async def seal(self, stream: Stream, seal: str) -> Head:
        """Have the stream take no more, but from whoever names this seal; empty: open it. The head, durably.

        What was queued by then may still be written, and is in the head if it was. Raises `Unavailable`.
        """

    async def sealed(self, stream: Stream) -> str:
        """The stream's seal; empty for an open or unknown one. Raises `Unavailable`."""

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        """Make the stream, sealed, for a history of that epoch that comes from another journal. Its head.

        A stream that is unknown or without events becomes that; one that is so already stays as it is, under this seal.
        Raises `Conflict` for an open one of that epoch that has events, and for any of another; `Unavailable`.
        """


class Follower(Protocol):
    """Whoever follows one stream that several servers write to."""

    def heard(self, epoch: str, batch: Batch) -> None:
        """Somebody wrote this batch, perhaps ourselves. It is durable, and may have been heard before."""

    def stands(self, head: Head) -> None:
        """Where the stream stood a moment ago."""


class News(Protocol):
    """Tells of what other servers write, where several share a journal: at once, and if that was lost some seconds
    later. Nothing rests on it but how soon a server knows.

    hinted: called with the hall, topic and frame of each hint.
    """

    hinted: Callable[[str, str, bytes], None]

    async def run(self) -> None:
        """Tell, until cancelled."""

    def follow(self, hall: str, streams: Mapping[str, Follower]) -> None:
        """Tell from now on what happens to the hall's streams, by their kind."""

    def leave(self, hall: str) -> None:
        """Tell no more. A hall is asked about only while it is followed."""

    async def ask(self, hall: str) -> None:
        """Have its followers told where the hall's streams stand now. Raises Unavailable."""

    async def hint(self, hall: str, topic: str, frame: bytes) -> None:
        """Give the readers of a topic a hint frame, at every server that follows the hall, this one too. Nothing of it
        is kept: who is away never gets it. Raises Unavailable.
        """

    def current(self, hall: str) -> bool:
        """Whether it was heard in the last few seconds where the hall stands."""

    @property
    def cut_off(self) -> bool:
        """Whether nothing was heard of any hall in the last few seconds."""
        ...

    @property
    def lag_s(self) -> float:
        """How long nothing was heard of the hall that was silent longest."""
        ...
