"""What the book keeps of history that was lost: one loss for one history, whoever tells of it, until it is seen to."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_commands import AcknowledgeLoss, BookCommand, ReportLoss
from queue_server.domain.book_events import HistoryLost, LossAcknowledged
from queue_server.domain.refusals import Refusal
from tests.domain.halls import HEAD, local

NOW = local("10:00")
REPORT = ReportLoss(
    part="day",
    epoch="e1",
    kept=118,
    known=121,
    since=local("09:10"),
    until=local("09:12"),
    business_day=date(2026, 6, 1),
    issued={"t_13": "A013", "t_14": "A014"},
    back=("A009",),
    complaints=("2026-0003",),
)


def done(book: Book, command: BookCommand) -> int:
    """Ask for something that is accepted; how many events came of it."""
    outcome = decide_for_book(book, command, NOW)
    assert not isinstance(outcome, Refusal), outcome
    for event in outcome:
        apply_to_book(book, event)
    return len(outcome)


def open_losses(book: Book) -> list[HistoryLost]:
    return list(book.losses.open())


def test_a_loss_is_written_down_as_it_was_told() -> None:
    """Also in a book whose set-up is what was lost."""
    book = Book()
    assert done(book, REPORT) == 1
    (loss,) = open_losses(book)
    fields: dict[str, Any] = {name: getattr(REPORT, name) for name in REPORT.__struct_fields__}
    assert loss == HistoryLost(at=NOW, **fields)


def test_what_is_told_again_changes_nothing() -> None:
    """By the same server or by one that knew less."""
    book = Book()
    done(book, REPORT)
    assert done(book, REPORT) == 0
    assert done(book, replace(REPORT, known=120, until=local("09:11"), issued={"t_13": "A013"}, back=())) == 0


def test_of_two_who_tell_of_one_loss_all_counts() -> None:
    """The widest bounds and all numbers, each once."""
    book = Book()
    done(book, REPORT)
    more = replace(REPORT, kept=117, known=125, since=local("09:09"), until=local("09:20"))
    more = replace(
        more, issued={"t_14": "A014", "t_15": "A015"}, again=("A013",), back=("A002",), complaints=("2026-0004",)
    )
    assert done(book, more) == 1
    (loss,) = open_losses(book)
    assert (loss.kept, loss.known, loss.since, loss.until) == (117, 125, local("09:09"), local("09:20"))
    assert list(loss.issued.values()) == ["A013", "A014", "A015"]
    assert (loss.again, loss.back) == (("A013",), ("A009", "A002"))
    assert loss.complaints == ("2026-0003", "2026-0004")
    done(book, replace(REPORT, since=None, until=None, known=126))
    (loss,) = open_losses(book)
    assert (loss.since, loss.until) == (None, local("09:20")), "since when is as unknown as to whoever knows least"


def test_each_history_has_its_own_loss() -> None:
    """An epoch ends once."""
    book = Book()
    done(book, REPORT)
    done(book, ReportLoss(part="book", epoch="e2", kept=4, known=5))
    assert [loss.epoch for loss in open_losses(book)] == ["e1", "e2"]


def test_a_loss_stands_until_it_is_seen_to() -> None:
    """Once; and again when more of it becomes known, of which whoever saw to it could not know."""
    book = Book()
    done(book, REPORT)
    before = book.copy()
    assert done(book, AcknowledgeLoss(by=HEAD, epoch="e1")) == 1
    assert open_losses(book) == [] and len(open_losses(before)) == 1
    assert done(book, AcknowledgeLoss(by=HEAD, epoch="e1")) == 0 == done(book, REPORT)
    done(book, replace(REPORT, known=122, issued={"t_15": "A015"}))
    (loss,) = open_losses(book)
    assert list(loss.issued.values()) == ["A013", "A014", "A015"]


def test_a_number_that_two_people_have_is_told_though_neither_ticket_is_left() -> None:
    """Two servers issued it, and lost it both, at once or one after the other; of another day it is no matter."""
    book = Book()
    done(book, replace(REPORT, again=("A014",)))
    (loss,) = open_losses(book)
    assert book.losses.given_twice(loss) == ["A014"]
    done(book, replace(REPORT, known=122, issued={"t_other": "A013"}))
    (loss,) = open_losses(book)
    assert book.losses.given_twice(loss) == ["A013", "A014"]
    done(book, replace(REPORT, epoch="e2", issued={"t_16": "A016", "t_14": "A014"}))
    done(book, replace(REPORT, epoch="e3", issued={"t_x": "A016"}))
    done(book, replace(REPORT, epoch="e4", issued={"t_y": "A014"}, business_day=date(2026, 6, 2)))
    twice = {loss.epoch: book.losses.given_twice(loss) for loss in open_losses(book)}
    assert twice == {"e1": ["A013", "A014"], "e2": ["A016"], "e3": ["A016"], "e4": []}


def test_who_saw_to_it_is_written_down() -> None:
    """As with everything that a head does."""
    book = Book()
    done(book, REPORT)
    assert decide_for_book(book, AcknowledgeLoss(by=HEAD, epoch="e1"), NOW) == (
        LossAcknowledged(at=NOW, by=HEAD, epoch="e1"),
    )
