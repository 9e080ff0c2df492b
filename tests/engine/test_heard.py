"""One stream's runner, told of what others write: when it takes a batch as it is, and when it reads for itself."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from queue_server.engine.stream_runner import Accepted
from queue_server.journal.base import Batch, Head, NewBatch, Unavailable
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.engine.journals import HandHeld, turns
from tests.engine.stock import CODEC, NOON, SHORT, STREAM, Changed, StockRunner, put, start, take
from tests.waiting import until


@pytest.fixture
async def hand() -> HandHeld:
    """The journal of the server that is told, which writes when the test says so."""
    journal = HandHeld()
    await journal.open()
    return journal


@pytest.fixture
async def there(hand: HandHeld) -> AsyncIterator[StockRunner]:
    """Another server on the same data."""
    journal = MemoryJournal(hand.disk)
    await journal.open()
    yield await start(journal)
    await journal.close()


@pytest.fixture
async def here(hand: HandHeld) -> StockRunner:
    """The server that is told."""
    return await start(hand)


def last(disk: MemoryDisk, back: int = 1) -> Batch:
    """The last batch, or one before it."""
    return disk.batches(STREAM)[-back]


async def test_a_batch_that_goes_on_from_where_we_are_is_taken_without_reading(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """It is told to our readers, and the next command is decided on it, without a conflict."""
    await there.run(put(3, "a", mark="2026-06-01"))
    here.heard(there.head.epoch, last(hand.disk))
    assert here.news == [(3, 3)] and here.head == there.head and here.taken == 1 and hand.reads == 0
    assert here.start == there.start == 0 and here.knows("a")
    taking = asyncio.create_task(here.run(take(3, "b")))
    await turns()
    await hand.flush()
    assert await taking == Accepted(0, 4) and here.conflicts == 0


async def test_its_command_is_known_and_answered_again(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """The key that another server accepted is not carried out a second time here."""
    await there.run(put(2, "a"))
    here.heard(there.head.epoch, last(hand.disk))
    assert await here.run(put(2, "a")) == Accepted(2, 2)
    assert len(hand.disk.batches(STREAM)) == 1


async def test_what_is_known_is_not_taken_twice(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """Nor is our own, whether its answer came or is on its way."""
    await there.run(put(1, "a"))
    for _ in range(2):
        here.heard(there.head.epoch, last(hand.disk))
    ours = asyncio.create_task(here.run(put(1, "b")))
    await turns()
    stream, before, batch = hand.queued[0][1:]
    await hand.inner.append(stream, before, batch)  # written; the news of it is faster than the answer
    here.heard(before.epoch, last(hand.disk))
    assert here.news == [(1, 1)] and not here._stale
    hand.queued[0][0].set_result(there.head._replace(seq=2, tip=last(hand.disk).tip))
    assert await ours == Accepted(2, 2)
    here.heard(before.epoch, last(hand.disk))
    assert here.news == [(1, 1), (2, 2)]


async def test_after_a_gap_it_reads_what_was_missed(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """In order, each once."""
    for key in "abc":
        await there.run(put(1, key))
    here.heard(there.head.epoch, last(hand.disk))
    await here.settled()
    assert here.news == [(1, 1), (2, 2), (3, 3)] and here.taken == 0


async def test_what_comes_while_it_reads_is_read_too(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """The end of the history may have been read just before the next batch was written to it."""
    hand.reading.clear()
    here.stands(Head(here.head.epoch, 1, "not to be found"))
    await until(lambda: hand.held)
    hand.reading.set()  # for the head, which was asked; not for what is read next
    hand.reading.clear()
    await turns()
    await until(lambda: hand.held)
    for key in "ab":
        await there.run(put(1, key))
        here.heard(there.head.epoch, last(hand.disk))
    hand.reading.set()
    await here.settled()
    assert here.head == there.head and here.news == [(1, 1), (2, 2)]


async def test_a_guess_of_ours_falls_when_others_came_first(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """We hear of theirs before our own append fails; the command is decided again on what is true."""
    ours = asyncio.create_task(here.run(put(1, "b")))
    await turns()
    await there.run(put(5, "a"))
    here.heard(there.head.epoch, last(hand.disk))
    assert here.news == []
    await hand.flush()
    await until(lambda: hand.queued)
    await hand.flush()
    assert await ours == Accepted(6, 6) and here.news == [(5, 5), (6, 6)] and here.conflicts == 1


async def test_a_refusal_is_decided_again_on_what_was_heard_meanwhile(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """ "There are too few" is not answered when there were enough before it was asked."""
    await there.run(put(1, "a"))
    hand.reading.clear()
    asked = asyncio.create_task(here.run(take(1, "b")))
    await until(lambda: hand.held)  # decided on nothing; whether that is so is being asked
    here.heard(there.head.epoch, last(hand.disk))
    hand.reading.set()
    await until(lambda: hand.queued)
    await hand.flush()
    assert await asked == Accepted(0, 2)
    assert await here.run(take(1, "c")) == SHORT


async def test_where_the_journal_stands_says_what_is_missing(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """Nobody told of the batch itself. Told again, there is nothing to do."""
    await there.run(put(2, "a"))
    here.stands(there.head)
    await here.settled()
    assert here.news == [(2, 2)] and hand.reads == 1
    here.stands(there.head)
    assert here._catching_up is None


async def test_a_head_that_was_overtaken_is_no_news(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """It was asked before our own batch was written. But one below what we knew at the last time went back."""
    before = here.head
    here.stands(before)
    await there.run(put(1, "a"))
    here.heard(there.head.epoch, last(hand.disk))
    here.stands(before)
    assert here._catching_up is None and here.head == there.head
    hand.disk.batches(STREAM).pop()
    here.stands(before)
    await here.settled()
    assert here.durable.seq == 0, "what the journal lost is still shown"


async def test_a_head_that_is_our_own_is_no_news(hand: HandHeld, here: StockRunner) -> None:
    """Its answer is on its way: what was decided on it stays, and nothing is read."""
    commands = [asyncio.create_task(here.run(put(1, key))) for key in "ab"]
    await turns()
    _, stream, before, batch = hand.queued[0]
    head = await hand.inner.append(stream, before, batch)
    here.stands(head)
    assert here._catching_up is None and not here._stale
    hand.queued.pop(0)[0].set_result(head)
    await hand.flush()
    assert [await command for command in commands] == [Accepted(1, 1), Accepted(2, 2)] and hand.reads == 0


async def test_another_tip_at_the_same_place_is_looked_into(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """Numbers alone do not make two histories one."""
    await there.run(put(1, "a"))
    here.heard(there.head.epoch, last(hand.disk))
    here.stands(here.head._replace(tip="another"))
    assert here._catching_up is not None
    await here.settled()


async def test_a_new_epoch_is_a_new_history(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """However the numbers stand."""
    await hand.inner.renew_epoch(STREAM, here.head.epoch)
    await there.run(put(1, "a"))
    here.heard(there.head.epoch, last(hand.disk))
    await here.settled()
    assert here.head == there.head and here.replaced == 1


async def test_while_the_journal_is_away_it_is_behind_until_told_again(
    hand: HandHeld, here: StockRunner, there: StockRunner
) -> None:
    """It says so, and goes on when it is told where the journal stands, even if that is where it was."""
    await hand.inner.close()
    here.stands(here.head._replace(seq=1))
    with pytest.raises(Unavailable):
        await here.settled()
    assert here.behind
    await hand.inner.open()
    here.stands(here.head)
    await here.settled()
    assert not here.behind and not here._stale


async def test_events_of_a_later_version_leave_it_behind_and_nothing_broken(hand: HandHeld, here: StockRunner) -> None:
    """Another server is ahead of us: we say that we cannot know, rather than show what was."""
    unknown = NewBatch(1, "a", "", None, CODEC.encode([Changed(NOON, 1)]).replace(b"changed", b"of_next_year"))
    epoch = here.head.epoch
    await hand.inner.append(STREAM, here.head, unknown)
    here.stands(here.head._replace(seq=1))
    with capture_logs() as logs, pytest.raises(Unavailable):
        await here.settled()
    assert here.behind and here.durable.seq == 0 and here.head.epoch == epoch
    assert [line["event"] for line in logs] == ["hall.behind"]


@pytest.mark.parametrize("seed", range(40))
async def test_however_news_come_each_batch_is_told_once_and_in_order(seed: int) -> None:
    """Late, twice, never, out of order, before or after our own answers: both servers end equal, and every command was
    carried out once.
    """
    chance = random.Random(seed)
    hand = HandHeld()
    await hand.open()
    here, inner = await start(hand), MemoryJournal(hand.disk)
    await inner.open()
    there = await start(inner)
    told: list[Batch] = []
    commands: list[asyncio.Task[object]] = []
    for n in range(60):
        match chance.randrange(6):
            case 0 | 1:
                commands.append(asyncio.create_task(here.run(put(chance.randint(1, 3), f"here {n}"))))
            case 2:
                await there.run(put(chance.randint(1, 3), f"there {n}"))
            case 3:
                await hand.flush(chance.randint(1, 3))
            case 4:
                told = hand.disk.batches(STREAM)[-4:]
                chance.shuffle(told)
                for batch in told[: chance.randint(0, 4)]:
                    here.heard(there.head.epoch, batch)
            case 5:
                here.stands(await inner.head(STREAM))
        await turns(chance.randrange(4))
    while not all(command.done() for command in commands):
        await hand.flush()
        await asyncio.sleep(0)
    here.stands(await inner.head(STREAM))
    await here.settled()
    await there.catch_up()
    assert here.head == there.head and here.durable.count == there.durable.count
    batches = hand.disk.batches(STREAM)
    assert [seq for seq, _ in here.news] == [batch.last for batch in batches]
    assert len({batch.command_id for batch in batches}) == len(batches)
    assert sum(batch.command_id.startswith("here") for batch in batches) == len(commands)
    assert here.replaced == 0
    await inner.close()


async def test_a_catching_up_is_over_when_it_has_ended(hand: HandHeld, here: StockRunner, there: StockRunner) -> None:
    """At no turn of the loop does anybody find an ended one under way: who waits for such a one never lets it go."""
    await there.run(put(1, "a"))
    found: list[bool] = []
    here.stands(there.head)
    while here._catching_up is not None:
        found.append(here._catching_up.done())
        await asyncio.sleep(0)
    assert found and not any(found)
    assert here.head == there.head
