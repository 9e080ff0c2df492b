"""One reader's session on a live socket, from the accepted connection to its end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

import structlog

from queue_server.journal.base import Unavailable
from queue_server.push.channel import Place, Subscription
from queue_server.push.connection import Connection, text_frame
from queue_server.push.hub import Hub
from queue_server.push.presence import Attendance, Presence
from queue_server.push.source import kind_of
from queue_server.wire.close_codes import CloseCode
from queue_server.wire.frames import BadFrame, heartbeat, parse_ack
from queue_server.wire.resume import Position

__all__ = ["TRY_AGAIN_LATER", "Reader", "live"]

log = structlog.get_logger()

TRY_AGAIN_LATER = 1013
"""RFC 6455's code for a server that cannot help at the moment: the journal is away, or was not heard for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who wants to read what; that they may has been found out already."""

    hall: str
    topic: str
    asked: Position | None = None  # where they stand; None when they have nothing
    who: str | None = None  # device or account id; None for the public, of whom no presence is kept
    role: str = "public"
    authority: Callable[[], int | None] | None = None  # None: may always read; else see `Hub.subscribe`


async def live(
    connection: Connection, reader: Reader, hub: Hub, presence: Presence, wall: Callable[[], datetime]
) -> None:
    """Feed a reader until the connection ends. `wall`: the machine's aware time, for presence."""
    attendance: Attendance | None = None

    def heard() -> None:
        if attendance is not None:
            attendance.heard(wall())

    subscription = hub.subscribe(connection, reader.hall, reader.topic, authority=reader.authority, on_heard=heard)
    known: AbstractContextManager[None] = nullcontext()
    if reader.who is not None:
        attendance = presence.joined(reader.hall, reader.topic, reader.who, reader.role, wall())
    else:
        known = presence.looking_on(reader.hall, reader.topic)
    try:
        with known:
            await _open(connection, subscription, reader, hub)
            await _listen(connection, reader, hub, attendance, wall)
    finally:
        hub.unsubscribe(subscription)
        if attendance is not None:
            attendance.left(wall())


async def _open(connection: Connection, subscription: Subscription, reader: Reader, hub: Hub) -> None:
    """Send what the reader lacks, at its own pace, and hand it over to the hub."""
    if not hub.current(reader.hall):
        connection.close(TRY_AGAIN_LATER)
        return
    try:
        opening = await hub.source.open(reader.hall, reader.topic, reader.asked)
    except LookupError:
        connection.close(CloseCode.NOT_FOUND)
        return
    except Unavailable as exc:
        log.warning("live.not_opened", hall=reader.hall, topic=kind_of(reader.topic), cause=repr(exc))  # no ticket's id
        connection.close(TRY_AGAIN_LATER)
        return
    for payload in opening.payloads:
        if connection.is_paused and subscription.place is not Place.GONE:
            await _drained(subscription)  # the hub cuts it off if it takes nothing
        if not connection.send_text_frame(text_frame(payload)):
            return
    if reader.asked is not None:
        # A reader that resumes counts itself as up to date only when told so, and the next heartbeat may be 4 s away.
        beat = heartbeat(reader.topic, opening.seq, hub.wall(reader.hall), opening.last)
        connection.send_text_frame(text_frame(beat))
    hub.opened(subscription, opening.seq)


async def _drained(subscription: Subscription) -> None:
    event = asyncio.Event()
    subscription.when_drained(event.set)
    await event.wait()


async def _listen(
    connection: Connection, reader: Reader, hub: Hub, attendance: Attendance | None, wall: Callable[[], datetime]
) -> None:
    """Take acknowledgements until the connection ends; anything that is no frame at all ends it."""
    while (message := await connection.receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        try:
            if not isinstance(text, str):
                raise BadFrame("binary")
            ack = parse_ack(text)
        except BadFrame:
            connection.close(CloseCode.NOT_UNDERSTOOD)
            continue
        if attendance is None:
            continue
        if ack is None or ack.seq > hub.source.head(reader.hall, reader.topic):
            attendance.heard(wall())  # of a newer client, or about what cannot have been shown
        else:
            attendance.acked(ack.seq, wall(), ack.health)
