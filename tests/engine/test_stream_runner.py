"""One stream's commands: what is answered when, what is written once, and what happens when others write too."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain.refusals import Refusal
from queue_server.engine.stream_runner import Accepted, KeyReused, Request
from queue_server.journal.base import Head, NewBatch, Stream, Unavailable
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.engine.journals import HandHeld, opened, turns
from tests.engine.stock import CODEC, NOON, SHORT, STREAM, Changed, Stock, StockRunner, put, start, take, take_all
from tests.journal.conftest import Store

Answer = Accepted[int] | Refusal


@pytest.fixture
async def hand() -> HandHeld:
    """A journal that writes when it is told to."""
    journal = HandHeld()
    await journal.open()
    return journal


@pytest.fixture
async def runner(hand: HandHeld) -> StockRunner:
    """A runner on that journal."""
    return await start(hand)


@pytest.fixture
def disk() -> MemoryDisk:
    """What the `memory` journal keeps."""
    return MemoryDisk()


@pytest.fixture
async def memory(disk: MemoryDisk) -> AsyncIterator[MemoryJournal]:
    """A journal that can fail."""
    journal = MemoryJournal(disk)
    await journal.open()
    yield journal
    await journal.close()


async def begun(command: Coroutine[Any, Any, Answer]) -> "asyncio.Task[Answer]":
    """The command, as far as it gets without the journal."""
    task = asyncio.create_task(command)
    await turns()
    return task


async def another(disk: MemoryDisk, *batches: Request[Stock, Changed, int]) -> None:
    """Another server on the same data runs these commands."""
    journal = MemoryJournal(disk)
    await journal.open()
    other = await start(journal)
    for request in batches:
        assert isinstance(await other.run(request), Accepted)
    await journal.close()


# Durable before told


async def test_an_accepted_answer_waits_for_its_batch(hand: HandHeld, runner: StockRunner) -> None:
    """Neither the caller nor the listener hears of a command before it is durable; the listener hears it first."""
    task = await begun(runner.run(put(2, "a")))
    assert not task.done() and runner.news == [] and runner.durable.count == 0 and runner.tentative.count == 2
    await hand.flush()
    assert await task == Accepted(2, 2)
    assert runner.news == [(2, 2)] and runner.durable.count == 2


async def test_a_refusal_that_rests_on_a_pending_command_waits_for_it(hand: HandHeld, runner: StockRunner) -> None:
    """The last thing was taken, but not durably yet: "there are too few" must not leave before that is certain."""
    stocked = await begun(runner.run(put(1, "a")))
    await hand.flush()
    await stocked
    taken = await begun(runner.run(take(1, "b")))
    refused = await begun(runner.run(take(1, "c")))
    assert not refused.done()
    await hand.flush()
    assert (await taken, await refused) == (Accepted(0, 2), SHORT)


async def test_an_empty_answer_that_rests_on_a_pending_command_waits_for_it(
    hand: HandHeld, runner: StockRunner
) -> None:
    """And when that command is not written after all, the question is put again."""
    stocked = await begun(runner.run(put(3, "a")))
    await hand.flush()
    await stocked
    taken = await begun(runner.run(take_all("b")))
    empty = await begun(runner.run(take_all("c")))
    assert not empty.done()
    await hand.lose(written=False)
    with pytest.raises(Unavailable):
        await taken
    with pytest.raises(Unavailable):
        await empty
    again = await begun(runner.run(take_all("c")))
    await hand.flush()
    assert await again == Accepted(3, 4)


async def test_what_rests_on_nothing_pending_is_answered_at_once(runner: StockRunner) -> None:
    """Nothing was written: a refusal and an empty answer need no flush."""
    assert await runner.run(take(1, "a")) == SHORT
    assert await runner.run(take_all("b")) == Accepted(0, 0)


async def test_many_commands_share_one_flush(hand: HandHeld, runner: StockRunner) -> None:
    """Each is decided on what those before it will have made, and queued before they are durable."""
    tasks = [await begun(runner.run(put(1, f"k{n}"))) for n in range(50)]
    assert len(hand.queued) == 50
    await hand.flush()
    assert [await task for task in tasks] == [Accepted(n, n) for n in range(1, 51)]
    assert runner.news == [(n, n) for n in range(1, 51)]


async def test_a_flush_that_carries_only_the_first_answers_only_the_first(hand: HandHeld, runner: StockRunner) -> None:
    """Durable state is never ahead of the journal."""
    first, second = await begun(runner.run(put(1, "a"))), await begun(runner.run(put(1, "b")))
    await hand.flush(1)
    assert first.done() and not second.done() and runner.durable.count == 1
    await hand.flush()
    assert await second == Accepted(2, 2)


async def test_a_caller_who_goes_away_takes_nothing_back(hand: HandHeld, runner: StockRunner) -> None:
    """A closed connection cancels the wait; the command is carried out, and its repeat gets the answer."""
    task = await begun(runner.run(put(1, "a")))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await hand.flush()
    assert await runner.run(put(1, "a")) == Accepted(1, 1)
    assert runner.durable.count == 1


# Once


async def test_a_repeat_in_flight_waits_for_the_same_answer(hand: HandHeld, runner: StockRunner) -> None:
    """It is written once."""
    tasks = [await begun(runner.run(put(2, "a"))) for _ in range(3)]
    assert len(hand.queued) == 1
    await hand.flush()
    assert [await task for task in tasks] == [Accepted(2, 2)] * 3


async def test_a_repeat_gets_its_own_answer_though_the_state_has_moved_on(store: Store) -> None:
    """Also after a restart, when the answer is rebuilt from the events."""
    async with opened(store) as journal:
        runner = await start(journal)
        assert await runner.run(put(2, "a")) == Accepted(2, 2)
        assert await runner.run(put(5, "b")) == Accepted(7, 7)
        assert await runner.run(put(2, "a")) == Accepted(2, 2)
    async with opened(store) as journal:
        runner = await start(journal)
        for _ in range(2):
            assert await runner.run(put(2, "a")) == Accepted(2, 2)
            assert await runner.run(put(5, "b")) == Accepted(7, 7)
        assert runner.durable.count == runner.head.seq == 7 and runner.old == [2, 7]


async def test_after_a_crash_every_clients_repeat_is_answered_without_replaying_the_day(hand: HandHeld) -> None:
    """Answers are rebuilt from a copy of a lately past state; only for old commands from the beginning."""
    journal = hand.inner
    runner = await start(journal)
    for n in range(1, 301):
        await runner.run(put(1, f"k{n}"))
    restarted = await start(hand)
    for n in range(300, 0, -1):
        hand.reads = 0
        assert await restarted.run(put(1, f"k{n}")) == Accepted(n, n)
        assert hand.reads <= 129 or n <= 192
    running = [await runner.run(put(1, f"k{n}")) for n in range(1, 301)]
    assert running == [Accepted(n, n) for n in range(1, 301)]


async def test_a_key_that_comes_with_another_request_is_refused(hand: HandHeld, runner: StockRunner) -> None:
    """In flight, when it is done, and after a restart."""
    task = await begun(runner.run(put(1, "a", fingerprint="one")))
    with pytest.raises(KeyReused):
        await runner.run(put(2, "a", fingerprint="two"))
    await hand.flush()
    await task
    with pytest.raises(KeyReused):
        await runner.run(put(2, "a", fingerprint="two"))
    restarted = await start(hand)
    with pytest.raises(KeyReused):
        await restarted.run(put(2, "a", fingerprint="two"))
    assert await restarted.run(put(1, "a", fingerprint="one")) == Accepted(1, 1)


async def test_what_changed_nothing_is_decided_again(store: Store) -> None:
    """Refusals and empty answers are not stored under their ids."""
    async with opened(store) as journal:
        runner = await start(journal)
        assert await runner.run(take(1, "a")) == SHORT
        assert await runner.run(take_all("b")) == Accepted(0, 0)
        await runner.run(put(3, "c"))
        assert await runner.run(take(1, "a")) == Accepted(2, 4)
        assert await runner.run(take_all("b")) == Accepted(2, 5)


async def test_command_ids_are_kept_for_the_running_day_and_the_last(store: Store) -> None:
    """And so are the events in reach, over a restart too."""
    async with opened(store) as journal:
        runner = await start(journal)
        for day in range(1, 4):
            await runner.run(put(1, f"open{day}", mark=f"day {day}"))
            await runner.run(put(1, f"use{day}"))
        assert runner.start == 2
    async with opened(store) as journal:
        restarted = await start(journal)
        assert restarted.start == 2 and restarted.old == [3, 4, 5, 6]
        again = [await restarted.run(put(1, f"use{day}")) for day in (2, 3, 1)]
        assert [outcome.seq for outcome in again if isinstance(outcome, Accepted)] == [4, 6, 7]


async def test_ids_of_the_day_before_the_last_are_let_go_while_running(store: Store) -> None:
    """Memory does not grow with the days."""
    async with opened(store) as journal:
        runner = await start(journal)
        for day in range(1, 3):
            await runner.run(put(1, f"open{day}", mark=f"day {day}"))
        assert await runner.run(put(1, "open1", mark="day 1")) == Accepted(1, 1)
        await runner.run(put(1, "open3", mark="day 3"))
        assert runner.start == 1
        assert await runner.run(put(1, "open1")) == Accepted(4, 4), "the first day's ids were still kept"


# Others write too


async def test_after_a_conflict_a_command_is_decided_again(store: Store) -> None:
    """It sees what the other server wrote, and tells its own listener of both."""
    async with opened(store) as mine, opened(store) as theirs:
        here, there = await start(mine), await start(theirs)
        assert await there.run(put(1, "a")) == Accepted(1, 1)
        assert await here.run(take(1, "b")) == Accepted(0, 2), "refused, though there was one"
        assert await there.run(put(4, "c")) == Accepted(4, 6)
        assert await here.run(put(1, "d")) == Accepted(5, 7)
        assert here.conflicts == 1 and there.conflicts == 1
        assert here.news == [(1, 1), (2, 0), (6, 4), (7, 5)]


async def test_a_refusal_is_no_older_than_its_question(store: Store) -> None:
    """Nobody's conflict shows that others wrote: the journal is asked before a refusal or an empty answer leaves."""
    async with opened(store) as mine, opened(store) as theirs:
        here, there = await start(mine), await start(theirs)
        await there.run(put(1, "a"))
        assert await here.run(take(1, "b")) == Accepted(0, 2)
        await there.run(put(2, "c"))
        assert await here.run(take_all("d")) == Accepted(2, 5)
        assert here.conflicts == 0


async def test_a_command_of_another_server_is_known_by_its_id(store: Store) -> None:
    """One press, sent to two servers: one event, one answer."""
    async with opened(store) as mine, opened(store) as theirs:
        here, there = await start(mine), await start(theirs)
        outcomes = await asyncio.gather(*(runner.run(put(2, "a")) for runner in (here, there, here, there)))
        assert outcomes == [Accepted(2, 2)] * 4
        assert (await mine.head(STREAM)).seq == 2


async def test_a_queue_of_guesses_may_go_on_where_another_wrote_the_very_same(
    hand: HandHeld, runner: StockRunner
) -> None:
    """The first of three lost its place to its twin, which the others fit: all is taken in, whole and in order."""
    tasks = [await begun(runner.run(put(1, f"k{n}"))) for n in range(3)]
    await another(hand.disk, put(1, "theirs"))
    await hand.flush()
    assert [task.done() for task in tasks] == [False, True, True]
    await hand.flush()
    assert [await task for task in tasks] == [Accepted(4, 4), Accepted(2, 2), Accepted(3, 3)]
    assert runner.news == [(1, 1), (2, 2), (3, 3), (4, 4)]


async def test_nothing_is_decided_while_catching_up(hand: HandHeld, runner: StockRunner) -> None:
    """It would rest on a state about to be thrown away, and what follows it would not know of it."""
    await another(hand.disk, put(1, "theirs"))
    hand.reading.clear()
    refused = await begun(runner.run(take(2, "a")))
    assert hand.held == 1
    hand.reading.set()
    hand.reading.clear()  # let it ask for the head, and hold it at the next question
    await turns()
    added = await begun(runner.run(put(1, "b")))
    assert hand.queued == [], "decided on what is about to go"
    hand.reading.set()
    await turns()
    await hand.flush()
    assert await added == Accepted(2, 2)
    assert await refused in (SHORT, Accepted(0, 3))


async def test_a_refusal_is_given_though_our_own_commands_go_on(hand: HandHeld, runner: StockRunner) -> None:
    """A head that was read before our own next command is no news, and no reason to try again."""
    decided: list[int] = []

    def decide(stock: Stock, now: datetime) -> Refusal:
        decided.append(stock.seq)
        return SHORT

    hand.reading.clear()
    refused = await begun(runner.run(replace(take(9, "a"), decide=decide)))
    assert hand.held == 1
    added = await begun(runner.run(put(1, "b")))
    await hand.flush()
    hand.reading.set()
    assert await refused == SHORT and decided == [0]
    assert await added == Accepted(1, 1)


async def test_the_runner_begins_anew_when_the_history_was_replaced(store: Store) -> None:
    """A new epoch, found by the next command that changes something, or by the next refusal."""
    async with opened(store) as journal:
        runner = await start(journal)
        await runner.run(put(2, "a"))
        await journal.renew_epoch(STREAM, runner.head.epoch)
        assert await runner.run(put(1, "b")) == Accepted(3, 3)
        assert runner.head == await journal.head(STREAM) and runner.replaced == 1
        await journal.renew_epoch(STREAM, runner.head.epoch)
        assert await runner.run(take(9, "c")) == SHORT
        assert runner.head == await journal.head(STREAM) and runner.replaced == 2


async def test_the_runner_drops_what_a_restored_history_does_not_have(memory: MemoryJournal, disk: MemoryDisk) -> None:
    """The tail is lost: durable state, the ids and the answers go back to what the journal says."""
    runner = await start(memory)
    for day in range(1, 4):
        await runner.run(put(1, f"open{day}", mark=f"day {day}"))
    await runner.run(put(5, "lost"))
    del disk.history(STREAM).batches[1:]
    await memory.renew_epoch(STREAM, runner.head.epoch)
    assert await runner.run(take(9, "a")) == SHORT
    assert runner.durable.count == runner.head.seq == 1 and runner.start == 0 and runner.replaced == 1
    assert await runner.run(put(5, "lost")) == Accepted(6, 6)


# The journal away


async def test_callers_are_told_when_the_journal_is_away(memory: MemoryJournal) -> None:
    """All that were pending, and all that come; when it is back, everything works again with the same keys."""
    runner = await start(memory)
    await runner.run(put(1, "a"))
    memory.fail(OSError("disk full"))
    for request in (put(1, "b"), take(9, "c"), take_all("d")):
        with pytest.raises(Unavailable):
            await runner.run(request)
    outcomes = await asyncio.gather(*(runner.run(put(1, f"k{n}")) for n in range(3)), return_exceptions=True)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert runner.durable.count == 1
    memory.fail(None)
    assert await runner.run(put(1, "b")) == Accepted(2, 2)
    assert await runner.run(take(9, "c")) == SHORT
    assert await runner.run(take_all("d")) == Accepted(2, 3)


async def test_a_command_that_was_written_without_word_of_it_is_answered_to_its_id(
    hand: HandHeld, runner: StockRunner
) -> None:
    """The power failed between the flush and the news of it: the retry finds its own events, and adds none."""
    task = await begun(runner.run(put(2, "a")))
    await hand.lose(written=True)
    with pytest.raises(Unavailable):
        await task
    assert await runner.run(put(2, "a")) == Accepted(2, 2)
    assert runner.durable.count == 2 and runner.news == [(2, 2)] and hand.queued == []


async def test_a_command_that_was_not_written_is_decided_again(hand: HandHeld, runner: StockRunner) -> None:
    """The retry adds its events once."""
    task = await begun(runner.run(put(2, "a")))
    await hand.lose(written=False)
    with pytest.raises(Unavailable):
        await task
    again = await begun(runner.run(put(2, "a")))
    await hand.flush()
    assert await again == Accepted(2, 2)


class Beaten(HandHeld):
    """A journal where somebody else is always first."""

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> "asyncio.Future[Head]":
        self.inner.append(stream, expected, theirs_instead(batch))
        return self.inner.append(stream, expected, batch)


def theirs_instead(batch: NewBatch) -> NewBatch:
    """Another server's batch in the place of this one."""
    return NewBatch(1, f"not {batch.command_id}", "", None, CODEC.encode([Changed(NOON, 1)]))


async def test_after_endless_conflicts_the_caller_is_asked_to_try_later() -> None:
    """No answer is better than a wrong one."""
    journal = Beaten()
    await journal.open()
    runner = await start(journal)
    with pytest.raises(Unavailable):
        await runner.run(put(2, "a"))
    assert runner.conflicts == 50


# Bugs


async def test_a_bug_in_a_listener_is_reported_and_holds_nobody_up(memory: MemoryJournal) -> None:
    """What was written is answered, to its repeats too; the loop hears of the bug."""

    class Broken(StockRunner):
        def _told(self, stock: Stock, events: Sequence[Changed], seq: int) -> None:
            super()._told(stock, events, seq)
            raise ZeroDivisionError

    reported: list[type] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(type(context["exception"])))
    runner = Broken(memory)
    await runner.load()
    for _ in range(2):
        assert await runner.run(put(1, "a")) == Accepted(1, 1)
    assert await runner.run(take(1, "b")) == Accepted(0, 2)
    assert reported == [ZeroDivisionError] * 2 and runner.news == [(1, 1), (2, 0)]


async def test_a_bug_in_a_command_leaves_the_others_alone(memory: MemoryJournal) -> None:
    """Its exception reaches its own caller; what it did to tentative state is gone."""
    runner = await start(memory)

    def broken(stock: Stock, events: object) -> int:
        raise ZeroDivisionError

    request: Request[Stock, Changed, int] = replace(put(7, "a"), answer=broken)
    with pytest.raises(ZeroDivisionError):
        await runner.run(request)
    assert await runner.run(put(1, "b")) == Accepted(1, 1)
