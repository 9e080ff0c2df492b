"""`decide` finds the rule for every command, and touches nothing but what it returns."""

from typing import get_args

import pytest

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.decide import _RULES, decide
from queue_server.domain.refusals import Refusal
from tests.domain.halls import HEAD, Floor, local


def test_every_command_has_a_rule() -> None:
    """Whatever may be asked of a day is decided by somebody, and nothing else is."""
    assert _RULES.keys() == set(get_args(commands.DayCommand))


def test_the_same_question_has_the_same_answer() -> None:
    """Asked twice of one state at one time, a command is decided the same: after a conflict it is asked again."""
    floor = Floor()
    floor.on(1)
    floor.issue(priority="elderly")
    for command in (
        floor.at(1, commands.CallNext),
        commands.IssueTicket(ticket="t_1", queue="express"),
        commands.EndDay(by=HEAD),
        floor.at(1, commands.Start),
    ):
        assert decide(floor.day, command, floor.now) == decide(floor.day.copy(), command, floor.now)


def test_events_say_who_and_when() -> None:
    """Each event carries the command's caller and the hall's time, never a clock's."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    for press in (commands.CallNext, commands.Recall, commands.Start, commands.Hold):
        floor.later(7)
        (event,) = floor.do(floor.at(1, press))
        assert (event.by, event.at) == (floor.day.duties[1].clerk, floor.now)


def test_bugs_are_not_refusals() -> None:
    """A rule that breaks, here for want of any hall, raises; only obstacles are refused."""
    with pytest.raises(RuntimeError):
        decide(Day(), commands.CallNext(by="u", counter=1), local("09:00"))
    assert not isinstance(decide(Day(), commands.EndDay(), local("09:00")), Refusal)
