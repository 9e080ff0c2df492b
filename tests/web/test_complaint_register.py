"""The register of complaints: dates, deadlines and days late, and nobody's words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from queue_server.domain.complaint import Complaint
from queue_server.web.complaint_register import register
from tests.domain.halls import local, township

CAME = local("23:30")  # on Monday; in UTC it is still the afternoon
DUE = local("00:00", date(2026, 6, 3))
WEDNESDAY = local("10:00", date(2026, 6, 3))


def complaint(**parts: Any) -> Complaint:
    """A general one that came late on Monday."""
    kind: dict[str, Any] = {"channel": "qr", "severity": "general", "about": "service", "written": True, "due_at": DUE}
    return Complaint(id="c_1", number="2026-0001", came_at=CAME, **(kind | parts))


def row(one: Complaint, now: datetime = WEDNESDAY) -> list[Any]:
    """How it stands in the register."""
    (found,) = register([one], township(), now, lambda text: text).rows
    return list(found)


def test_a_register_has_a_value_for_each_column() -> None:
    """In words, and by the hall's dates."""
    sheet = register([], township(), WEDNESDAY, lambda text: text)
    named = dict(zip([column.name for column in sheet.columns], row(complaint(counter=4)), strict=True))
    assert named == {
        "编号": "2026-0001", "来源": "扫码", "轻重": "一般", "反映什么": "办事", "窗口": 4, "收到日期": "2026-06-01",
        "答复期限": "2026-06-02", "延期到": None, "办结日期": None, "状态": "待答复", "超期天数": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "late"),
    [
        ({}, 1),
        ({"state": "replied", "closed_at": DUE - timedelta(seconds=1)}, 0),
        ({"state": "replied", "closed_at": DUE}, 1),
        ({"state": "replied", "closed_at": DUE + timedelta(days=9)}, 10),
        ({"state": "withdrawn", "closed_at": DUE + timedelta(days=9)}, 0),
        ({"due_at": datetime(2026, 6, 9, 16, tzinfo=UTC), "extended_to": datetime(2026, 6, 9, 16, tzinfo=UTC)}, 0),
    ],
)
def test_days_late_are_counted_until_the_answer(parts: dict[str, Any], late: int) -> None:
    """From the last day in time; the first moment after it is one day late, and a withdrawal is never late."""
    assert row(complaint(**parts))[-1] == late
