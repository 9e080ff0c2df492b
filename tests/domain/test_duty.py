"""Who is on duty at a counter: signing on and off, A and B, covering another post, pausing and stepping away."""

from datetime import timedelta
from typing import Any

import pytest

from queue_server.domain import commands, events
from queue_server.domain.post import Capacity
from tests.domain.halls import Floor, clerk


def _sign_on(floor: Floor, counter: int, by: str, capacity: Capacity, post: str | None = None) -> Any:
    """The code of the refusal, or the event."""
    decision = floor.decide(commands.SignOn(by=by, counter=counter, capacity=capacity, post=post))
    return getattr(decision, "code", None) or decision[0]  # type: ignore[index]


# Signing on


@pytest.mark.parametrize(
    ("by", "capacity", "confirmed"),
    [(clerk(1), "A", True), (clerk(2), "B", False), ("u_anybody", "relief", False), (clerk(1), "relief", False)],
)
def test_who_may_take_a_counter(by: str, capacity: Capacity, confirmed: bool) -> None:
    """The holder as A, a deputy as B, anybody as relief; without the head's word the last two are marked."""
    floor = Floor()
    event = _sign_on(floor, 1, by, capacity)
    assert event == events.ClerkSignedOn(
        at=floor.now, by=by, counter=1, clerk=by, capacity=capacity, post="post-1", confirmed=confirmed
    )


@pytest.mark.parametrize(("by", "capacity"), [(clerk(2), "A"), (clerk(1), "B"), (clerk(3), "B"), ("u_new", "A")])
def test_who_does_not_hold_a_post(by: str, capacity: Capacity) -> None:
    """Only its holder is A of a post, and only its deputies are B."""
    floor = Floor()
    assert _sign_on(floor, 1, by, capacity) == "not_post_holder"


def test_a_counter_without_a_post() -> None:
    """At a flexible counter, which has no post, anybody may be on duty, for no post."""
    floor = Floor()
    floor.on(7, by="u_anybody", capacity="A")
    assert floor.day.duties[7].post is None


def test_the_counter_opens() -> None:
    """A counter is closed until its clerk signs on, and from then on open."""
    floor = Floor()
    assert floor.day.counter_state(1) == "closed"
    floor.on(1)
    assert floor.day.counter_state(1) == "open"
    assert (floor.day.duties[1].since, floor.day.operated[1]) == (floor.now, floor.now)


def test_one_clerk_at_a_counter_and_one_counter_to_a_clerk() -> None:
    """A counter with a clerk is taken, a clerk at another counter is there, and once on duty is on duty."""
    floor = Floor()
    floor.on(1)
    floor.on(2)
    assert _sign_on(floor, 1, clerk(3), "relief") == "counter_taken"
    refusal = floor.refused(commands.SignOn(by=clerk(1), counter=7, capacity="relief"))
    assert (refusal.code, refusal.fields) == ("on_duty_elsewhere", {"counter": 1})
    assert _sign_on(floor, 2, clerk(1), "B") == "counter_taken"
    assert _sign_on(floor, 1, clerk(1), "A") == "already_on_duty"
    assert _sign_on(floor, 1, clerk(1), "A", "post-1") == "already_on_duty"


def test_a_post_is_taken_at_its_own_counter() -> None:
    """Whoever is not on duty yet takes a post at its counter; a wrong or unknown one is named."""
    floor = Floor()
    assert _sign_on(floor, 1, clerk(2), "A", "post-2") == "post_elsewhere"
    assert _sign_on(floor, 7, clerk(2), "A", "post-2") == "post_elsewhere"
    assert _sign_on(floor, 1, clerk(1), "A", "post-9") == "post_unknown"
    assert _sign_on(floor, 9, clerk(1), "A") == "counter_unknown"
    assert _sign_on(floor, 1, clerk(1), "A", "post-1").post == "post-1"


# Covering


def test_a_deputy_covers_from_the_own_counter() -> None:
    """Covering another post, the counter serves that post's queues too, by arrival, as if they were its own."""
    floor = Floor()
    floor.on(3)
    assert floor.day.serves(3) == ("express",)
    floor.on(3, capacity="B", post="post-4")
    assert floor.day.serves(3) == ("express", "complaint")
    floor.issue("complaint")
    floor.later(1)
    floor.issue("express")
    assert floor.order(3) == ["C001", "B001"]
    assert floor.day.duties[3].covers == {"post-4": "B"}


def test_a_leg_records_post_and_capacity() -> None:
    """Each leg is done in the post that its queue belongs to, in the capacity there: A in the own, B in the covered."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    for queue in ("express", "complaint", "comprehensive"):
        floor.issue(queue)
    legs = {floor.serve(3).number: floor.day.tickets[floor.day.last_leg[3][0]].legs[0] for _ in range(3)}
    assert {number: (leg.post, leg.capacity) for number, leg in legs.items()} == {
        "B001": ("post-3", "A"),
        "C001": ("post-4", "B"),
        "A001": ("post-3", "A"),
    }


def test_a_clerk_without_a_post_covers_one() -> None:
    """From a flexible counter a holder covers the own post."""
    floor = Floor()
    floor.on(7, by=clerk(5), capacity="relief")
    floor.do(commands.SignOn(by=clerk(5), counter=7, capacity="A", post="post-5"))
    floor.issue("certificate")
    leg = floor.serve(7).legs[0]
    assert (leg.post, leg.capacity, leg.counter) == ("post-5", "A", 7)


def test_covering_is_claimed_like_a_post() -> None:
    """Only a holder covers as A and a deputy as B; nobody covers twice or an unknown post; unconfirmed is marked."""
    floor = Floor()
    floor.on(3)
    assert _sign_on(floor, 3, clerk(3), "A", "post-4") == "not_post_holder"
    assert _sign_on(floor, 3, clerk(3), "B", "post-5") == "not_post_holder"
    assert _sign_on(floor, 3, clerk(3), "relief", "post-9") == "post_unknown"
    event = _sign_on(floor, 3, clerk(3), "relief", "post-5")
    assert event == events.PostCovered(
        at=floor.now, by=clerk(3), counter=3, post="post-5", capacity="relief", confirmed=False
    )
    floor.on(3, capacity="relief", post="post-5")
    assert _sign_on(floor, 3, clerk(3), "relief", "post-5") == "already_on_duty"


def test_covering_ends_when_the_holder_is_back() -> None:
    """Giving a covered post up leaves the own one, also with a citizen there, whose leg stays what it was."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    floor.on(3, capacity="relief", post="post-5")
    floor.issue("complaint")
    floor.press(3, commands.CallNext, commands.Start)
    floor.do(floor.at(3, commands.SignOff, post="post-4"))
    assert floor.day.duties[3].covers == {"post-5": "relief"}
    assert floor.day.serves(3) == ("express", "certificate")
    leg = floor.press(3, commands.Finish).legs[0]
    assert (leg.post, leg.capacity, leg.outcome) == ("post-4", "B", "served")
    floor.issue("complaint")
    assert floor.day.next_at(3, floor.now) is None


def test_only_a_covered_post_is_given_up() -> None:
    """The own post, another's and an unknown one are not covered; nor is one given up twice, or by somebody else."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    for post in ("post-3", "post-5", "post-9"):
        refusal = floor.refused(floor.at(3, commands.SignOff, post=post))
        assert (refusal.code, refusal.fields) == ("not_covered", {"counter": 3, "post": post})
    assert floor.refused(commands.SignOff(by=clerk(4), counter=3, post="post-4")).code == "not_on_duty"
    floor.do(floor.at(3, commands.SignOff, post="post-4"))
    assert floor.refused(floor.at(3, commands.SignOff, post="post-4")).code == "not_covered"
    floor.on(3, capacity="B", post="post-4")


def test_covering_ends_with_the_duty() -> None:
    """Signing off leaves the covered posts too; whoever comes next serves the counter's own queues."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    floor.do(floor.at(3, commands.SignOff))
    assert floor.day.counter_state(3) == "closed"
    floor.on(3)
    assert floor.day.serves(3) == ("express",)


# Signing off


def test_not_with_a_citizen_in_front() -> None:
    """A clerk with a called or a served ticket cannot leave; afterwards the counter is closed."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    for press in (commands.CallNext, commands.Start):
        floor.press(1, press)
        refusal = floor.refused(floor.at(1, commands.SignOff))
        assert (refusal.code, refusal.fields["number"]) == ("ticket_open", "A001")
    floor.press(1, commands.Finish)
    floor.do(floor.at(1, commands.SignOff))
    assert floor.day.counter_state(1) == "closed"
    assert 1 not in floor.day.operated
    assert floor.refused(commands.SignOff(by=clerk(1), counter=1)).code == "not_on_duty"


def test_held_tickets_do_not_keep_a_clerk() -> None:
    """A clerk may leave while tickets are held: another counter of the queue can take them up."""
    floor = Floor()
    floor.on(1)
    floor.on(2)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    floor.do(floor.at(1, commands.SignOff))
    assert floor.press(2, commands.ResumeTicket, number="A001").state == "serving"


# Pausing


def test_paused_and_away() -> None:
    """A pause without an end is paused; with an expected return the clerk stepped away 暂离."""
    floor = Floor()
    floor.on(1)
    back = floor.now + timedelta(minutes=10)
    floor.do(floor.at(1, commands.PauseCounter, reason_ref="n_1", back_at=back))
    pause = floor.day.duties[1].pause
    assert pause is not None
    assert (floor.day.counter_state(1), pause.back_at, pause.reason_ref) == ("away", back, "n_1")
    floor.later(60)
    floor.do(floor.at(1, commands.PauseCounter))
    pause = floor.day.duties[1].pause
    assert pause is not None
    assert (floor.day.counter_state(1), pause.since, pause.back_at) == ("paused", floor.now, None)
    floor.do(floor.at(1, commands.ResumeCounter))
    assert floor.day.counter_state(1) == "open"
    assert floor.day.operated[1] == floor.now


def test_the_expected_return_is_ahead() -> None:
    """Whoever steps away comes back later than now: an earlier return, or this very moment, is refused."""
    floor = Floor()
    floor.on(1)
    for back_at in (floor.now - timedelta(seconds=1), floor.now):
        assert floor.refused(floor.at(1, commands.PauseCounter, back_at=back_at)).code == "back_at_past"
    floor.do(floor.at(1, commands.PauseCounter, back_at=floor.now + timedelta(seconds=1)))
    assert floor.day.counter_state(1) == "away"


def test_only_a_paused_counter_goes_on() -> None:
    """Resuming needs a pause, and pausing somebody on duty."""
    floor = Floor()
    assert floor.refused(floor.at(1, commands.PauseCounter)).code == "not_on_duty"
    floor.on(1)
    assert floor.refused(floor.at(1, commands.ResumeCounter)).code == "not_paused"


def test_operations_are_remembered() -> None:
    """The last thing that a clerk did is known: it tells a busy counter from a deserted one."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    presses: list[type[commands.CounterCommand]] = [
        commands.CallNext,
        commands.Recall,
        commands.Start,
        commands.Hold,
    ]
    for press in presses:
        floor.later(60)
        floor.press(1, press)
        assert floor.day.operated[1] == floor.now, press.__name__
    floor.later(60)
    floor.press(1, commands.ResumeTicket, number="A001")
    assert floor.day.operated[1] == floor.now
    floor.later(60)
    floor.press(1, commands.Finish)
    assert floor.day.operated[1] == floor.now
