"""What is done about a bad rating, by whom, and until when."""

from datetime import timedelta

import pytest

from queue_server.domain import book_events as events
from queue_server.domain.rectify import LONGEST_EXTENSION, opening_of
from tests.domain.halls import HEAD, local
from tests.domain.rectifications import DISCIPLINE, DUE, ID, Rectifying, rated_badly


def test_a_rating_is_put_right_once() -> None:
    """However often the reaction comes, it opens one."""
    rectifying = Rectifying()
    floor, ticket = rated_badly()
    assert rectifying.do(opening_of(floor.day, ticket.id, 1, rectification="r_other", due_on=DUE)) == ()


def test_a_leg_of_yesterday_that_was_rated_today() -> None:
    """What was rated is found among the last business day's tickets too."""
    floor, ticket = rated_badly()
    floor.turn(floor.business_day + timedelta(days=1))
    opened = opening_of(floor.day, ticket.id, 1, rectification=ID, due_on=DUE)
    assert (opened.number, opened.business_day) == (ticket.number, ticket.business_day)


def test_who_did_it_and_when_is_written_down() -> None:
    """Each step carries its time and its author."""
    rectifying = Rectifying()
    rectifying.later(minutes=5)
    (event,) = rectifying.do(rectifying.start())
    assert event == events.RectificationStarted(at=rectifying.now, by=HEAD, rectification=ID)
    (event,) = rectifying.do(rectifying.finish())
    assert (event.by, rectifying.one.finished_at) == (HEAD, rectifying.now)
    assert rectifying.refused(rectifying.start()).code == "rectification_closed"
    assert rectifying.refused(rectifying.finish()).code == "rectification_closed"


def test_it_is_started_once() -> None:
    """The second to press is told."""
    rectifying = Rectifying()
    rectifying.do(rectifying.start())
    assert rectifying.refused(rectifying.start()).code == "already_under_way"


def test_nobody_decides_what_they_asked() -> None:
    """Not even with the right to decide; somebody else's word ends the review."""
    rectifying = Rectifying()
    assert rectifying.refused(rectifying.decide(True)).code == "no_review"
    rectifying.do(rectifying.ask(by=DISCIPLINE))
    assert rectifying.refused(rectifying.decide(True, by=DISCIPLINE)).code == "own_review"
    rectifying.do(rectifying.decide(False, by="u_district"))
    assert (rectifying.one.state, rectifying.one.review) == ("pending", None)


def test_under_review_nothing_is_done_about_it() -> None:
    """First comes the decision; a line in the log and a call do no harm."""
    rectifying = Rectifying()
    rectifying.do(rectifying.ask())
    for command in (rectifying.start(), rectifying.finish(), rectifying.ask()):
        assert rectifying.refused(command).code == "review_pending"
    rectifying.do(rectifying.call(reached=False))


def test_a_rating_that_was_left_out() -> None:
    """Nothing more is done about it, and nobody rates it again."""
    rectifying = Rectifying()
    rectifying.do(rectifying.ask())
    rectifying.do(rectifying.decide(True))
    assert (rectifying.one.state, rectifying.one.open) == ("invalid", False)
    for command in (rectifying.start(), rectifying.finish(), rectifying.ask(), rectifying.call()):
        assert rectifying.refused(command).code == "rectification_closed"
    assert rectifying.refused(rectifying.follow()).code == "not_rectified"
    assert not rectifying.one.overdue(DUE + timedelta(days=9))


def test_more_time_is_asked_for_before_the_limit_and_granted_by_another() -> None:
    """Until the very end of the last day; granted, that is the day asked for, and refused, the old one."""
    rectifying, until = Rectifying(), DUE + timedelta(days=3)
    rectifying.at(local("23:59", DUE))
    rectifying.do(rectifying.ask("extension", until))
    rectifying.at(local("00:00", DUE + timedelta(days=1)))
    assert rectifying.one.overdue(DUE + timedelta(days=1)), "asking is no extension"
    rectifying.do(rectifying.decide(False))
    assert rectifying.one.due_on == DUE
    assert rectifying.refused(rectifying.ask("extension", until)).code == "rectification_overdue"
    rectifying = Rectifying()
    rectifying.do(rectifying.ask("extension", until))
    rectifying.do(rectifying.decide(True))
    assert (rectifying.one.due_on, rectifying.one.state) == (until, "pending")


@pytest.mark.parametrize("days", [0, -1, LONGEST_EXTENSION.days + 1])
def test_a_day_that_is_no_extension(days: int) -> None:
    """It is a later one, a year at most."""
    rectifying = Rectifying()
    assert rectifying.refused(rectifying.ask("extension", DUE + timedelta(days=days))).code == "until_invalid"


def test_each_review_has_a_day_or_none() -> None:
    """More time is until a day; a rating is left out for good."""
    rectifying = Rectifying()
    assert rectifying.refused(rectifying.ask("extension")).code == "until_invalid"
    assert rectifying.refused(rectifying.ask("invalid", DUE + timedelta(days=1))).code == "until_invalid"


def test_a_call_back_verifies_and_later_asks_whether_it_is_right_now() -> None:
    """Any number of calls; whether somebody is satisfied is known once it is done."""
    rectifying = Rectifying()
    rectifying.do(rectifying.call())
    assert rectifying.refused(rectifying.call(satisfied=True)).code == "not_rectified"
    rectifying.do(rectifying.finish())
    rectifying.do(rectifying.call(reached=False))
    rectifying.do(rectifying.call(satisfied=False))
    assert rectifying.one.called_back is not None
    assert (rectifying.one.called_back.reached, rectifying.one.called_back.satisfied) == (True, False)


def test_the_second_rating_is_the_last() -> None:
    """After the work is done, once, whatever it says: a bad one opens nothing new."""
    rectifying = Rectifying()
    assert rectifying.refused(rectifying.follow()).code == "not_rectified"
    rectifying.do(rectifying.finish())
    rectifying.do(rectifying.follow("very_dissatisfied"))
    assert rectifying.refused(rectifying.follow()).code == "already_followed_up"
    assert len(rectifying.book.rectifications.by_id) == 1


def test_one_that_is_not() -> None:
    """Every command is refused."""
    rectifying = Rectifying()
    del rectifying.book.rectifications.by_id[ID]
    for command in (rectifying.start(), rectifying.ask(), rectifying.decide(True), rectifying.call()):
        assert rectifying.refused(command).code == "rectification_unknown"
