"""The alarms of a hall that stand now, in words that can be passed on."""

from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain.alarm import Alarm
from queue_server.domain.book import Book
from queue_server.domain.hall import Hall
from queue_server.domain.webhook import AlertKind
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.hall_alarms import hall_alarms
from queue_server.projections.instant import instant
from queue_server.push.alarms import Alarm as DeviceAlarm
from queue_server.records.devices import Device
from queue_server.web.device_watch import device_alarms
from queue_server.web.server import Server
from queue_server.webhooks.alarm_words import device_said, said
from queue_server.webhooks.alarms import Standing

__all__ = ["standing_alarms"]

NUMBERS = 20
"""Of tickets in one message, which may be a short one on a phone; all of them are in its data."""


async def standing_alarms(server: Server, runner: HallRunner) -> list[Standing]:
    """Every alarm of a hall in memory that its head may be told: who reads the messages is the head's to say.

    Raises RecordsUnavailable.
    """
    book = runner.books.durable
    if book.hall is None:
        return []
    of_hall = [alarm for alarm in hall_alarms(runner.day, book, runner.now()) if "head" in alarm.readers]
    zone = ZoneInfo(book.hall.timezone)
    of_devices = [_of_device(device, alarm, zone) for device, alarm in await device_alarms(server, runner)]
    return [*(_of_hall(book, book.hall, alarm) for alarm in of_hall), *of_devices]


def _of_hall(book: Book, hall: Hall, alarm: Alarm) -> Standing:
    data: dict[str, Any] = {"what": alarm.kind, "figure": alarm.figure}
    if alarm.subject:
        data["subject"] = alarm.subject
    kind: AlertKind = "complaint" if alarm.kind == "complaint_due" else "alarm"
    number = _number(book, alarm)
    if alarm.kind == "history_lost":
        data["numbers"] = _lost(book, alarm)
    elif number:
        data["number"] = number
    if alarm.since is not None:
        data["since"] = instant(alarm.since)
    return Standing(alarm.key, alarm.colour, said(hall, alarm, number), data, kind)


def _number(book: Book, alarm: Alarm) -> str:
    """What people call the complaint or rectification that an alarm is about; of lost history, the tickets that were
    issued in it; "" for any other alarm, and where there are none.
    """
    if alarm.kind == "complaint_due":
        return book.complaints.all[alarm.subject].number
    if alarm.kind == "rectification_due":
        return book.rectifications.by_id[alarm.subject].opened.number
    if alarm.kind == "history_lost":
        return " ".join(_lost(book, alarm)[:NUMBERS])
    return ""


def _lost(book: Book, alarm: Alarm) -> list[str]:
    """The numbers of the tickets that were issued in lost history."""
    return list(dict.fromkeys(book.losses.all[alarm.subject].issued.values()))


def _of_device(device: Device, alarm: DeviceAlarm, zone: ZoneInfo) -> Standing:
    data = {"what": f"device_{alarm.kind}", "device": device.id, "role": device.role}
    if alarm.since is not None:
        data["since"] = instant(alarm.since)
    text = device_said(device, alarm.kind, alarm.since, zone)
    return Standing(f"device {alarm.kind} {device.id}", "orange" if alarm.kind == "failing" else "red", text, data)
