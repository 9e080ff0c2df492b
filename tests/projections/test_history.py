"""What happened on the floor, as figures: to the second, by hand and at random."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.hours import Hours
from queue_server.domain.ticket import Estimate, Ticket
from queue_server.projections.history import History, open_ms
from queue_server.projections.history_facts import Fact, TicketFacts
from queue_server.projections.history_figures import Figures
from queue_server.projections.history_tally import BYS, By, Tally
from tests.domain.halls import GUIDE, HEAD, MONDAY, TUESDAY, Floor, clerk, local, opened, township

OF_THE_BOOK = Figures().of_rectifications() | Figures().of_complaints()
WEDNESDAY = TUESDAY + timedelta(days=1)
ALWAYS = township(hours=Hours(always=True))


def rows(
    log: Sequence[events.DayEvent],
    by: By | None = None,
    first: date = MONDAY,
    last: date = MONDAY,
    *,
    distribution: bool = False,
) -> dict[Any, dict[str, Any]]:
    """The rows by key, None for the row without one."""
    return rows_of(facts_of(log, first, last), by, distribution=distribution)


def facts_of(log: Sequence[events.DayEvent], first: date, last: date) -> list[Fact]:
    """What these days were made of."""
    history, facts = History(first), list[Fact]()
    for event in log:
        history.fold(event)
        facts += history.take()
    return [fact for fact in [*facts, *history.standing()] if fact.day <= last]


def rows_of(facts: Sequence[Fact], by: By | None, *, distribution: bool = False) -> dict[Any, dict[str, Any]]:
    """The rows that facts add up to."""
    tally = Tally(by)
    for fact in facts:
        tally.add(fact)
    return by_key(tally, distribution=distribution)


def by_key(tally: Tally, *, distribution: bool = False) -> dict[Any, dict[str, Any]]:
    """Its rows, without what comes out of the book, which test_history_book.py is about."""
    found = {row.pop("key", None): row for row in tally.rows(distribution=distribution)}
    return {key: {name: row[name] for name in row if name not in OF_THE_BOOK} for key, row in found.items()}


def row(floor: Floor, *names: str, **where: Any) -> dict[str, Any]:
    """The figures of these names in the one row of everything."""
    return chosen(rows(floor.log, **where)[None], *names)


def chosen(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """The figures of these names, those that are absent left out."""
    return {name: row[name] for name in names if name in row}


def spread(*seconds: int) -> dict[str, int]:
    """The spread of one or two durations."""
    low, high = min(seconds), max(seconds)
    middle = (low + high + 1) // 2
    return {"count": len(seconds), "mean_s": middle, "median_s": middle, "p90_s": high, "max_s": high}


def visit(floor: Floor, counter: int, start: str, finish: str) -> Ticket:
    """Call whoever is next and serve them between these times."""
    floor.clock(start)
    floor.press(counter, commands.CallNext, commands.Start)
    floor.clock(finish)
    return floor.press(counter, commands.Finish)


def rate(floor: Floor, ticket: Ticket, leg: int = 1, level: Any = "satisfied") -> None:
    """The holder rates a leg."""
    floor.do(commands.RateLeg(by="holder", ticket=ticket.id, leg=leg, level=level, source="phone"))


# One visit


def test_a_visit() -> None:
    """One ticket, called after ten minutes, served for twenty, rated: every figure of the row."""
    floor = Floor(clock="09:00")
    floor.on(1)
    floor.issue()
    floor.clock("09:10")
    floor.press(1, commands.CallNext)
    floor.clock("09:11")
    floor.press(1, commands.Start)
    floor.clock("09:31")
    rate(floor, floor.press(1, commands.Finish))
    floor.clock("10:00")
    floor.do(floor.at(1, commands.SignOff))
    assert rows(floor.log) == {
        None: {
            "issued": 1,
            "urgent": 0,
            "priority": 0,
            "cancelled": 0,
            "void": 0,
            "lapsed": 0,
            "abandoned": 0,
            "abandonment_rate": 0.0,
            "waiting": spread(600),
            "within_target": 1,
            "within_target_rate": 1.0,
            "promised": 0,
            "called": 1,
            "chosen": 0,
            "absent": 0,
            "served": 1,
            "transferred": 0,
            "service": spread(1200),
            "rated": 1,
            "ratings": {
                "very_satisfied": 0,
                "satisfied": 1,
                "basically_satisfied": 0,
                "dissatisfied": 0,
                "very_dissatisfied": 0,
            },
            "unrated": {"not_invited": 0, "timed_out": 0, "refused": 0},
            "rating_rate": 1.0,
            "good_rate_top3": 1.0,
            "satisfied_rate_top2": 1.0,
            "bad_rate": 0.0,
            "on_duty_s": 3600,
            "paused_s": 0,
            "serving_s": 1200,
            "utilisation": 0.3333,
            "post_expected_s": 6 * 5400,
            "post_staffed_s": 3600,
            "coverage": 0.1111,
        }
    }


def test_a_day_without_anybody() -> None:
    """Every count is zero, and what would divide by zero is absent: neither zero nor null."""
    closed = Floor(township(hours=Hours(weekly={})))
    figures = rows(closed.log)[None]
    assert figures["waiting"] == figures["service"] == {"count": 0}
    assert not {name for name in figures if name.endswith("_rate") or "_rate_" in name}
    assert not {"utilisation", "promise_error_s", "coverage"} & figures.keys()
    assert None not in figures.values()
    for by in BYS:
        assert rows(closed.log, by) == {}


def test_no_day_at_all() -> None:
    """Before the first day, one row of zeros."""
    assert rows([])[None]["issued"] == 0


# Waiting


@pytest.mark.parametrize(
    ("issued", "called", "waited_s"),
    [
        ("08:10", "08:40", 600),  # taken before the door opened
        ("11:50", "14:05", 900),  # over lunch
        ("11:50", "12:10", 600),  # called after the morning's end
        ("12:30", "14:00", 0),  # taken and called in closed time
        ("17:25", "17:50", 300),  # served after closing
        ("08:31:01", "08:31:01", 0),
    ],
)
def test_closed_time_is_not_waiting(issued: str, called: str, waited_s: int) -> None:
    """Only time within the day's opening intervals counts."""
    floor = Floor(clock=issued)
    floor.issue()
    floor.on(1)
    floor.clock(called)
    floor.press(1, commands.CallNext)
    assert row(floor, "waiting") == {"waiting": spread(waited_s)}


def test_the_first_call_ends_the_wait() -> None:
    """A recall, a return after an absence and a transfer do not make it longer."""
    floor = Floor()
    floor.on(1)
    floor.on(3)
    ticket = floor.issue()
    floor.later(minutes=4)
    floor.press(1, commands.CallNext, commands.Recall, commands.NoShow)
    floor.later(minutes=4)
    floor.do(commands.ReturnTicket(by=GUIDE, ticket=ticket.id))
    floor.later(minutes=4)
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.later(minutes=4)
    floor.serve(3)
    assert row(floor, "waiting", "called", "absent", "abandoned", "transferred", "served") == {
        "waiting": spread(240),
        "called": 3,
        "absent": 1,
        "abandoned": 0,
        "transferred": 1,
        "served": 1,
    }


def test_the_target_is_the_queues_own() -> None:
    """The express queue's ten minutes are not the others' twenty; one that was never called counts nowhere."""
    floor = Floor()
    floor.on(1)
    floor.on(3)
    for queue in ("comprehensive", "express", "comprehensive"):
        floor.issue(queue)
    floor.later(minutes=15)
    floor.press(1, commands.CallNext)
    floor.press(3, commands.CallNext)
    assert row(floor, "within_target", "within_target_rate") == {"within_target": 1, "within_target_rate": 0.5}
    by_queue = rows(floor.log, "queue")
    assert by_queue["comprehensive"]["within_target_rate"] == 1.0
    assert by_queue["express"]["within_target_rate"] == 0.0


@pytest.mark.parametrize(("waited_s", "within"), [(1199, 1), (1200, 1), (1201, 0)])
def test_a_wait_as_long_as_the_target_is_within_it(waited_s: int, within: int) -> None:
    """Twenty minutes to the second are not too long."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    floor.later(waited_s)
    floor.press(1, commands.CallNext)
    assert row(floor, "within_target") == {"within_target": within}


def test_a_set_up_that_changes_within_the_day() -> None:
    """Hours and targets are those in force at the call."""
    floor = Floor(clock="11:50")
    floor.on(1)
    floor.issue(), floor.issue()
    floor.clock("12:00")
    floor.press(1, commands.CallNext, commands.NoShow)
    queues = dict(floor.hall.queues) | {"comprehensive": replace(floor.hall.queues["comprehensive"], target_s=600)}
    hall = replace(floor.hall, queues=queues, hours=Hours(always=True))
    floor.do(commands.ChangeHall(hall=hall, kind="ordinary"))
    floor.clock("12:30")
    floor.press(1, commands.CallNext)
    assert row(floor, "waiting", "within_target", "on_duty_s") == {
        "waiting": spread(600, 2400),
        "within_target": 1,
        "on_duty_s": 2400,
    }


def test_promises() -> None:
    """What was promised is held against the clock, lunch and all."""
    floor = Floor(clock="11:50")
    floor.on(1)
    floor.issue(estimate=Estimate(p50_s=7200, p90_s=9000))
    floor.issue(estimate=Estimate(p50_s=60, p90_s=120))
    floor.issue()
    floor.clock("14:00")
    for _ in range(3):
        floor.press(1, commands.CallNext, commands.NoShow)
    assert row(floor, "promised", "promise_kept_rate", "promise_error_s") == {
        "promised": 2,
        "promise_kept_rate": 0.5,
        "promise_error_s": (600 + 7740) // 2,
    }


# Services


def test_a_hold_is_no_service() -> None:
    """A service that a hold interrupted is one service, without the hold; it counts where it was finished."""
    floor = Floor()
    floor.on(1)
    floor.on(2)
    ticket = floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.later(minutes=10)
    floor.press(1, commands.Hold)
    floor.later(minutes=30)
    floor.press(2, commands.ResumeTicket, number=ticket.number)
    floor.later(minutes=5)
    floor.press(2, commands.Finish)
    total = row(floor, "called", "served", "service", "serving_s", "on_duty_s")
    assert total == {"called": 1, "served": 1, "service": spread(900), "serving_s": 900, "on_duty_s": 2 * 2700}
    first, second = rows(floor.log, "counter").values()
    assert chosen(first, "called", "served", "service", "serving_s") == {
        "called": 1,
        "served": 0,
        "service": {"count": 0},
        "serving_s": 600,
    }
    assert chosen(second, "called", "served", "service", "serving_s") == {
        "called": 0,
        "served": 1,
        "service": spread(900),
        "serving_s": 300,
    }


def test_a_transfer_counts_where_each_part_took_place() -> None:
    """The wait belongs to the queue of issue, each service to its own; the second service starts from nothing."""
    floor = Floor()
    floor.on(1)
    floor.on(3)
    floor.issue()
    floor.later(minutes=2)
    floor.press(1, commands.CallNext, commands.Start)
    floor.later(minutes=3)
    ticket = floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.later(minutes=30)
    floor.press(3, commands.CallNext, commands.Start)
    floor.later(minutes=7)
    floor.press(3, commands.Finish)
    rate(floor, ticket, leg=1, level="very_dissatisfied")
    by_queue = rows(floor.log, "queue")
    names = ("issued", "waiting", "called", "served", "transferred", "service", "rated", "rating_rate", "bad_rate")
    assert chosen(by_queue["comprehensive"], *names) == {
        "issued": 1,
        "waiting": spread(120),
        "called": 1,
        "served": 0,
        "transferred": 1,
        "service": spread(180),
        "rated": 1,
        "bad_rate": 1.0,
    }
    assert chosen(by_queue["express"], *names) == {
        "issued": 0,
        "waiting": {"count": 0},
        "called": 1,
        "served": 1,
        "transferred": 0,
        "service": spread(420),
        "rated": 0,
        "rating_rate": 0.0,
    }


def test_a_hold_after_a_transfer() -> None:
    """The leg with which a held ticket comes back is of the queue that it is in, not of the one that it came from."""
    floor = Floor()
    floor.on(1)
    floor.on(3)
    ticket = floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.press(3, commands.CallNext, commands.Start, commands.Hold)
    floor.press(3, commands.ResumeTicket, number=ticket.number)
    floor.later(minutes=1)
    floor.press(3, commands.Finish)
    by_queue = rows(floor.log, "queue")
    assert chosen(by_queue["express"], "served", "service") == {"served": 1, "service": spread(60)}
    assert chosen(by_queue["comprehensive"], "served", "service") == {"served": 0, "service": spread(0)}


def test_serve_now() -> None:
    """Light mode: a call without a wait."""
    floor = Floor()
    floor.on(1)
    floor.press(1, commands.ServeNow, ticket=floor.id(), queue="comprehensive")
    floor.later(minutes=6)
    floor.press(1, commands.Finish)
    assert row(floor, "waiting", "called", "served", "service") == {
        "waiting": spread(0),
        "called": 1,
        "served": 1,
        "service": spread(360),
    }


# Those who do not come


def test_no_shows() -> None:
    """Every missed call counts; abandoned are those who stayed away, not those who came back, cancelled or lapsed."""
    floor = Floor()
    floor.on(1)
    three_times, away, back, cancelled, *_ = [floor.issue() for _ in range(5)]
    for missed in range(3):
        if missed:
            floor.do(commands.ReturnTicket(by=GUIDE, ticket=three_times.id))
        floor.press(1, commands.CallNumber, number=three_times.number, reason_ref="n_1")
        floor.press(1, commands.NoShow)
    for ticket in (away, back):
        floor.press(1, commands.CallNumber, number=ticket.number, reason_ref="n_1")
        floor.press(1, commands.NoShow)
    floor.do(commands.ReturnTicket(by=GUIDE, ticket=back.id))
    floor.press(1, commands.CallNumber, number=back.number, reason_ref="n_1")
    floor.press(1, commands.Start, commands.Finish)
    floor.do(commands.CancelTicket(by="holder", ticket=cancelled.id))
    floor.do(commands.EndDay(by=HEAD))
    names = ("issued", "called", "chosen", "absent", "served", "void", "abandoned", "abandonment_rate", "cancelled")
    assert row(floor, *names, "lapsed") == {
        "issued": 5,
        "called": 6,
        "chosen": 6,
        "absent": 5,
        "served": 1,
        "void": 1,
        "abandoned": 2,
        "abandonment_rate": 0.4,
        "cancelled": 1,
        "lapsed": 1,
    }
    assert "abandoned" not in rows(floor.log, "clerk")[clerk(1)]


def test_urgent_and_priority() -> None:
    """A claim that staff withdrew does not count."""
    floor = Floor()
    floor.issue(priority="elderly")
    withdrawn = floor.issue(priority="elderly")
    floor.do(commands.SetPriority(by=GUIDE, ticket=withdrawn.id, priority="elderly", confirmed=False))
    granted = floor.issue()
    floor.do(commands.SetPriority(by=GUIDE, ticket=granted.id, priority="disabled", confirmed=True))
    floor.do(commands.MakeUrgent(by=HEAD, ticket=granted.id, reason_ref="n_1"))
    assert row(floor, "urgent", "priority") == {"urgent": 1, "priority": 2}


# Ratings


def test_levels() -> None:
    """Good are the upper three, satisfied the upper two, bad the lower two, each of those who rated."""
    floor = Floor()
    floor.on(1)
    for level in ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", None):
        floor.issue()
        ticket = floor.serve(1)
        if level is not None:
            rate(floor, ticket, level=level)
    assert row(floor, "rated", "rating_rate", "good_rate_top3", "satisfied_rate_top2", "bad_rate") == {
        "rated": 4,
        "rating_rate": 0.8,
        "good_rate_top3": 0.75,
        "satisfied_rate_top2": 0.5,
        "bad_rate": 0.25,
    }


def test_why_services_were_not_rated() -> None:
    """Nobody is lost: rated, timed out, refused and never invited add up to what was served, transfers apart."""
    floor = Floor(clock="09:00")
    floor.on(1)
    for _ in range(6):
        floor.issue()
    causes: list[Any] = ["timed_out", "refused", "timed_out", None, None]
    tickets = []
    for minute, cause in enumerate(causes):
        tickets.append(visit(floor, 1, f"09:{minute:02d}", f"09:{minute:02d}"))
        if cause is not None:
            floor.do(commands.LeaveUnrated(counter=1, cause=cause))
    rate(floor, tickets[2])  # by phone, after the evaluator had given up
    rate(floor, tickets[4])
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert row(floor, "served", "rated", "unrated") == {
        "served": 5,
        "rated": 2,
        "unrated": {"not_invited": 1, "timed_out": 1, "refused": 1},
    }


def test_a_rating_of_the_next_day_belongs_to_the_day_of_the_service() -> None:
    """Monday's figures know it, Tuesday's do not."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    ticket = floor.serve(1)
    floor.turn(TUESDAY)
    rate(floor, ticket)
    assert row(floor, "rated", "served") == {"rated": 1, "served": 1}
    assert row(floor, "rated", "served", first=TUESDAY, last=TUESDAY) == {"rated": 0, "served": 0}
    tuesday = floor.log[opened(floor.log)[1] :]
    assert rows(tuesday, first=TUESDAY, last=TUESDAY) == rows(floor.log, first=TUESDAY, last=TUESDAY)


# Midnight


def test_carried_over_midnight() -> None:
    """A ticket belongs to the day that issued it; the clerk's time to the day on which it passed."""
    floor = Floor(ALWAYS, clock="23:00")
    floor.on(1)
    floor.issue()
    floor.clock("23:20")
    floor.press(1, commands.CallNext, commands.Start)
    floor.turn(TUESDAY, clock="04:00")
    floor.later(minutes=30)
    ticket = floor.press(1, commands.Finish)
    floor.later(minutes=30)
    floor.do(floor.at(1, commands.SignOff))
    floor.turn(WEDNESDAY)
    rate(floor, ticket)
    names = ("issued", "waiting", "served", "service", "rated", "on_duty_s", "serving_s")
    monday, tuesday = rows(floor.log, "day", last=TUESDAY).values()
    assert chosen(monday, *names) == {
        "issued": 1,
        "waiting": spread(1200),
        "served": 1,
        "service": spread(5 * 3600 + 600),
        "rated": 1,
        "on_duty_s": 5 * 3600,
        "serving_s": 4 * 3600 + 2400,
    }
    assert chosen(tuesday, *names) == {
        "issued": 0,
        "waiting": {"count": 0},
        "served": 0,
        "service": {"count": 0},
        "rated": 0,
        "on_duty_s": 3600,
        "serving_s": 1800,
    }
    later = floor.log[opened(floor.log)[1] :]
    assert chosen(rows(later, first=TUESDAY, last=TUESDAY)[None], *names) == chosen(tuesday, *names)


def test_a_day_is_final_when_nothing_can_change_it() -> None:
    """Not as long as a ticket of it is carried or can be rated; and never before the day that came first."""
    floor = Floor(ALWAYS, clock="23:00")
    floor.on(1)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.turn(TUESDAY)
    floor.turn(WEDNESDAY)
    floor.press(1, commands.Finish)
    floor.turn(WEDNESDAY + timedelta(days=1))
    floor.turn(WEDNESDAY + timedelta(days=2))
    history, settled = History(), []
    for event in floor.log:
        history.fold(event)
        if isinstance(event, events.DayOpened):
            settled.append(history.settled)
    assert settled == [None, None, None, None, WEDNESDAY + timedelta(days=1)]
    days = [fact.day for fact in history.take()]
    assert days == sorted(days) and days[0] == MONDAY


def test_a_long_history_is_let_go_of_day_by_day() -> None:
    """The facts of a day come out as soon as nothing can change them, each once; the others can be read at any time."""
    floor = Floor()
    taken, standing = [], []
    history = History(MONDAY)
    for day in range(1, 5):
        floor.on(1)
        floor.issue()
        floor.serve(1)
        floor.turn(MONDAY + timedelta(days=day))
    for event in floor.log:
        history.fold(event)
        if isinstance(event, events.DayOpened):
            taken.append({fact.day.day for fact in history.take() if isinstance(fact, TicketFacts)})
            standing.append({fact.day.day for fact in history.standing() if isinstance(fact, TicketFacts)})
    assert taken == [set(), set(), {1}, {2}, {3}]
    assert standing == [set(), {1}, {2}, {3}, {4}]


def test_reading_what_stands_changes_nothing() -> None:
    """However often it is read on the way, the figures at the end are the same."""
    floor = Floor()
    floor.on(1)
    for _ in range(3):
        floor.issue()
        floor.later(minutes=7)
        floor.serve(1)
    floor.do(commands.ChangeHall(hall=replace(floor.hall, hours=Hours(always=True)), kind="ordinary"))
    floor.later(minutes=7)
    floor.do(floor.at(1, commands.SignOff))
    read, unread = History(), History()
    for event in floor.log:
        read.fold(event)
        read.standing()
        unread.fold(event)
    assert read.standing() == unread.standing()


# Duty


def test_duty() -> None:
    """Lunch is no duty, a pause none that counts against the clerk, unless she serves meanwhile."""
    floor = Floor(clock="08:30")
    floor.on(1)
    floor.issue()
    floor.clock("09:00")
    floor.press(1, commands.CallNext, commands.Start)
    floor.clock("09:20")
    floor.do(floor.at(1, commands.PauseCounter))  # and goes on serving
    floor.clock("09:30")
    floor.press(1, commands.Finish)
    floor.clock("09:50")
    floor.do(floor.at(1, commands.PauseCounter, back_at=local("10:00")))
    floor.clock("10:00")
    floor.do(floor.at(1, commands.ResumeCounter))
    floor.clock("15:00")
    floor.do(floor.at(1, commands.SignOff))
    figures = {"on_duty_s": 4 * 3600 + 1800, "paused_s": 1800, "serving_s": 1800, "utilisation": 0.125}
    timed: tuple[By | None, ...] = (None, "counter", "clerk", "post", "day", "weekday", "month", "day_post")
    for by in timed:
        (only,) = (row for row in rows(floor.log, by).values() if row["on_duty_s"])
        assert chosen(only, *figures) == figures
    untimed: tuple[By, ...] = ("queue", "hour", "service", "weekday_hour", "capacity")
    for by in untimed:
        (only,) = rows(floor.log, by).values()
        assert chosen(only, *figures) == {}


def test_a_post_is_covered_until_it_is_given_up() -> None:
    """The time at a covered post ends with the covering; that at the own one goes on."""
    floor = Floor(clock="09:00")
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    floor.clock("10:00")
    floor.do(floor.at(3, commands.SignOff, post="post-4"))
    floor.clock("11:00")
    floor.do(floor.at(3, commands.SignOff))
    on_duty = {key: figures["on_duty_s"] for key, figures in rows(floor.log, "post").items()}
    assert {key: s for key, s in on_duty.items() if s} == {"post-3": 7200, "post-4": 3600}


def test_a_forgotten_sign_off() -> None:
    """Nobody is on duty at night, and one who was signed off at the turn of the day does not work on."""
    floor = Floor(clock="17:00")
    floor.on(1)
    floor.turn(TUESDAY)
    assert row(floor, "on_duty_s", "utilisation") == {"on_duty_s": 1800, "utilisation": 0.0}
    assert row(floor, "on_duty_s", "utilisation", first=TUESDAY, last=TUESDAY) == {"on_duty_s": 0}


def test_covered_posts() -> None:
    """A clerk who covers a post is on duty for both and serves for one of them at a time."""
    floor = Floor()
    floor.on(3)
    floor.later(minutes=30)
    floor.on(3, capacity="B", post="post-4")
    floor.issue("complaint")
    floor.press(3, commands.CallNext, commands.Start)
    floor.later(minutes=15)
    floor.press(3, commands.Finish)
    floor.later(minutes=15)
    floor.do(floor.at(3, commands.SignOff))
    posts = rows(floor.log, "post")
    names = ("served", "on_duty_s", "serving_s", "utilisation")
    assert chosen(posts["post-3"], *names) == {"served": 0, "on_duty_s": 3600, "serving_s": 0, "utilisation": 0.0}
    assert chosen(posts["post-4"], *names) == {"served": 1, "on_duty_s": 1800, "serving_s": 900, "utilisation": 0.5}
    assert row(floor, "on_duty_s", "serving_s") == {"on_duty_s": 3600, "serving_s": 900}


def test_the_running_day_ends_with_its_last_event() -> None:
    """Figures follow from the journal alone: what came after the last event nobody knows."""
    floor = Floor()
    floor.on(1)
    floor.later(minutes=10)
    floor.issue()
    assert row(floor, "on_duty_s") == {"on_duty_s": 600}


# Posts


def coverage(floor: Floor, by: By | None = "post") -> dict[Any, tuple[int, int]]:
    """Seconds expected and staffed, by key."""
    found = rows(floor.log, by)
    return {key: (figures["post_expected_s"], figures["post_staffed_s"]) for key, figures in found.items()}


def test_a_post_is_staffed_while_somebody_is_signed_on_to_it_or_covers_it() -> None:
    """From the opening on, lunch apart; a pause counts as being there, and nobody counts twice."""
    floor = Floor(clock="09:00")
    floor.on(3)
    floor.clock("09:30")
    floor.on(3, capacity="B", post="post-4")
    floor.do(floor.at(3, commands.PauseCounter))
    floor.clock("10:30")
    floor.on(4)
    floor.clock("11:30")
    floor.do(floor.at(3, commands.SignOff))
    floor.clock("14:30")
    floor.do(floor.at(4, commands.SignOff))
    expected = 4 * 3600  # 8:30 to 12:00, 14:00 to 14:30
    found = coverage(floor)
    assert found["post-3"] == (expected, 9000)
    assert found["post-4"] == (expected, 9000 + 1800)  # 9:30 to 12:00, 14:00 to 14:30
    assert found["post-1"] == (expected, 0)
    assert coverage(floor, "day_post") == {f"2026-06-01 {post}": times for post, times in found.items()}
    whole = (6 * expected, sum(staffed for _, staffed in found.values()))
    timed: tuple[By | None, ...] = (None, "day", "month", "weekday")
    assert [list(coverage(floor, by).values()) for by in timed] == [[whole]] * 4


def test_a_post_that_is_given_up_is_not_staffed_any_more() -> None:
    """While its own goes on."""
    floor = Floor(clock="08:30")
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    floor.clock("09:00")
    floor.do(floor.at(3, commands.SignOff, post="post-4"))
    floor.clock("10:30")
    floor.do(floor.at(3, commands.SignOff))
    found = coverage(floor)
    assert (found["post-3"], found["post-4"]) == ((7200, 7200), (7200, 1800))


def test_the_roster_says_when_a_post_is_to_be_staffed() -> None:
    """Half days on which it leaves a post empty do not count, whoever is there; never expected, no row."""
    hall = township()
    rosters = {"post-1": {"mon_morning": ""}, "post-2": {"mon_afternoon": ""}, "post-3": {"tue_morning": ""}}
    rosters["post-4"] = {"mon_morning": "", "mon_afternoon": ""}
    posts = {key: replace(post, roster=rosters.get(key, {})) for key, post in hall.posts.items()}
    floor = Floor(replace(hall, posts=posts), clock="08:30")
    floor.on(1)
    floor.on(2)
    floor.clock("17:30")
    floor.do(floor.at(1, commands.SignOff))
    found = coverage(floor)
    morning, afternoon = 12600, 12600
    assert found.pop("post-1") == (afternoon, afternoon)
    assert found.pop("post-2") == (morning, morning)
    assert found == dict.fromkeys(("post-3", "post-5", "post-6"), (morning + afternoon, 0))


def test_a_roster_that_changes_within_the_day() -> None:
    """Each stretch by the set-up that was in force."""
    floor = Floor(clock="09:30")
    posts = {key: post for key, post in floor.hall.posts.items() if key == "post-1"}
    posts["post-2"] = replace(floor.hall.posts["post-2"], roster={"mon_morning": ""})
    floor.do(commands.ChangeHall(hall=replace(floor.hall, posts=posts), kind="ordinary"))
    floor.clock("10:30")
    floor.on(1)
    assert coverage(floor) == {"post-1": (7200, 0), **dict.fromkeys((f"post-{n}" for n in range(2, 7)), (3600, 0))}


# Rows


def test_distributions() -> None:
    """How many took so many whole minutes; only where that is asked for."""
    floor = Floor()
    floor.on(1)
    for wait_s in (59, 60, 119, 60 * 95):
        floor.issue()
        floor.later(wait_s)
        floor.serve(1)
    assert "minutes" not in rows(floor.log)[None]["waiting"]
    found = rows(floor.log, distribution=True)[None]
    assert found["waiting"]["minutes"] == [(0, 1), (1, 2), (95, 1)]
    assert found["service"]["minutes"] == [(0, 4)]
    assert rows(floor.log, first=TUESDAY, last=TUESDAY, distribution=True)[None]["waiting"] == {
        "count": 0,
        "minutes": [],
    }


def test_keys() -> None:
    """Hours are local, days are business days; without a service or a post, no key."""
    floor = Floor(ALWAYS, clock="23:30")
    floor.on(7, by=clerk(1), capacity="relief")
    floor.issue()
    floor.clock("01:10", TUESDAY)
    floor.issue(service=1)
    floor.serve(7), floor.serve(7)
    assert list(rows(floor.log, "hour")) == [1, 23]
    assert list(rows(floor.log, "weekday")) == ["mon"]
    assert list(rows(floor.log, "weekday_hour")) == ["mon 01", "mon 23"]
    assert list(rows(floor.log, "day")) == ["2026-06-01"]
    assert list(rows(floor.log, "month")) == ["2026-06"]
    assert list(rows(floor.log, "service")) == [1, None]
    assert list(rows(floor.log, "capacity")) == ["relief"]
    assert [key for key, figures in rows(floor.log, "post").items() if figures["served"]] == [None]
    assert [key for key, figures in rows(floor.log, "day_post").items() if figures["served"]] == [None]
    assert list(rows(floor.log, "clerk")) == [clerk(1)]


def test_names() -> None:
    """A queue that was taken away meanwhile still has its name, a renamed one its latest."""
    floor = Floor()
    hall = floor.hall
    kept = {key: queue for key, queue in hall.queues.items() if key != "agency"}
    counters = {number: counter for number, counter in hall.counters.items() if number != 6}
    posts = {key: post for key, post in hall.posts.items() if post.counter != 6}
    kept["express"] = replace(kept["express"], name="快办")
    floor.turn(TUESDAY, hall=replace(hall, queues=kept, counters=counters, posts=posts))
    history = History()
    for event in floor.log:
        history.fold(event)
    assert list(history.queues.values()) == ["综合受理", "快办", "有诉即办", "统一出证", "帮办代办"]
    assert history.counters[6] == "帮办代办窗口"
    assert history.posts["post-6"] == "6号岗"


def test_open_ms() -> None:
    """Spans may begin and end anywhere."""
    opening = Floor().day.opening
    assert open_ms(local("08:00"), local("18:00"), opening) == 7 * 3_600_000
    assert open_ms(local("12:00"), local("14:00"), opening) == 0
    assert open_ms(local("11:59:59"), local("14:00:01"), opening) == 2000
    assert open_ms(local("09:00"), local("09:00"), opening) == 0
