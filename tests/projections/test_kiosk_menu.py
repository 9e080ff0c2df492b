"""The services that people come for most."""

from queue_server.domain.day import Day
from queue_server.projections.kiosk_menu import most_wanted
from tests.domain.halls import TUESDAY, Floor, township


def test_most_wanted_first() -> None:
    """Today's and the last business day's together; a ticket for a queue alone asks for nothing in particular."""
    floor = Floor(township())
    for service in (2, 1, 1):
        floor.issue(service=service)
    floor.issue()
    assert most_wanted(floor.day, 5) == [1, 2]
    floor.turn(TUESDAY)
    for _ in range(2):
        floor.issue(service=2)
    assert most_wanted(floor.day, 1) == [2]


def test_before_the_first_day_nothing_is_known() -> None:
    """And of a service that is not offered any more, nobody is reminded."""
    assert most_wanted(Day(), 5) == []
    floor = Floor(township())
    floor.issue(service=1)
    hall = township()
    hall.services.pop(1, None)
    floor.turn(TUESDAY, hall=hall)
    assert most_wanted(floor.day, 5) == []
