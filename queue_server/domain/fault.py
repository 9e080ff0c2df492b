"""What makes a hall's set-up unusable: where, what, and how it is said in both languages."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SENTENCES", "Fault"]

SENTENCES: dict[str, tuple[str, str]] = {
    "id_wrong": (
        "“{value}”要用 1 到 40 个小写字母、数字、- 或 _，以字母或数字开头",
        "'{value}' must be 1-40 of a-z, 0-9, - and _",
    ),
    "key_wrong": (
        "编号要与所在位置一致，用 1 到 40 个小写字母、数字、- 或 _",
        "id must equal its key and be 1-40 of a-z, 0-9, - and _",
    ),
    "empty": ("不能为空", "must not be empty"),
    "timezone_unknown": ("没有时区“{value}”", "'{value}' is not known"),
    "time_wrong": ("“{value}”要写成“时:分”，例如 08:30", "'{value}' is not HH:MM"),
    "none": ("至少要有一个", "at least one is needed"),
    "prefix_wrong": ("“{value}”要用一个或两个大写字母", "'{value}' must be one or two capital letters"),
    "prefix_twice": ("字母“{value}”用了两次，号码会重复", "'{value}' is used twice, so numbers would be too"),
    "minutes_wrong": (
        "目标等候和预计办理时间都要大于零",
        "target_s and expected_service_s must be above zero",
    ),
    "below_zero": ("不能小于零", "must not be below zero"),
    "days_wrong": ("要在 0 到 {most} 天之间", "must be 0-{most} days"),
    "zero": ("要大于零", "must be above zero"),
    "number_wrong": ("窗口号要与所在位置一致，在 1 到 999 之间", "number must equal its key and be 1-999"),
    "queue_unknown": ("大厅没有队列“{value}”", "queue '{value}' is not one of the hall's"),
    "no_unknown": ("目录中没有编号 {value}", "{value} is not in the catalogue"),
    "counter_unknown": ("大厅没有 {value} 号窗口", "counter {value} is not one of the hall's"),
    "counter_taken": ("{value} 号窗口已有别的岗位", "counter {value} has another post"),
    "half_day_unknown": (
        "“{value}”要写成 mon_morning、fri_afternoon 这样的半天",
        "'{value}' is no half day such as mon_morning or fri_afternoon",
    ),
    "not_a_holder": ("{value} 排的人不是这个岗位的 A 岗或 B 岗", "{value} names nobody who is the post's A or B"),
    "levels_wrong": ("黄、橙、红三级要一级高于一级", "yellow, orange and red must rise"),
    "flexible_wrong": ("关闭的界限要低于增开的界限", "close_at must be below open_at"),
    "a_is_b": ("A 岗和 B 岗不能是同一个人", "A and B are the same person"),
    "weekday_unknown": ("没有星期“{value}”", "'{value}' is not one of {weekdays}"),
    "month_day_wrong": ("“{value}”要写成“月-日”，例如 06-01", "'{value}' is not MM-DD"),
    "date_wrong": ("“{value}”要写成“年-月-日”，例如 2026-05-01", "'{value}' is not YYYY-MM-DD"),
    "span_wrong": ("“{start}—{end}”要写成“时:分”，例如 08:30", "'{start}'-'{end}' is not HH:MM"),
    "span_backwards": ("{start}—{end} 与前一段重叠，或结束早于开始", "{start}-{end} overlaps or runs backwards"),
    "span_early": (
        "{start}—{end} 早于业务日开始时间 {starts}",
        "{start}-{end} begins before day_starts {starts}, which opens the day",
    ),
    "text_wrong": ("每条写 1 到 {most} 个字，不能换行", "each takes 1-{most} characters on one line"),
    "address_wrong": (
        "要写成 http:// 或 https:// 开头的网址，最多 300 个字符",
        "must be an address beginning with http:// or https://, of 300 characters at most",
    ),
    "area_unknown": (
        "没有窗口在“{value}”，而有大屏只显示那里的窗口",
        "no counter stands in '{value}', and a screen shows only those that do",
    ),
    "area_wrong": ("所在区域最多 {most} 个字，不能换行", "an area takes {most} characters at most, on one line"),
    "seconds_wrong": ("要在 {least} 到 {most} 秒之间", "must be {least}-{most} seconds"),
    "language_wrong": (
        "语言“{value}”要写成 zh、en 这样的代号，每种一次",
        "language '{value}' must be a code such as zh or en, each once",
    ),
    "placeholder_unknown": ("没有“{value}”这一项，可以用 {known}", "there is no {value}; it may have {known}"),
    "placeholder_missing": ("要有 {number} 和 {counter}", "must have {number} and {counter}"),
    "braces_wrong": ("大括号和方括号要成对，不能套用", "braces and brackets must come in pairs, none within another"),
    "language_unspoken": ("没有语言“{value}”的用语文件", "there is no language file for '{value}'"),
    "readings_wrong": ("要播报 1 到 {most} 遍", "must be 1-{most} readings"),
    "percent_wrong": ("音量要在 0 到 100 之间", "volumes must be 0-100"),
    "phone_wrong": ("最多 {most} 个字符，不能换行", "takes {most} characters at most, on one line"),
    "too_many": ("最多 {most} 条", "{most} at most"),
    "host_wrong": ("“{value}”不是主机名或 IPv4 地址", "'{value}' is no name or IPv4 address"),
    "port_wrong": ("端口要在 1 到 65535 之间", "must be 1-65535"),
    "device_wrong": (
        "“{value}”不是串口，例如 COM3 或 /dev/ttyUSB0",
        "'{value}' is no serial port, such as COM3 or /dev/ttyUSB0",
    ),
    "baud_wrong": ("{value} 不是常用的波特率", "{value} is no usual speed"),
    "usb_wrong": (
        "要填 USB 设备的两个编号，例如 0x04b8 和 0x0e15",
        "vendor and product must be the USB device's numbers, such as 0x04b8 and 0x0e15",
    ),
}
"""By code: Chinese, English."""


class Fault(NamedTuple):
    """One fault. place: the field, as in "queues.express.prefix"; code: one of SENTENCES; values: for its sentence."""

    place: str
    code: str
    values: Mapping[str, str | int] = {}

    @property
    def fields(self) -> dict[str, str | int]:
        """As a refusal carries it."""
        return {"place": self.place, "fault": self.code, **self.values}

    def said(self, english: bool) -> str:
        """The sentence, without the place."""
        return SENTENCES[self.code][english].format_map(self.values)

    def __str__(self) -> str:
        return f"{self.place}: {self.said(english=True)}"
