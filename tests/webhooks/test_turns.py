"""Whose turn is near."""

from queue_server.domain import commands
from queue_server.webhooks.turns import NEAR, turns_near
from tests.domain.halls import Floor


def near(floor: Floor) -> list[tuple[str, int]]:
    return [(ticket.number, ahead) for ticket, ahead in turns_near(floor.day)]


def test_those_who_left_a_number_are_near_when_three_people_are_ahead() -> None:
    """Of their own queue; whoever left none is told nothing."""
    floor = Floor()
    for place in range(NEAR + 3):
        floor.issue(phone_ref=None if place == 1 else f"n_{place}")
    floor.issue("express", phone_ref="n_express")
    assert near(floor) == [("A001", 0), ("A003", 2), ("A004", 3), ("B001", 0)]


def test_whoever_is_called_is_not_waiting_any_more_and_the_others_move_up() -> None:
    """So the next one is near."""
    floor = Floor()
    for place in range(NEAR + 2):
        floor.issue(phone_ref=f"n_{place}")
    assert near(floor)[-1] == ("A004", 3)
    floor.on(1)
    floor.do(floor.at(1, commands.CallNext))
    assert near(floor) == [("A002", 0), ("A003", 1), ("A004", 2), ("A005", 3)]
