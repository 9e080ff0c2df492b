"""The plan of the posts: absences and their one-day rule, deputies, handovers both ways, and who is to stand where."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server.domain import book_commands, book_events
from queue_server.domain.absence import half_day_before, half_days
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.half_day import Half, HalfDay
from queue_server.domain.refusals import Refusal
from queue_server.domain.staffing import Staffing
from tests.domain.halls import HEAD, MONDAY, TUESDAY, clerk, local, township


def at(day: date, half: Half = "morning") -> HalfDay:
    """A half day."""
    return HalfDay(day=day, half=half)


WEDNESDAY, FRIDAY = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
TUESDAY_ALL = (at(TUESDAY), at(TUESDAY, "afternoon"))


class Plan:
    """A hall's book on a Monday morning; `log` holds what happened in it."""

    def __init__(self, roster: dict[str, str] | None = None) -> None:
        hall = township()
        if roster is not None:
            hall = replace(hall, posts={**hall.posts, "post-1": replace(hall.posts["post-1"], roster=roster)})
        self.hall = hall
        self.now = local("09:00")
        self.book = Book()
        self.log: list[book_events.BookEvent] = []
        self._ids = count(1)
        self._take(book_events.HallConfigured(at=self.now, hall=hall))

    def do(self, command: book_commands.BookCommand) -> Any:
        """The events, or the code of the refusal, which has changed nothing."""
        before = _content(self.book.staffing)
        decision = decide_for_book(self.book, command, self.now)
        assert _content(self.book.staffing) == before
        if isinstance(decision, Refusal):
            return decision.code
        for event in decision:
            self._take(event)
        return decision

    def absent(self, who: int, first: HalfDay = TUESDAY_ALL[0], last: HalfDay = TUESDAY_ALL[1], **told: Any) -> str:
        """A clerk's absence: its id, or the code of the refusal."""
        absence = f"a_{next(self._ids)}"
        told = {"by": clerk(who), "kind": "personal"} | told
        outcome = self.do(
            book_commands.ReportAbsence(absence=absence, clerk=clerk(who), first=first, last=last, **told)
        )
        return outcome if isinstance(outcome, str) else absence

    def confirm(self, absence: str, deputy: int, post: str = "post-1", **part: HalfDay) -> Any:
        """The head confirms a deputy."""
        told: dict[str, Any] = {"by": HEAD, "absence": absence, "post": post, "deputy": clerk(deputy), **part}
        return self.do(book_commands.ConfirmDeputy(**told, kind_of=lambda _: "ordinary"))

    def hand_over(self, giver: int, taker: int, post: str = "post-1", **told: Any) -> Any:
        """One gives a post to another: the event, or the code of the refusal."""
        command = book_commands.GiveHandover(
            by=clerk(giver), handover=f"h_{next(self._ids)}", post=post, giver=clerk(giver), taker=clerk(taker), **told
        )
        outcome = self.do(command)
        return outcome if isinstance(outcome, str) else outcome[0]

    def clerk(self, when: HalfDay, post: str = "post-1") -> str | None:
        """Who is to stand at a post."""
        return self.book.staffing.standing(self.hall.posts[post], when).clerk

    def confirmed(self, who: int, when: HalfDay, post: str = "post-1") -> bool:
        """Whether the plan has that clerk there."""
        return self.book.staffing.confirmed(self.hall.posts[post], clerk(who), when)

    def _take(self, event: book_events.BookEvent) -> None:
        self.log.append(event)
        self.book = apply_to_book(self.book, event)


def _content(staffing: Staffing) -> tuple[Any, Any]:
    return dict(staffing.absences), dict(staffing.handovers)


# The roster


def test_the_roster_says_who_stands_there() -> None:
    """By weekday and half day; where it says nothing it is A, and where it says nobody, nobody is expected."""
    plan = Plan({"mon_afternoon": clerk(2), "tue_morning": ""})
    assert plan.clerk(at(MONDAY)) == clerk(1)
    assert plan.clerk(at(MONDAY, "afternoon")) == clerk(2)
    assert plan.confirmed(2, at(MONDAY, "afternoon"))
    assert not plan.confirmed(2, at(MONDAY))
    assert not plan.confirmed(1, at(TUESDAY)), "nobody is to stand there then"


# Absences


@pytest.mark.parametrize(
    ("first", "late"),
    [(at(TUESDAY), False), (at(MONDAY), True), (at(MONDAY, "afternoon"), True), (at(FRIDAY), False)],
)
def test_one_day_ahead_or_late(first: HalfDay, late: bool) -> None:
    """Reported on the day before or earlier it is in time; on the day itself it is accepted, and marked."""
    plan = Plan()
    absence = plan.absent(1, first, at(FRIDAY, "afternoon"))
    assert plan.book.staffing.absences[absence].late is late


def test_the_day_turns_at_the_halls_hour() -> None:
    """At two in the morning it is still yesterday, so that the next morning is a day ahead."""
    plan = Plan()
    plan.now = local("02:00", TUESDAY)
    assert not plan.book.staffing.absences[plan.absent(1)].late
    plan.now = local("04:00", TUESDAY)
    assert plan.book.staffing.absences[plan.absent(2)].late


def test_whoever_reports_for_another_is_named() -> None:
    """The head may, for a clerk who calls in; the event says who did."""
    plan = Plan()
    absence = plan.absent(1, by=HEAD, kind="sick", reason_ref="n_1")
    kept = plan.book.staffing.absences[absence]
    assert (kept.clerk, kept.by, kept.kind, kept.reason_ref) == (clerk(1), HEAD, "sick", "n_1")
    assert kept.reported_at == plan.now


def test_absences_that_make_no_sense() -> None:
    """Backwards, over, of more than a year, or twice: each is refused by its name, and what touches is not twice."""
    plan = Plan()
    assert plan.absent(1, at(TUESDAY, "afternoon"), at(TUESDAY)) == "absence_backwards"
    sunday = MONDAY - timedelta(days=1)
    assert plan.absent(1, at(sunday), at(sunday, "afternoon")) == "absence_over"
    assert plan.absent(1, at(sunday), at(MONDAY)).startswith("a_"), "still going on"
    assert plan.absent(1, at(TUESDAY), at(MONDAY + timedelta(days=400))) == "absence_too_long"
    assert plan.absent(1, at(MONDAY + timedelta(days=400)), at(MONDAY + timedelta(days=400))) == "absence_too_long"
    plan.absent(1, at(TUESDAY), at(TUESDAY))
    assert plan.absent(1, at(MONDAY, "afternoon"), at(TUESDAY)) == "absence_overlaps"
    assert plan.absent(1, at(TUESDAY, "afternoon"), at(TUESDAY, "afternoon")).startswith("a_")
    assert plan.absent(2, at(TUESDAY), at(TUESDAY)).startswith("a_"), "somebody else's"


def test_an_absence_is_withdrawn() -> None:
    """Before it began it never was; later it ends before the half day in which the clerk is back."""
    plan = Plan()
    absence = plan.absent(1, at(TUESDAY), at(FRIDAY, "afternoon"))
    plan.confirm(absence, 2)
    plan.do(book_commands.WithdrawAbsence(absence=absence, current=at(MONDAY, "afternoon")))
    assert absence not in plan.book.staffing.absences
    assert plan.clerk(at(TUESDAY)) == clerk(1)
    absence = plan.absent(1, at(TUESDAY), at(FRIDAY, "afternoon"))
    plan.confirm(absence, 2)
    plan.do(book_commands.WithdrawAbsence(absence=absence, current=at(WEDNESDAY, "afternoon")))
    assert plan.book.staffing.absences[absence].last == at(WEDNESDAY)
    assert [plan.clerk(at(WEDNESDAY, half)) for half in ("morning", "afternoon")] == [clerk(2), clerk(1)]
    over = book_commands.WithdrawAbsence(absence=absence, current=at(WEDNESDAY, "afternoon"))
    assert plan.do(over) == "absence_over"


# Deputies


def test_the_head_confirms_a_deputy() -> None:
    """For the whole absence: from then on the plan has the deputy there, and signing on is confirmed."""
    plan = Plan()
    absence = plan.absent(1)
    assert plan.clerk(at(TUESDAY)) is None
    (event,) = plan.confirm(absence, 2)
    assert event == book_events.DeputyConfirmed(at=plan.now, by=HEAD, absence=absence, post="post-1", deputy=clerk(2))
    assert [plan.clerk(when) for when in TUESDAY_ALL] == [clerk(2)] * 2
    assert plan.confirmed(2, at(TUESDAY))
    assert not plan.confirmed(2, at(WEDNESDAY))
    assert not plan.confirmed(1, at(TUESDAY)), "the plan does not have A there"
    assert plan.confirm(absence, 2) == (), "it is so already"


def test_a_part_of_an_absence_by_somebody_else() -> None:
    """One deputy for some half days and another for the rest; the later word counts."""
    plan = Plan()
    absence = plan.absent(1, at(TUESDAY), at(WEDNESDAY, "afternoon"))
    plan.confirm(absence, 2)
    plan.confirm(absence, 3, first=at(WEDNESDAY), last=at(WEDNESDAY))
    deputies = [plan.clerk(when) for when in half_days(at(TUESDAY), at(WEDNESDAY, "afternoon"))]
    assert deputies == [clerk(2), clerk(2), clerk(3), clerk(2)]
    assert plan.confirm(absence, 2, first=at(MONDAY)) == "not_in_absence"
    assert plan.confirm(absence, 2, first=at(WEDNESDAY), last=at(TUESDAY)) == "not_in_absence"
    plan.confirm(absence, 2)
    assert len(plan.book.staffing.absences[absence].deputations) == 1, "what is said anew is not kept twice"


def test_a_deputy_who_is_absent_too_is_refused() -> None:
    """And nothing else is: not who has a post of her own then, nor who is absent at another time."""
    plan = Plan()
    absence = plan.absent(1, at(TUESDAY), at(WEDNESDAY, "afternoon"))
    plan.absent(2, at(WEDNESDAY, "afternoon"), at(FRIDAY))
    assert plan.confirm(absence, 2) == "deputy_absent"
    assert plan.confirm(absence, 1) == "deputy_absent", "nobody stands in for herself"
    assert plan.confirm(absence, 2, first=at(TUESDAY), last=at(WEDNESDAY))
    assert plan.clerk(at(WEDNESDAY, "afternoon")) is None
    assert plan.confirm(absence, 6, first=at(WEDNESDAY, "afternoon")), "anybody may be sent as relief"


def test_nobody_has_to_be_there_while_the_hall_is_closed() -> None:
    """A deputy who is away on Sunday stands in from Friday to Monday; and for a weekend there is nobody to confirm."""
    plan = Plan()
    saturday, sunday = (FRIDAY + timedelta(days=days) for days in (1, 2))
    absence = plan.absent(1, at(FRIDAY), at(FRIDAY + timedelta(days=3), "afternoon"))
    plan.absent(2, at(sunday), at(sunday, "afternoon"))
    assert plan.confirm(absence, 2) != "deputy_absent"
    assert plan.confirm(absence, 3, first=at(saturday), last=at(sunday, "afternoon")) == "post_not_left"


def test_a_deputy_who_then_reports_an_absence_leaves_the_post() -> None:
    """The plan does not hide it: nobody is there, although a deputy was confirmed."""
    plan = Plan()
    absence = plan.absent(1)
    plan.confirm(absence, 2)
    plan.absent(2, at(TUESDAY, "afternoon"), at(TUESDAY, "afternoon"))
    standing = plan.book.staffing.standing(plan.hall.posts["post-1"], at(TUESDAY, "afternoon"))
    assert (standing.deputy, standing.clerk) == (clerk(2), None)
    assert plan.clerk(at(TUESDAY)) == clerk(2)


def test_only_posts_that_the_absent_clerk_leaves() -> None:
    """Nobody is confirmed where the roster has somebody else, or nobody; but an absent B's half days are covered."""
    plan = Plan({"tue_morning": "", "tue_afternoon": clerk(2)})
    assert plan.confirm(plan.absent(1), 2) == "post_not_left"
    assert plan.confirm(plan.absent(2), 3)
    assert plan.clerk(at(TUESDAY, "afternoon")) == clerk(3)
    assert plan.confirm("a_2", 3, post="post-9") == "post_unknown"


def test_a_deputy_is_withdrawn() -> None:
    """For a part, then for the rest; once more changes nothing."""
    plan = Plan()
    absence = plan.absent(1)
    plan.confirm(absence, 2)
    off = book_commands.WithdrawDeputy(absence=absence, post="post-1", first=at(TUESDAY, "afternoon"))
    plan.do(off)
    assert [plan.clerk(when) for when in TUESDAY_ALL] == [clerk(2), None]
    plan.do(replace(off, first=None))
    assert [plan.clerk(when) for when in TUESDAY_ALL] == [None, None]
    assert plan.do(replace(off, first=None)) == ()


# Handovers


def test_a_post_is_handed_over_and_back() -> None:
    """Out to the deputy before the absence, back to A after it: both names, both times, what is open."""
    plan = Plan()
    absence = plan.absent(1)
    out = plan.hand_over(1, 2, numbers=("A007",), note_ref="n_1")
    assert (out.direction, out.absence, out.numbers) == ("out", absence, ("A007",))
    given_at, plan.now = plan.now, local("09:05")
    plan.do(book_commands.TakeHandover(by=clerk(2), handover=out.handover))
    kept = plan.book.staffing.handovers[out.handover]
    assert (kept.giver, kept.taker, kept.given_at, kept.taken_at) == (clerk(1), clerk(2), given_at, plan.now)
    assert plan.do(book_commands.TakeHandover(by=clerk(2), handover=out.handover)) == (), "it is so already"
    plan.now = local("09:00", WEDNESDAY)
    back = plan.hand_over(2, 1)
    assert (back.direction, back.absence) == ("back", absence)


def test_a_handover_is_between_two_of_whom_one_holds_the_post() -> None:
    """Relief may be handed a post and hand it back; two strangers to it do not."""
    plan = Plan()
    assert plan.hand_over(1, 6).direction == "out"
    assert plan.hand_over(6, 1).direction == "back"
    assert plan.hand_over(3, 4) == "not_post_holder"
    assert plan.hand_over(1, 1) == "handover_to_self"
    assert plan.hand_over(1, 2, post="post-9") == "post_unknown"


def test_only_the_taker_takes() -> None:
    """Nobody signs for another; what was not taken is given anew, to somebody else."""
    plan = Plan()
    first = plan.hand_over(1, 2)
    assert plan.do(book_commands.TakeHandover(by=HEAD, handover=first.handover)) == "not_taker"
    second = plan.hand_over(1, 3)
    assert plan.do(book_commands.TakeHandover(by=clerk(2), handover=first.handover)) == "handover_unknown"
    assert plan.do(book_commands.TakeHandover(by=clerk(3), handover=second.handover))
    third = plan.hand_over(1, 2)
    assert {second.handover, third.handover} == plan.book.staffing.handovers.keys(), "what was taken stays"


def test_an_absence_long_ago_is_not_what_is_handed_back() -> None:
    """After two weeks a post that comes back comes back for another reason."""
    plan = Plan()
    plan.absent(1)
    plan.now = local("09:00", MONDAY + timedelta(days=20))
    assert plan.hand_over(2, 1).absence is None


# What holds whatever happens


def test_half_days_in_order() -> None:
    """The one before, and all from one to another."""
    assert half_day_before(at(TUESDAY)) == at(MONDAY, "afternoon")
    assert half_day_before(at(TUESDAY, "afternoon")) == at(TUESDAY)
    whens = list(half_days(at(MONDAY, "afternoon"), at(WEDNESDAY)))
    assert whens == [at(MONDAY, "afternoon"), *TUESDAY_ALL, at(WEDNESDAY)]
    assert list(half_days(at(TUESDAY), at(MONDAY))) == []


half = st.builds(
    lambda n, of: at(MONDAY + timedelta(days=n), of), st.integers(0, 4), st.sampled_from(("morning", "afternoon"))
)
number = st.integers(1, 6)
steps = st.one_of(
    st.tuples(st.just("absent"), number, half, half),
    st.tuples(st.just("confirm"), number, number, number, half, half),
    st.tuples(st.just("back"), number, half),
)


@given(st.lists(steps, max_size=25))
def test_nobody_is_planned_while_absent(story: list[Any]) -> None:
    """Whatever is reported, confirmed and withdrawn: the plan never counts on somebody who is absent, one clerk has one
    absence at a time, and the log alone gives the same plan.
    """
    plan = Plan()
    for kind, *told in story:
        match kind:
            case "absent":
                plan.absent(*told)
            case "confirm":
                absence, deputy, post, first, last = told
                plan.confirm(f"a_{absence}", deputy, post=f"post-{post}", first=first, last=last)
            case "back":
                plan.do(book_commands.WithdrawAbsence(absence=f"a_{told[0]}", current=told[1]))
    staffing = plan.book.staffing
    for when in half_days(at(MONDAY), at(FRIDAY, "afternoon")):
        for post in plan.hall.posts.values():
            there = staffing.standing(post, when).clerk
            assert there is None or staffing.absent(there, when) is None
        absent = [absence.clerk for absence in staffing.absences.values() if absence.covers(when)]
        assert len(absent) == len(set(absent))
    again, copied = Book(), Book()
    for event in plan.log:
        again = apply_to_book(again, event)
        copied = apply_to_book(copied.copy(), event)
    assert _content(again.staffing) == _content(copied.staffing) == _content(staffing)
