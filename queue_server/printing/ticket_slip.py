"""The slip that a citizen takes from the kiosk. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from queue_server.domain.hall import Hall
from queue_server.domain.ticket import Estimate, Priority, Ticket
from queue_server.printing.slip import Line, Slip, Translate

__all__ = ["ticket_slip", "wait_range"]

RULE = Line("-")
LONGEST_S = 3 * 3600
"""A longer wait is a guess, and is not promised."""


def ticket_slip(
    hall: Hall,
    ticket: Ticket,
    *,
    ahead: int,
    estimate: Estimate | None,
    now: datetime,
    opens: datetime | None = None,
    closes: datetime | None,
    _: Translate,
    english: bool = False,
    service: str = "",
    address: str | None = None,
    copy: bool = False,
) -> Slip:
    """The slip of a ticket as things stand.

    ahead: people before it. estimate: None when nobody can say. opens: when the counters open, None while they are.
    closes: when the hall closes today, None when it does not. english: take the English names where there are some.
    service: name of the item, "" when only a queue was chosen. address: of the ticket's page, None where phones cannot
    reach it. copy: it was printed before.
    """
    queue = hall.queues.get(ticket.queue)
    zone = ZoneInfo(hall.timezone)
    lines = [Line(_("补打"), align="center", bold=True)] if copy else []
    lines.append(Line(_named(hall.name, hall.name_en, english), 2, "center", bold=True))
    if queue is not None:
        lines.append(Line(f"{queue.prefix}  {_named(queue.name, queue.name_en, english)}", align="center", bold=True))
    if service:
        lines.append(Line(service, align="center"))
    lines.append(Line(ticket.number, 4, "center", bold=True))
    if ticket.priority is not None:
        lines.append(Line(_("优先：%(class)s") % {"class": _priorities(_)[ticket.priority]}, align="center", bold=True))
    lines += [
        RULE,
        Line(_("您前面还有 %(count)s 人在等候") % {"count": ahead}, bold=True),
        Line(_("预计等候：%(wait)s") % {"wait": wait_range(estimate, _) or _no_wait_known(opens, zone, _)}),
    ]
    if numbers := [str(number) for number, counter in sorted(hall.counters.items()) if ticket.queue in counter.queues]:
        lines.append(Line(_("办理窗口：%(counters)s 号") % {"counters": (", " if english else "、").join(numbers)}))
    if estimate is not None and closes is not None and now + timedelta(seconds=estimate.p90_s) > closes:
        text = _("对外办公时间（至 %(time)s）即将结束，您的业务可能来不及办理，请先向咨询台确认。感谢您的支持。")
        lines.append(Line(text % {"time": _clock(closes, zone)}, bold=True))
    missed = _("过号不作废：请到咨询台或窗口说一声，为您恢复排队，排在 %(places)s 位之后，不用重新取号。")
    lines += [
        RULE,
        Line(_("请在休息区等候，注意呼叫及大屏显示信息。")),
        Line(missed % {"places": hall.rules.return_places}),
    ]
    foot = (
        *((Line(_("用手机扫一扫，随时看前面还有几人"), align="center"),) if address else ()),
        Line(_("取号时间 %(time)s") % {"time": ticket.issued_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")}),
        Line(_("请保管好您的资料，祝您办事顺利。")),
    )
    return Slip(tuple(lines), address, foot)


def wait_range(estimate: Estimate | None, _: Translate) -> str | None:
    """A range of whole minutes, None when it is not known; as the pages say it (static/page.js), in steps of five above
    half an hour.
    """
    if estimate is None or estimate.p90_s > LONGEST_S:
        return None
    step = 5 if estimate.p90_s > 1800 else 1
    most = max(1, -(-estimate.p90_s // (60 * step)) * step)
    least = min(most, max(1, estimate.p50_s // (60 * step) * step))
    if least == most:
        return _("约 %(most)s 分钟") % {"most": most}
    return _("约 %(least)s–%(most)s 分钟") % {"least": least, "most": most}


def _no_wait_known(opens: datetime | None, zone: ZoneInfo, _: Translate) -> str:
    return _("请咨询工作人员") if opens is None else _("窗口 %(time)s 开始办理") % {"time": _clock(opens, zone)}


def _named(name: str, english_name: str, english: bool) -> str:
    return english_name if english and english_name else name


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def _priorities(_: Translate) -> dict[Priority, str]:
    return {
        "elderly": _("70 岁及以上老人"),
        "disabled": _("残疾人"),
        "pregnant_or_infant": _("孕妇，或带婴幼儿"),
        "military": _("现役军人、退役军人及家属"),
        "urgent_need": _("特别紧急"),
    }
