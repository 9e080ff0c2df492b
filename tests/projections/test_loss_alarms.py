"""History that was lost stands among the alarms, until the head has seen to it."""

from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.book_events import HallConfigured, HistoryLost, LossAcknowledged
from queue_server.domain.day import Day
from queue_server.projections.hall_alarms import hall_alarms
from tests.domain.halls import HEAD, Floor, local, township

LOST = HistoryLost(at=local("09:20"), part="day", epoch="e1", kept=118, known=121, until=local("09:12"))


def test_a_loss_stands_red_until_it_is_seen_to() -> None:
    """Whatever the hour, also after the day was closed; it says how much is gone, and when that was."""
    book = apply_to_book(Book(), HallConfigured(at=local("09:00"), hall=township()))
    apply_to_book(book, LOST)
    floor = Floor(clock="03:00")
    (alarm,) = hall_alarms(floor.day, book, local("03:00"))
    assert (alarm.key, alarm.colour, alarm.figure, alarm.since) == ("history_lost e1", "red", 3, local("09:12"))
    assert alarm.readers == ("head", "district") and alarm.actors == ()
    apply_to_book(book, LossAcknowledged(at=local("10:00"), by=HEAD, epoch="e1"))
    assert hall_alarms(floor.day, book, local("03:00")) == []


def test_a_loss_of_everything_stands_too() -> None:
    """No day is left, nor the hall's set-up."""
    (alarm,) = hall_alarms(Day(), apply_to_book(Book(), LOST), local("09:30"))
    assert alarm.kind == "history_lost"
