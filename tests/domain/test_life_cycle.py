"""The life cycle of a ticket: the drawing, the constant and what `decide` really does are one."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import get_args

import pytest

from queue_server.domain import commands, events, ticket
from queue_server.domain.ticket import LIFE_CYCLE, Ticket, TicketState
from tests.domain.halls import TUESDAY, Floor

Step = tuple[str, str]


def _drawn() -> list[tuple[str, Step]]:
    """The letters and steps of the drawing in the module's docstring."""
    drawing = ticket.__doc__ or ""
    chains = re.findall(r"\w+(?:, \w+)*(?: ─\w─► \w+)+", drawing)
    steps = []
    for chain in chains:
        places, letters = re.split(r" ─\w─► ", chain), re.findall(r"─(\w)─►", chain)
        for letter, (begin, end) in zip(letters, pairwise(places), strict=True):
            steps += [(letter, (state, end)) for state in begin.split(", ")]
    return steps


def test_the_drawing_is_the_constant() -> None:
    """What is drawn for people is what the program knows, each step once; letters follow the alphabet."""
    steps = [step for _, step in _drawn()]
    assert set(steps) == set(LIFE_CYCLE)
    assert len(steps) == len(set(steps))
    letters = list(dict.fromkeys(letter for letter, _ in _drawn()))
    assert letters == [chr(ord("a") + place) for place in range(len(letters))]


def test_the_drawing_shows_every_state() -> None:
    """Every state is reached by some step, and nothing else is drawn."""
    assert {end for _, end in LIFE_CYCLE} == set(get_args(TicketState))
    assert {begin for begin, _ in LIFE_CYCLE} <= {*get_args(TicketState), "new"}


class _Watched(Floor):
    """A floor that keeps the steps its tickets made, command by command."""

    def __init__(self) -> None:
        self.steps: set[Step] = set()
        super().__init__()

    def do(self, command: commands.Command) -> tuple[events.DayEvent, ...]:
        before = self._states()
        happened = super().do(command)
        after = self._states()
        self.steps |= {(before.get(id_, "new"), state) for id_, state in after.items() if before.get(id_) != state}
        return happened

    def _states(self) -> dict[str, str]:
        return {ticket.id: ticket.state for ticket in (*self.day.previous.values(), *self.day.tickets.values())}


def _called(floor: Floor) -> Ticket:
    floor.issue()
    return floor.press(1, commands.CallNext)


def _serving(floor: Floor) -> Ticket:
    _called(floor)
    return floor.press(1, commands.Start)


def _absences(floor: Floor, times: int) -> None:
    """The same citizen misses that many calls."""
    citizen = floor.issue()
    for time in range(times):
        if time:
            floor.do(commands.ReturnTicket(ticket=citizen.id))
        floor.press(1, commands.CallNext, commands.NoShow)


def _held(floor: Floor) -> Ticket:
    _serving(floor)
    return floor.press(1, commands.Hold)


def _day_ends(before: Callable[[Floor], object]) -> Callable[[Floor], object]:
    def story(floor: Floor) -> None:
        before(floor)
        floor.turn(TUESDAY)

    return story


STORIES: dict[Step, Callable[[Floor], object]] = {
    ("new", "waiting"): Floor.issue,
    ("new", "serving"): lambda floor: floor.press(1, commands.ServeNow, ticket=floor.id(), queue="comprehensive"),
    ("waiting", "called"): _called,
    ("called", "serving"): _serving,
    ("serving", "finished"): lambda floor: (_serving(floor), floor.press(1, commands.Finish)),
    ("called", "absent"): lambda floor: _absences(floor, 1),
    ("absent", "waiting"): lambda floor: _absences(floor, 2),
    ("called", "void"): lambda floor: _absences(floor, 3),
    ("serving", "held"): _held,
    ("held", "serving"): lambda floor: (_held(floor), floor.press(1, commands.ResumeTicket, number="A001")),
    ("serving", "waiting"): lambda floor: (
        _serving(floor),
        floor.press(1, commands.Transfer, queue="express", reason_ref="n_1"),
    ),
    ("waiting", "cancelled"): lambda floor: floor.do(commands.CancelTicket(ticket=floor.issue().id)),
    ("waiting", "lapsed"): _day_ends(Floor.issue),
    ("called", "lapsed"): _day_ends(_called),
    ("held", "lapsed"): _day_ends(_held),
}


@pytest.mark.parametrize("step", sorted(STORIES), ids="→".join)
def test_every_step_is_taken(step: Step) -> None:
    """Somebody can bring a ticket from each state along each drawn step, and on the way no other is taken."""
    floor = _Watched()
    floor.on(1)
    STORIES[step](floor)
    assert step in floor.steps
    assert floor.steps <= LIFE_CYCLE


def test_every_drawn_step_has_a_story() -> None:
    """No step is drawn that nobody can take."""
    assert STORIES.keys() == LIFE_CYCLE


FINAL: list[TicketState] = ["finished", "cancelled", "void", "lapsed"]


@pytest.mark.parametrize("state", FINAL)
def test_nothing_leads_out_of_an_end(state: TicketState) -> None:
    """A ticket at its end is left alone by everything that names a ticket, today and on the next day."""
    floor = Floor()
    floor.on(1)
    step = next(step for step in STORIES if step[1] == state)
    STORIES[step](floor)
    ended = next(t for t in (*floor.day.tickets.values(), *floor.day.previous.values()) if t.state == state)
    if not floor.day.duties:
        floor.on(1)
    refused = [
        floor.refused(command).code
        for command in (
            commands.CancelTicket(ticket=ended.id),
            commands.ReturnTicket(ticket=ended.id),
            commands.MakeUrgent(ticket=ended.id, reason_ref="n_1"),
            commands.SetPriority(ticket=ended.id, priority="elderly", confirmed=True),
            floor.at(1, commands.CallNumber, number=ended.number, reason_ref="n_1"),
            floor.at(1, commands.ResumeTicket, number=ended.number),
        )
    ]
    assert set(refused) <= {"not_waiting", "not_absent", "not_held", "ticket_closed", "number_unknown"}
    assert floor.ticket(ended) == ended and not ended.open
    floor.turn(date(2026, 6, 3))
    assert floor.refused(commands.CancelTicket(ticket=ended.id)).code in ("ticket_closed", "ticket_unknown")
