"""What is true of a day at every moment, told from its tickets alone, and of every step between two moments."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec

from queue_server.domain import events
from queue_server.domain.apply import apply_all
from queue_server.domain.day import Day
from queue_server.domain.ticket import LIFE_CYCLE, Ticket
from tests.domain.halls import opened

__all__ = ["check_call", "check_day", "check_steps", "replayed"]

_DECODER = msgspec.json.Decoder(events.DayEvent)


def check_day(day: Day) -> None:
    """Every index is true to the tickets; a ticket is at one counter at most, and a counter has one (promise 3)."""
    for queue in {*day.waiting, *(ticket.queue for ticket in day.tickets.values())}:
        here = [t.rank for t in day.tickets.values() if t.queue == queue and t.state == "waiting"]
        assert day.waiting.get(queue, []) == sorted(here), f"waiting[{queue}]"
    assert set(day.held) == {t.id for t in day.tickets.values() if t.state == "held"}
    assert set(day.absent) == {t.id for t in day.tickets.values() if t.state == "absent"}
    at_counters = [t for t in day.tickets.values() if t.state in ("called", "serving")]
    counters = [t.legs[-1].counter for t in at_counters]
    assert len(set(counters)) == len(counters), f"two tickets at one counter: {counters}"
    assert day.current == {t.legs[-1].counter: t.id for t in at_counters}
    assert day.numbers == {t.number: t.id for t in day.tickets.values() if t.business_day == day.business_day}
    assert not day.tickets.keys() & day.previous.keys()
    assert [t.id for t in day.carried()] == [t.id for t in day.tickets.values() if t.business_day != day.business_day]
    clerks = [duty.clerk for duty in day.duties.values()]
    assert len(set(clerks)) == len(clerks), "one clerk at two counters"
    assert day.current.keys() <= day.duties.keys() <= day.hall.counters.keys()
    assert {t.queue for t in day.tickets.values() if t.open} <= day.hall.queues.keys()
    assert not day.unrated.keys() & day.ratings.keys(), "a leg rated, and told not to be"
    assert all(day.tickets[ticket].legs[leg - 1].outcome == "served" for ticket, leg in day.unrated)
    for ticket in day.tickets.values():
        assert ticket.absences == sum(leg.outcome == "absent" for leg in ticket.legs)
        for before, after in pairwise(ticket.legs):
            assert before.outcome is not None, "a leg that never ended, before the last"
            assert before.called_at <= after.called_at
        for leg in ticket.legs:
            assert (
                leg.called_at <= (leg.started_at or leg.called_at) <= (leg.finished_at or day.last_at or leg.called_at)
            )


def check_steps(before: Day, after: Day) -> None:
    """Between two moments each ticket made one step of the drawn life cycle or none, and none came from nowhere."""
    if before.business_day != after.business_day:
        assert {t.state for t in after.tickets.values()} <= {"serving"}
        assert all(before.tickets[t.id] == t for t in after.tickets.values())
        return
    assert list(before.tickets) == list(after.tickets)[: len(before.tickets)]
    for ticket in after.tickets.values():
        old = before.tickets.get(ticket.id)
        if old is None or old.state != ticket.state:
            step = ("new" if old is None else old.state, ticket.state)
            assert step in LIFE_CYCLE, f"{ticket.number} made the step {step}"
        if old is not None:
            fixed = ("number", "business_day", "issued_at", "service", "appointment")
            assert all(getattr(old, name) == getattr(ticket, name) for name in fixed)


def check_call(before: Day, counter: int, called: Ticket) -> None:
    """What *next* may call: nobody is passed over for one who came later, beyond the head start.

    Urgent tickets come first. Among ordinary walk-ins of one queue the order is that of arrival, and an ordinary
    walk-in is passed over only by tickets issued at most the head start later.
    """
    served = {*before.serves(counter), *before.hall.counters[counter].helps}
    assert called.queue in served
    waiting = [t for t in before.tickets.values() if t.state == "waiting" and t.queue in served]
    if called.urgent:
        return
    assert not any(other.urgent for other in waiting)
    rules = before.hall.rules
    head_start = timedelta(
        seconds=max([rules.appointment_head_start_s, rules.lapsed_head_start_s, *rules.head_start_s.values()])
    )
    for other in waiting:
        if other.queue == called.queue and other.id != called.id and _ordinary(other):
            if _ordinary(called):
                assert (called.issued_at, called.order) < (other.issued_at, other.order)
            assert called.issued_at <= other.issued_at + head_start


def _ordinary(ticket: Ticket) -> bool:
    favoured = ticket.urgent or ticket.priority or ticket.appointment or ticket.instead_of
    return not (favoured or ticket.returned)


def replayed(log: Sequence[events.DayEvent]) -> Day:
    """The day as a start finds it: from what was written of the last two business days, and nothing before."""
    begin = opened(log)[-2:][0]
    day = Day()
    day.seq = begin
    return apply_all(day, (_DECODER.decode(msgspec.json.encode(event)) for event in log[begin:]))
