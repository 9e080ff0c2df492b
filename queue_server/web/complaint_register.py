"""The register of complaints 诉求台账 as a table: how each came, by when it was to be answered, and when it was.

Nobody's words or names are in it: what leaves the server in a file is looked at by whoever has the file.
"""

from collections.abc import Iterable
from datetime import datetime

from queue_server.domain.complaint import Complaint
from queue_server.domain.deadlines import last_day, local_date
from queue_server.domain.hall import Hall
from queue_server.exchange.sheet import Column, Sheet, Value
from queue_server.web.history_labels import Translate

__all__ = ["register"]


def register(complaints: Iterable[Complaint], hall: Hall, now: datetime, _: Translate) -> Sheet:
    """The sheet, in the order given. Days are the hall's dates; those late are counted to the answer, or until now."""
    words = {
        "counter": _("当面"), "phone": _("电话"), "paper": _("书面"), "online": _("网上"), "qr": _("扫码"),
        "general": _("一般"), "complex": _("复杂"), "major": _("重大"),
        "staff": _("工作人员"), "service": _("办事"), "other": _("其他"),
        "open": _("待答复"), "replied": _("已答复"), "withdrawn": _("已撤回"),
    }  # fmt: skip
    columns = (
        *(Column(name, "text") for name in (_("编号"), _("来源"), _("轻重"), _("反映什么"))),
        Column(_("窗口"), "count"),
        *(Column(name, "text") for name in (_("收到日期"), _("答复期限"), _("延期到"), _("办结日期"), _("状态"))),
        Column(_("超期天数"), "count"),
    )
    rows = [_row(complaint, hall.timezone, now, words) for complaint in complaints]
    return Sheet(_("诉求台账"), columns, rows, about=(hall.name,))


def _row(complaint: Complaint, timezone: str, now: datetime, words: dict[str, str]) -> list[Value]:
    due, closed = last_day(complaint.due_at, timezone), complaint.closed_at
    extended = complaint.extended_to
    late = complaint.late(now) and complaint.state != "withdrawn"
    return [
        complaint.number,
        words[complaint.channel],
        words[complaint.severity],
        words[complaint.about],
        complaint.counter,
        local_date(complaint.came_at, timezone).isoformat(),
        due.isoformat(),
        None if extended is None else last_day(extended, timezone).isoformat(),
        None if closed is None else local_date(closed, timezone).isoformat(),
        words[complaint.state],
        (local_date(closed or now, timezone) - due).days if late else 0,
    ]
