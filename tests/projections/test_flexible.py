"""When a flexible counter is proposed to be opened and closed, and who is to be asked."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain import commands
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.thresholds import Flexible
from queue_server.projections.flexible import Proposal, proposals
from tests.domain.halls import Floor, clerk, township

LIMITS = Flexible(open_at=4, close_at=2)


def proposed(floor: Floor) -> list[Proposal]:
    """What is proposed now."""
    return proposals(floor.day, LIMITS)


def lone(*others: int) -> Floor:
    """A township without posts, in which anybody may work anywhere; these counters are staffed."""
    floor = Floor(township(posts={}))
    for counter in others:
        floor.on(counter)
    return floor


def waiting(floor: Floor, count: int, queue: str = "comprehensive") -> None:
    """So many take a ticket."""
    for _ in range(count):
        floor.issue(queue)


def test_opening_is_proposed_above_the_upper_threshold() -> None:
    """People in all queues of the flexible counter, for each counter that is open for any of them."""
    floor = lone(1, 3)
    waiting(floor, 8)
    assert proposed(floor) == []
    waiting(floor, 1, "express")
    (one,) = proposed(floor)
    assert (one.action, one.counter, one.waiting, one.open, one.limit) == ("open", 7, 9, 2, 4)
    assert one.queues == ("comprehensive", "express")
    floor.on(7)
    assert proposed(floor) == []


def test_a_paused_counter_is_not_open_and_none_counts_as_one() -> None:
    """Else nothing could be said where everybody is gone."""
    floor = lone(1)
    waiting(floor, 4)
    floor.do(floor.at(1, commands.PauseCounter))
    assert proposed(floor) == []
    waiting(floor, 1)
    assert [(one.open, one.waiting) for one in proposed(floor)] == [(0, 5)]


def test_who_is_asked() -> None:
    """Whose own queues are empty, who has nobody, and makes no pause: the one first who did something longest ago."""
    floor = lone(1, 6, 5, 4)
    floor.later(minutes=5)
    floor.do(floor.at(6, commands.PauseCounter))
    floor.do(floor.at(6, commands.ResumeCounter))
    waiting(floor, 5)
    assert [one.actors for one in proposed(floor)] == [(clerk(5), clerk(4), clerk(6))]
    waiting(floor, 1, "certificate")
    floor.do(floor.at(4, commands.PauseCounter))
    assert [one.actors for one in proposed(floor)] == [(clerk(6),)]


def test_closing_is_proposed_below_the_lower_threshold() -> None:
    """By what would wait for the others; not while somebody is there, nor when no other counter is open."""
    floor = lone(1, 7)
    waiting(floor, 3)
    assert proposed(floor) == []
    floor.press(7, commands.CallNext, commands.Start)
    floor.serve(1)
    assert proposed(floor) == []
    floor.press(7, commands.Finish)
    (one,) = proposed(floor)
    assert (one.action, one.counter, one.waiting, one.open, one.limit) == ("close", 7, 1, 1, 2)
    assert one.actors == (clerk(7),)
    floor.do(floor.at(1, commands.PauseCounter))
    assert proposed(floor) == []


def test_one_at_a_time() -> None:
    """A second flexible counter for the same queues waits until the first has helped; one for others does not."""
    hall = township(posts={})
    more = {
        8: Counter(number=8, name="机动二", kind="flexible", queues=("express",)),
        9: Counter(number=9, name="机动三", kind="flexible", queues=("agency",)),
    }
    floor = Floor(township(posts={}, counters=hall.counters | more))
    for queue in ("comprehensive", "express", "agency"):
        waiting(floor, 9, queue)
    assert [one.counter for one in proposed(floor)] == [7, 9]


def test_nothing_is_proposed_where_nobody_wants_it() -> None:
    """Nor before the first day."""
    floor = lone(1)
    waiting(floor, 50)
    assert proposals(floor.day, Flexible(open_at=0, close_at=0)) == []
    assert proposals(Day(), LIMITS) == []


@given(people=st.integers(0, 40), staffed=st.sets(st.sampled_from([1, 2])), limits=st.data())
def test_it_does_not_flutter(people: int, staffed: set[int], limits: Any) -> None:
    """Whoever does as is proposed is not asked to undo it before anybody comes or goes."""
    close_at = limits.draw(st.integers(0, 9))
    open_at = limits.draw(st.integers(close_at + 1, 10))
    flexible = Flexible(open_at=open_at, close_at=close_at)
    floor = lone(*staffed)
    waiting(floor, people)
    for _ in range(2):
        for one in proposals(floor.day, flexible):
            if one.action == "open":
                floor.on(one.counter)
            else:
                floor.do(floor.at(one.counter, commands.SignOff))
            assert proposals(floor.day, flexible) == []
        if 7 not in floor.day.duties:
            floor.on(7)
