"""What the topics of one hall say: their states, their frames, and what a reader who was away has missed.

`calls` is followed all the time; `board` and `counter.{n}` from their first reader on, who is likely to come back;
`desk.{n}`, `guide`, `load` and `ticket.{id}` only while somebody listens. What nobody has listened to costs a
command nothing, and is worked out from the journal for whoever asks to resume it. One frame per command, encoded once
for all readers.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec

from queue_server.domain import events
from queue_server.domain.apply import apply_all
from queue_server.domain.day import Day
from queue_server.journal.base import Batch, Head
from queue_server.projections.call import call_in
from queue_server.projections.desk import desk
from queue_server.projections.enquiry import enquiry, enquiry_ticket
from queue_server.projections.hall_board import board, board_parts, counter_screen
from queue_server.projections.load import load
from queue_server.projections.speech import Phrasebook
from queue_server.projections.ticket_view import ticket_topic
from queue_server.projections.touched import Touched, touched
from queue_server.push.call_log import CallLog, MadeCall
from queue_server.push.source import Frame, Opening
from queue_server.wire import frames, merge_patch
from queue_server.wire.resume import Position, Reason, Replay, resume

__all__ = ["HallTopics", "History"]

RING = 256
"""Frames of each followed topic kept for readers who come back soon; older ones are worked out from the journal."""

TICKET_GAP = timedelta(seconds=5)
"""A ticket's holder gets at most one frame in this time."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_CALLS = (events.TicketCalled, events.TicketRecalled)

View = dict[str, Any]
Happened = Sequence[events.DayEvent]
_encode = msgspec.json.Encoder().encode


class History(Protocol):
    """What topics need of a hall's stream `day`: durable state and head, and the events still in reach."""

    durable: Day
    head: Head

    @property
    def start(self) -> int:
        """Seq before the first event in reach."""
        ...

    async def state_at(self, seq: int) -> Day:
        """The day as it was after the last batch up to `seq`."""
        ...

    def events_after(self, seq: int) -> AsyncIterator[tuple[Batch, Happened]]:
        """Durable batches after `seq`, with their events."""
        ...


class _Topic:
    """One followed topic: where its last frame stands, and its newest frames."""

    def __init__(self, name: str, day: Day) -> None:
        self.name = name
        self.prev = day.seq
        self.base = day.seq  # every frame after this is in the ring, until the ring is full
        self.ring: deque[Frame] = deque(maxlen=RING)

    def advance(self, day: Day, happened: Happened, touch: Touched) -> Frame | None:
        """The frame for one command, given the day after it; None when it says nothing here."""
        raise NotImplementedError

    def stands(self, day: Day) -> int:
        """Where a reader stands who has every frame of this topic so far."""
        return day.seq

    def missed(self, after: int) -> list[bytes] | None:
        """The frames after that seq; None when the ring does not reach back so far."""
        if after < (self.ring[0].prev if len(self.ring) == RING else self.base):
            return None
        return [frame.payload for frame in self.ring if frame.seq > after]

    def _keep(self, day: Day, patch: View | None, payload: bytes) -> Frame:
        frame = Frame(self.prev, day.seq, _at(day), payload, patch)
        self.prev = day.seq
        self.ring.append(frame)
        return frame


class _Calls(_Topic):
    """The topic `calls`: no state to patch, one frame per call."""

    def __init__(self, day: Day, phrasebook: Phrasebook) -> None:
        super().__init__("calls", day)
        self._phrasebook = phrasebook

    def advance(self, day: Day, happened: Happened, touch: Touched) -> Frame | None:
        return self.tell(day, happened)

    def tell(self, day: Day, happened: Happened) -> Frame | None:
        """The frame of the call that these events make, if any."""
        call = call_in(day, happened, self._phrasebook)
        if call is None:
            return None
        return self._keep(day, None, frames.call(self.name, self.prev, day.seq, _at(day), _encode(call)))


class _StateTopic(_Topic):
    """A topic whose state is a function of the day. `sees` tells whether what a command touched can change it."""

    def __init__(self, name: str, day: Day, view: Callable[[Day], View], sees: Callable[[Day, Touched], bool]) -> None:
        super().__init__(name, day)
        self.state = view(day)
        self.view = view
        self._sees = sees

    def advance(self, day: Day, happened: Happened, touch: Touched) -> Frame | None:
        return self._move(day, touch) if touch.everything or self._sees(day, touch) else None

    def _move(self, day: Day, touch: Touched) -> Frame | None:
        patch = self._patch(day, touch)
        if not patch:
            return None
        self.state = merge_patch.apply(self.state, patch)
        return self._keep(day, patch, frames.patch(self.name, self.prev, day.seq, _at(day), _encode(patch)))

    def _patch(self, day: Day, touch: Touched) -> View:
        return merge_patch.diff(self.state, self.view(day))


class _Board(_StateTopic):
    """The board works out only the parts that a command touched: every command touches some."""

    def __init__(self, day: Day) -> None:
        super().__init__("board", day, board, lambda day, touch: bool(touch.queues or touch.counters))

    def _patch(self, day: Day, touch: Touched) -> View:
        if touch.everything or not self.state:
            return super()._patch(day, touch)
        patch: View = {}
        for section, parts in board_parts(day, touch).items():
            changed = {key: diff for key, part in parts.items() if (diff := self._change(section, key, part))}
            if changed:
                patch[section] = changed
        return patch

    def _change(self, section: str, key: str, part: View) -> View:
        return merge_patch.diff(self.state[section].get(key, {}), part)


class _Guide(_StateTopic):
    """The enquiry desk's topic works out only the tickets that a command touched: there may be a thousand."""

    def __init__(self, day: Day) -> None:
        super().__init__("guide", day, enquiry, lambda day, touch: bool(touch.tickets))

    def _patch(self, day: Day, touch: Touched) -> View:
        if touch.everything or not self.state:
            return super()._patch(day, touch)
        known: View = self.state["tickets"]
        found = {ticket: enquiry_ticket(day, ticket) for ticket in touch.tickets}
        before = {ticket: known[ticket] for ticket in found if ticket in known}
        patch = merge_patch.diff(before, {ticket: view for ticket, view in found.items() if view is not None})
        return {"tickets": patch} if patch else {}


class _TicketTopic(_StateTopic):
    """A ticket's topic holds frames back, so that its holder's phone gets one in five seconds at most."""

    def __init__(self, day: Day, ticket: str) -> None:
        super().__init__(f"ticket.{ticket}", day, lambda day: ticket_topic(day, ticket), self._concerns)
        self._ticket = ticket
        self._sent_at = LONG_AGO
        self._late = False

    def _concerns(self, day: Day, touch: Touched) -> bool:
        found = day.find(self._ticket)
        return self._ticket in touch.tickets or (found is not None and found.queue in touch.queues)

    def _move(self, day: Day, touch: Touched) -> Frame | None:
        self._late = True
        return self.overdue(day, _at(day))

    def stands(self, day: Day) -> int:
        """Below a frame that is held back, or its reader would take it for one seen already."""
        return self.prev if self._late else day.seq

    def overdue(self, day: Day, now: datetime) -> Frame | None:
        """The frame that was held back, once its time has come; `now` is hall time."""
        if not self._late or timedelta() <= now - self._sent_at < TICKET_GAP:  # a clock set back holds nothing back
            return None
        self._late = False
        patch = merge_patch.diff(self.state, self.view(day))
        if not patch:
            return None
        self._sent_at = now
        self.state = merge_patch.apply(self.state, patch)
        return self._keep(day, patch, frames.patch(self.name, self.prev, day.seq, _at(day), _encode(patch)))


class HallTopics:
    """Every topic of one hall. Follows the hall as its listener; `publish(topic, frame)` is called in order.

    `now`: hall time, which decides what has expired. `phrasebook`: the languages of the calls. `replaced`:
    called when the whole history was replaced, and every reader has to come back, for no frame leads from what was to
    what is.
    """

    def __init__(
        self,
        publish: Callable[[str, Frame], None],
        now: Callable[[], datetime],
        phrasebook: Phrasebook,
        replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self._publish = publish
        self.now = now
        self._phrasebook = phrasebook
        self._replaced = replaced
        self._history: History | None = None
        self._topics: dict[str, _Topic] = {}
        self._began: datetime | None = None  # when the present replay began: the time is dear to ask for
        self._replayed = 0  # seq up to which it is
        self._calls: dict[int, tuple[datetime, View]] = {}  # all that have not expired, by seq
        self.call_log = CallLog()

    # Following the hall

    def replayed(self, day: Day, happened: Happened, seq: int) -> None:
        """Old news; but a call made just before a restart is still to be heard."""
        if self._began is None or seq <= self._replayed:  # the last attempt may have ended half-way
            self._began = self.now()
            self._calls, self.call_log = {}, CallLog()  # those of another history, if there was one
        self._replayed = seq
        self._remember_call(day, happened, self._began)

    def loaded(self, history: History) -> None:
        """The hall is ready."""
        self._history, self._began = history, None
        self.follow("calls")

    def committed(self, day: Day, happened: Happened, seq: int) -> None:
        """Publish what one command changed."""
        if not happened:
            self._start_over(day)
            return
        self._remember_call(day, happened, _at(day))
        touch = touched(day, happened)
        for topic in list(self._topics.values()):
            if (frame := topic.advance(day, happened, touch)) is not None:
                self._publish(topic.name, frame)

    def flush(self) -> None:
        """Publish what was held back and is due. Called by the process's clock."""
        for topic in self._topics.values():
            if isinstance(topic, _TicketTopic):
                frame = topic.overdue(self._day, self.now())
                if frame is not None:
                    self._publish(topic.name, frame)

    # Readers

    def exists(self, topic: str) -> bool:
        """Whether the hall has such a topic now."""
        kind, _, name = topic.partition(".")
        if kind in ("counter", "desk"):
            counters = self._day.hall.counters if self._day.hall_or_none else {}
            return name in map(str, counters)  # `int` takes more, and fails above 4,300 digits
        if kind == "ticket":
            return self._day.find(name) is not None
        return topic in ("board", "calls", "load", "guide")

    def follow(self, topic: str) -> None:
        """Somebody listens."""
        if topic not in self._topics:
            self._topics[topic] = self._make(topic, self._day)

    def unfollow(self, topic: str) -> None:
        """Nobody listens any more."""
        if not topic.startswith(("board", "calls", "counter.")):
            self._topics.pop(topic, None)

    @property
    def followed(self) -> list[str]:
        """Names of the topics that are followed."""
        return list(self._topics)

    def stands(self, topic: str) -> int:
        """The seq at which a reader stands who has every frame of the topic so far."""
        followed = self._topics.get(topic)
        return self._day.seq if followed is None else followed.stands(self._day)

    def state(self, topic: str) -> View:
        """The topic's state where a reader stands; of `calls`, the calls that have not expired."""
        if topic == "calls":
            now = self.now()
            return {"calls": {str(seq): call for seq, (expires_at, call) in self._calls.items() if expires_at > now}}
        followed = self._topics.get(topic) or self._make_state(topic, self._day)
        return followed.state if isinstance(followed, _StateTopic) else {}

    def call(self, seq: int) -> View | None:
        """The call that `calls` told with that seq; None when there is none, or it has expired."""
        expires_at, call = self._calls.get(seq, (LONG_AGO, None))
        return call if expires_at > self.now() else None

    def snapshot(self, topic: str, reason: Reason) -> bytes:
        """A snapshot frame of the topic."""
        epoch, seq = self._known.head.epoch, self.stands(topic)
        return frames.snapshot(topic, epoch, seq, self.now(), reason, _encode(self.state(topic)))

    async def open(self, topic: str, asked: Position | None) -> Opening:
        """What a new reader gets first, and the seq at which it then stands; frames after that one are still to come.

        Raises Unavailable when the journal is needed and away.
        """
        history, followed = self._known, self._topics[topic]
        # What was at `start` cannot be rebuilt from what came after it, unless it was nothing.
        oldest = history.start + 2 if history.start else 1
        answer = resume(asked, history.head.epoch, self._day.seq, oldest)
        if not isinstance(answer, Replay):
            return Opening([self.snapshot(topic, answer.reason)], self.stands(topic))
        missed = followed.missed(answer.after)
        if missed is not None:
            return Opening(missed, self.stands(topic), followed.prev if missed else None)
        if isinstance(followed, _StateTopic):
            return await self._one_patch(followed, answer.after)
        return await self._calls_after(answer.after)

    async def _one_patch(self, followed: _StateTopic, after: int) -> Opening:
        """All that the ring has lost, merged: from the state at `after` to where the topic stands now."""
        before = followed.view(await self._known.state_at(after))
        patch = merge_patch.diff(before, followed.state)
        seq = followed.stands(self._day)
        if not patch:
            return Opening([], seq)
        merged = frames.patch(followed.name, after, followed.prev, _at(self._day), _encode(patch))
        return Opening([merged], seq, followed.prev)

    async def _calls_after(self, after: int) -> Opening:
        """Every call that the ring has lost, from the journal, and no further than where readers stand now."""
        history, head = self._known, self._day.seq
        day = await history.state_at(after)
        calls, lost = _Calls(day, self._phrasebook), []
        async for batch, happened in history.events_after(day.seq):
            if batch.last > head:
                break
            apply_all(day, happened)
            if (frame := calls.tell(day, happened)) is not None:
                lost.append(frame.payload)
        return Opening(lost, head, calls.prev if lost else None)

    # Its own

    @property
    def _known(self) -> History:
        if self._history is None:
            raise RuntimeError("the hall is not loaded yet")
        return self._history

    @property
    def _day(self) -> Day:
        return self._known.durable

    def _start_over(self, day: Day) -> None:
        if self._began is None:  # there was nothing to replay
            self._calls, self.call_log = {}, CallLog()
        self._began = None
        self._topics = {name: self._make(name, day) for name in self._topics}
        self._replaced()

    def _make(self, topic: str, day: Day) -> _Topic:
        return _Calls(day, self._phrasebook) if topic == "calls" else self._make_state(topic, day)

    def _make_state(self, topic: str, day: Day) -> _StateTopic:
        kind, _, name = topic.partition(".")
        match kind:
            case "board":
                return _Board(day)
            case "guide":
                return _Guide(day)
            case "load":
                return _StateTopic(topic, day, load, lambda day, touch: True)
            case "counter":
                number = int(name)
                return _StateTopic(
                    topic, day, lambda day: counter_screen(day, number), lambda day, touch: number in touch.counters
                )
            case "desk":
                number = int(name)
                return _StateTopic(
                    topic, day, lambda day: desk(day, number), lambda day, touch: _at_desk(day, number, touch)
                )
            case "ticket":
                return _TicketTopic(day, name)
            case _:
                raise ValueError(f"no such topic: {topic}")

    def _remember_call(self, day: Day, happened: Happened, now: datetime) -> None:
        for event in happened:
            if isinstance(event, _CALLS):
                if event.expires_at > now and (call := call_in(day, happened, self._phrasebook)) is not None:
                    self._forget_calls(now)
                    self._calls[day.seq] = (event.expires_at, call)
                    self.call_log.add(
                        MadeCall(
                            seq=day.seq,
                            number=call["number"],
                            counter=event.counter,
                            called_at=event.at,
                            expires_at=event.expires_at,
                        )
                    )
                return

    def _forget_calls(self, now: datetime) -> None:
        """Drop the oldest as long as they have expired: to look at all for each would cost a busy start seconds."""
        while self._calls and self._calls[oldest := next(iter(self._calls))][0] <= now:
            del self._calls[oldest]


def _at(day: Day) -> datetime:
    """When the day's last event happened: a frame says when it became true, the same on every server."""
    return day.last_at or LONG_AGO


def _at_desk(day: Day, number: int, touch: Touched) -> bool:
    """Whether the touched queues or counters show on the desk of that counter."""
    if number in touch.counters or number not in day.hall.counters:
        return True
    helps = day.hall.counters[number].helps
    if any(day.waiting.get(queue) for queue in helps):
        return True  # with time alone, a queue that it helps passes its target and changes the line
    return not touch.queues.isdisjoint((*day.serves(number), *helps))
