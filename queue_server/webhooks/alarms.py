"""Which alarms are new, which have become worse, and which are over. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from queue_server.domain.hall import Hall
from queue_server.domain.thresholds import COLOURS, Colour
from queue_server.domain.webhook import AlertKind
from queue_server.records.outbox import Message
from queue_server.webhooks.messages import body_of, message

__all__ = ["Standing", "news", "standing"]


class Standing(NamedTuple):
    """An alarm that stands. subject: what it is about, the same for as long as it stands; text: in Chinese and in
    English; data: for programs.
    """

    subject: str
    level: Colour
    text: tuple[str, str]
    data: Mapping[str, Any]
    kind: AlertKind = "alarm"


def standing(told: Mapping[str, Message]) -> dict[str, Colour]:
    """Of the alarms that a hall's webhook takes for standing, by subject, the level that it was told.

    told: what it was told last of each subject.
    """
    bodies = {subject: body_of(last) for subject, last in told.items()}
    return {subject: body["data"]["level"] for subject, body in bodies.items() if body["type"] == "alarm.raised"}


def news(
    hall: Hall, told: Mapping[str, Message], now: datetime, raised: Iterable[Standing], over: Iterable[str]
) -> list[Message]:
    """What is to be told of alarms: those that are new or worse than was told, and those that are over.

    told: what was told last of each subject; the ids follow from it, so that two servers that find out the same tell it
    once. over: subjects of alarms that do not stand any more.
    """
    known = standing(told)
    found = [
        _raised(hall, alarm, told.get(alarm.subject), now)
        for alarm in raised
        if alarm.subject not in known or COLOURS.index(alarm.level) > COLOURS.index(known[alarm.subject])
    ]
    return found + [_cleared(hall, told[subject], now) for subject in over if subject in known]


def _raised(hall: Hall, alarm: Standing, before: Message | None, now: datetime) -> Message:
    after = "" if before is None else before.id
    data = {**alarm.data, "alarm": alarm.subject, "level": alarm.level}
    about = f"{alarm.subject} {alarm.level} {after}"
    return message(hall, alarm.kind, "alarm.raised", about, now, alarm.text, data, subject=alarm.subject)


def _cleared(hall: Hall, raised: Message, now: datetime) -> Message:
    before = body_of(raised)["data"]
    text = f"已解除：{before['text']['zh']}", f"Over: {before['text']['en']}"
    data = {name: value for name, value in before.items() if name not in ("hall", "hall_name", "text")}
    kind: AlertKind = "complaint" if raised.kind == "complaint" else "alarm"
    return message(hall, kind, "alarm.cleared", raised.id, now, text, data, subject=raised.subject)
