"""History that is lost under running servers: found by its tips, ended by a new epoch, told, never papered over."""

import asyncio
from contextlib import AsyncExitStack
from secrets import token_hex

import pytest
from msgspec.structs import replace

from queue_server.engine.loss import Loss
from queue_server.engine.stream_runner import Accepted
from queue_server.journal.base import READ_LIMIT, Batch, Head, NewBatch, Stream, Unavailable
from tests.engine.journals import HandHeld, opened
from tests.engine.stock import CODEC, NOON, SHORT, STREAM, Changed, StockRunner, put, start, take
from tests.journal.conftest import Store


async def runners(stack: AsyncExitStack, store: Store, count: int) -> list[StockRunner]:
    """So many servers on the store, with one thing in stock that all of them know of."""
    (first, *others) = [await start(await stack.enter_async_context(opened(store))) for _ in range(count)]
    await first.run(put(1, "first"))
    for other in others:
        await other.catch_up()
    return [first, *others]


async def journal_head(runner: StockRunner) -> Head:
    """Where the stream stands, whatever the runner thinks."""
    return await runner._journal.head(STREAM)


async def test_a_tail_that_is_gone_is_noticed_by_the_next_command(store: Store) -> None:
    """The command is decided on what is there; everybody's positions are void; what was lost is told once."""
    async with AsyncExitStack() as stack:
        (runner,) = await runners(stack, store, 1)
        copy = await store.copied()
        await runner.run(put(2, "lost"))
        known = runner.head
        await store.put_back(copy)
        assert await runner.run(put(4, "next")) == Accepted(5, 5)
        assert runner.head == await journal_head(runner) and runner.head.epoch != known.epoch
        assert runner.lost == [Loss(STREAM, known, 1, NOON, NOON)]
        assert runner.replaced == runner.losses == 1
        assert await runner.run(put(2, "lost")) == Accepted(7, 7), "what was lost is decided again"


async def test_a_refusal_notices_it_too(store: Store) -> None:
    """An answer that rests on what is lost is not given."""
    async with AsyncExitStack() as stack:
        (runner,) = await runners(stack, store, 1)
        copy = await store.copied()
        await runner.run(put(2, "lost"))
        await store.put_back(copy)
        assert await runner.run(take(9, "a")) == SHORT
        assert (runner.durable.count, runner.losses) == (1, 1)


@pytest.mark.parametrize("ahead", [1, 2, 3])
async def test_a_tail_over_which_another_server_has_written_is_known_by_its_tip(store: Store, ahead: int) -> None:
    """Whether the new history is shorter than the old one, as long, or longer: the numbers alone would tell nothing."""
    async with AsyncExitStack() as stack:
        knew, wrote = await runners(stack, store, 2)
        copy = await store.copied()
        await knew.run(put(1, "lost 1"))
        await knew.run(put(1, "lost 2"))
        known = knew.head
        await store.put_back(copy)
        for n in range(ahead):
            await wrote.run(replace(put(0, f"others {n}"), decide=lambda stock, now: [Changed(now, 7)]))
        assert (await journal_head(knew)).epoch == known.epoch, "whoever did not know the tail cannot notice"
        await knew.catch_up()
        assert knew.lost == [Loss(STREAM, known, 1, NOON, NOON)] and knew.durable.count == 1 + 7 * ahead
        await wrote.catch_up()
        assert wrote.head == knew.head == await journal_head(knew) and knew.head.epoch != known.epoch
        assert (wrote.losses, wrote.replaced) == (0, 1), "its readers start over, and it has lost nothing"


async def test_all_who_knew_a_tail_tell_what_they_knew_and_agree_on_one_epoch(store: Store) -> None:
    """One knew more than the other; neither may be the only one to be asked."""
    async with AsyncExitStack() as stack:
        more, less, nothing = await runners(stack, store, 3)
        copy = await store.copied()
        await more.run(put(1, "lost 1"))
        await less.catch_up()
        await more.run(put(1, "lost 2"))
        await store.put_back(copy)
        await asyncio.gather(*(runner.catch_up() for runner in (more, less, nothing)))
        assert [(loss.kept, loss.head.seq) for loss in more.lost + less.lost + nothing.lost] == [(1, 3), (1, 2)]
        await asyncio.gather(*(runner.catch_up() for runner in (more, less, nothing)))
        assert len({runner.head for runner in (more, less, nothing)}) == 1
        assert more.losses + less.losses + nothing.losses == 2, "told once"


async def test_a_history_that_went_on_for_days_since_is_no_loss(store: Store) -> None:
    """What was known lies before what is in reach now, and is looked up."""
    async with AsyncExitStack() as stack:
        behind, ahead = await runners(stack, store, 2)
        for day in range(3):
            await ahead.run(put(1, f"open {day}", mark=f"day {day}"))
        await ahead._journal.renew_epoch(STREAM, ahead.head.epoch)
        await behind.catch_up()
        assert (behind.losses, behind.replaced) == (0, 1) and behind.start == 2
        copy = await store.copied()
        for day in range(3, 6):
            await ahead.run(put(1, f"open {day}", mark=f"day {day}"))
        await store.put_back(copy)
        await ahead.catch_up()
        assert [(loss.kept, loss.head.seq) for loss in ahead.lost] == [(4, 7)], "nothing of it is in both their reaches"


async def test_what_sees_to_a_loss_goes_before_whatever_waits(store: Store) -> None:
    """Also where another server's command comes first, and it has to be decided again."""
    async with AsyncExitStack() as stack:
        runner, other = await runners(stack, store, 2)
        copy = await store.copied()
        await runner.run(put(5, "lost"))
        await store.put_back(copy)
        runner.first = replace(put(0, "mended"), decide=lambda stock, now: put(10, "").decide(stock, now))
        answers = await asyncio.gather(runner.run(put(1, "a")), other.run(put(1, "b")), runner.run(put(1, "c")))
        told = [answer.answer for answer in answers if isinstance(answer, Accepted)]
        await runner.catch_up()
        assert runner.knows("mended") and runner.durable.count == 1 + 10 + 3
        assert told[0] > 10 and told[2] > 10
        await runner.run(put(1, "d"))
        assert runner._first == [] or runner.durable.count == 15, "once"


async def test_an_answer_is_not_rebuilt_from_what_took_the_place_of_its_events(store: Store) -> None:
    """A command of an earlier process is known by its id; where its events were, another's are now."""
    async with AsyncExitStack() as stack:
        runner, other = await runners(stack, store, 2)
        copy = await store.copied()
        await runner.run(put(2, "a"))
        again = await start(await stack.enter_async_context(opened(store)))
        await store.put_back(copy)
        await other.run(put(5, "b"))
        assert await again.run(put(2, "a")) == Accepted(8, 8) and again.losses == 1


async def test_a_history_that_changes_while_it_is_read_is_read_again() -> None:
    """No state is made of two histories: whoever asked waits until it is whole."""
    journal = Cut()
    await journal.open()
    writing = await start(journal.inner)
    for key in "abc":
        await writing.run(put(3, key))
    runner = StockRunner(journal)
    await runner.load()
    assert runner.durable.count == 6 and runner.head == await journal.head(STREAM)


async def test_a_day_whose_beginning_is_lost_before_it_is_read_is_not_begun_in_its_middle() -> None:
    """Where it began was asked a moment before; others' events stand there by now."""
    journal = Swapped()
    await journal.open()
    writing = await start(journal.inner)
    for day in range(4):
        await writing.run(put(2, f"open {day}", mark=f"day {day}"))
    runner = StockRunner(journal)
    await runner.load()
    assert (runner.durable.count, runner.head.seq, runner.start) == (12, 12, 0)


class Swapped(HandHeld):
    """A journal that is replaced by another history right after its marks were read, once."""

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        found = await super().marks(stream, newest)
        if len(found) == 2 and len(self.disk.batches(stream)) == 4:
            del self.disk.history(stream).batches[1:]
            for _ in range(5):
                self.disk.append(stream, NewBatch(2, token_hex(4), "", None, CODEC.encode([Changed(NOON, 1)] * 2)))
        return found


class Cut(HandHeld):
    """A journal whose last batch is lost right after it was read, once."""

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        batches = await super().read(stream, after, limit)
        if len(self.disk.batches(stream)) == 3:
            del self.disk.history(stream).batches[2:]
        return batches


async def test_an_epoch_that_ended_stays_ended(store: Store) -> None:
    """Its renewal may be lost as well: a screen must not take what it knew then for what is there now."""
    async with AsyncExitStack() as stack:
        runner, other = await runners(stack, store, 2)
        copy, ended = await store.copied(), {runner.head.epoch}
        for n in range(3):
            await runner.run(put(2, f"lost {n}"))
            await store.put_back(copy)
            await runner.catch_up()
            assert runner.head.epoch not in ended and runner.head == await journal_head(runner)
            ended.add(runner.head.epoch)
        assert [(loss.kept, loss.head.seq) for loss in runner.lost] == [(1, 3)] * 3
        await other.catch_up()
        assert other.head == runner.head and other.losses == 0


async def test_a_store_that_goes_away_meanwhile_loses_no_word_of_it(store: Store) -> None:
    """The runner stays as it was until it has read everything, and tells then."""
    async with AsyncExitStack() as stack:
        (runner,) = await runners(stack, store, 1)
        copy = await store.copied()
        await runner.run(put(2, "lost"))
        await store.put_back(copy)

        async def away(*asked: object) -> list[tuple[str, int]]:
            raise Unavailable(OSError("away"))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner._journal, "marks", away)
            with pytest.raises(Unavailable):
                await runner.catch_up()
        assert (runner.durable.count, runner.losses) == (3, 0)
        await runner.catch_up()
        assert (runner.durable.count, runner.losses) == (1, 1) and not runner.knows("lost")
