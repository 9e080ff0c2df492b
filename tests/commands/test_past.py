"""`--past`: a demo's halls have been at work for weeks, and everything that they did is in their journals."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from queue_server.app import running
from queue_server.commands.demo_halls import prepare_demo
from queue_server.commands.past import PastDay, play
from queue_server.commands.past_words import COMPLAINTS
from queue_server.domain import book_events, events
from queue_server.domain.apply import apply_all
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.day import Day
from queue_server.domain.hours import business_day
from queue_server.domain.rating import BAD
from queue_server.engine.stream_runner import StreamRunner, Unavailable
from queue_server.reasons import versions
from queue_server.settings import Settings
from tests.domain.halls import GUIDE, HEAD, township
from tests.domain.invariants import check_day

FRIDAY, NEXT_THURSDAY = date(2026, 5, 29), date(2026, 6, 4)
JUNE = [date(2026, 6, n) for n in range(1, 5)]
"""The working days of that week."""


def _played(seed: int = 1, discipline: str | None = "u_discipline") -> list[PastDay]:
    reasons = [*versions().values()][-1]
    chance = random.Random(seed)
    return play(
        township(), FRIDAY, NEXT_THURSDAY, head=HEAD, guide=GUIDE, discipline=discipline, reasons=reasons, chance=chance
    )


def test_days_are_as_a_server_would_have_written_them() -> None:
    """On working days alone, in order of time, every day sound and closed, with nothing left over."""
    past = _played()
    assert [day.business_day for day in past] == [FRIDAY, *JUNE]
    day, last = Day(), None
    for played in past:
        for event in played.events:
            assert last is None or last <= event.at
            last = event.at
        apply_all(day, played.events)
        check_day(day)
        assert day.closed and not day.current and not any(day.waiting.values())
    kinds = Counter(type(event) for played in past for event in played.events)
    assert kinds[events.TicketFinished] > 200
    assert kinds[events.TicketRated] > kinds[events.TicketLeftUnrated] > 0


def test_every_bad_rating_is_seen_to() -> None:
    """The book has a rectification for each, and nothing that it does not take."""
    past = _played()
    book = Book()
    for event in (event for played in past for event in played.written):
        assert book.last_at is None or book.last_at <= event.at
        book = apply_to_book(book, event)
    rated = [event for played in past for event in played.events if isinstance(event, events.TicketRated)]
    bad = {(event.ticket, event.leg) for event in rated if event.level in BAD}
    opened = [e for played in past for e in played.written if isinstance(e, book_events.RectificationOpened)]
    assert {(event.ticket, event.leg) for event in opened} == bad and bad
    said = {said.ref for played in past for said in played.said}
    noted = {getattr(event, "note_ref", None) for played in past for event in played.written} - {None}
    assert noted <= said


def test_the_same_seed_is_the_same_past() -> None:
    """A demo that is begun anew looks back on the same weeks."""
    assert [len(day.events) for day in _played(7)] == [len(day.events) for day in _played(7)]


@pytest.mark.parametrize("discipline", ["u_discipline", None])
def test_what_is_brought_up_about_staff_is_answered_by_discipline_alone(
    monkeypatch: pytest.MonkeyPatch, discipline: str | None
) -> None:
    """Where a hall has nobody who could, nobody brings it up."""
    of_each = {brought.about: brought._replace(often=1, severity="general") for brought in COMPLAINTS}
    monkeypatch.setattr("queue_server.commands.past.COMPLAINTS", tuple(of_each.values()))
    monkeypatch.setattr("queue_server.commands.past.COMPLAINING", 1.0)
    written = [event for day in _played(discipline=discipline) for event in day.written]
    about = {e.complaint: e.about for e in written if isinstance(e, book_events.ComplaintRegistered)}
    answered = {(about[e.complaint] == "staff", e.by) for e in written if isinstance(e, book_events.ComplaintReplied)}
    assert ("staff" in about.values()) == (discipline is not None)
    assert answered == {(False, HEAD)} | ({(True, discipline)} if discipline else set())


async def test_a_past_that_was_cut_off_is_gone_on_with(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on another day: each day is written once, and the book is of what the days say."""
    at = datetime(2026, 6, 4, 4, tzinfo=UTC)
    run, written = StreamRunner.run, list[str]()

    async def cut_off(runner: Any, request: Any) -> Any:
        if request.command_id.startswith("demo:past:"):
            if len(written) == 2:
                raise Unavailable(RuntimeError("the power was cut"))
            written.append(request.command_id)
        return await run(runner, request)

    monkeypatch.setattr(StreamRunner, "run", cut_off)
    async with running(Settings(data=str(data)), read_wall=lambda: at) as server:
        with pytest.raises(Unavailable):
            await prepare_demo(server, None, past_days=7)
    monkeypatch.setattr(StreamRunner, "run", run)
    async with running(Settings(data=str(data)), read_wall=lambda: at + timedelta(days=1)) as server:
        await prepare_demo(server, None, past_days=7)
        runner = await server.hall("town")
        assert runner.day.hall.hours.always and runner.day.business_day == date(2026, 6, 5)
        days, finished = list[str](), set[tuple[str, int]]()
        async for batch, happened in runner.days.events_after(0):
            days += [] if batch.mark is None else [batch.mark]
            finished |= {(e.ticket, e.leg) for e in happened if isinstance(e, events.TicketRated)}
        assert days == [day.isoformat() for day in (date(2026, 5, 28), FRIDAY, *JUNE, date(2026, 6, 5))]
        assert finished >= {(one.opened.ticket, one.opened.leg) for one in runner.books.durable.rectifications}


async def test_a_demo_looks_back(data: Path) -> None:
    """Its head finds figures of the last days, its book what came of them, and today begins as ever."""
    after_working_days = datetime(2026, 6, 5, 4, tzinfo=UTC)
    async with running(Settings(data=str(data)), read_wall=lambda: after_working_days) as server:
        await prepare_demo(server, None, past_days=7)
        for hall in ("town", "village"):
            runner = await server.hall(hall)
            today = runner.day.business_day
            assert today == business_day(server.now(), "04:00", "Asia/Shanghai") and not runner.day.tickets
            assert runner.day.hall.hours.always and not runner.date_doubted
            last_week = today - timedelta(days=7), today - timedelta(days=1)
            (row,) = (await server.histories.tally(hall, *last_week, None)).tally.rows()
            assert row["served"] > 20 and row["rated"] > 0 and row["on_duty_s"] > 0
