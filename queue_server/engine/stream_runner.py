"""One stream's commands, one after another: decide, append, apply, tell.

Commands are decided on *tentative* state while earlier ones are still being written, so that one sync carries many.
What leaves this module rests on durable events only: an accepted command's result waits for its own batch, a refusal
or an empty answer for every batch that was tentative when it was decided. When a write fails, or another server's
events came first, tentative state is thrown away, the runner catches up from the journal, and decides again.

What is read has to continue what is known, by its tips. Where it does not, history was lost: the stream gets another
epoch, so that nobody takes old positions for new ones; the runner begins anew from what there is, and says what is
gone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar, cast

import msgspec
import structlog

from queue_server.domain.refusals import Refusal
from queue_server.engine.clock import monotonic
from queue_server.engine.loss import Loss
from queue_server.journal.base import (
    Batch,
    Conflict,
    Head,
    Journal,
    JournalError,
    NewBatch,
    Sealed,
    Stream,
    Unavailable,
    follow,
    next_tip,
)
from queue_server.journal.codec import Codec

__all__ = ["Accepted", "KeyReused", "Request", "StreamRunner", "StreamState", "Unavailable"]

log = structlog.get_logger()

ATTEMPTS = 50
"""How often a command is decided again after conflicts before the caller is asked to try later."""

REREADS = 5
"""How often a history that changes while it is read is read again before whoever asks is told to come later."""

DAYS_IN_REACH = 2
"""Business days whose events are replayed and whose command ids are kept: the running one and the last."""

COPY_EVERY = 64
"""Batches after which durable state is copied, so that what was is rebuilt from there and not from the day's start:
after a crash every client repeats its last command, and every screen asks for what it missed."""


class StreamState(Protocol):
    """What a stream's state must offer."""

    seq: int
    last_at: datetime | None

    def copy(self) -> Self:
        """An independent state of equal content."""
        ...


S = TypeVar("S", bound=StreamState)
E = TypeVar("E")
T = TypeVar("T")
A = TypeVar("A")


class KeyReused(Exception):
    """The idempotency key came with another request before."""


class Request(msgspec.Struct, Generic[S, E, A], frozen=True, kw_only=True):
    """One command to run.

    command_id: unique to caller and key; the same one again gets the same answer. fingerprint: HMAC of the request.
    decide: from state and hall time to events or a refusal; called anew after a conflict. answer: what to tell the
    caller, from the state right after the events; called again on a stored command's state when it is repeated.
    mark: the business date when this opens a day.
    """

    command_id: str
    fingerprint: str
    decide: Callable[[S, datetime], Sequence[E] | Refusal]
    answer: Callable[[S, Sequence[E]], A]
    mark: str | None = None


class Accepted(msgspec.Struct, Generic[A], frozen=True):
    """What an accepted command's caller is told. seq: of the command's last event, 0 when nothing had to change."""

    answer: A
    seq: int


class _Writing:
    """A batch that is being written, and those who wait to hear whether it is in durable state (False: decide again).

    Each waits on a future of its own: one that all share would need a shield for each, which costs twice as much.
    """

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[bool]] = []

    def end(self) -> "asyncio.Future[bool]":
        """For one who waits, and who may be cancelled without taking the others along. Raises Unavailable."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return future

    def settle(self, outcome: bool | BaseException) -> None:
        """Tell everybody who waits; nobody comes later."""
        for future in self._waiting:
            if future.done():
                continue  # cancelled
            if isinstance(outcome, bool):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)


class _Done(msgspec.Struct):  # made for every command that a start replays: five times as fast as a dataclass
    """A command that was written, or is being written while `writing` is not None. answer: None when not kept."""

    fingerprint: str
    last: int
    tip: str
    writing: _Writing | None = None
    answer: Any = None


class StreamRunner(Generic[S, E]):
    """Runs one stream on one journal. `load` first; afterwards `durable` may be read at any time."""

    def __init__(
        self,
        journal: Journal,
        stream: Stream,
        codec: Codec[E],
        *,
        new: Callable[[], S],
        apply: Callable[[S, E], S],
        now: Callable[[], datetime],
        committed: Callable[[S, Sequence[E], int], None],
        replayed: Callable[[S, Sequence[E], int], None] = lambda state, events, seq: None,
        lost: Callable[[Loss, S, S], Request[S, E, Any] | None] = lambda loss, was, state: None,
        wrote: Callable[[float], None] = lambda lasted_s: None,
    ) -> None:
        """`committed(durable state, events, seq of the last)` is called once per batch, in order, once it is durable;
        with no events when the whole history was replaced. `replayed` is told in the same way of what `load` reads.
        `lost(what, state that was, state that is)` is told when history was lost; the command that it gives back is run
        before any other.
        `wrote(seconds)` is told how long each batch took from when it was decided to when it was durable.
        """
        self.stream = stream
        self.durable: S = new()
        self.head = Head("", 0, "")
        """Durable head."""
        self._journal = journal
        self._codec = codec
        self._new = new
        self._apply = apply
        self._now = now
        self._committed = committed
        self._replayed = replayed
        self._lost = lost
        self._wrote = wrote
        self._tentative: S = self.durable.copy()
        self._tentative_head = self.head
        self._pending: dict[str, _Writing] = {}  # by tip after the batch, oldest first
        self._done: dict[str, _Done] = {}
        self._copies: deque[S] = deque(maxlen=3)  # durable state as it was, see COPY_EVERY
        self._until_copy = COPY_EVERY
        self._start = 0  # seq before the first event that is kept in reach
        self._marks: list[int] = []  # seq before each batch with a mark that is in reach, oldest first
        self._generation = 0  # grows each time tentative state is thrown away
        self._stale = False
        self._catching_up: asyncio.Task[None] | None = None
        self._ended: set[str] = set()  # epochs that must not come back, as where the renewal itself is lost
        self._first: list[Request[S, E, Any]] = []  # what goes before anything else that is decided
        self._more: tuple[str, int] | None = None  # epoch and seq that others have reached, as heard meanwhile
        self._seen = 0  # seq of the durable head when somebody last said where the journal stands
        self.sealed = False
        """Whether the journal refused the last command because the history goes on elsewhere."""
        self.conflicts = 0
        self.losses = 0
        self.kept = 0
        """Seq up to which this history is the one that was known before, when another took its place the last time."""
        self.taken = 0
        """Batches of others that were taken as they were heard."""
        self.behind = False
        """Whether the last attempt to take in what others have written failed."""

    async def load(self) -> None:
        """Replay the business days in reach, or all of a stream without marks.

        Raises Unavailable, or the codec's errors.
        """
        await _reading(lambda: self._load({}))
        self._reset()

    @property
    def tentative(self) -> S:
        """State with the commands that are being written; only for what a command needs to be decided well."""
        return self._tentative

    def knows(self, command_id: str) -> bool:
        """Whether a command of that id was accepted or is being written, as far as this server has read."""
        return command_id in self._done

    async def run(self, request: Request[S, E, A]) -> Accepted[A] | Refusal:
        """Run one command to its durable end. Raises KeyReused, or Unavailable when it cannot be known whether it was
        written: the same command with the same id will tell.
        """
        for _ in range(ATTEMPTS):
            while self._stale:
                await self.catch_up()
            if (done := self._done.get(request.command_id)) is not None:
                if done.fingerprint != request.fingerprint:
                    raise KeyReused
                if done.writing is None or await done.writing.end():
                    if await self._recall(done, request):
                        return Accepted(cast(A, done.answer), done.last)
                    await self.catch_up()  # it was written, and is not there any more
                continue
            generation = self._generation
            events = request.decide(self._tentative, self._now())
            if isinstance(events, Refusal):
                if await self._rests_on_durable(generation):
                    return events
            elif not events:
                answer = request.answer(self._tentative, events)
                if await self._rests_on_durable(generation):
                    return Accepted(answer, 0)
            else:
                done, writing = self._append(request, events)
                if await writing.end():
                    return Accepted(done.answer, done.last)
        raise Unavailable(RuntimeError(f"{ATTEMPTS} conflicts in a row"))

    async def catch_up(self) -> None:
        """Throw tentative state away and take in what others have written. Raises Unavailable."""
        await asyncio.shield(self._catching_up or self._begin_to_catch_up())

    # What other servers write, where somebody tells of it: see `journal.base.News`

    def heard(self, epoch: str, batch: Batch) -> None:
        """Take a batch that somebody wrote: as it is where it continues durable state, from the journal otherwise."""
        if epoch == self.head.epoch and (batch.last <= self.head.seq or batch.tip in self._pending):
            return  # long known, or our own, whose answer is on its way
        after = follow(self.head, batch)
        if epoch != self.head.epoch or after is None or self._pending or self._stale:
            self._go_after(epoch, batch.last)
            return
        events = self._codec.decode(batch.events)
        self._remember(batch)
        for event in events:
            self._apply(self._tentative, event)
        self._tentative_head = after
        self._generation += 1  # what was decided just now did not know of it
        self.taken += 1
        self._take(after, events)

    def stands(self, head: Head) -> None:
        """The journal stood there a moment ago: take in what is missing. A head below our own may be no more than old,
        unless it is below what our own was when we were told so the last time.
        """
        seen, self._seen = self._seen, self.head.seq
        ours = self.head
        if head.epoch == ours.epoch and head.tip in self._pending:
            return  # our own, whose answer is on its way
        new = head.epoch != ours.epoch or head.seq > ours.seq or head.seq < seen
        if new or (head.seq == ours.seq and head.tip != ours.tip) or self._stale or self.behind:
            self._go_after(head.epoch, head.seq)

    async def settled(self) -> None:
        """Wait until what was told of has been taken in. Raises Unavailable."""
        while self._catching_up is not None:
            try:
                await asyncio.shield(self._catching_up)
            except Unavailable:
                raise
            except JournalError as error:  # events that this version does not know: another server may
                raise Unavailable(error) from error

    async def _load(self, known: Mapping[str, _Done]) -> tuple[int, datetime | None]:
        """Replay what is in reach. Of the commands that were `known`, by id: the seq of the last that is still there,
        and when it happened; (0, None) when none is.
        """
        marks = await self._journal.marks(self.stream, DAYS_IN_REACH)
        head = await self._journal.head(self.stream)
        state = self._new()
        start = state.seq = marks[0][1] - 1 if marks else 0
        opened: list[int] = []
        done: dict[str, _Done] = {}
        copies: deque[S] = deque(maxlen=self._copies.maxlen)
        kept: tuple[int, datetime | None] = (0, None)
        late = head.seq - 4 * COPY_EVERY  # copies made any sooner would be dropped again
        tip = None if start else ""  # in the middle of a history it is not known
        async for batches in self._batches_after(start):
            first = batches[0]
            if tip is None:
                goes_on = first.first == start + 1 and first.mark is not None
            else:
                goes_on = follow(Head(head.epoch, state.seq, tip), first) is not None
            if not goes_on:
                raise _Changing
            for batch in batches:
                events = self._codec.decode(batch.events)
                if batch.mark is not None:
                    opened.append(batch.first - 1)
                done[batch.command_id] = _Done(batch.fingerprint, batch.last, batch.tip)
                for event in events:
                    self._apply(state, event)
                if batch.last > late:
                    self._copy_now_and_then(state, copies)
                if known and batch.command_id in known and known[batch.command_id].tip == batch.tip:
                    kept = batch.last, state.last_at
                self._replayed(state, events, batch.last)
            tip = batches[-1].tip
        read = Head(head.epoch, state.seq, tip or "")
        after = await self._journal.head(self.stream)
        if after.epoch != head.epoch or after.seq < read.seq or (after.seq == read.seq and after != read):
            raise _Changing
        # At one stroke: readers never see a day half replayed.
        self.durable, self.head = state, read
        self._start, self._marks, self._done, self._copies = start, [], done, copies
        for before in opened:
            self._mark(before)
        return kept

    async def _holds(self, head: Head) -> bool:
        """Whether the history is one that went on from that head. Raises Unavailable."""
        batches = await self._journal.read(self.stream, head.seq - 1, 1) if head.seq else []
        return not head.seq or any((batch.last, batch.tip) == head[1:] for batch in batches)

    # Writing

    def _append(self, request: Request[S, E, A], events: Sequence[E]) -> tuple[_Done, _Writing]:
        data = self._codec.encode(events)
        try:
            for event in events:
                self._apply(self._tentative, event)
            answer = request.answer(self._tentative, events)
        except Exception:
            self._throw_away()  # a bug; tentative state holds what will never be written
            raise
        before = self._tentative_head
        after = Head(before.epoch, before.seq + len(events), next_tip(before.tip, data))
        batch = NewBatch(
            count=len(events),
            command_id=request.command_id,
            fingerprint=request.fingerprint,
            mark=request.mark,
            events=data,
        )
        writing = _Writing()
        done = _Done(request.fingerprint, after.seq, after.tip, writing, answer)
        self._tentative_head = after
        self._pending[after.tip] = writing
        self._done[request.command_id] = done
        began = monotonic()
        written = self._journal.append(self.stream, before, batch)

        def settle(written: "asyncio.Future[Head]") -> None:
            """Its fate is known: take it into durable state, and only then let those go on who wait for it."""
            del self._pending[after.tip]
            error = Unavailable(RuntimeError("cancelled")) if written.cancelled() else written.exception()
            if error is None:
                self._wrote(monotonic() - began)
            try:
                if error is None and self.head == before:
                    if request.mark is not None:
                        self._mark(before.seq)
                    self._take(after, events)
                elif error is not None or after.seq > self.head.seq:
                    # Written, yet not on our head: the batch before lost to another server's of the very same events.
                    self._throw_away()
                    if self._done.get(request.command_id) is done:
                        del self._done[request.command_id]
            finally:  # a listener's bug is the loop's to report; the caller's command was carried out all the same
                done.writing = None
                self.sealed = isinstance(error, Sealed)
                if error is None or isinstance(error, Conflict):
                    self.conflicts += error is not None
                    writing.settle(after.seq <= self.head.seq)
                else:
                    writing.settle(error)

        written.add_done_callback(settle)
        return done, writing

    def _take(self, after: Head, events: Sequence[E]) -> None:
        """Take a durable batch into durable state, and tell."""
        for event in events:
            self._apply(self.durable, event)
        self.head = after
        self._copy_now_and_then(self.durable, self._copies)
        self._committed(self.durable, events, after.seq)

    def _copy_now_and_then(self, state: S, copies: deque[S]) -> None:
        self._until_copy -= 1
        if not self._until_copy:
            self._until_copy = COPY_EVERY
            copies.append(state.copy())

    def _remember(self, batch: Batch) -> None:
        """Keep the id of a command that was read, not run here."""
        if batch.mark is not None:
            self._mark(batch.first - 1)
        self._done[batch.command_id] = _Done(batch.fingerprint, batch.last, batch.tip)

    def _mark(self, before: int) -> None:
        """A day was opened: keep in reach what it and the last one hold, and forget the command ids of older ones."""
        self._marks.append(before)
        if len(self._marks) > DAYS_IN_REACH:
            del self._marks[0]
            self._start = self._marks[0]
            self._done = {key: done for key, done in self._done.items() if done.last > self._start}

    async def _rests_on_durable(self, generation: int) -> bool:
        """Wait until all that is tentative now is durable; False when it, or somebody else's event, came otherwise.

        The journal is asked afterwards, so that an answer is never older than its question. A head that our own
        commands have left behind since it was asked for is no news: others' would have conflicted with them.
        """
        if self._pending:
            await next(reversed(self._pending.values())).end()
        if generation != self._generation:
            return False
        before = self.head.seq
        head = await self._journal.head(self.stream)
        if generation != self._generation:
            return False
        ours = before <= head.seq < self.head.seq or head.tip == self.head.tip or head.tip in self._pending
        if ours and head.epoch == self.head.epoch:
            return True
        await self.catch_up()
        return False

    # Catching up

    async def _catch_up(self) -> None:
        # Doomed, but their fate decides what there is to read.
        await asyncio.gather(*(writing.end() for writing in self._pending.values()), return_exceptions=True)
        await _reading(self._follow_on)

    async def _follow_on(self) -> None:
        head = await self._journal.head(self.stream)
        if await self._take_up_to(head):
            self._reset()
        else:
            await self._begin_anew(head.epoch)

    async def _take_up_to(self, head: Head) -> bool:
        """Take in what others have written, to the stream's head at least; False when it does not continue what is
        known.
        """
        if head.epoch != self.head.epoch or head.seq < self.head.seq:
            return False
        async for batch, events in self.events_after(self.head.seq):
            after = follow(self.head, batch)
            if after is None:
                return False
            self._remember(batch)
            self._take(after, events)
        if head.seq > self.head.seq:
            raise _Changing
        return head.seq < self.head.seq or head == self.head

    async def _begin_anew(self, epoch: str) -> None:
        """Replay what there is instead of what is known, and tell what was lost of that. epoch: the stream's."""
        was, before, start = self.durable, self.head, self._start
        if epoch == before.epoch or epoch in self._ended:  # else another server has noticed it already
            await self._journal.renew_epoch(self.stream, epoch)
        intact = await self._holds(before)
        kept, since = await self._load(self._done)
        self._ended.add(before.epoch)
        self.kept = before.seq if intact else kept or min(start, self.head.seq)
        if not intact:
            self.losses += 1
            loss = Loss(self.stream, before, self.kept, since, was.last_at)
            log.error("history.lost", hall=self.stream.hall, kind=self.stream.kind, kept=self.kept, known=before.seq)
            if (first := self._lost(loss, was, self.durable)) is not None:
                self._first.append(first)
        else:
            log.warning("history.replaced", hall=self.stream.hall, kind=self.stream.kind, seq=self.head.seq)
        self._reset()
        self._committed(self.durable, (), self.head.seq)

    def _begin_to_catch_up(self) -> "asyncio.Task[None]":
        self._throw_away()  # at once: nothing is to be decided on a state that is about to go
        self._catching_up = asyncio.create_task(self._catch_up_once())
        self._catching_up.add_done_callback(_observed)
        return self._catching_up

    async def _catch_up_once(self) -> None:
        """Catch up, and say that it is over before the task is: whoever finds an ended one under way would never give
        the loop a chance to take it away.
        """
        error: BaseException | None = None
        try:
            await self._catch_up()
        except BaseException as caught:
            error = caught
            raise
        finally:
            self._caught_up(error)

    def _caught_up(self, error: BaseException | None) -> None:
        self._catching_up = None
        more, self._more = self._more, None
        if error is not None and not self.behind:
            log.warning("hall.behind", hall=self.stream.hall, kind=self.stream.kind, error=repr(error))
        self.behind = error is not None
        if error is None and more is not None and (more[0] != self.head.epoch or more[1] > self.head.seq):
            self._begin_to_catch_up()  # once for each time that something was heard: it may never be there

    def _go_after(self, epoch: str, seq: int) -> None:
        """Others have written up to there: take it in, though nobody asks."""
        if self._catching_up is None:
            self._begin_to_catch_up()
        else:
            self._more = epoch, seq

    def _throw_away(self) -> None:
        """Decide nothing more on tentative state, nor rely on what was decided on it."""
        self._generation += 1
        self._stale = True

    def _reset(self) -> None:
        """Begin anew from durable state."""
        self._generation += 1
        self._stale = False
        self._tentative = self.durable.copy()
        self._tentative_head = self.head
        first, self._first = self._first, []
        for request in first:
            events = () if request.command_id in self._done else request.decide(self._tentative, self._now())
            if events and not isinstance(events, Refusal):
                self._append(request, events)
                self._first.append(request)  # until it is durable: another server may come first once more

    # Looking back

    async def _recall(self, done: _Done, request: Request[S, E, A]) -> bool:
        """Rebuild the answer to a command that was written before, unless it is at hand; False when the command is not
        in the history any more.
        """
        if done.answer is None:
            state = await self.state_at(done.last - 1)
            batches = await self._journal.read(self.stream, state.seq, 1)
            if not batches or batches[0].tip != done.tip:
                return False
            events = self._codec.decode(batches[0].events)
            for event in events:
                self._apply(state, event)
            done.answer = request.answer(state, events)
        return True

    @property
    def start(self) -> int:
        """Seq before the first event that is kept in reach: that of the last marked day."""
        return self._start

    async def state_at(self, seq: int) -> S:
        """Durable state as it was after the last batch up to `seq`, a seq in reach. Raises Unavailable."""
        copy = next((copy for copy in reversed(self._copies) if copy.seq <= seq), None)
        state = self._new() if copy is None else copy.copy()
        state.seq = max(state.seq, self._start)
        async for batch, events in self.events_after(state.seq):
            if batch.last > seq:
                break
            for event in events:
                self._apply(state, event)
        return state

    async def events_after(self, seq: int) -> AsyncIterator[tuple[Batch, Sequence[E]]]:
        """Durable batches with their events, from the one after `seq` on. Raises Unavailable."""
        async for batches in self._batches_after(seq):
            for batch in batches:
                yield batch, self._codec.decode(batch.events)

    async def _batches_after(self, seq: int) -> AsyncIterator[list[Batch]]:
        while batches := await self._journal.read(self.stream, seq):
            yield batches
            seq = batches[-1].last
            await asyncio.sleep(0)  # a long history does not keep the loop from its readers


class _Changing(Unavailable):
    """What is read is not one history: somebody is replacing it. Whoever asks again is told."""

    def __init__(self) -> None:
        super().__init__(RuntimeError("the history changed while it was read"))


async def _reading(read: Callable[[], Awaitable[T]]) -> T:
    """What is read, once it is one history. Raises Unavailable where it never is."""
    for _ in range(REREADS):
        with suppress(_Changing):
            return await read()
    return await read()


def _observed(task: "asyncio.Task[None]") -> None:
    """Whoever awaited it was told how it ended; nobody has to."""
    if not task.cancelled():
        task.exception()
