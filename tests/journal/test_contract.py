"""What `journal.base` promises, proven for every implementation."""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from queue_server.journal.base import Batch, Conflict, Head, Journal, NewBatch, Sealed, Stream, Unavailable, next_tip
from queue_server.journal.memory import MemoryJournal
from tests.journal.conftest import Store
from tests.journal.histories import (
    TOWN,
    VILLAGE,
    after,
    insist,
    keys,
    new_batch,
    queue_all,
    whole_history,
    write,
)


async def test_a_new_stream_stands_at_nothing(journal: Journal) -> None:
    """The first question draws an epoch, and later ones get the same."""
    head = await journal.head(TOWN)
    assert head.epoch
    assert (head.seq, head.tip) == (0, "")
    assert await journal.head(TOWN) == head


async def test_every_stream_has_its_own_epoch(journal: Journal) -> None:
    streams = [TOWN, VILLAGE, Stream("town", "book")]
    assert len({(await journal.head(stream)).epoch for stream in streams}) == 3


async def test_first_questions_at_once_get_one_epoch(journal: Journal) -> None:
    heads = await asyncio.gather(*(journal.head(TOWN) for _ in range(20)))
    assert len(set(heads)) == 1


async def test_a_batch_is_read_back_as_it_was_given(journal: Journal) -> None:
    head = await journal.head(TOWN)
    events = '[{"type":"叫号","text":"\\"A001\\" 👵 \u2028"}]'.encode()
    written = await journal.append(TOWN, head, NewBatch(2, "键 'key'", "指纹", "2026-11-23", events))
    assert written == Head(head.epoch, 2, next_tip("", events))
    assert await journal.head(TOWN) == written
    assert await journal.read(TOWN, 0) == [Batch(1, 2, written.tip, "键 'key'", "指纹", "2026-11-23", events)]


async def test_events_are_numbered_without_gaps(journal: Journal) -> None:
    await write(journal, TOWN, *(new_batch(count=count) for count in (1, 3, 1, 512, 2)))
    history = await whole_history(journal, TOWN)
    assert [(batch.first, batch.last) for batch in history] == [(1, 1), (2, 4), (5, 5), (6, 517), (518, 519)]


async def test_reading_begins_after_a_position_and_ends_at_a_limit(journal: Journal) -> None:
    await write(journal, TOWN, *(new_batch(count=2) for _ in range(5)))
    history = await journal.read(TOWN, 0)
    assert len(history) == 5
    assert await journal.read(TOWN, 4) == history[2:]
    assert await journal.read(TOWN, 4, 2) == history[2:4]
    assert await journal.read(TOWN, 5, 1) == history[2:3], "a batch is given whole"
    assert await journal.read(TOWN, 10) == []
    assert await journal.read(TOWN, 999) == []


async def test_reading_an_unknown_stream_makes_nothing(journal: Journal) -> None:
    assert await journal.read(TOWN, 0) == []
    assert await journal.marks(TOWN, 2) == []
    assert await journal.streams() == []


async def test_streams_are_listed_in_the_order_of_their_first_question(journal: Journal) -> None:
    streams = [VILLAGE, Stream("town", "book"), TOWN]
    for stream in streams:
        assert not await journal.has(stream)
        await journal.head(stream)
        assert await journal.has(stream)
    assert await journal.streams() == streams


async def test_the_streams_that_were_written_last_come_first(journal: Journal) -> None:
    """Each once; those that were only asked about are not among them."""
    assert await journal.lately_written(5) == []
    book = Stream("town", "book")
    await journal.head(Stream("asked", "day"))
    for stream in (TOWN, book, VILLAGE, TOWN, TOWN):
        await write(journal, stream, new_batch())
    assert await journal.lately_written(99) == [TOWN, VILLAGE, book]
    assert await journal.lately_written(3) == [TOWN, VILLAGE]
    assert await journal.lately_written(0) == []


async def test_a_batch_without_events_is_a_bug(journal: Journal) -> None:
    head = await journal.head(TOWN)
    with pytest.raises(ValueError, match="at least one event"):
        journal.append(TOWN, head, new_batch(count=0))


async def test_a_big_batch_is_as_good_as_a_small_one(journal: Journal) -> None:
    big = NewBatch(20_000, "big", "", None, b"[" + b"1," * 2_000_000 + b"1]")
    head = await write(journal, TOWN, new_batch(), big, new_batch())
    assert head.seq == 20_002
    assert (await whole_history(journal, TOWN))[1].events == big.events


@pytest.mark.parametrize("part", ["epoch", "seq", "tip"])
async def test_an_append_needs_the_head_in_all_its_parts(journal: Journal, part: str) -> None:
    """Also where the numbers agree: the same seq under another tip is another history."""
    head = await write(journal, TOWN, new_batch(), new_batch())
    wrong = {"epoch": head._replace(epoch="0" * 16), "seq": head._replace(seq=1), "tip": head._replace(tip="0" * 16)}
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, wrong[part], new_batch())
    assert caught.value.head == head
    assert len(await whole_history(journal, TOWN)) == 2


async def test_an_append_to_a_stream_that_nobody_asked_about_conflicts(journal: Journal) -> None:
    """Nobody can know its epoch; the conflict tells it."""
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, Head("", 0, ""), new_batch())
    assert caught.value.head == await journal.head(TOWN)
    assert (await journal.append(TOWN, caught.value.head, new_batch())).seq == 1


async def test_appends_may_be_queued_on_one_another(journal: Journal) -> None:
    """Each on the head that the one before it will make, none awaited; the futures are done in order."""
    head = await journal.head(TOWN)
    done: list[asyncio.Future[Head]] = []
    futures, heads = queue_all(journal, TOWN, head, [new_batch(count=1 + i % 3) for i in range(1_500)])
    assert not any(future.done() for future in futures), "nothing is durable before the loop went on"
    for future in futures:
        future.add_done_callback(done.append)
    assert await asyncio.gather(*futures) == heads
    assert done == futures
    assert len(await whole_history(journal, TOWN)) == 1_500


async def test_a_queue_of_guesses_falls_as_a_whole(journal: Journal) -> None:
    """When somebody else was first, nothing that was queued behind the losing append is written either."""
    stale = await journal.head(TOWN)
    head = await journal.append(TOWN, stale, new_batch("somebody else's"))
    futures, _ = queue_all(journal, TOWN, stale, [new_batch() for _ in range(10)])
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert [outcome.head for outcome in outcomes if isinstance(outcome, Conflict)] == [head] * 10
    assert (await journal.append(TOWN, head, new_batch())).seq == 2


async def test_a_conflict_harms_no_other_stream(journal: Journal) -> None:
    streams = [Stream(f"hall-{i}", "day") for i in range(30)]
    heads = [await journal.head(stream) for stream in streams]
    wrong = [head._replace(tip="wrong") if i % 3 == 0 else head for i, head in enumerate(heads)]
    futures = [journal.append(stream, head, new_batch()) for stream, head in zip(streams, wrong, strict=True)]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    for i, (stream, outcome) in enumerate(zip(streams, outcomes, strict=True)):
        assert isinstance(outcome, Conflict if i % 3 == 0 else Head)
        assert len(await whole_history(journal, stream)) == (0 if i % 3 == 0 else 1)


async def test_giving_up_a_future_takes_nothing_back(journal: Journal) -> None:
    """The caller left; the batch is written all the same, and those behind it too."""
    head = await journal.head(TOWN)
    futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(3)])
    futures[0].cancel()
    futures[1].cancel()
    assert await futures[2] == heads[2]
    assert len(await whole_history(journal, TOWN)) == 3


async def test_of_many_writers_on_one_head_one_wins(journal: Journal) -> None:
    head = await journal.head(TOWN)
    batches = [new_batch() for _ in range(50)]
    futures = [journal.append(TOWN, head, batch) for batch in batches]
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert [isinstance(outcome, Head) for outcome in outcomes] == [True] + [False] * 49
    assert keys(await whole_history(journal, TOWN)) == [batches[0].command_id]


async def test_many_writers_on_one_stream_lose_nothing(journal: Journal) -> None:
    """Each catches up and tries again: every batch is there once."""
    batches = [new_batch(count=1 + i % 2) for i in range(200)]

    async def writer(part: int) -> None:
        for batch in batches[part::8]:
            await insist(journal, TOWN, batch)

    await asyncio.gather(*(writer(part) for part in range(8)))
    assert sorted(keys(await whole_history(journal, TOWN))) == sorted(batch.command_id for batch in batches)


async def test_many_writers_on_many_streams_do_not_mix(journal: Journal) -> None:
    streams = [Stream(f"hall-{i // 2}", "day" if i % 2 else "book") for i in range(40)]
    batches = {stream: [new_batch() for _ in range(25)] for stream in streams}
    await asyncio.gather(*(write(journal, stream, *batches[stream]) for stream in streams))
    for stream in streams:
        assert keys(await whole_history(journal, stream)) == [batch.command_id for batch in batches[stream]]


async def test_two_servers_write_one_history(store: Store, journal: Journal) -> None:
    """What one wrote, the other finds in its way, reads, and goes on from."""
    other = store.journal()
    await other.open()
    head = await journal.head(TOWN)
    assert await other.head(TOWN) == head
    first = await journal.append(TOWN, head, new_batch("here"))
    with pytest.raises(Conflict) as caught:
        await other.append(TOWN, head, new_batch("there"))
    assert caught.value.head == first
    assert [batch.last for batch in await other.read(TOWN, 0)] == [1]
    second = await other.append(TOWN, first, new_batch("there"))
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, first, new_batch("here"))
    assert caught.value.head == second
    await other.close()
    assert len(await whole_history(journal, TOWN)) == 2


async def test_two_servers_race_and_lose_nothing(store: Store, journal: Journal) -> None:
    other = store.journal()
    await other.open()
    batches = [new_batch() for _ in range(120)]

    async def writer(journal: Journal, part: int) -> None:
        for batch in batches[part::6]:
            await insist(journal, TOWN, batch)

    await asyncio.gather(*(writer((journal, other)[part % 2], part) for part in range(6)))
    await other.close()
    assert sorted(keys(await whole_history(journal, TOWN))) == sorted(batch.command_id for batch in batches)


async def test_all_is_there_after_closing_and_opening(store: Store, journal: Journal) -> None:
    """Heads with their epochs, histories, marks, and the epoch of a stream that is still empty."""
    await write(journal, TOWN, new_batch(mark="2026-11-22"), new_batch(), new_batch(mark="2026-11-23"))
    before = [await journal.head(TOWN), await journal.head(VILLAGE), await journal.streams()]
    history, marks = await whole_history(journal, TOWN), await journal.marks(TOWN, 9)
    await journal.close()
    again = store.journal()
    await again.open()
    assert [await again.head(TOWN), await again.head(VILLAGE), await again.streams()] == before
    assert (await whole_history(again, TOWN), await again.marks(TOWN, 9)) == (history, marks)
    assert (await write(again, TOWN, new_batch())).seq == 4
    await again.close()


async def test_marks_tell_where_the_last_days_begin(journal: Journal) -> None:
    days = [f"2026-11-{day:02}" for day in range(1, 21)]
    for day in days:
        await write(journal, TOWN, new_batch(mark=day, count=3), new_batch(), new_batch())
    await write(journal, VILLAGE, new_batch(mark="2026-12-01"))
    assert await journal.marks(TOWN, 2) == [("2026-11-19", 91), ("2026-11-20", 96)]
    assert await journal.marks(TOWN, 100) == [(day, 1 + 5 * i) for i, day in enumerate(days)]
    assert await journal.marks(TOWN, 0) == []


async def test_a_renewed_epoch_ends_what_was_before(store: Store, journal: Journal) -> None:
    """The history stays; a position or a queued append from before is worth nothing. It is kept like the first one."""
    old = await write(journal, TOWN, new_batch(), new_batch())
    untouched = await journal.head(VILLAGE)
    new = await journal.renew_epoch(TOWN, old.epoch)
    assert new.epoch != old.epoch
    assert (new.seq, new.tip) == (old.seq, old.tip)
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, old, new_batch())
    assert caught.value.head == new
    assert (await journal.append(TOWN, new, new_batch())).seq == 3
    await journal.close()
    again = store.journal()
    await again.open()
    assert (await again.head(TOWN)).epoch == new.epoch
    assert await again.head(VILLAGE) == untouched
    await again.close()


async def test_of_several_servers_one_renews_an_epoch(store: Store, journal: Journal) -> None:
    """All notice at once that history was lost; each is told the one epoch that is to be from now on."""
    old = await write(journal, TOWN, new_batch())
    other = store.journal()
    await other.open()
    renewed = await asyncio.gather(*(each.renew_epoch(TOWN, old.epoch) for each in (journal, other, journal, other)))
    assert len(set(renewed)) == 1 and renewed[0] == old._replace(epoch=renewed[0].epoch) != old
    assert await other.renew_epoch(TOWN, "of nobody") == renewed[0] == await journal.head(TOWN)
    await other.close()


async def test_a_renewal_has_its_place_among_the_appends(journal: Journal) -> None:
    """What was queued before it is written under the old epoch; what comes after needs the new one."""
    futures, heads = queue_all(journal, TOWN, await journal.head(TOWN), [new_batch() for _ in range(3)])
    new = await journal.renew_epoch(TOWN, heads[-1].epoch)
    assert await asyncio.gather(*futures) == heads
    assert new == heads[-1]._replace(epoch=new.epoch)
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, heads[-1], new_batch())
    assert caught.value.head == new
    assert len(await whole_history(journal, TOWN)) == 3


async def test_a_sealed_stream_takes_nothing_from_anybody(store: Store, journal: Journal) -> None:
    """Nor from another server, which had the stream in its memory, nor after a restart; it is read as ever."""
    other = store.journal()
    await other.open()
    first = await write(other, TOWN, new_batch())
    assert await journal.sealed(TOWN) == ""
    assert await journal.seal(TOWN, "it is elsewhere") == first
    for writer in (journal, other):
        for expected in (first, first._replace(seq=0)):
            with pytest.raises(Sealed, match="it is elsewhere") as caught:
                await writer.append(TOWN, expected, new_batch())
            assert caught.value.seal == "it is elsewhere"
        assert len(await whole_history(writer, TOWN)) == 1
    assert (await write(other, VILLAGE, new_batch())).seq == 1, "others go on"
    await other.close()
    again = store.journal()
    await again.open()
    assert await again.sealed(TOWN) == "it is elsewhere"
    with pytest.raises(Sealed):
        await write(again, TOWN, new_batch())
    assert await again.seal(TOWN, "") == first
    assert (await write(again, TOWN, new_batch())).seq == 2
    assert (await write(journal, TOWN, new_batch())).seq == 3
    await again.close()


async def test_what_is_being_written_while_a_stream_is_sealed_is_in_its_head_or_refused(journal: Journal) -> None:
    """So whoever copies up to that head copies all that anybody was told is written."""
    futures, heads = queue_all(journal, TOWN, await journal.head(TOWN), [new_batch() for _ in range(50)])
    sealed = await journal.seal(TOWN, "it is elsewhere")
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert outcomes[: sealed.seq] == heads[: sealed.seq]
    assert all(isinstance(outcome, Sealed) for outcome in outcomes[sealed.seq :])
    assert await journal.head(TOWN) == sealed


async def test_a_history_arrives_under_a_seal(store: Store, journal: Journal) -> None:
    """With its epoch, tips, marks and command ids; only whoever names the seal writes."""
    source = MemoryJournal()
    await source.open()
    await write(source, TOWN, new_batch(count=3), new_batch(mark="2026-11-23"), new_batch())
    head = await source.head(TOWN)
    at = await journal.adopt(TOWN, head.epoch, "on its way")
    assert at == Head(head.epoch, 0, "")
    for batch in await source.read(TOWN, 0):
        came = NewBatch(batch.last - batch.first + 1, batch.command_id, batch.fingerprint, batch.mark, batch.events)
        for seal in ("", "something else"):
            with pytest.raises(Sealed, match="on its way"):
                await journal.append(TOWN, at, came, seal)
        at = await journal.append(TOWN, at, came, "on its way")
    assert await journal.seal(TOWN, "") == head
    assert await journal.streams() == [TOWN]
    assert await journal.read(TOWN, 0) == await source.read(TOWN, 0)
    assert await journal.marks(TOWN, 2) == [("2026-11-23", 4)]
    with pytest.raises(Sealed, match="the history is open"):
        await journal.append(TOWN, head, new_batch(), "on its way")
    assert (await write(journal, TOWN, new_batch())).seq == 6


async def test_a_stream_that_has_a_history_adopts_no_other(journal: Journal) -> None:
    """One without events does; one that is sealed under that epoch has begun to arrive, or has left and comes back."""
    epoch = (await journal.head(VILLAGE)).epoch
    assert (await journal.adopt(VILLAGE, "f" * 16, "on its way")).epoch == "f" * 16 != epoch
    head = await write(journal, TOWN, new_batch())
    for wanted in (head.epoch, "f" * 16):
        with pytest.raises(Conflict) as caught:
            await journal.adopt(TOWN, wanted, "on its way")
        assert caught.value.head == head
    assert await journal.sealed(TOWN) == ""
    await journal.seal(TOWN, "it is elsewhere")
    with pytest.raises(Conflict):
        await journal.adopt(TOWN, "f" * 16, "on its way")
    assert await journal.sealed(TOWN) == "it is elsewhere"
    assert await journal.adopt(TOWN, head.epoch, "on its way") == head
    assert await journal.sealed(TOWN) == "on its way"


async def test_closing_writes_what_was_queued(store: Store, journal: Journal) -> None:
    head = await journal.head(TOWN)
    futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(700)])
    await journal.close()
    assert await asyncio.gather(*futures) == heads
    again = store.journal()
    await again.open()
    assert len(await whole_history(again, TOWN)) == 700
    await again.close()


async def test_a_closed_journal_says_so(journal: Journal) -> None:
    head = await journal.head(TOWN)
    await journal.close()
    await journal.close()
    future = journal.append(TOWN, head, new_batch())
    assert isinstance(future.exception(), Unavailable)
    for call in (
        journal.head(TOWN),
        journal.read(TOWN, 0),
        journal.marks(TOWN, 1),
        journal.streams(),
        journal.has(TOWN),
    ):
        with pytest.raises(Unavailable, match="closed"):
            await call
    with pytest.raises(Unavailable, match="closed"):
        await journal.renew_epoch(TOWN, head.epoch)
    for late in (journal.seal(TOWN, "x"), journal.sealed(TOWN), journal.adopt(TOWN, head.epoch, "x")):
        with pytest.raises(Unavailable, match="closed"):
            await late


@dataclass
class _Model:
    """A stream as it should be, kept in the simplest way."""

    head: Head
    batches: list[tuple[int, str]] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)

    def append(self, expected: Head, batch: NewBatch) -> Head | None:
        """The head after it, or None for a conflict."""
        if expected != self.head:
            return None
        if batch.mark is not None:
            self.marks.append((batch.mark, self.head.seq + 1))
        self.head = after(self.head, batch)
        self.batches.append((self.head.seq, batch.command_id))
        return self.head


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_calls_agrees_with_a_simple_model(store: Store, seed: int) -> None:
    """Appends good, stale and queued, over three streams, with reads, renewals and reopenings in between."""
    dice = random.Random(seed)
    journal = store.journal()
    await journal.open()
    streams = [TOWN, VILLAGE, Stream("town", "book")]
    models = {stream: _Model(await journal.head(stream)) for stream in streams}
    heads = {stream: [model.head] for stream, model in models.items()}
    pending: list[tuple[asyncio.Future[Head], Head, bool]] = []

    for step in range(400):
        stream = dice.choice(streams)
        model = models[stream]
        match dice.choices(["append", "stale", "settle", "read", "renew", "reopen"], [60, 10, 10, 15, 2, 3])[0]:
            case "append" | "stale" as kind:
                batch = new_batch(count=dice.randint(1, 4), mark=f"day {step}" if dice.random() < 0.2 else None)
                expected = model.head if kind == "append" else dice.choice(heads[stream])
                outcome = model.append(expected, batch)
                pending.append((journal.append(stream, expected, batch), model.head, outcome is not None))
                heads[stream].append(model.head)
            case "settle":
                await _settle(pending)
            case "read":
                await _settle(pending)
                start, limit = dice.randint(0, model.head.seq + 1), dice.randint(1, 20)
                read = [(batch.last, batch.command_id) for batch in await journal.read(stream, start, limit)]
                assert read == [batch for batch in model.batches if batch[0] > start][:limit]
                assert await journal.marks(stream, limit) == model.marks[-limit:]
            case "renew":
                await _settle(pending)
                model.head = await journal.renew_epoch(stream, model.head.epoch)
            case "reopen":
                await journal.close()
                journal = store.journal()
                await journal.open()

    await _settle(pending)
    for stream, model in models.items():
        assert await journal.head(stream) == model.head
        assert keys(await whole_history(journal, stream)) == [key for _, key in model.batches]
    await journal.close()


async def _settle(pending: list[tuple[asyncio.Future[Head], Head, bool]]) -> None:
    for future, head, accepted in pending:
        if accepted:
            assert await future == head
        else:
            with pytest.raises(Conflict) as caught:
                await future
            assert caught.value.head == head
    pending.clear()
