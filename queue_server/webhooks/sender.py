"""From the outbox to the halls' own addresses: one attempt at a time for each hall, until a message is taken."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
import structlog
from msgspec.structs import replace

from queue_server.records.errors import RecordsUnavailable
from queue_server.records.notes import Notes
from queue_server.records.outbox import Message, MessageFault, Outbox
from queue_server.webhooks.address import is_confidential
from queue_server.webhooks.posting import Poster, Result
from queue_server.webhooks.retrying import next_attempt
from queue_server.webhooks.signature import headers_of

__all__ = ["READER", "Outcome", "Sender", "Target"]

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
LEASE = timedelta(seconds=60)
"""How long an attempt is nobody else's affair: well over what it takes."""
AT_ONCE = 16
"""Attempts under way, of as many halls."""
READER = "webhook"
"""Who looks at a telephone number that goes out."""

GONE = 410
NO_USE: frozenset[MessageFault] = frozenset({"no_address", "not_confidential", "phone_gone", "late"})
"""What no later attempt mends in time."""

Outcome = Literal["delivered", "failed", "given_up"]


class Target(NamedTuple):
    """Where a hall's messages go. secret: that signs them; None before one was made."""

    url: str
    secret: bytes | None


class Sender:
    """Sends what is due, for as long as `run` runs.

    target: a hall's, None without an address; raises RecordsUnavailable when that cannot be known. now: the machine's
    clock. chance: at random from 0 to 1.
    outcomes: how many attempts ended how since the start.
    """

    def __init__(
        self,
        outbox: Outbox,
        notes: Notes,
        target: Callable[[str], Awaitable[Target | None]],
        poster: Poster,
        now: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._notes = notes
        self._target = target
        self._poster = poster
        self._now = now
        self._chance = chance
        self._news = asyncio.Event()
        self._halls: dict[str, asyncio.Task[None]] = {}  # being sent to
        self.outcomes: Counter[Outcome] = Counter({"delivered": 0, "failed": 0, "given_up": 0})

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    async def run(self) -> None:
        """Send until cancelled. An attempt that is cut off is made again after the next start."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                try:
                    await self._send_due(group)
                except RecordsUnavailable as error:
                    log.warning("webhook.store_failed", error=str(error))  # it comes again
                try:
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._news.wait()
                except TimeoutError:
                    pass

    async def _send_due(self, group: asyncio.TaskGroup) -> None:
        free = AT_ONCE - len(self._halls)
        if free == 0:
            return
        now = self._now()
        for message in await self._outbox.due(now, now + LEASE, self._halls.keys(), free):
            self._halls[message.hall] = group.create_task(self._send(message))

    async def _send(self, message: Message) -> None:
        try:
            result = await self._attempt(message)
            await self._settle(message, result)
        except RecordsUnavailable as error:
            log.warning("webhook.store_failed", hall=message.hall, message=message.id, error=str(error))
        except Exception as error:  # a mistake of ours: one message must not end the server; it is tried again later
            log.error("webhook.broke", hall=message.hall, message=message.id, exc_info=error)
        finally:
            del self._halls[message.hall]
            self.wake()  # the hall may have more to say

    async def _attempt(self, message: Message) -> Result:
        now = self._now()
        if now >= message.until:
            return Result("late")
        target = await self._target(message.hall)
        if target is None:
            return Result("no_address")
        if target.secret is None:
            return Result("no_secret")
        body = message.body
        if message.phone_ref is not None:
            if not is_confidential(target.url):
                return Result("not_confidential")
            note = await self._notes.get(message.phone_ref, READER, now)
            if note is None:
                return Result("phone_gone")
            body = _with_phone(body, note.text)
        return await self._poster.post(target.url, body, headers_of(target.secret, message.id, now, body))

    async def _settle(self, message: Message, result: Result) -> None:
        now = self._now()
        tried = replace(message, attempts=message.attempts + 1, tried_at=now, answer=result.answer, fault=result.fault)
        again_at = None
        if result.fault is not None and result.fault not in NO_USE and result.answer != GONE:
            again_at = next_attempt(tried.attempts, now, message.until, self._chance(), result.asked)
        outcome: Outcome
        if result.fault is None:
            outcome, tried = "delivered", replace(tried, state="delivered")
        elif again_at is None:
            outcome, tried = "given_up", replace(tried, state="given_up")
        else:
            outcome, tried = "failed", replace(tried, next_at=again_at)
        await self._outbox.tried(tried)
        self.outcomes[outcome] += 1
        (log.info if outcome == "delivered" else log.warning)(
            f"webhook.{outcome}",
            hall=message.hall,
            message=message.id,
            kind=message.kind,
            attempt=tried.attempts,
            answer=result.answer,
            fault=result.fault,
        )  # not the address, which may hold a password


def _with_phone(body: bytes, phone: str) -> bytes:
    """The message with the number, which the outbox does not keep."""
    document = msgspec.json.decode(body)
    document["data"]["phone"] = phone
    return msgspec.json.encode(document)
