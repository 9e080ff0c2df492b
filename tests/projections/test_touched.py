"""What a command touches: whatever it does not name is as it was."""

import json
from datetime import timedelta
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.projections.desk import desk
from queue_server.projections.hall_board import board, board_parts, counter_screen
from queue_server.projections.load import load
from queue_server.projections.ticket_view import ticket_topic
from queue_server.projections.touched import touched
from queue_server.wire import merge_patch
from tests.domain.halls import MONDAY, TUESDAY, Floor, clerk, township
from tests.domain.test_state_machine import WholeDays


def views(day: Day) -> dict[str, Any]:
    """Everything that can be seen of a day, by topic."""
    if day.hall_or_none is None:
        return {"board": board(day), "load": load(day)}
    numbers = range(1, 10)
    return (
        {"board": board(day), "load": load(day)}
        | {f"counter.{n}": counter_screen(day, n) for n in numbers}
        | {f"desk.{n}": desk(day, n) for n in numbers}
        | {f"ticket.{ticket}": ticket_topic(day, ticket) for ticket in (*day.previous, *day.tickets)}
    )


def check(before: dict[str, Any], day: Day, happened: tuple[events.DayEvent, ...]) -> dict[str, Any]:
    """Hold what a command did to what it touched; the views after it."""
    after, touch = views(day), touched(day, happened)
    for topic, state in after.items():
        assert not _null(state), f"null in {topic}"
        assert json.loads(json.dumps(state)) == state, f"{topic} is not what its readers get"
        patch = merge_patch.diff(before.get(topic, {}), state)
        assert merge_patch.apply(before.get(topic, {}), patch) == state
    for topic in after:
        if topic == "board" or topic.startswith("counter."):
            assert '"t_' not in json.dumps(after[topic]), f"a ticket's id in {topic}"
    if touch.everything:
        return after
    told = {section: {**before["board"][section], **part} for section, part in board_parts(day, touch).items()}
    assert {**before["board"], **told} == after["board"]
    for number in set(range(1, 10)) - touch.counters:
        assert after[f"counter.{number}"] == before[f"counter.{number}"]
    for ticket in day.tickets.values():
        if ticket.id not in touch.tickets and ticket.queue not in touch.queues:
            assert after[f"ticket.{ticket.id}"] == before[f"ticket.{ticket.id}"]
    return after


class Seen(WholeDays):
    """Random days, seen from everywhere."""

    @initialize()
    def look(self) -> None:
        self.seen: dict[str, Any] | None = None

    def ask(self, command: commands.DayCommand) -> tuple[events.DayEvent, ...]:
        before = getattr(self, "seen", None) or views(self.floor.day)
        happened = super().ask(command)
        self.seen = check(before, self.floor.day, happened) if happened else before
        return happened


TestSeen = Seen.TestCase
TestSeen.settings = settings(
    max_examples=20, stateful_step_count=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_every_event_there_is_leads_from_the_old_views_to_the_new() -> None:
    """One day in which everything happens once."""
    floor = Floor()
    seen: set[type] = {events.DayOpened}
    state = views(floor.day)

    def do(command: commands.DayCommand) -> None:
        nonlocal state
        happened = floor.do(command)
        seen.update(map(type, happened))
        state = check(state, floor.day, happened)

    def press(counter: int, *presses: Any, **fields: Any) -> None:
        for command in presses:
            do(floor.at(counter, command, **fields))

    for counter in (1, 3):
        do(commands.SignOn(by=clerk(counter), counter=counter, capacity="A"))
    do(commands.SignOn(by=clerk(1), counter=1, capacity="B", post="post-2"))
    press(1, commands.SignOff, post="post-2")
    tickets = [floor.id() for _ in range(6)]
    for ticket in tickets:
        do(commands.IssueTicket(ticket=ticket, queue="comprehensive"))
    do(commands.EnterPaper(ticket=floor.id(), queue="agency", number="E005", issued_at=floor.now))
    do(commands.SkipNumbers(business_day=MONDAY, highest={"A": 9, "E": 7}))
    do(commands.SetPriority(ticket=tickets[1], priority="elderly", confirmed=True))
    do(commands.MakeUrgent(ticket=tickets[2], reason_ref="n_1"))
    do(commands.CancelTicket(ticket=tickets[3]))
    press(1, commands.CallNext, commands.Recall, commands.Start, commands.Hold)
    press(1, commands.ResumeTicket, number="A003")
    press(1, commands.Transfer, queue="express", reason_ref="n_2")
    press(3, commands.CallNext, commands.Start)
    do(commands.RateLeg(ticket=tickets[2], leg=2, level="satisfied", source="phone"))
    press(3, commands.Finish)
    do(commands.LeaveUnrated(counter=3, cause="timed_out"))
    do(commands.LeavePhone(ticket=tickets[1], phone_ref="n_4"))
    press(1, commands.CallNext, commands.NoShow)
    for _ in range(2):  # the third absence is the last
        do(commands.ReturnTicket(ticket=tickets[1]))
        press(1, commands.CallNumber, number="A002", reason_ref="n_3")
        press(1, commands.NoShow)
    press(3, commands.PauseCounter, back_at=floor.now + timedelta(minutes=5))
    press(3, commands.ResumeCounter)
    press(3, commands.SignOff)
    hall = township(name="新名")
    do(commands.ChangeHall(hall=hall, kind="ordinary"))
    do(commands.EndDay())
    floor.clock("09:00", TUESDAY)
    do(commands.EndDay(turn_to=TUESDAY))
    do(commands.OpenDay(business_day=TUESDAY, hall=hall, kind="unknown"))
    do(commands.RateLeg(ticket=tickets[2], leg=3, level="dissatisfied", source="phone"))
    assert seen == set(get_args(events.DayEvent)), "an event that no view was tried with"


def test_no_events_at_all_touch_everything() -> None:
    """The history was replaced."""
    assert touched(Floor().day, ()).everything


def test_a_rating_of_a_ticket_that_is_gone_touches_no_queue() -> None:
    """Nothing shows it any more."""
    floor = Floor()
    rated = events.TicketRated(at=floor.now, ticket="t_gone", leg=1, level="satisfied", source="phone")
    assert touched(floor.day, (rated,)) == (set(), set(), {"t_gone"}, False)


def _null(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_null, parts))
