"""Whole days at random, as figures: by the projection, by way of what is stored, and the slow and obvious way."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.rating import LEVELS
from queue_server.domain.ticket import Estimate
from queue_server.projections.history_cells import Cells, DayCells, add_cell, day_period, stored_as
from queue_server.projections.history_facts import Fact
from queue_server.projections.history_tally import BYS, By, Tally
from tests.domain.halls import HEAD, local, opened
from tests.domain.test_state_machine import WholeDays
from tests.projections.obvious_history import obvious_rows, past_of
from tests.projections.test_history import by_key, facts_of, rows_of

COUNTS = {
    *("issued", "urgent", "priority", "cancelled", "void", "lapsed", "abandoned", "within_target", "promised"),
    *("called", "chosen", "absent", "served", "transferred", "rated"),
}
ENDS = (commands.Finish, commands.Finish, commands.Hold, commands.Transfer, commands.NoShow)
DURATIONS = {"on_duty_s", "paused_s", "serving_s", "post_expected_s", "post_staffed_s"}


class CountedDays(WholeDays):
    """Whole days, counted at the end."""

    @rule(p50_s=st.integers(0, 1200), more_s=st.integers(0, 600))
    def issue_promised(self, p50_s: int, more_s: int) -> None:
        estimate = Estimate(p50_s=p50_s, p90_s=p50_s + more_s)
        self.ask(commands.IssueTicket(ticket=self.floor.id(), queue="comprehensive", estimate=estimate))

    @rule(minutes=st.integers(0, 90), ends=st.lists(st.sampled_from(ENDS), min_size=1, max_size=6))
    def work_on(self, minutes: int, ends: list[type[Any]]) -> None:
        """Each counter calls, serves and ends a service; what chance alone seldom brings in this order."""
        for counter, end in zip(list(self.floor.day.duties), ends, strict=False):
            for press in (commands.CallNext, commands.Start, end):
                fields = {"queue": "express", "reason_ref": "n_5"} if press is commands.Transfer else {}
                self.ask(self.floor.at(counter, press, **fields))
                self.wait(minutes * 20)

    @rule()
    def take_up(self) -> None:
        for held, counter in zip(list(self.floor.day.held), self.floor.day.duties, strict=False):
            self.ask(self.floor.at(counter, commands.ResumeTicket, number=self.floor.ticket(held).number))

    @rule(post=st.integers(1, 6), minutes=st.integers(0, 90))
    def cover(self, post: int, minutes: int) -> None:
        """Whoever is on duty first covers another post for a while, and gives it up again."""
        for counter in list(self.floor.day.duties)[:1]:
            self.ask(self.floor.at(counter, commands.SignOn, capacity="relief", post=f"post-{post}"))
            self.wait(minutes * 60)
            self.ask(self.floor.at(counter, commands.SignOff, post=f"post-{post}"))
            self.wait(minutes * 60)

    @rule(level=st.sampled_from(LEVELS))
    def rate_the_day_before(self, level: Any) -> None:
        for ticket in self.floor.day.previous.values():
            for leg in range(1, len(ticket.legs) + 1):
                self.ask(commands.RateLeg(by="holder", ticket=ticket.id, leg=leg, level=level, source="phone"))

    @rule(hour=st.sampled_from(["08:00", "12:30", "14:00", "17:29", "18:00"]))
    def later_that_day(self, hour: str) -> None:
        self.floor.now = max(self.floor.now, local(hour, self.floor.business_day))

    @rule(paused=st.booleans())
    def turn_with_somebody_there(self, paused: bool) -> None:
        for counter, ticket in self.floor.day.current.items():
            if paused and self.floor.ticket(ticket).state == "serving":
                self.ask(self.floor.at(counter, commands.PauseCounter))
        if self.floor.day.current:
            self.turn_day(True, 1, 0, True)
            for counter in range(1, 4):
                self.ask(self.floor.at(counter, commands.SignOn, capacity="A"))

    @rule(hours=st.sampled_from([Hours(), Hours(always=True)]))
    def change_hours(self, hours: Hours) -> None:
        hall: Hall = replace(self.floor.day.hall, hours=hours)
        self.ask(commands.ChangeHall(by=HEAD, hall=hall, kind="ordinary"))

    @rule(roster=st.dictionaries(st.sampled_from(["mon_morning", "mon_afternoon", "tue_morning"]), st.just("")))
    def change_roster(self, roster: dict[str, str]) -> None:
        hall: Hall = self.floor.day.hall
        posts = {key: replace(post, roster=roster) if key < "post-4" else post for key, post in hall.posts.items()}
        self.ask(commands.ChangeHall(by=HEAD, hall=replace(hall, posts=posts), kind="ordinary"))

    def teardown(self) -> None:
        if not hasattr(self, "floor"):
            return
        log = self.floor.log
        days = [event.business_day for event in log if isinstance(event, events.DayOpened)]
        past = past_of(log)
        for first, last in {(days[0], days[-1]), (days[0], days[0]), (days[-1], days[-1]), (days[len(days) // 2],) * 2}:
            facts = facts_of(log[opened(log)[days.index(first)] :], first, last)
            stored = cells_of(facts)
            total = rows_of(facts, None)[None]
            for by in (None, *BYS):
                grouped = rows_of(facts, by, distribution=True)
                assert grouped == stored_rows(stored, by), by
                assert grouped == obvious_rows(log, first, last, by, distribution=True, past=past), by
                check_sums(grouped, total, by)


def cells_of(facts: Sequence[Fact]) -> dict[date, Cells]:
    """What is stored of these days."""
    days = defaultdict[date, DayCells](DayCells)
    for fact in facts:
        days[fact.day].add(fact)
    return {day: cells.cells() for day, cells in days.items()}


def stored_rows(days: dict[date, Cells], by: By | None) -> dict[Any, dict[str, Any]]:
    """The rows that come out of what is stored."""
    tally = Tally(by)
    for day, cells in days.items():
        if stored_as(by) in cells:
            add_cell(tally, day_period(day), cells[stored_as(by)])
    return by_key(tally, distribution=True)


def check_sums(grouped: dict[Any, dict[str, Any]], total: dict[str, Any], by: By | None) -> None:
    """Rows add up to the whole, and shares are shares."""
    for name in COUNTS | DURATIONS:
        if name in DURATIONS and by in ("post", "day_post"):
            continue  # a clerk who covers a post is on duty for both
        parts = [figures[name] for figures in grouped.values() if name in figures]
        rounding = len(parts) if name in DURATIONS else 0
        assert not parts or abs(sum(parts) - total[name]) <= rounding, (by, name)
    for name in ("waiting", "service"):
        assert sum(figures[name]["count"] for figures in grouped.values()) == total[name]["count"]
    for figures in grouped.values():
        shares = {name: figures[name] for name in figures if "_rate" in name or name in ("utilisation", "coverage")}
        assert all(0 <= share <= 1 for share in shares.values()), shares
        assert None not in figures.values()


TestCountedDays = CountedDays.TestCase
TestCountedDays.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
