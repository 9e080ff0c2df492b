"""One topic of one hall: its readers, in rows, and the turns in which they get what was published.

A reader's life, with what moves it:

    opening ──a──► returning ──b──► live ──c──► slow        a  has got its replay or snapshot
                       ▲                          │         b  has been brought to where the live ones are
                       └────────────d─────────────┘         c  (states only) did not keep up     d  has drained
    any ──► gone

Those that are not live are *behind*: while there are any, the frames are kept in a backlog that they share.

A batch of frames is one *flight*: it is written to row after row, and meanwhile no reader joins a row, nor leaves it
except by pausing or going. So each live reader gets every frame once, in order, and all of them the same bytes.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from queue_server.push.connection import Connection, Writer, text_frame
from queue_server.push.fan_out import FanOut
from queue_server.push.outbox import Backlog, Limits, Stall
from queue_server.push.source import CALLS, Frame, TopicSource
from queue_server.wire import frames
from queue_server.wire.close_codes import CloseCode

__all__ = ["Channel", "Counters", "Place", "Subscription", "Surroundings"]

_STALL_CHECK_S = 0.5
_GOLDEN = 0.618034  # successive multiples of it, modulo 1, lie far apart


@dataclass(slots=True)
class Counters:
    """What happened since the process began, for `/metrics`."""

    frames: int = 0  # published to a topic with readers
    deliveries: int = 0  # frames × sockets written to
    heartbeats: int = 0  # × sockets
    merged: int = 0  # times that a slow reader got one patch for several frames
    slow_snapshots: int = 0  # times that it got a snapshot instead
    slow_closes: int = 0  # readers closed with 4408
    aborts: int = 0  # readers cut off, because they took nothing
    failures: int = 0  # times that a topic's readers were all sent away, because of a bug or a replaced history


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all channels share."""

    source: TopicSource
    fan_out: FanOut
    limits: Limits
    counters: Counters
    now: Callable[[], float]  # monotonic, s
    wall: Callable[[str], datetime]  # a hall's time, aware
    current: Callable[[str], bool]  # whether what is known of a hall is how things are


class Place(Enum):
    """Where a reader stands, see above."""

    OPENING = auto()
    RETURNING = auto()
    LIVE = auto()
    SLOW = auto()
    GONE = auto()


class Subscription:
    """One reader of one topic; its connection's `Listener`.

    authority: None for a reader that may always listen; else asked every few seconds, it must answer at once, with None
    or the code to close with. on_heard: told of each sign of life.
    """

    __slots__ = ("_drained", "authority", "channel", "connection", "on_heard", "place", "row", "seq", "stall")

    def __init__(
        self,
        channel: "Channel",
        connection: Connection,
        authority: Callable[[], int | None] | None,
        on_heard: Callable[[], None] | None,
    ) -> None:
        self.channel = channel
        self.connection = connection
        self.authority = authority
        self.on_heard = on_heard
        self.place = Place.OPENING
        self.row: Row | None = None  # while live
        self.seq = 0  # it has everything up to here; while live, its row may know of more
        self.stall: Stall | None = None  # while watched
        self._drained: list[Callable[[], None]] = []

    def when_drained(self, then: Callable[[], None]) -> None:
        """Call `then` once, when the connection can take more or is gone."""
        self._drained.append(then)

    def paused(self) -> None:
        self.channel.paused(self)

    def drained(self) -> None:
        self.channel.drained(self)
        self._tell_drained()

    def heard(self) -> None:
        if self.on_heard is not None:
            self.on_heard()

    def gone(self) -> None:
        self.channel.leave(self)
        self._tell_drained()

    def recheck(self) -> int | None:
        """Close the connection unless it may still listen; the code, if so."""
        code = self.authority() if self.authority is not None else None
        if code is not None:
            self.connection.close(code)
        return code

    def _tell_drained(self) -> None:
        waiting, self._drained = self._drained, []
        for then in waiting:
            then()


class Row:
    """Live readers that are written to in one go, and get their heartbeats together."""

    __slots__ = ("_writers", "beat_due", "members", "seq", "written")

    def __init__(self) -> None:
        self.members: dict[Subscription, Writer] = {}
        self.seq = 0  # its members have been sent everything up to here
        self.written = 0  # bytes to each member, since the row began
        self.beat_due = False
        self._writers: list[Writer] | None = None

    def add(self, subscription: Subscription) -> None:
        self.members[subscription] = subscription.connection.writer
        self._writers = None

    def remove(self, subscription: Subscription) -> None:
        del self.members[subscription]
        self._writers = None

    def write(self, data: bytes, seq: int) -> int:
        """Write to every member; how many they were. `seq`: where they stand afterwards."""
        if self._writers is None:
            self._writers = list(self.members.values())
        writers = self._writers  # the list at hand stays as it is when a write makes its own reader pause
        self.seq = max(self.seq, seq)
        self.written += len(data)
        for writer in writers:
            writer.write(data)
        return len(writers)


class Channel:
    """One topic of one hall, as long as somebody listens. `ended` is called when nobody does any more."""

    def __init__(self, hall: str, topic: str, around: Surroundings, ended: Callable[["Channel"], None]) -> None:
        self.hall = hall
        self.topic = topic
        self.is_state = topic != CALLS
        self.subscriptions: set[Subscription] = set()
        self._around = around
        self._ended = ended
        self._rows: list[Row] = []
        self._rows_made = 0
        self._published = 0  # seq of the last frame published
        self._pending: deque[Frame] = deque()  # published, and not in a flight yet
        self._hint: bytes | None = None  # the same of hints; the latest only
        self._flight: list[Row] = []  # rows that the present batch has yet to reach, the next one last
        self._flight_frames: Sequence[Frame] = ()  # none for hints
        self._flight_data = b""
        self._flown = 0  # seq of the last frame that has reached every row
        self._behind: set[Subscription] = set()
        self._returning: deque[Subscription] = deque()
        self._ahead: list[Subscription] = []  # returning, with a position that pending frames have not reached
        self._backlog: Backlog | None = None
        self._full: set[Subscription] = set()  # paused readers of calls, to be looked at before each flight

    # What comes in

    def publish(self, frame: Frame) -> None:
        """Send a frame to every reader, after all published before it."""
        if frame.seq <= self._published:  # the history was replaced: what the readers have is of another one
            self.fail()
            return
        self._published = frame.seq
        self._around.counters.frames += 1
        self._pending.append(frame)
        self._wake()

    def hint(self, payload: bytes) -> None:
        """Send a hint to every live reader; it replaces one that has not been sent."""
        self._hint = text_frame(payload)
        self._wake()

    def join(self, subscription: Subscription) -> None:
        """Register a reader that is about to be opened."""
        self.subscriptions.add(subscription)
        self._fall_behind(subscription)

    def opened(self, subscription: Subscription, seq: int) -> None:
        """The reader has been sent everything up to `seq`; it goes on with what was published meanwhile."""
        subscription.seq = seq
        self._return(subscription)

    def paused(self, subscription: Subscription) -> None:
        """A reader's buffer has passed the high mark."""
        if subscription.place is Place.LIVE:
            if self.is_state:
                self._unseat(subscription)
                subscription.place = Place.SLOW
                self._fall_behind(subscription)
            else:
                self._full.add(subscription)
        self._watch(subscription)

    def drained(self, subscription: Subscription) -> None:
        """A reader's buffer is below the low mark again."""
        self._full.discard(subscription)
        subscription.stall = None
        if subscription.place is Place.SLOW:
            self._return(subscription)

    def leave(self, subscription: Subscription) -> None:
        """Forget a reader. Does nothing for one that is gone already."""
        if subscription.place is Place.GONE:
            return
        self._unseat(subscription)
        subscription.place = Place.GONE
        self.subscriptions.discard(subscription)
        self._full.discard(subscription)
        self._catch_up_done(subscription)
        if not self.subscriptions:
            self._ended(self)

    def fail(self) -> None:
        """What the readers have is not to be trusted any more: they come back and begin anew."""
        self._around.counters.failures += 1
        for subscription in list(self.subscriptions):
            subscription.connection.close(CloseCode.SLOW)
            self.leave(subscription)

    # What goes out

    def step(self) -> int:
        """The next piece of work, see `fan_out.Work`."""
        if self._flight:
            return self._fly()
        while self._returning:
            subscription = self._returning.popleft()
            if subscription.place is Place.RETURNING:
                self._bring_back(subscription)
                return 1
        if self._pending:
            self._take_off()
            return 1
        if self._hint is not None:
            self._flight_data, self._hint = self._hint, None
            self._flight = self._rows[::-1]
            return 1
        for row in self._rows:
            if row.beat_due:
                return self._beat(row)
        return 0

    def _take_off(self) -> None:
        """Begin to write what is pending."""
        batch = self._next_batch()
        if self._backlog is not None:
            for frame in batch:
                self._backlog.add(frame)
        for subscription in list(self._full):
            if subscription.connection.buffered > self._around.limits.calls_cap_bytes:
                self._close_slow(subscription)
        self._flight_frames = batch
        self._flight_data = batch[0].data if len(batch) == 1 else b"".join([frame.data for frame in batch])
        self._flight = self._rows[::-1]
        if not self._flight:
            self._land()

    def _next_batch(self) -> Sequence[Frame]:
        batch: list[Frame] = []
        size = 0
        while self._pending and size < self._around.limits.batch_bytes:
            batch.append(self._pending.popleft())
            size += len(batch[-1].data)
        return batch

    def _fly(self) -> int:
        row = self._flight.pop()
        data, seq = self._flight_data, row.seq
        if self._flight_frames:
            seq = self._flight_frames[-1].seq
            if row.beat_due:  # a topic that is always busy has heartbeats too
                data += self._heartbeat(row, seq)
        touched = row.write(data, seq)
        self._around.counters.deliveries += touched * len(self._flight_frames)
        if not self._flight:
            self._land()
        return touched or 1

    def _land(self) -> None:
        if self._flight_frames:
            self._flown = self._flight_frames[-1].seq
            self._flight_frames = ()
            self._returning.extend(self._ahead)
            self._ahead.clear()
        self._flight_data = b""

    def _beat(self, row: Row) -> int:
        head = self._around.source.head(self.hall, self.topic)  # nothing is pending: all up to there has been sent
        return row.write(self._heartbeat(row, max(row.seq, head)), head)

    def _heartbeat(self, row: Row, head: int) -> bytes:
        row.beat_due = False
        self._around.counters.heartbeats += len(row.members)
        last = min(self._published, head) or None  # all that was published has been sent, to this row too
        return text_frame(frames.heartbeat(self.topic, head, self._around.wall(self.hall), last))

    # Readers that are behind

    def _bring_back(self, subscription: Subscription) -> None:
        """Send what the reader lacks, and let it join a row."""
        connection = subscription.connection
        if self.is_state and connection.is_paused:
            subscription.place = Place.SLOW  # `drained` brings it here again
            return
        assert self._backlog is not None  # noqa: S101 - it lasts while somebody is behind
        newer = self._backlog.since(subscription.seq)
        if newer is None and not self.is_state:
            self._close_slow(subscription)
            return
        if newer and len(newer) > 1 and self.is_state:
            merged = self._backlog.merged(self.topic, newer)
            newer = None if merged is None else [merged]
            self._around.counters.merged += merged is not None
        if newer is None:
            self._around.counters.slow_snapshots += 1
            snapshot = self._around.source.snapshot(self.hall, self.topic)
            connection.send_text_frame(text_frame(snapshot.payloads[0]))
            subscription.seq = snapshot.seq
        elif newer:
            connection.send_text_frame(b"".join([frame.data for frame in newer]))
            self._around.counters.deliveries += len(newer)
            subscription.seq = newer[-1].seq
        self._settle(subscription)

    def _settle(self, subscription: Subscription) -> None:
        """The reader has all that has flown; find its place."""
        if not subscription.connection.is_open:
            self.leave(subscription)
        elif self._pending and self._pending[0].seq <= subscription.seq:
            self._ahead.append(subscription)
        elif self.is_state and subscription.connection.is_paused:
            subscription.place = Place.SLOW
        else:
            self._seat(subscription)
            self._catch_up_done(subscription)

    def _return(self, subscription: Subscription) -> None:
        subscription.place = Place.RETURNING
        self._returning.append(subscription)
        self._wake()

    def _fall_behind(self, subscription: Subscription) -> None:
        self._behind.add(subscription)
        if self._backlog is None:
            limits = self._around.limits
            self._backlog = Backlog(self._flown, limits.backlog_frames, limits.backlog_bytes)
            for frame in self._flight_frames:
                self._backlog.add(frame)

    def _catch_up_done(self, subscription: Subscription) -> None:
        self._behind.discard(subscription)
        if not self._behind:
            self._backlog = None

    # Rows

    def _seat(self, subscription: Subscription) -> None:
        size = self._around.limits.row
        row = next((row for row in reversed(self._rows) if len(row.members) < size), None)
        if row is None:
            row = Row()
            self._rows.append(row)
            self._rows_made += 1
            limits = self._around.limits
            # Spread, so that the heartbeats of ten thousand readers who came at once do not fall together.
            first_s = limits.heartbeat_s * (1 - self._rows_made * _GOLDEN % 1 / 2)
            self._around.fan_out.at(self._around.now() + first_s, self._beats_of(row))
        row.add(subscription)
        subscription.row = row
        subscription.place = Place.LIVE
        if subscription.connection.is_paused:  # of calls
            self.paused(subscription)

    def _unseat(self, subscription: Subscription) -> None:
        row, subscription.row = subscription.row, None
        if row is None:
            return
        subscription.seq = max(subscription.seq, row.seq)
        row.remove(subscription)
        if not row.members:
            self._rows.remove(row)

    def _beats_of(self, row: Row) -> Callable[[], float | None]:
        def due() -> float | None:
            if not row.members:
                return None
            if self._around.current(self.hall):  # else a reader finds out by the silence that it shows the past
                row.beat_due = True
                self._wake()
            return self._around.now() + self._around.limits.heartbeat_s

        return due

    # Readers that stall

    def _watch(self, subscription: Subscription) -> None:
        """Look at a paused reader until it has drained; cut it off when it takes nothing."""
        stall = Stall(self._around.now(), subscription.connection.buffered, self._written(subscription))
        subscription.stall = stall

        def check() -> float | None:
            if subscription.stall is not stall or subscription.place is Place.GONE:
                return None
            now = self._around.now()
            still_s = stall.stalled_for(now, subscription.connection.buffered, self._written(subscription))
            if still_s >= self._around.limits.stalled_s:
                self._around.counters.aborts += 1
                subscription.connection.abort()
                return None
            return now + _STALL_CHECK_S

        self._around.fan_out.at(self._around.now() + _STALL_CHECK_S, check)

    def _written(self, subscription: Subscription) -> int:
        return subscription.row.written if subscription.row is not None else 0

    def _close_slow(self, subscription: Subscription) -> None:
        self._around.counters.slow_closes += 1
        subscription.connection.close(CloseCode.SLOW)
        self.leave(subscription)

    def _wake(self) -> None:
        self._around.fan_out.wake(self)
