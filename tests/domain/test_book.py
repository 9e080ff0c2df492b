"""The book: the hall's set-up, what is accepted and what it becomes."""

from msgspec.structs import replace

from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_commands import ConfigureHall
from queue_server.domain.book_events import HallConfigured
from queue_server.domain.refusals import CODES, Refusal
from tests.domain.halls import HEAD, local, township

NOW = local("09:00")


def test_a_hall_is_set_up() -> None:
    """The first set-up makes the hall; the event carries it whole."""
    book = Book()
    decision = decide_for_book(book, ConfigureHall(by=HEAD, hall=township()), NOW)
    assert decision == (HallConfigured(at=NOW, by=HEAD, hall=township()),)
    assert (book.seq, book.hall, book.last_at) == (0, None, None)
    after = apply_to_book(book, decision[0])
    assert (after.seq, after.hall, after.last_at) == (1, township(), NOW)


def test_a_copy_is_independent() -> None:
    """A copied book does not change with the first."""
    book = apply_to_book(Book(), HallConfigured(at=NOW, hall=township()))
    copy = book.copy()
    assert (copy.seq, copy.hall, copy.last_at) == (book.seq, book.hall, book.last_at)
    apply_to_book(copy, HallConfigured(at=NOW, hall=replace(township(), name="新名")))
    assert (book.seq, book.hall) == (1, township())


def test_the_same_set_up_again_changes_nothing() -> None:
    """Sent again, a set-up is accepted and nothing happens."""
    book = apply_to_book(Book(), HallConfigured(at=NOW, hall=township()))
    assert decide_for_book(book, ConfigureHall(hall=township()), NOW) == ()
    changed = replace(township(), name="青山镇政务服务中心")
    assert decide_for_book(book, ConfigureHall(hall=changed), NOW) == (HallConfigured(at=NOW, hall=changed),)


def test_a_faulty_set_up_is_refused() -> None:
    """The first fault is named; the book stays as it is."""
    book = Book()
    decision = decide_for_book(book, ConfigureHall(hall=replace(township(), id="", name="")), NOW)
    assert isinstance(decision, Refusal)
    assert decision.code == "hall_invalid" and decision.code in CODES and decision.retry == "never"
    assert (decision.fields["place"], decision.fields["fault"]) == ("id", "id_wrong")
    assert book.hall is None
