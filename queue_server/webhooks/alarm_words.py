"""Alarms in words, Chinese and English, as they are passed on. Pure; nobody is named."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from queue_server.domain.alarm import Alarm
from queue_server.domain.hall import Hall
from queue_server.records.devices import Device, DeviceRole

__all__ = ["device_said", "said"]

DEVICES: dict[DeviceRole, tuple[str, str]] = {
    "kiosk": ("取号机", "kiosk"),
    "screen": ("大屏", "hall screen"),
    "announcer": ("语音播报", "announcer"),
    "evaluator": ("评价器", "evaluator"),
}
FAILURES: dict[Literal["missing", "silent", "failing"], tuple[str, str]] = {
    "missing": ("失去联系", "is missing"),
    "silent": ("在线，但没有播报或显示呼叫", "is connected, but lets calls pass"),
    "failing": ("没能出声", "could not make a sound"),
}


def said(hall: Hall, alarm: Alarm, number: str = "") -> tuple[str, str]:
    """An alarm of the hall. number: of the complaint, or the ticket, that is due; of those that were lost."""
    what, figure = alarm.subject, alarm.figure
    match alarm.kind:
        case "history_lost":
            zh, en = (f"，其间取的号：{number}", f", with the tickets {number}") if number else ("", "")
            return (
                f"最近 {figure} 条已保存的记录丢失{zh}。请在现场管理页核对。",
                f"The last {figure} saved records were lost{en}. See the hall's page.",
            )
        case "both_absent":
            zh, en = _post(hall, what)
            return f"{zh}的 A 岗和 B 岗都不在，请安排人员。", f"Nobody is there for {en}: A and B are both absent."
        case "post_uncovered":
            zh, en = _post(hall, what)
            return f"{zh}已 {figure} 分钟无人在岗。", f"Nobody has been at {en} for {figure} min."
        case "idle":
            return (
                f"{what} 号窗口有人等候，已 {figure} 分钟没有操作。",
                f"Counter {what}: people wait, idle for {figure} min.",
            )
        case "wait":
            zh, en = _queue(hall, what)
            return (
                f"{zh}等候最久的人已等到目标时间的 {figure}％。",
                f"{en}: the longest wait is {figure} % of the target.",
            )
        case "saturation":
            zh, en = _queue(hall, what)
            return f"{zh}平均每个开放的窗口有 {figure} 人等候。", f"{en}: {figure} people wait for each open counter."
        case "abandonment":
            return f"今天的弃号率已达 {figure}％。", f"{figure} % of today's tickets were abandoned."
        case "bad_ratings":
            return f"今天已有 {figure} 个差评。", f"Bad ratings today: {figure}."
        case "long_duty":
            return (
                f"{what} 号窗口的人员已连续当班 {figure} 分钟。",
                f"Counter {what}: on duty for {figure} min without a break.",
            )
        case "complaint_due":
            return _due(alarm, f"诉求 {number}", f"complaint {number}")
        case "rectification_due":
            return _due(alarm, f"号票 {number} 的差评整改", f"the rectification about ticket {number}")


def _due(alarm: Alarm, zh: str, en: str) -> tuple[str, str]:
    if alarm.colour == "red":
        return f"{zh} 已经超期，请尽快办理。", f"The time for {en} is over."
    return f"{zh} 今天到期。", f"The time for {en} ends today."


def _post(hall: Hall, id: str) -> tuple[str, str]:
    post = hall.posts.get(id)
    return (f"岗位“{id}”", f"post “{id}”") if post is None else (f"岗位“{post.name}”", f"post “{post.name}”")


def _queue(hall: Hall, id: str) -> tuple[str, str]:
    queue = hall.queues.get(id)
    return (f"“{id}”", id) if queue is None else (f"“{queue.name}”", queue.name_en or queue.name)


def device_said(
    device: Device, kind: Literal["missing", "silent", "failing"], since: datetime | None, zone: ZoneInfo
) -> tuple[str, str]:
    """An alarm about a device. since: when it began; None for a device that never came."""
    (device_zh, device_en), (failure_zh, failure_en) = DEVICES[device.role], FAILURES[kind]
    place = "".join(f" {part}" for part in (device.counter, device.label) if part)
    at = "" if since is None else f"{since.astimezone(zone):%H:%M}"
    return (
        f"{device_zh}{place}：{at and f'{at} 起'}{failure_zh}。",
        f"The {device_en}{place} {failure_en}{at and f', since {at}'}.",
    )
