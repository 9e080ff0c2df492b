"""A complaint as it is shown: what waits comes first, and what is told of one tells nobody more than they may know."""

from datetime import date, timedelta
from typing import Any

from queue_server.domain.complaint import Complaint
from queue_server.web.complaint_views import done, in_order
from tests.domain.halls import local

CAME, DUE = local("09:00"), local("00:00", date(2026, 6, 3))


def complaint(id: str, **parts: Any) -> Complaint:
    """A general one that is open."""
    kind: dict[str, Any] = {"severity": "general", "due_at": DUE, "number": f"2026-{id}"} | parts
    return Complaint(id=id, channel="qr", about="service", came_at=CAME, written=True, **kind)


def test_what_waits_comes_by_its_limit_and_what_is_closed_by_its_end() -> None:
    """A major one before all others; of the closed ones the newest first."""
    later = DUE + timedelta(days=5)
    every = [
        complaint("closed early", closed_at=CAME + timedelta(hours=1), state="replied"),
        complaint("due later", due_at=later),
        complaint("due"),
        complaint("closed late", closed_at=CAME + timedelta(hours=2), state="withdrawn"),
        complaint("major", due_at=later, severity="major"),
    ]
    assert [one.id for one in in_order(every)] == ["major", "due", "due later", "closed late", "closed early"]


def test_people_are_told_the_last_day_in_time() -> None:
    """In the hall's zone: what is due at midnight is due on the day before."""
    told = done(complaint("x"), "Asia/Shanghai")
    assert (told["due_at"], told["last_day"]) == ("2026-06-02T16:00:00.000Z", "2026-06-02")
    assert told.keys() == {"id", "number", "state", "due_at", "last_day"}
