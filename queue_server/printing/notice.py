"""The one-time notice 一次性告知单, all that there is to know of an item; and the slip that tries a printer. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from queue_server.domain.hall import Hall
from queue_server.domain.printer import Printer
from queue_server.domain.service import Guide, Service
from queue_server.printing.slip import Line, Slip, Translate

__all__ = ["notice", "trial"]

RULE = Line("-")


def notice(hall: Hall, service: Service, guide: Guide, now: datetime, _: Translate) -> Slip:
    """What the hall knows of an item; what it does not is left out, or said to be asked for."""
    lines = [
        Line(_("一次性告知单"), 2, "center", bold=True),
        Line(hall.name, align="center"),
        RULE,
        Line(service.name, bold=True),
        Line(_("指导部门：%(name)s") % {"name": service.department}),
    ]
    lines.append(Line(_("需要的材料"), bold=True))
    if guide.materials:
        lines += [Line(f"{place}. {material}") for place, material in enumerate(guide.materials, 1)]
    else:
        lines.append(Line(_("需要带什么材料，请向咨询台询问。")))
    if guide.conditions:
        lines += [Line(_("办理条件"), bold=True), Line(guide.conditions)]
    if guide.steps:
        lines.append(Line(_("办理流程"), bold=True))
        lines += [Line(f"{place}. {step}") for place, step in enumerate(guide.steps, 1)]
    facts = (
        (_("法定时限"), guide.legal_limit),
        (_("承诺时限"), guide.promised_limit),
        (_("办理结果"), guide.result),
        (_("收费"), guide.fee),
        (_("咨询电话"), guide.consult_phone or hall.phone or None),
        (_("投诉电话"), guide.complaint_phone),
    )
    lines += [RULE, *(Line(f"{label}：{value}") for label, value in facts if value is not None)]
    return Slip(tuple(lines), None, (_printed(hall, now, _),))


def trial(hall: Hall, printer: Printer, now: datetime, _: Translate) -> Slip:
    """A slip by which one sees whether a printer is set up well."""
    return Slip(
        (
            Line(_("打印测试"), 2, "center", bold=True),
            Line(hall.name, align="center"),
            Line("A001", 4, "center", bold=True),
            Line(f"{printer.name or printer.id} · {printer.width_mm} mm"),
            RULE,
            Line(_("两边的线应到纸边，汉字应清楚完整。如果是乱码，请把打印方式改为 image（图像）。")),
        ),
        None,
        (_printed(hall, now, _),),
    )


def _printed(hall: Hall, now: datetime, _: Translate) -> Line:
    time = now.astimezone(ZoneInfo(hall.timezone)).strftime("%Y-%m-%d %H:%M")
    return Line(_("打印时间 %(time)s") % {"time": time})
