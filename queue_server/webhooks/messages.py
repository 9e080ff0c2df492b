"""What a hall's webhook is told: one message for one thing that happened, with a sentence ready to be passed on. Pure.

A message's id is derived from what it tells, so that it is told once, whoever finds out. None names anybody: a
citizen's telephone number is added by the sender, and goes no other way.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from queue_server.domain.book_events import RectificationOpened
from queue_server.domain.hall import Hall
from queue_server.domain.ticket import Ticket
from queue_server.domain.webhook import AlertKind
from queue_server.projections.instant import instant
from queue_server.records.outbox import Message

__all__ = ["bad_rating", "body_of", "major_complaint", "message", "trial", "turn_near"]

LASTS = timedelta(days=1)
"""For how long a message is tried: who hears of it later than that has heard of it otherwise."""
TURN_LASTS = timedelta(minutes=10)
"""The same of a citizen's turn: later than that, the news would be wrong."""

LEVELS = {"dissatisfied": ("不满意", "dissatisfied"), "very_dissatisfied": ("非常不满意", "very dissatisfied")}


def message(
    hall: Hall,
    kind: AlertKind | Literal["test"],
    type: str,
    about: str,
    now: datetime,
    text: tuple[str, str],
    data: Mapping[str, Any],
    *,
    subject: str = "",
    lasts: timedelta = LASTS,
    phone_ref: str | None = None,
) -> Message:
    """A message of a hall. type: what its body calls it; about: what tells it from others of the type; text: what it
    says in Chinese and in English, to be passed on as it is; data: what programs read beside that.
    """
    zh, en = text
    body = {
        "type": type,
        "timestamp": instant(now),
        "data": {"hall": hall.id, "hall_name": hall.name, "text": {"zh": zh, "en": en}, **data},
    }
    digest = blake2b("\n".join((hall.id, type, about)).encode(), digest_size=16).hexdigest()
    return Message(
        id=f"msg_{digest}",
        hall=hall.id,
        kind=kind,
        subject=subject,
        body=msgspec.json.encode(body),
        phone_ref=phone_ref,
        made_at=now,
        until=now + lasts,
        next_at=now,
    )


def body_of(message: Message) -> dict[str, Any]:
    """What a message says: `type, timestamp, data`."""
    body: dict[str, Any] = msgspec.json.decode(message.body)
    return body


def trial(hall: Hall, command: str, now: datetime) -> Message:
    """A test. command: the id of who asked for it."""
    return message(hall, "test", "test", command, now, ("这是一条测试消息。", "This is a test."), {})


def turn_near(hall: Hall, ticket: Ticket, ahead: int, now: datetime) -> Message:
    """Few people are ahead of somebody who left a telephone number."""
    zh, en = (f"前面还有 {ahead} 人", f"behind {ahead} more") if ahead else ("是下一个", "next")
    zh = f"您在{hall.name}的号 {ticket.number} {zh}，请回到大厅等候叫号。"
    en = f"{hall.name_en or hall.name}: ticket {ticket.number} is {en}. Please come back."
    data = {"number": ticket.number, "queue": ticket.queue, "ahead": ahead}
    return message(
        hall, "turn_near", "turn.near", ticket.id, now, (zh, en), data, lasts=TURN_LASTS, phone_ref=ticket.phone_ref
    )


def bad_rating(hall: Hall, opened: RectificationOpened, now: datetime) -> Message:
    """A bad rating is to be put right. Not what was said, nor of whom."""
    due, (level_zh, level_en) = opened.due_on.isoformat(), LEVELS[opened.level]
    zh = f"{opened.counter} 号窗口收到“{level_zh}”评价（号票 {opened.number}），请在 {due} 前整改。"
    en = f"Counter {opened.counter} was rated “{level_en}” (ticket {opened.number}). To be put right by {due}."
    data = {
        "rectification": opened.rectification,
        "number": opened.number,
        "counter": opened.counter,
        "queue": opened.queue,
        "level": opened.level,
        "due_on": due,
    }
    return message(hall, "bad_rating", "rating.bad", opened.rectification, now, (zh, en), data)


def major_complaint(hall: Hall, complaint: str, number: str, due_at: datetime, now: datetime) -> Message:
    """A major complaint came in, or turned out to be one. Not its words, nor whose they are."""
    due = due_at.astimezone(ZoneInfo(hall.timezone)).strftime("%Y-%m-%d %H:%M")
    zh = f"收到重大诉求 {number}，请在 {due} 前答复。"
    en = f"Major complaint {number}, to be answered by {due}."
    data = {"complaint": complaint, "number": number, "due_at": instant(due_at)}
    return message(hall, "complaint", "complaint.major", complaint, now, (zh, en), data)
