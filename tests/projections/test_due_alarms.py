"""What is due today, and what is overdue: for the head, and never a complaint about staff."""

from datetime import date, timedelta
from typing import Any

from queue_server.domain import commands
from queue_server.domain.alarm import Alarm
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.book_commands import FinishRectification
from queue_server.domain.book_events import ComplaintRegistered, ComplaintReplied, HallConfigured
from queue_server.projections.due_alarms import due_alarms
from queue_server.projections.hall_alarms import hall_alarms
from tests.domain.halls import HEAD, MONDAY, TUESDAY, Floor, local, township
from tests.domain.rectifications import DUE, ID, Rectifying


def complained(**fields: Any) -> Book:
    """A book with one complaint, due by the end of Monday."""
    book = apply_to_book(Book(), HallConfigured(at=local("09:00"), hall=township()))
    kind = {"channel": "phone", "severity": "general", "about": "service"} | fields
    return apply_to_book(
        book,
        ComplaintRegistered(at=local("09:00"), complaint="c_1", number="0001", due_at=local("00:00", TUESDAY), **kind),
    )


def told(book: Book, clock: str, day: date = MONDAY) -> list[Alarm]:
    """What stands at that local time."""
    at = local(clock, day)
    return [*due_alarms(book, "morning" if clock < "12:00" else "afternoon", at)]


def test_a_complaint_is_told_on_its_last_day_and_after_it() -> None:
    """Yellow, orange in the afternoon, red from midnight on, until it is answered; to the head alone."""
    book = complained()
    assert told(book, "23:59", MONDAY - timedelta(days=1)) == []
    for clock, day, colour in (("09:00", MONDAY, "yellow"), ("14:00", MONDAY, "orange"), ("00:00", TUESDAY, "red")):
        (alarm,) = told(book, clock, day)
        assert (alarm.key, alarm.colour, alarm.readers) == ("complaint_due c_1", colour, ("head",))
    assert alarm.since == local("00:00", TUESDAY)
    apply_to_book(book, ComplaintReplied(at=local("09:00", TUESDAY), complaint="c_1", reply_ref="n_1"))
    assert told(book, "10:00", TUESDAY) == []


def test_a_complaint_about_staff_is_nobodys_but_disciplines() -> None:
    """Not even overdue: no list for a head tells of it, also where somebody is named in one about a service."""
    for about, subject in (("staff", None), ("staff", HEAD), ("service", HEAD)):
        assert told(complained(about=about, subject=subject), "09:00", TUESDAY) == []


def test_a_rectification_is_told_on_its_last_day_and_after_it() -> None:
    """Until it is done; the district may know too."""
    case = Rectifying()
    assert told(case.book, "09:00", DUE - timedelta(days=1)) == []
    for clock, day, colour in (("09:00", DUE, "yellow"), ("14:00", DUE, "orange"), ("08:00", date(2026, 6, 9), "red")):
        (alarm,) = told(case.book, clock, day)
        assert (alarm.key, alarm.colour) == (f"rectification_due {ID}", colour)
        assert alarm.readers == ("head", "district")
    assert alarm.since == local("00:00", date(2026, 6, 9))
    case.do(FinishRectification(by=HEAD, rectification=ID, note_ref="n_1"))
    assert told(case.book, "09:00", date(2026, 6, 10)) == []


def test_a_last_day_begins_with_its_morning() -> None:
    """At midnight, hours before the business day turns: an alarm only ever gets worse."""
    floor = Floor(business_day=MONDAY - timedelta(days=1), clock="20:00")
    book, seen = complained(), []
    for clock in ("00:00", "03:59"):
        floor.clock(clock, MONDAY)
        seen += [alarm.colour for alarm in hall_alarms(floor.day, book, floor.now)]
    floor.turn(MONDAY, clock="04:00")
    floor.do(commands.EndDay(by=HEAD))
    for clock in ("04:00", "14:00"):
        floor.clock(clock)
        seen += [alarm.colour for alarm in hall_alarms(floor.day, book, floor.now)]
    assert seen == ["yellow", "yellow", "yellow", "orange"]


def test_what_is_due_stands_also_when_the_day_was_closed_early() -> None:
    """It does not end with the day."""
    floor = Floor(clock="14:00")
    floor.do(commands.EndDay(by=HEAD))
    assert [alarm.kind for alarm in hall_alarms(floor.day, complained(), floor.now)] == ["complaint_due"]
    assert told(Book(), "09:00") == []
