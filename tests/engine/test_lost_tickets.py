"""What a hall does when history is lost under it: no number is issued again that somebody has, and its head is told."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from queue_server.domain import commands
from queue_server.domain.book_commands import AcknowledgeLoss, RegisterComplaint
from queue_server.domain.book_events import About, HistoryLost
from queue_server.domain.refusals import Refusal
from queue_server.engine.calendar import day_kind
from queue_server.engine.stream_runner import Accepted
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.domain.halls import GUIDE, HEAD, MONDAY, TUESDAY, local
from tests.engine.journals import opened
from tests.engine.rig import Office, Times, day_events
from tests.journal.conftest import MemoryStore, Store

Servers = tuple[Office, Office]


@pytest.fixture
async def servers(store: Store) -> AsyncIterator[Servers]:
    """Two servers with the same hall on the store, which know the same."""
    async with AsyncExitStack() as stack:
        times = Times()
        journals = [await stack.enter_async_context(opened(store)) for _ in range(2)]
        here, there = [await Office(journal, times, name=f"s{n}").begin() for n, journal in enumerate(journals)]
        await here.on(1, 3)
        await caught_up(there)
        yield here, there


async def caught_up(*offices: Office) -> None:
    """Let the servers take in what there is, and see to what follows."""
    for office in offices:
        await office.runner.days.catch_up()
        await office.runner.settle()
        await office.runner.books.catch_up()


def told(office: Office) -> list[HistoryLost]:
    """What its head has to see to."""
    return list(office.runner.books.durable.losses.open())


def issued(loss: HistoryLost) -> tuple[str, ...]:
    """The numbers of the tickets that are gone."""
    return tuple(loss.issued.values())


async def test_a_lost_number_is_never_issued_again(store: Store, servers: Servers) -> None:
    """Issuing goes on above it, also where many press at once, and the head is told which tickets are gone or back."""
    here, _ = servers
    assert [await here.issue(), await here.issue()] == ["A001", "A002"]
    here.times.later(minutes=3)
    copy = await store.copied()
    epoch, kept = here.runner.days.head.epoch, here.day.seq
    await here.press(1, commands.CallNext)
    here.times.later(minutes=2)
    assert [await here.issue(), await here.issue("express"), await here.issue()] == ["A003", "B001", "A004"]
    known = here.day.seq
    await store.put_back(copy)
    numbers = await asyncio.gather(*(here.issue() for _ in range(4)), here.issue("express"))
    assert sorted(numbers) == ["A005", "A006", "A007", "A008", "B002"]
    await caught_up(here)
    (loss,) = told(here)
    assert (loss.part, loss.epoch, loss.kept, loss.known) == ("day", epoch, kept, known)
    assert (loss.since, loss.until) == (local("09:00"), local("09:05"))
    assert (issued(loss), loss.again, loss.back) == (("A003", "B001", "A004"), (), ("A001",))
    assert here.runner.losses == 1 and here.heard.replacements == 1
    restarted = await Office(here.runner.days._journal, here.times).begin()
    assert await restarted.issue() == "A009" and told(restarted) == told(here)


async def test_who_has_a_lost_number_may_come_in_with_it(store: Store, servers: Servers) -> None:
    """As with one that was given on paper: its holder has waited since then."""
    here, _ = servers
    copy = await store.copied()
    await here.issue()
    await store.put_back(copy)
    assert await here.issue() == "A002"
    paper = commands.EnterPaper(by=GUIDE, ticket="t_p", queue="comprehensive", number="A001", issued_at=local("09:00"))
    assert await here.do(paper) == "A001"


async def test_a_number_that_was_issued_twice_before_anybody_noticed_is_told(store: Store, servers: Servers) -> None:
    """By a server that did not know; and neither it nor the other issues one of them a third time."""
    here, there = servers
    await here.issue()
    await caught_up(there)
    copy = await store.copied()
    assert [await here.issue() for _ in range(3)] == ["A002", "A003", "A004"]
    await store.put_back(copy)
    assert await there.issue() == "A002"
    await caught_up(here, there)
    assert [await there.issue(), await here.issue()] == ["A005", "A006"]
    for office in servers:
        (loss,) = told(office)
        assert (issued(loss), loss.again, loss.back) == (("A002", "A003", "A004"), ("A002",), ())
    assert (here.runner.losses, there.runner.losses) == (1, 0)


async def test_a_number_that_was_issued_twice_after_somebody_noticed_is_told_too() -> None:
    """Until the word of it is in the day itself, another server may still issue one."""
    disk, times = MemoryDisk(), Times()
    journals = [MemoryJournal(disk), MemoryJournal(disk)]
    for journal in journals:
        await journal.open()
    here, there = [await Office(journal, times, name=f"s{n}").begin() for n, journal in enumerate(journals)]
    assert [await here.issue() for _ in range(3)] == ["A001", "A002", "A003"]
    del disk.batches(here.runner.days.stream)[-3:]
    journals[0].pause()
    await here.runner.days.catch_up()
    assert await there.issue() == "A001"
    journals[0].resume()
    await here.runner.settle()
    await caught_up(here, there)
    assert [await there.issue(), await here.issue()] == ["A004", "A005"]
    assert [(issued(loss), loss.again) for loss in told(here)] == [(("A001", "A002", "A003"), ("A001",))]


async def test_a_hall_that_lost_everything_goes_on_where_it_was(store: Store) -> None:
    """Nothing is left but what this server knew: the numbers of the day, once the hall is set up again."""
    async with opened(store) as journal:
        copy = await store.copied()
        office = await Office(journal).begin()
        assert [await office.issue(), await office.issue()] == ["A001", "A002"]
        await store.put_back(copy)
        await caught_up(office)
        assert office.runner.hall is None
        await office.configure(office.hall)
        await office.runner.turn_day()
        assert await office.issue() == "A003"
        assert {loss.part: issued(loss) for loss in told(office)} == {"day": ("A001", "A002"), "book": ()}


async def test_what_two_servers_knew_is_one_loss(store: Store, servers: Servers) -> None:
    """Each tells what it had read; the head sees to all of it at once, and once."""
    here, there = servers
    copy = await store.copied()
    await here.issue()
    await caught_up(there)
    await here.issue()
    await store.put_back(copy)
    await asyncio.gather(there.issue(), here.issue())
    await caught_up(there, here, there)
    for office in servers:
        (loss,) = told(office)
        assert set(issued(loss)) == {"A001", "A002"}
    outcome = await here.runner.run_book(AcknowledgeLoss(by=HEAD, epoch=loss.epoch), "seen", "", lambda book, _: None)
    assert not isinstance(outcome, Refusal)
    await caught_up(there, here)
    assert told(here) == told(there) == []


async def test_a_day_whose_opening_was_lost_goes_on_with_its_numbers(store: Store, servers: Servers) -> None:
    """It is opened again; its citizens have their papers still."""
    here, _ = servers
    copy = await store.copied()
    here.times.set("09:00", TUESDAY)
    await here.runner.turn_day()
    assert [await here.issue(), await here.issue()] == ["A001", "A002"]
    await store.put_back(copy)
    await caught_up(here)
    assert here.day.business_day == MONDAY
    assert await here.issue() == "A003" and here.day.business_day == TUESDAY
    await caught_up(here)
    assert [(loss.business_day, issued(loss)) for loss in told(here)] == [(TUESDAY, ("A001", "A002"))]


async def test_a_day_whose_opening_was_lost_may_be_opened_again_by_a_server_that_never_knew_it(
    store: Store, servers: Servers
) -> None:
    """What that one issued again is told; none of the others' numbers is."""
    here, there = servers
    copy = await store.copied()
    here.times.set("09:00", TUESDAY)
    await here.runner.turn_day()
    assert [await here.issue() for _ in range(3)] == ["A001", "A002", "A003"]
    await store.put_back(copy)
    await caught_up(here)
    assert here.day.business_day == MONDAY and here.runner.owes
    assert await there.issue() == "A001"
    assert [await here.issue(), await there.issue()] == ["A004", "A005"]
    await caught_up(here, there)
    assert not here.runner.owes
    assert [(loss.business_day, loss.again) for loss in told(there)] == [(TUESDAY, ("A001",))]


async def test_the_numbers_of_a_day_that_is_over_are_left_to_it(store: Store, servers: Servers) -> None:
    """Another server has turned the day before the loss was noticed."""
    here, there = servers
    copy = await store.copied()
    await here.issue()
    await store.put_back(copy)
    there.times.set("09:00", TUESDAY)
    assert await there.issue() == "A001"
    await caught_up(here, there)
    assert await here.issue() == "A002"
    assert [(loss.business_day, issued(loss), loss.again) for loss in told(here)] == [(MONDAY, ("A001",), ())]


async def test_a_loss_in_the_book_is_told_in_what_is_left_of_it(store: Store, servers: Servers) -> None:
    """And the day follows the set-up that is in force again."""
    here, _ = servers
    copy = await store.copied()
    await here.configure(replace(here.hall, name="新名"))
    await here.runner.settle()
    known = here.runner.books.durable.seq
    await store.put_back(copy)
    await here.issue()
    await caught_up(here)
    assert here.day.hall.name == here.hall.name
    told_of = {loss.part: (loss.kept, loss.known) for loss in told(here)}
    assert told_of["book"] == (known - 1, known) and "day" in told_of


async def test_a_lost_complaints_number_is_not_given_again(store: Store, servers: Servers) -> None:
    """Somebody has it, with a code that shows nothing any more; those about staff run for themselves."""
    here, _ = servers

    async def complain(key: str, about: About) -> str:
        command = RegisterComplaint(
            complaint=f"c_{key}", channel="qr", severity="general", about=about, kind_of=day_kind, text_ref="n_1"
        )
        outcome = await here.runner.run_book(command, key, "", lambda book, _: book.complaints.all[f"c_{key}"].number)
        assert isinstance(outcome, Accepted)
        return outcome.answer

    assert await complain("kept", "service") == "2026-0001"
    copy = await store.copied()
    numbers = [
        await complain("lost 1", "service"),
        await complain("lost 2", "staff"),
        await complain("lost 3", "other"),
    ]
    assert numbers == ["2026-0002", "2026-J0001", "2026-0003"]
    await store.put_back(copy)
    new = await asyncio.gather(complain("new 1", "other"), complain("new 2", "staff"))
    assert [*new] == ["2026-0004", "2026-J0002"]
    await caught_up(here)
    assert [loss.complaints for loss in told(here)] == [tuple(numbers)]


async def test_a_word_of_a_loss_that_is_lost_itself_is_given_again(store: Store, servers: Servers) -> None:
    """A second fail-over comes before the head was told of the first."""
    here, _ = servers
    copy = await store.copied()
    await here.issue()
    await store.put_back(copy)
    await caught_up(here)
    assert await here.issue() == "A002"
    (first,) = told(here)
    await store.put_back(copy)
    await caught_up(here)
    await caught_up(here)
    assert await here.issue() == "A003"
    parts = [(loss.part, issued(loss)) for loss in told(here)]
    assert ("day", issued(first)) in parts and ("day", ("A002",)) in parts and len(parts) == 3


async def test_a_head_is_told_when_the_store_is_back(store: Store, servers: Servers) -> None:
    """What cannot be written down yet is owed, and the clock of the process makes it good."""
    here, _ = servers
    copy = await store.copied()
    await here.issue()
    await store.put_back(copy)
    append, here.runner.books._journal = here.runner.books._journal, servers[1].runner.books._journal
    await servers[1].runner.books._journal.close()
    await here.runner.days.catch_up()
    await here.runner.settle()
    assert here.runner.owes and told(here) == []
    here.runner.books._journal = append
    await here.runner.turn_day()
    await caught_up(here)
    assert [issued(loss) for loss in told(here)] == [("A001",)] and not here.runner.owes
    assert [event.highest for event in await day_events(append) if hasattr(event, "highest")] == [{"A": 1}]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_lost_no_number_is_anybodys_twice_without_word_of_it(tmp_path: Path, seed: int) -> None:
    """Three servers at work, which hear of each other now and then, while older states are put back under them."""
    dice, store, times = random.Random(seed), MemoryStore(tmp_path), Times()
    async with AsyncExitStack() as stack:
        journals = [await stack.enter_async_context(opened(store)) for _ in range(3)]
        offices = [await Office(journal, times, name=f"s{n}").begin() for n, journal in enumerate(journals)]
        copies = [await store.copied()]
        given: Counter[str] = Counter()
        for step in range(120):
            office = dice.choice(offices)
            match dice.choices(["issue", "crowd", "look", "keep", "lose"], [50, 10, 20, 12, 8])[0]:
                case "issue":
                    given[await office.issue(dice.choice(["comprehensive", "express"]))] += 1
                case "crowd":
                    given.update(await asyncio.gather(*(dice.choice(offices).issue() for _ in range(4))))
                case "look":
                    await office.runner.days.catch_up()
                case "keep":
                    copies.append(await store.copied())
                case "lose":
                    await store.put_back(copies.pop() if len(copies) > 1 else copies[0])
            times.later(seconds=step % 3)
        for _ in range(2):
            await caught_up(*offices)
        losses = [loss for loss in told(offices[0]) if loss.part == "day"]
        losses_of = offices[0].runner.books.durable.losses
        again = {number for loss in losses for number in losses_of.given_twice(loss)}
        assert {number for number, times in given.items() if times > 1} <= again
        assert len({office.runner.days.head for office in offices}) == 1 and losses
        numbers = await asyncio.gather(*(office.issue() for office in offices))
        assert not given.keys() & set(numbers)
