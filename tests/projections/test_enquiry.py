"""What the enquiry desk sees."""

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.projections.enquiry import enquiry, enquiry_ticket
from tests.domain.halls import GUIDE, Floor


def test_a_hall_without_a_day_has_no_tickets() -> None:
    """Nor anything else."""
    assert enquiry(Day()) == {}


def test_open_tickets_by_id_with_what_acts_on_them() -> None:
    """Who waits, was missed, is called, served or held; a closed one is gone."""
    floor = Floor()
    floor.on(1)
    missed, held, done = floor.issue(), floor.issue(service=1), floor.issue()
    floor.press(1, commands.CallNext, commands.NoShow)
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    floor.serve(1)
    waits = floor.issue("express", priority="elderly")
    floor.do(commands.MakeUrgent(by=GUIDE, ticket=waits.id, reason_ref="n_1"))
    view = enquiry(floor.day)
    assert view["business_day"] == "2026-06-01" and view["closed"] is False
    assert view["tickets"] == {
        missed.id: {
            "number": "A001",
            "queue": "comprehensive",
            "state": "absent",
            "issued_at": "2026-06-01T01:00:00.000Z",
            "effective_at": "2026-06-01T01:00:00.000Z",
            "absences": 1,
        },
        held.id: {
            "number": "A002",
            "queue": "comprehensive",
            "state": "held",
            "issued_at": "2026-06-01T01:00:00.000Z",
            "effective_at": "2026-06-01T01:00:00.000Z",
            "service": 1,
            "counter": 1,
        },
        waits.id: {
            "number": "B001",
            "queue": "express",
            "state": "waiting",
            "issued_at": "2026-06-01T01:00:00.000Z",
            "effective_at": "2026-06-01T00:45:00.000Z",
            "priority": "elderly",
            "priority_confirmed": False,
            "urgent": True,
        },
    }
    assert enquiry_ticket(floor.day, done.id) is None
    assert enquiry_ticket(floor.day, waits.id) == view["tickets"][waits.id]
