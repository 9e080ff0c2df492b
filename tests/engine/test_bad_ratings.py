"""A bad rating opens a rectification: once, whatever happens between the two streams."""

import asyncio
from datetime import date

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from queue_server.domain import commands, events
from queue_server.domain.hall import Rules
from queue_server.domain.rating import Level
from queue_server.domain.rectification import Rectification
from queue_server.engine.hall_runner import DAY_CODEC
from queue_server.journal.base import Journal, NewBatch
from queue_server.journal.memory import MemoryJournal
from tests.domain.halls import TUESDAY, clerk, township
from tests.engine.journals import opened, turns
from tests.engine.rig import Office, Times
from tests.journal.conftest import Store

HALL = township(rules=Rules(call_lock_s=0))


@pytest.fixture
async def journal() -> MemoryJournal:
    """A journal that can be held and made to fail."""
    journal = MemoryJournal()
    await journal.open()
    return journal


async def _served(journal: Journal, times: Times | None = None) -> tuple[Office, str]:
    """A hall with one finished ticket, and that ticket's id."""
    office = await Office(journal, times, HALL).begin()
    await office.on(1)
    await office.issue()
    await office.press(1, commands.CallNext, commands.Start, commands.Finish)
    (ticket,) = office.day.tickets
    return office, ticket


async def _rate(office: Office, ticket: str, level: Level = "very_dissatisfied", key: str | None = None) -> None:
    rate = commands.RateLeg(by="holder", ticket=ticket, leg=1, level=level, source="phone", comment_ref="n_1")
    await office.do(rate, key)
    await office.runner.settle()


def _all(office: Office) -> list[Rectification]:
    return list(office.runner.books.durable.rectifications)


async def test_it_asks_at_once_and_by_when_it_is_due(journal: MemoryJournal) -> None:
    """Five working days after the rating."""
    office, ticket = await _served(journal)
    await _rate(office, ticket)
    (one,) = _all(office)
    assert (one.state, one.opened.number, one.opened.clerk) == ("pending", "A001", clerk(1))
    assert one.opened.comment_ref == "n_1"
    assert one.due_on == date(2026, 6, 8)
    assert one.id.startswith("r_")


async def test_a_middling_rating_asks_for_nothing(journal: MemoryJournal) -> None:
    """差评 are the last two levels."""
    office, ticket = await _served(journal)
    await _rate(office, ticket, "basically_satisfied")
    assert _all(office) == []


@pytest.mark.parametrize(
    ("rated", "days", "due"),
    [
        (date(2026, 6, 18), 1, date(2026, 6, 22)),  # Friday the 19th is 端午节
        (date(2026, 9, 30), 5, date(2026, 10, 13)),  # after 国庆节; Saturday the 10th is made up for
        (date(2026, 6, 5), 0, date(2026, 6, 5)),
    ],
)
async def test_holidays_are_no_working_days(journal: MemoryJournal, rated: date, days: int, due: date) -> None:
    """And make-up days are; how many there are is the hall's rule."""
    office, ticket = await _served(journal, times=Times(day=rated))
    await office.configure(replace(HALL, rules=replace(HALL.rules, rectification_days=days)))
    await _rate(office, ticket)
    assert [one.due_on for one in _all(office)] == [due]


async def test_the_same_rating_again_asks_for_nothing_more(store: Store) -> None:
    """Repeated, seen by another server, and read by one that starts later."""
    async with opened(store) as mine, opened(store) as theirs:
        here, ticket = await _served(mine)
        there = await Office(theirs, hall=HALL, name="b").begin()
        await _rate(here, ticket, key="once")
        await _rate(here, ticket, key="once")
        await there.issue()
        await there.runner.settle()
        late = await Office(mine, hall=HALL, name="c").begin()
        await late.runner.settle()
        for office in (here, there, late):
            await office.runner.books.catch_up()
            assert len(_all(office)) == 1


async def test_a_crash_between_the_two_streams_loses_none(store: Store) -> None:
    """The rating is on disk and the server is gone: the next one that loads the hall asks."""
    async with opened(store) as journal:
        office, ticket = await _served(journal)
        rated = events.TicketRated(
            at=office.times.wall, by="holder", ticket=ticket, leg=1, level="dissatisfied", source="evaluator"
        )
        days = office.runner.days
        await journal.append(days.stream, days.head, NewBatch(1, "elsewhere", "", None, DAY_CODEC.encode([rated])))
    async with opened(store) as journal:
        again = await Office(journal, Times("08:00", TUESDAY), hall=HALL).load()
        await again.runner.settle()
        assert [(one.opened.ticket, one.due_on) for one in _all(again)] == [(ticket, date(2026, 6, 8))]


async def test_what_could_not_be_asked_is_asked_at_the_next_tick_of_the_clock(journal: MemoryJournal) -> None:
    """The store was away just then, which is logged."""
    office, ticket = await _served(journal)
    journal.pause()
    rating = asyncio.create_task(_rate(office, ticket))
    await turns()
    journal.resume()
    journal.fail(OSError("disk full"))
    with capture_logs() as logs:
        await rating
    assert [log["event"] for log in logs] == ["reaction.failed"]
    assert _all(office) == []
    journal.fail(None)
    await office.runner.turn_day()
    await office.runner.settle()
    assert [one.opened.ticket for one in _all(office)] == [ticket]
