"""The outbox: what a hall's webhook is to be told, kept until it was, or was given up.

    add ──► waiting ──► delivered
               │  ▲
               │  └── an attempt failed: again later
               └────► given up: nobody took it in its time, or nobody ever will

Each message is delivered at least once: a server that dies between an answer and writing it down leads to another
attempt, under the same id. What a message tells is derived from what happened, its id too, so that whoever finds out
again, after a crash or on another server, adds nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

__all__ = ["Backlog", "Message", "MessageFault", "MessageState", "Outbox", "OutboxStore", "undelivered_since"]

MessageState = Literal["waiting", "delivered", "given_up"]

MessageFault = Literal[
    "unreachable", "timed_out", "refused", "no_address", "no_secret", "not_confidential", "phone_gone", "late"
]
"""Why the last attempt failed: nobody answered, in time; another answer than a 2xx; no address or secret is set; the
address is no place for a telephone number; the number is not kept any more; there was no time left for an attempt."""

KEPT = timedelta(days=30)
"""How long a message that is settled is listed: a month's alarms, for whoever asks what was told when."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of one hall. Change one with `msgspec.structs.replace` and `Outbox.tried`."""

    id: str  # "msg_" and 32 hex digits
    hall: str
    kind: str  # what the hall chooses by, see the set-up
    subject: str = ""  # an alarm that may be raised again; "" for what is told once
    body: bytes  # JSON, without anything of a citizen's
    phone_ref: str | None = None  # the note with the telephone number that goes out with it; None without one
    made_at: datetime
    until: datetime  # given up from then on
    state: MessageState = "waiting"
    next_at: datetime  # when the next attempt is due, while waiting
    attempts: int = 0
    tried_at: datetime | None = None  # the last attempt; None before the first
    answer: int | None = None  # the HTTP status that it got; None when none came
    fault: MessageFault | None = None  # None before the first attempt, and once it was delivered


LOOKED_AT = 50
"""Messages of a hall that tell whether it can be reached."""


def undelivered_since(newest: Sequence[Message]) -> datetime | None:
    """Since when a hall's messages do not arrive; None while they do. newest: a hall's, added last first.

    One attempt proves nothing, nor does a message that was given up for reasons of its own, as for want of a number.
    """
    failing = None
    for message in newest:
        if message.state == "delivered":
            break
        if message.fault in ("unreachable", "timed_out", "refused", "no_secret") and message.attempts > 1:
            failing = message.made_at
    return failing


class Backlog(NamedTuple):
    """What is waiting. oldest_at: when the oldest of it was made; None when nothing is."""

    waiting: int
    oldest_at: datetime | None


class OutboxStore(Protocol):
    """What the outbox needs of a store. Guarantees: see `base`."""

    async def add_messages(self, messages: Sequence[Message]) -> set[str]:
        """Add messages, in this order; return the ids of those that were new. One whose id is there stays as it is."""

    async def due_messages(
        self, now: datetime, again_at: datetime, without: Collection[str], limit: int
    ) -> list[Message]:
        """Return waiting messages whose next attempt is due, and put that off to `again_at` in the same write, so that
        no other server makes it too.

        Of each hall the one added first, of `without` none; the longest due first, `limit` at most.
        """

    async def message_tried(self, message: Message) -> bool:
        """Keep what became of an attempt: state, next_at, attempts, tried_at, answer, fault. False when the message is
        not waiting any more: then it stays as it is.
        """

    async def newest_messages(self, hall: str, limit: int) -> list[Message]:
        """Return a hall's messages, added last first."""

    async def told_last(self, hall: str) -> dict[str, Message]:
        """Return of each subject of a hall, "" aside, the message that was added last."""

    async def backlog(self) -> Backlog:
        """Return how much is waiting, in all halls."""

    async def sweep_messages(self, before: datetime) -> int:
        """Delete settled messages made before that time, and return how many there were; of each subject of a hall, ""
        aside, the one that was added last stays: what is told next follows from it.
        """

    async def followed(self) -> dict[str, int]:
        """Return the halls whose books are followed, each with the seq up to which it was."""

    async def follow(self, hall: str, seq: int | None) -> None:
        """Note how far a hall's book was followed; None: it is not any more."""


class Outbox:
    """The outbox of one store."""

    def __init__(self, store: OutboxStore) -> None:
        self._store = store

    async def add(self, messages: Sequence[Message]) -> set[str]:
        """Have messages sent; return the ids of those that were not there yet. May be repeated."""
        return await self._store.add_messages(messages) if messages else set()

    async def due(self, now: datetime, again_at: datetime, without: Collection[str], limit: int) -> list[Message]:
        """Return messages to be sent now, one a hall at most, and the longest due first.

        Whoever asks has until `again_at` to say how it went; else the next who asks is given them again. without: halls
        that are being sent to already.
        """
        return await self._store.due_messages(now, again_at, without, limit)

    async def tried(self, message: Message) -> bool:
        """Keep what became of an attempt; False when another one settled the message meanwhile."""
        return await self._store.message_tried(message)

    async def newest(self, hall: str, limit: int) -> list[Message]:
        """Return a hall's messages, newest first."""
        return await self._store.newest_messages(hall, limit)

    async def undelivered_since(self, hall: str) -> datetime | None:
        """Return since when a hall's messages do not arrive, None while they do."""
        return undelivered_since(await self._store.newest_messages(hall, LOOKED_AT))

    async def told_last(self, hall: str) -> dict[str, Message]:
        """Return of each subject of a hall what was told last."""
        return await self._store.told_last(hall)

    async def backlog(self) -> Backlog:
        """Return how much is waiting, in all halls."""
        return await self._store.backlog()

    async def followed(self) -> dict[str, int]:
        """Return the halls that have a webhook, each with the seq up to which it was told of its book."""
        return await self._store.followed()

    async def follow(self, hall: str, seq: int | None) -> None:
        """Note up to where a hall's webhook was told of its book, once those messages are added; None: it has none."""
        await self._store.follow(hall, seq)

    async def sweep(self, now: datetime) -> int:
        """Delete what was settled and has been listed long enough; return how many."""
        return await self._store.sweep_messages(now - KEPT)
