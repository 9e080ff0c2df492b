"""Two servers on one journal, and everybody at once: promises 2, 3 and 4."""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from tests.domain.halls import TUESDAY, clerk, village
from tests.domain.invariants import check_day, replayed
from tests.engine.journals import opened
from tests.engine.rig import Office, Times, day_events
from tests.journal.conftest import Store

COUNTERS = range(1, 7)
ROUNDS = 100


def busy_station() -> Hall:
    """One queue, six counters that all serve it."""
    counters = {
        n: Counter(number=n, name="综合窗口", kind="comprehensive", queues=("comprehensive",)) for n in COUNTERS
    }
    return replace(village(), counters=counters, posts={})


@pytest.fixture
async def servers(store: Store) -> AsyncIterator[tuple[Office, Office]]:
    """Two servers with the same hall, each with a journal of its own on the same data. They share a clock."""
    async with AsyncExitStack() as stack:
        times = Times()
        here, there = [
            await Office(await stack.enter_async_context(opened(store)), times, busy_station(), name).begin()
            for name in ("a", "b")
        ]
        yield here, there


async def everywhere(
    servers: tuple[Office, Office], presses: dict[str, commands.DayCommand]
) -> dict[str, tuple[str | None, str | None]]:
    """Send each command under its key to both servers, all at once; by key, what each of them answered."""
    answers = await asyncio.gather(*(server.do(command, key) for key, command in presses.items() for server in servers))
    return dict(zip(presses, zip(answers[::2], answers[1::2], strict=True), strict=True))


async def caught_up(office: Office) -> Day:
    """The day, with what the other server wrote last."""
    await office.runner.days.catch_up()
    return office.day


async def journal_of(office: Office) -> list[events.DayEvent]:
    """Everything in the hall's stream `day`."""
    return await day_events(office.runner.days._journal, office.hall.id)


async def test_no_two_counters_ever_call_the_same_ticket(servers: tuple[Office, Office]) -> None:
    """All press *next* at once, each twice with one key; nobody is called twice, left out, or called out of turn."""
    here, there = servers
    await asyncio.gather(
        *(here.ask(commands.SignOn(by=clerk(n), counter=n, capacity="relief"), f"on {n}") for n in COUNTERS)
    )
    people = len(COUNTERS) * ROUNDS - 4  # in the last round four press in vain
    await asyncio.gather(*(here.issue() for _ in range(people)))
    called: list[str] = []
    for round_ in range(ROUNDS):
        here.times.later(30)
        for press in (commands.CallNext, commands.Start, commands.Finish):
            at_work = [n for n in COUNTERS if press is commands.CallNext or n in there.day.current]
            answers = await everywhere(
                servers, {f"{press.__name__} {round_} {n}": press(by=clerk(n), counter=n) for n in at_work}
            )
            assert all(first == second for first, second in answers.values()), "one key, two answers"
            if press is commands.CallNext:
                called += sorted(first for first, _ in answers.values() if first is not None)
            check_day(here.day)
    assert called == [f"A{n:03d}" for n in range(1, people + 1)]
    tally = Tally(type(event) for event in await journal_of(here))
    assert tally[events.TicketCalled] == tally[events.TicketStarted] == tally[events.TicketFinished] == people
    assert await caught_up(here) == await caught_up(there) == replayed(await journal_of(here))


async def test_numbers_are_issued_once_and_without_gaps(servers: tuple[Office, Office]) -> None:
    """128 citizens at once, each press sent to both servers: 128 consecutive numbers."""
    presses: dict[str, commands.DayCommand] = {
        f"press {n}": commands.IssueTicket(ticket=f"t_{n}", queue="comprehensive") for n in range(128)
    }
    answers = await everywhere(servers, presses)
    assert all(first == second for first, second in answers.values()), "one key, two numbers"
    assert sorted(first for first, _ in answers.values() if first) == [f"A{n:03d}" for n in range(1, 129)]
    assert await everywhere(servers, presses) == answers
    assert await caught_up(servers[0]) == await caught_up(servers[1])


async def test_each_server_may_make_up_its_own_ticket_for_one_press(servers: tuple[Office, Office]) -> None:
    """The ids differ, the key is the same: the ticket that was written is the one that both answer with."""
    here, there = servers
    answers = await asyncio.gather(*(office.issue(key=f"press {n}") for n in range(64) for office in servers))
    assert answers[::2] == answers[1::2] and len(set(answers)) == 64
    assert len([event for event in await journal_of(here) if isinstance(event, events.TicketIssued)]) == 64
    assert await caught_up(here) == await caught_up(there)


async def test_racing_servers_open_a_day_once(servers: tuple[Office, Office]) -> None:
    """On the first morning and on the next."""
    here, there = servers
    await asyncio.gather(*(office.issue() for office in servers for _ in range(10)))
    here.times.set("09:00", TUESDAY)
    numbers = await asyncio.gather(*(office.issue() for office in servers for _ in range(10)))
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 21)]
    tally = Tally(type(event) for event in await journal_of(here))
    assert tally[events.DayOpened] == 2 and tally[events.DayClosed] == 1 and tally[events.TicketLapsed] == 20
    assert await caught_up(here) == await caught_up(there)


async def test_a_refusal_from_one_server_knows_what_the_other_did(servers: tuple[Office, Office]) -> None:
    """Press by press, alternately: nobody is told what was true a moment ago."""
    here, there = servers
    sign_on = commands.SignOn(by=clerk(1), counter=1, capacity="relief")
    assert await here.do(sign_on) is None
    assert await there.refused(sign_on) == "already_on_duty"
    call = commands.CallNext(by=clerk(1), counter=1)
    assert await here.do(call) is None, "somebody was called, though nobody waits"
    assert await there.issue() == "A001"
    assert await here.do(call) == "A001"
    assert await there.refused(call) == "ticket_open"
    assert await there.do(commands.NoShow(by=clerk(1), counter=1)) == "A001"
    assert await here.refused(commands.Start(by=clerk(1), counter=1)) == "no_ticket"
