"""Issuing a ticket, and what its holder or the enquiry desk can do about it while it waits."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.hours import Hours
from queue_server.domain.issuing import ticketing_hours, used_up
from queue_server.domain.queue import Quota
from queue_server.domain.ticket import Estimate
from tests.domain.halls import GUIDE, HEAD, MONDAY, TUESDAY, Floor, local, township


def _issue(floor: Floor, **fields: Any) -> commands.IssueTicket:
    return commands.IssueTicket(ticket=floor.id(), **{"queue": "comprehensive", **fields})


def _quota(morning: int | None, afternoon: int | None, hours: Hours | None = None) -> Floor:
    """A hall with a quota on agency tickets."""
    hall = township(hours=hours or Hours())
    agency = replace(hall.queues["agency"], quota=Quota(morning=morning, afternoon=afternoon))
    return Floor(replace(hall, queues={**hall.queues, "agency": agency}))


# A number to be told at


def test_a_phone_number_is_left_with_a_waiting_ticket() -> None:
    """Another one takes its place; once the ticket is called there is nothing to tell."""
    floor = Floor()
    ticket = floor.issue("comprehensive")
    for ref in ("n_1", "n_2"):
        floor.do(commands.LeavePhone(by="holder", ticket=ticket.id, phone_ref=ref))
        assert floor.day.tickets[ticket.id].phone_ref == ref
    floor.on(1)
    floor.press(1, commands.CallNext)
    assert floor.refused(commands.LeavePhone(by="holder", ticket=ticket.id, phone_ref="n_3")).code == "not_waiting"


# Numbers


def test_numbers_count_from_one_in_each_queue() -> None:
    """Each queue counts by itself: prefix and three digits, from 001 on."""
    floor = Floor()
    queues = ["comprehensive", "express", "comprehensive", "agency", "comprehensive"]
    assert [floor.issue(queue).number for queue in queues] == ["A001", "B001", "A002", "E001", "A003"]


def test_after_999_comes_1000() -> None:
    """Numbers grow a digit rather than start over."""
    floor = Floor()
    floor.day.issued["A"] = 998
    assert [floor.issue().number for _ in range(3)] == ["A999", "A1000", "A1001"]


def test_numbers_start_over_each_day() -> None:
    """The next business day begins with 001 again."""
    floor = Floor()
    floor.issue()
    floor.turn(TUESDAY)
    ticket = floor.issue()
    assert (ticket.number, ticket.business_day) == ("A001", TUESDAY)


def test_a_refused_ticket_takes_no_number() -> None:
    """Refusals leave no gap."""
    floor = _quota(morning=1, afternoon=None)
    floor.issue("agency")
    assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"
    floor.clock("14:00")
    assert floor.issue("agency").number == "E002"


def test_a_prefix_that_changes_hands_goes_on() -> None:
    """When two queues exchange prefixes within a day no number is issued twice: the prefix counts on."""
    floor = Floor()
    floor.issue("comprehensive")
    floor.issue("comprehensive")
    floor.issue("express")
    hall = floor.hall
    first, second = hall.queues["comprehensive"], hall.queues["express"]
    swapped = {first.id: replace(first, prefix="B"), second.id: replace(second, prefix="A")}
    changed = replace(hall, queues={**hall.queues, **swapped})
    floor.do(commands.ChangeHall(by=HEAD, hall=changed, kind="ordinary"))
    assert [floor.issue(queue).number for queue in ("comprehensive", "express")] == ["B002", "A003"]
    assert len(floor.day.numbers) == 5


# What a ticket carries


def test_what_a_ticket_carries() -> None:
    """A ticket keeps what it was issued with; its estimate is the promise that was made."""
    floor = Floor()
    slot, promise = local("09:30"), Estimate(p50_s=300, p90_s=900)
    ticket = floor.issue(service=1, priority="elderly", appointment=slot, estimate=promise, phone_ref="n_9")
    assert (ticket.queue, ticket.service, ticket.number) == ("comprehensive", 1, "A001")
    assert (ticket.issued_at, ticket.effective, ticket.order) == (floor.now, slot, floor.day.seq)
    assert (ticket.estimate, ticket.phone_ref, ticket.appointment) == (promise, "n_9", slot)
    assert (ticket.priority, ticket.priority_confirmed, ticket.urgent) == ("elderly", False, False)
    assert (ticket.state, ticket.legs, ticket.absences) == ("waiting", (), 0)


def test_a_service_finds_its_queue() -> None:
    """A ticket for an item joins the queue that the hall's rule names for it."""
    floor = Floor()
    assert floor.issue(service=2).number == "B001"


def test_a_claimed_priority_counts_at_once() -> None:
    """A citizen claims a priority at the kiosk; it counts before anybody has confirmed it."""
    floor = Floor()
    ticket = floor.issue(priority="disabled")
    assert floor.now - ticket.effective == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ({"queue": "tax"}, "queue_unknown", {"queue": "tax"}),
        ({"queue": None, "service": 3}, "service_not_offered", {"service": 3}),
        ({"queue": None}, "service_not_offered", {"service": 0}),
    ],
)
def test_what_the_hall_does_not_have(fields: dict[str, Any], code: str, told: dict[str, Any]) -> None:
    """A queue that is unknown, an item that is not offered, and neither of both, are refused for good, by name."""
    floor = Floor()
    refusal = floor.refused(_issue(floor, **fields))
    assert (refusal.code, refusal.retry, refusal.fields) == (code, "never", told)


# Hours


@pytest.mark.parametrize(
    ("clock", "code"),
    [
        ("07:59:59", "ticketing_closed"),
        ("08:00", None),  # half an hour before opening
        ("12:30", None),  # through lunch
        ("17:29:59", None),
        ("17:30", "ticketing_closed"),
        ("23:00", "ticketing_closed"),
    ],
)
def test_when_tickets_are_issued(clock: str, code: str | None) -> None:
    """From half an hour before opening, through lunch, until closing; otherwise asking later helps."""
    floor = Floor(clock=clock)
    decision = floor.decide(_issue(floor))
    assert getattr(decision, "code", None) == code
    assert getattr(decision, "retry", "new_key") == "new_key"


def test_a_closed_day_issues_nothing() -> None:
    """On a day without opening hours nobody takes a ticket, and there are no hours to tell."""
    floor = Floor(township(hours=Hours(weekly={})))
    assert ticketing_hours(floor.day.opening, floor.hall.rules) is None
    assert floor.refused(_issue(floor)).code == "ticketing_closed"


def test_ticketing_hours() -> None:
    """The kiosk can say between which instants tickets are issued today."""
    floor = Floor()
    assert ticketing_hours(floor.day.opening, floor.hall.rules) == (local("08:00"), local("17:30"))


def test_a_day_closed_early_issues_nothing() -> None:
    """Once the head has closed the day, the day's being over is the obstacle, not the hour."""
    floor = Floor()
    floor.do(commands.EndDay(by=HEAD))
    assert floor.refused(_issue(floor)).code == "day_closed"


# Quotas


def test_quotas_are_for_each_half_of_the_day() -> None:
    """A queue issues its quota until lunch and another afterwards; the refusal names the queue and its quota."""
    floor = _quota(morning=2, afternoon=1)
    for _ in range(2):
        floor.issue("agency")
    floor.issue("comprehensive")
    refusal = floor.refused(_issue(floor, queue="agency"))
    assert (refusal.code, refusal.fields) == ("quota_reached", {"queue": "agency", "quota": 2})
    floor.clock("11:59:59")
    assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"
    floor.clock("12:00")
    assert floor.issue("agency").number == "E003"
    assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"


def test_without_lunch_the_halves_part_at_noon() -> None:
    """A hall that opens without a break, or around the clock, parts its quotas at noon."""
    for hours in (Hours(weekly={"mon": (("08:00", "18:00"),)}), Hours(always=True)):
        floor = _quota(morning=1, afternoon=1, hours=hours)
        floor.issue("agency")
        assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"
        floor.clock("12:00")
        floor.issue("agency")


@pytest.mark.parametrize(("morning", "afternoon"), [(1, None), (None, 1), (1, 1), (2, 2), (0, 1), (None, None)])
def test_what_is_used_up_is_refused_and_nothing_else(morning: int | None, afternoon: int | None) -> None:
    """Whoever reads when a quota is used up knows beforehand what would be said."""
    floor = _quota(morning=morning, afternoon=afternoon)
    for clock in ("08:00", "11:59", "12:00", "17:29"):
        floor.clock(clock)
        for _ in range(2):
            full = used_up(floor.day, floor.hall.queues["agency"])
            if full is not None and full.start <= floor.now < full.end:
                assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"
            else:
                floor.issue("agency")


def test_a_quota_of_nothing() -> None:
    """A queue with a quota of zero issues nothing in that half of the day."""
    floor = _quota(morning=0, afternoon=None)
    assert floor.refused(_issue(floor, queue="agency")).code == "quota_reached"


# Serve now


def test_serve_now_is_a_ticket_and_its_service_in_one() -> None:
    """One touch issues the next number and begins its service; nobody is called aloud, for it expires at once."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    happened = floor.do(floor.at(1, commands.ServeNow, ticket=floor.id(), service=1))
    assert [type(event).__name__ for event in happened] == ["TicketIssued", "TicketCalled", "TicketStarted"]
    ticket = floor.day.at_counter(1)
    assert ticket is not None
    assert (ticket.number, ticket.state, ticket.service) == ("A002", "serving", 1)
    leg = ticket.legs[0]
    assert (leg.called_at, leg.started_at, leg.post, leg.capacity) == (floor.now, floor.now, "post-1", "A")
    assert getattr(happened[1], "expires_at", None) == floor.now


def test_serve_now_for_any_queue() -> None:
    """A counter serves whoever stands there, also of a queue that it neither serves nor helps, in its own post."""
    floor = Floor()
    floor.on(4)
    ticket = floor.press(4, commands.ServeNow, ticket=floor.id(), queue="agency")
    leg = ticket.legs[0]
    assert (ticket.queue, leg.counter, leg.queue, leg.post, leg.capacity) == ("agency", 4, "agency", "post-4", "A")


def test_serve_now_at_any_hour() -> None:
    """Whoever stands at the counter is served, before opening and after closing, and beyond any quota."""
    floor = _quota(morning=0, afternoon=0)
    floor.clock("20:00")
    floor.on(6)
    assert floor.press(6, commands.ServeNow, ticket=floor.id(), queue="agency").state == "serving"


@pytest.mark.parametrize(
    ("before", "fields", "code"),
    [
        ((commands.PauseCounter,), {"queue": "comprehensive"}, "counter_paused"),
        ((commands.CallNext,), {"queue": "comprehensive"}, "ticket_open"),
        ((commands.SignOff,), {"queue": "comprehensive"}, "not_on_duty"),
        ((), {"queue": "tax"}, "queue_unknown"),
        ((), {"service": 9}, "service_not_offered"),
    ],
)
def test_serve_now_needs_a_counter_that_is_ready(
    before: tuple[type[commands.CounterCommand], ...], fields: dict[str, Any], code: str
) -> None:
    """Serve-now asks for what *next* asks for, and for a queue or an item that the hall has."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    for press in before:
        floor.do(floor.at(1, press))
    assert floor.refused(floor.at(1, commands.ServeNow, ticket=floor.id(), **fields)).code == code


def test_serve_now_not_after_the_day_was_closed() -> None:
    """A day that was closed early issues no number in any way."""
    floor = Floor()
    floor.on(1)
    floor.do(commands.EndDay(by=HEAD))
    assert floor.refused(floor.at(1, commands.ServeNow, ticket=floor.id(), queue="comprehensive")).code == "day_closed"


# Numbers given on paper


def _enter(floor: Floor, number: str, at: str, queue: str = "comprehensive") -> commands.EnterPaper:
    return commands.EnterPaper(by=GUIDE, ticket=floor.id(), queue=queue, number=number, issued_at=local(at))


def test_paper_is_entered_afterwards() -> None:
    """Who got a number by hand has waited since then, and the printer goes on above the highest number."""
    floor = Floor(clock="09:00")
    floor.on(1)
    floor.issue()
    floor.clock("10:00")
    floor.issue("express")
    floor.do(_enter(floor, "A004", "09:20"))
    floor.do(_enter(floor, "A003", "09:10"))
    assert floor.issue().number == "A005"
    assert floor.order(1) == ["A001", "A003", "A004", "A005"]
    ticket = floor.day.named("A003", "waiting")
    assert ticket is not None and ticket.issued_at == ticket.effective == local("09:10")


@pytest.mark.parametrize(
    "number", ["B003", "A03", "A0003", "A000", "A-01", "A１２３", "A", "", "A10000", "003", "a003"]
)
def test_paper_must_bear_a_number_of_its_queue(number: str) -> None:
    """Prefix and digits as the printer writes them."""
    floor = Floor()
    assert floor.refused(_enter(floor, number, "08:50")).code == "number_invalid"


def test_paper_is_of_today_and_entered_once() -> None:
    """A used number, a time to come, yesterday, an unknown queue and a closed day are refused."""
    floor = Floor(clock="09:00")
    floor.do(_enter(floor, "A1000", "04:00"))
    assert floor.issue().number == "A1001"
    assert floor.refused(_enter(floor, "A1000", "08:00")).code == "number_taken"
    assert floor.refused(_enter(floor, "A1001", "08:00")).code == "number_taken"
    for at in ("03:59", "09:01"):
        assert floor.refused(_enter(floor, "A002", at)).code == "issued_at_invalid"
    assert floor.refused(_enter(floor, "A002", "08:00", "tax")).code == "queue_unknown"
    floor.do(commands.EndDay(by=HEAD))
    assert floor.refused(_enter(floor, "A002", "08:00")).code == "day_closed"


# Numbers that history was lost of


def test_lost_numbers_are_not_issued_again() -> None:
    """Issuing goes on above them, by prefix; who has one may still come in with it, and is told once."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    skip = commands.SkipNumbers(business_day=MONDAY, highest={"A": 4, "B": 2})
    (event,) = floor.do(skip)
    assert event == events.NumbersLost(at=floor.now, highest={"A": 4, "B": 2})
    assert floor.issue().number == "A005" and floor.issue("express").number == "B003"
    assert floor.do(skip) == ()
    (event,) = floor.do(replace(skip, highest={"A": 5, "B": 9}))
    assert event == events.NumbersLost(at=floor.now, highest={"B": 9})
    floor.do(_enter(floor, "A003", "08:50"))
    assert floor.order(1) == ["A003", "A001", "A005"]


def test_numbers_that_were_lost_of_another_day_are_no_matter() -> None:
    """Every day has its own numbers."""
    floor = Floor()
    assert floor.do(commands.SkipNumbers(business_day=TUESDAY, highest={"A": 4})) == ()
    assert floor.issue().number == "A001"


# While it waits


def test_cancelling() -> None:
    """A waiting ticket can be given up, by its holder or staff, and once."""
    floor = Floor()
    ticket, other = floor.issue(), floor.issue()
    floor.do(commands.CancelTicket(by="holder", ticket=ticket.id))
    assert floor.ticket(ticket).state == "cancelled"
    assert floor.order(1) == [other.number]
    refusal = floor.refused(commands.CancelTicket(by="holder", ticket=ticket.id))
    assert (refusal.code, refusal.fields) == ("not_waiting", {"number": "A001", "state": "cancelled"})


def test_a_called_ticket_cannot_be_cancelled() -> None:
    """Who was called goes to the counter or is a no-show."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    called = floor.press(1, commands.CallNext)
    assert floor.refused(commands.CancelTicket(by="holder", ticket=called.id)).code == "not_waiting"


def test_only_the_absent_come_back() -> None:
    """Reporting back is for those who missed their call, while the day is open."""
    floor = Floor()
    floor.on(1)
    ticket = floor.issue()
    assert floor.refused(commands.ReturnTicket(ticket=ticket.id)).code == "not_absent"
    floor.press(1, commands.CallNext, commands.NoShow)
    floor.do(commands.EndDay(by=HEAD))
    assert floor.refused(commands.ReturnTicket(ticket=ticket.id)).code == "day_closed"


def test_confirming_and_withdrawing_a_priority() -> None:
    """Staff confirm what was claimed, or grant it, or withdraw it; the head start counts from the ticket's issue."""
    floor = Floor()
    ticket = floor.issue(priority="elderly")
    floor.later(minutes=40)

    def say(confirmed: bool) -> int:
        command = commands.SetPriority(by=GUIDE, ticket=ticket.id, priority="elderly", confirmed=confirmed)
        return len(floor.do(command))

    assert say(True) == 1
    assert floor.ticket(ticket).priority_confirmed and floor.ticket(ticket).effective == ticket.effective
    assert say(True) == 0, "said twice, it changes nothing"
    assert say(False) == 1
    now = floor.ticket(ticket)
    assert (now.priority, now.priority_confirmed, now.effective) == (None, False, now.issued_at)
    assert say(False) == 0
    assert say(True) == 1
    assert floor.ticket(ticket).effective == ticket.issued_at - timedelta(minutes=15)


def test_a_priority_moves_a_waiting_ticket() -> None:
    """A priority that is granted later moves the ticket to the place that it would have had."""
    floor = Floor()
    floor.issue()
    floor.later(60)
    second = floor.issue()
    floor.do(commands.SetPriority(by=GUIDE, ticket=second.id, priority="disabled", confirmed=True))
    assert floor.order(1) == ["A002", "A001"]


def test_a_priority_does_not_undo_the_three_places() -> None:
    """One who came back after an absence keeps that place, whatever is confirmed afterwards."""
    floor = Floor()
    floor.on(1)
    for _ in range(5):
        floor.issue()
    late = floor.press(1, commands.CallNext, commands.NoShow)
    floor.do(commands.ReturnTicket(ticket=late.id))
    floor.do(commands.SetPriority(by=GUIDE, ticket=late.id, priority="elderly", confirmed=True))
    assert floor.ticket(late).priority == "elderly"
    assert floor.order(1) == ["A002", "A003", "A004", "A001", "A005"]


def test_a_priority_can_be_confirmed_while_it_is_open() -> None:
    """Confirming holds nobody up: it is possible for a ticket in any state but an end."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    ticket = floor.press(1, commands.CallNext)
    confirm = commands.SetPriority(by=GUIDE, ticket=ticket.id, priority="military", confirmed=True)
    floor.do(confirm)
    assert floor.ticket(ticket).state == "called"
    floor.press(1, commands.Start, commands.Finish)
    assert floor.refused(replace(confirm, priority="elderly")).code == "ticket_closed"


def test_urgent_once() -> None:
    """Urgency is granted to a waiting ticket, once, with a note of the reason."""
    floor = Floor()
    ticket = floor.issue()
    urgent = commands.MakeUrgent(by=HEAD, ticket=ticket.id, reason_ref="n_1")
    (event,) = floor.do(urgent)
    assert getattr(event, "reason_ref", None) == "n_1"
    assert floor.refused(urgent).code == "already_urgent"
    floor.on(1)
    floor.press(1, commands.CallNext)
    assert floor.refused(urgent).code == "not_waiting"


@pytest.mark.parametrize("command", [commands.CancelTicket, commands.ReturnTicket])
def test_unknown_and_yesterdays_tickets(command: type[Any]) -> None:
    """A ticket of the last business day is closed, an older one unknown; neither can be acted on."""
    floor = Floor()
    ticket = floor.issue()
    assert floor.refused(command(ticket="t_none")).code == "ticket_unknown"
    floor.turn(TUESDAY)
    assert floor.refused(command(ticket=ticket.id)).code == "ticket_closed"
    floor.turn(TUESDAY + timedelta(days=1))
    assert floor.refused(command(ticket=ticket.id)).code == "ticket_unknown"


def test_how_many_are_ahead() -> None:
    """A waiting ticket knows how many wait before it in its queue; any other has none before it."""
    floor = Floor()
    floor.on(1)
    tickets = [floor.issue() for _ in range(3)]
    floor.issue("express", priority="elderly")
    assert [floor.day.ahead(ticket) for ticket in tickets] == [0, 1, 2]
    floor.press(1, commands.CallNext)
    assert [floor.day.ahead(floor.ticket(ticket)) for ticket in tickets] == [0, 0, 1]
    assert floor.business_day == MONDAY
