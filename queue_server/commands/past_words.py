"""What people bring up in a demo's past, and what they are answered."""

from typing import NamedTuple

from queue_server.domain.book_events import About, Severity

__all__ = ["COMPLAINTS", "PUT_RIGHT", "Brought"]

PUT_RIGHT = (
    "已向群众致歉，并补发完整的材料清单。",
    "已与群众沟通，说明办理流程，群众表示理解。",
    "已对窗口人员进行业务培训，今后一次性告知。",
)
"""What was done about bad ratings."""


class Brought(NamedTuple):
    """One thing that people bring up. often: beside the others."""

    often: float
    severity: Severity
    about: About
    text: str
    reply: str


COMPLAINTS = (
    Brought(
        4,
        "general",
        "service",
        "取号以后等了四十多分钟，希望忙的时候多开一个窗口。",
        "上午高峰时段已增开机动窗口，感谢您的建议。",
    ),
    Brought(
        3,
        "general",
        "other",
        "大厅门口的坡道太陡，轮椅上不去。",
        "坡道已重新铺设，并在门口安装了呼叫铃。",
    ),
    Brought(
        4,
        "general",
        "service",
        "办理社保转移时，材料清单没有一次说全，跑了两趟。",
        "已向您致歉并当日办结；一次性告知单已补充完整。",
    ),
    Brought(
        2,
        "complex",
        "service",
        "宅基地申请交了两个月没有回音。",
        "经与自然资源所核实，已完成审批，请凭取件码到统一出证窗口领取。",
    ),
    Brought(
        1,
        "general",
        "staff",
        "窗口人员说话不耐烦。",
        "已约谈当事人，并将结果当面告知您。",
    ),
    Brought(
        0.5,
        "major",
        "service",
        "怀疑救助款的发放名单有问题。",
        "已会同上级纪检监察机关核查，结果已书面答复。",
    ),
)
