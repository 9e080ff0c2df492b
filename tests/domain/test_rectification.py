"""Rectification 差评整改: what it is made of, when it is overdue, and the steps of its life."""

from datetime import date, timedelta
from itertools import product
from typing import get_args

import pytest

from queue_server.domain import book_events as events
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.book_commands import BookCommand, NoteRectification
from queue_server.domain.rectification import STEPS, Rectification, RectificationState
from tests.domain.halls import HEAD, clerk, local
from tests.domain.rectifications import DUE, ID, Rectifying, rated_badly


def test_it_says_what_was_rated_where_and_who_served() -> None:
    """All that the head needs is in the book, whatever becomes of the day; words and numbers are references."""
    one = Rectifying(level="very_dissatisfied", reasons=("115",), reasons_version="2020", comment_ref="n_1",
                     phone_ref="n_2").one  # fmt: skip
    opened = one.opened
    assert (opened.number, opened.leg, opened.level, opened.reasons) == ("A001", 1, "very_dissatisfied", ("115",))
    assert (opened.queue, opened.counter, opened.service) == ("comprehensive", 1, 1)
    assert (opened.clerk, opened.post, opened.capacity) == (clerk(1), "post-1", "A")
    assert (opened.comment_ref, opened.phone_ref, opened.reasons_version) == ("n_1", "n_2", "2020")
    assert (one.state, one.due_on, one.log) == ("pending", DUE, (opened,))


def test_a_bad_rating_asks_for_one_and_no_other_does() -> None:
    """The last two levels, as long as they have none."""
    book = Book()
    for level, asks in (("very_satisfied", 0), ("basically_satisfied", 0), ("dissatisfied", 1)):
        floor, ticket = rated_badly(level)  # type: ignore[arg-type]
        assert list(book.rectifications.unopened(floor.day)) == [(ticket.id, 1)] * asks
    rectifying = Rectifying()
    floor, ticket = rated_badly()
    assert list(rectifying.book.rectifications.unopened(floor.day)) == []
    assert rectifying.book.rectifications.of_leg(ticket.id, 1) == rectifying.one
    assert rectifying.book.rectifications.of_leg(ticket.id, 2) is None


@pytest.mark.parametrize(
    ("clock", "day", "overdue"),
    [("23:59", DUE, False), ("00:00", DUE + timedelta(days=1), True), ("12:00", DUE - timedelta(days=9), False)],
)
def test_it_is_overdue_from_the_midnight_after_its_last_day(clock: str, day: date, overdue: bool) -> None:
    """On the hall's own calendar; what was done in time never is, and what was done late was not in time."""
    rectifying = Rectifying()
    rectifying.at(local(clock, day))
    assert rectifying.one.overdue(day) is overdue
    assert rectifying.one.in_time("Asia/Shanghai") is None
    rectifying.do(rectifying.finish())
    assert not rectifying.one.overdue(day)
    assert rectifying.one.in_time("Asia/Shanghai") is not overdue
    assert rectifying.one.in_time("Pacific/Kiritimati") is (day < DUE), "there it is the next day already"


def _ways(one: Rectifying) -> list[tuple[BookCommand, ...]]:
    """How to come into every state, into the reviews by both ways."""
    invalid, extension = one.ask(), one.ask("extension", DUE + timedelta(days=3))
    return [
        (),
        (one.start(),),
        (one.finish(),),
        *((*before, review) for before in ((), (one.start(),)) for review in (invalid, extension)),
        (invalid, one.decide(True)),
    ]


def _commands(one: Rectifying) -> list[BookCommand]:
    """Every command, in every form that matters."""
    note = NoteRectification(by=HEAD, rectification=ID, note_ref="n_1")
    extension = one.ask("extension", DUE + timedelta(days=3))
    return [
        *(one.start(), one.finish(), one.ask(), extension, one.decide(True), one.decide(False)),
        *(one.call(), one.call(satisfied=True), one.follow(), note),
    ]


def test_the_steps_are_those_of_the_drawing() -> None:
    """Every command in every state leads along an arrow, leaves the state alone, or is refused; each arrow is taken."""
    states, taken = set[str](), {("new", "pending")}
    for way, command in product(_ways(Rectifying()), _commands(Rectifying())):
        rectifying = Rectifying()
        for step in way:
            rectifying.do(step)
        before = rectifying.one.state
        states.add(before)
        if rectifying.accepts(command) and rectifying.one.state != before:
            taken.add((before, rectifying.one.state))
    assert states == {*get_args(RectificationState)}
    assert taken == STEPS


def test_its_log_has_everything_in_order() -> None:
    """Who did what, with the reference to the words."""
    rectifying = Rectifying()
    rectifying.do(rectifying.start())
    rectifying.do(NoteRectification(by=HEAD, rectification=ID, note_ref="n_1"))
    rectifying.do(rectifying.finish())
    rectifying.do(rectifying.call(satisfied=True))
    rectifying.do(rectifying.follow())
    assert rectifying.one.log == tuple(rectifying.log[1:])
    assert rectifying.one.called_back == rectifying.log[-2]
    assert rectifying.one.follow_up == rectifying.log[-1]


def test_a_copy_is_independent_and_a_replay_is_equal() -> None:
    """What happens later is not in the copy; the same events make the same state."""
    rectifying = Rectifying()
    copy = rectifying.book.copy()
    rectifying.do(rectifying.finish())
    assert copy.rectifications.by_id[ID].state == "pending"
    assert copy.rectifications.of_leg(rectifying.one.opened.ticket, 1) is not None
    replayed = Book()
    for event in rectifying.log:
        apply_to_book(replayed, event)
    assert list(replayed.rectifications) == [rectifying.one]
    assert isinstance(rectifying.one, Rectification)
    assert isinstance(rectifying.one.log[0], events.RectificationOpened)
