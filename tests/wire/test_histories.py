"""Any history, cut anywhere, any frame lost: a reader ends as a fresh snapshot would, each call given exactly once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.wire import frames, merge_patch
from queue_server.wire.resume import Replay, TakeSnapshot, asked_position, resume
from queue_server.wire.subscriber import CallSeen, Reconnect, Resubscribe, Status, Subscriber
from tests.wire.test_frames import AT
from tests.wire.test_merge_patch import exactly, states


@dataclass
class Touch:
    """One command's frame on the topic: what it made of the state, or the call that it is."""

    seq: int
    after: Any


@dataclass
class Server:
    """A stream and one topic of it, with nothing of the real server but the wire."""

    topic: str
    epoch: str = "e0"
    head: int = 0
    oldest: int = 1
    touches: list[Touch] = field(default_factory=list)

    def state_at(self, seq: int) -> Any:
        """The topic's state as of `seq`; calls never expire here, so that each must arrive."""
        if self.topic == "calls":
            return {"calls": {str(touch.seq): touch.after for touch in self.touches if touch.seq <= seq}}
        return next((touch.after for touch in reversed(self.touches) if touch.seq <= seq), {})

    def frames(self, after: int) -> list[bytes]:
        """The topic's frames in (after, head]."""
        return [self._frame(i) for i, touch in enumerate(self.touches) if touch.seq > after]

    def merged(self, after: int) -> list[bytes]:
        """The same for a slow reader of a state topic: one patch, or a snapshot where none can say it."""
        late = [i for i, touch in enumerate(self.touches) if touch.seq > after]
        if self.topic == "calls" or len(late) < 2:
            return self.frames(after)
        patch: dict[str, Any] | None = {}
        for i in late:
            patch = None if patch is None else merge_patch.compose(patch, self._patch(i))
        if patch is None:
            return [self.snapshot("slow")]
        return [frames.patch(self.topic, self._prev(late[0]), self.touches[-1].seq, AT, as_bytes(patch))]

    def snapshot(self, reason: str) -> bytes:
        return frames.snapshot(self.topic, self.epoch, self.head, AT, reason, as_bytes(self.state_at(self.head)))

    def heartbeat(self) -> bytes:
        return frames.heartbeat(self.topic, self.head, AT, self.touches[-1].seq if self.touches else None)

    def _frame(self, i: int) -> bytes:
        touch = self.touches[i]
        if self.topic == "calls":
            return frames.call(self.topic, self._prev(i), touch.seq, AT, as_bytes(touch.after))
        return frames.patch(self.topic, self._prev(i), touch.seq, AT, as_bytes(self._patch(i)))

    def _patch(self, i: int) -> dict[str, Any]:
        return merge_patch.diff(self.state_at(self._prev(i)), self.touches[i].after)

    def _prev(self, i: int) -> int:
        return self.touches[i - 1].seq if i else 0


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


class Line:
    """The reader, its connection, and what is on its way."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.reader = Subscriber(server.topic)
        self.given: list[tuple[int, str]] = []  # seq and called_at of each call
        self.on_its_way: list[bytes] = []
        self.sent = 0  # the server has sent everything up to here
        self.lossy = False  # a frame was lost that the server believes to have sent
        self.connect()

    def connect(self) -> None:
        """Ask as the reader asks, answer as `resume` decides."""
        self.reader.opening(0)
        query = dict(part.split("=") for part in self.reader.url_query().split("&"))
        server = self.server
        asked = asked_position(query.get("epoch"), query.get("after"))
        match resume(asked, server.epoch, server.head, server.oldest):
            case Replay(after, _):
                self.on_its_way = [*server.frames(after), server.heartbeat()]
            case TakeSnapshot(reason):
                self.on_its_way = [server.snapshot(reason)]
        self.sent = server.head

    def cut(self, arrived: int) -> None:
        """The connection breaks after `arrived` of the frames on their way."""
        if self.deliver(self.on_its_way[:arrived]):
            assert isinstance(self.reader.closed(1006, 0, 0.5), Reconnect)
            self.connect()

    def send(self, slow: bool = False) -> None:
        self.on_its_way += self.server.merged(self.sent) if slow else self.server.frames(self.sent)
        self.sent = self.server.head

    def lose(self, place: int) -> None:
        """One of the frames on their way does not arrive, and nobody is told.

        Never the first of another history: what follows it does not name its own.
        """
        if self.on_its_way and b'"epoch",' not in self.on_its_way[at := place % len(self.on_its_way)]:
            del self.on_its_way[at]
            self.lossy = True

    def drain(self) -> None:
        self.send()
        while not self.deliver([*self.on_its_way, self.server.heartbeat()]):
            pass  # a gap was noticed: once more, from where the reader stands
        self.on_its_way = []

    def deliver(self, texts: list[bytes]) -> bool:
        """Bring frames to the reader; whether all of them were taken, or it found a gap and has connected anew."""
        for text in texts:
            for change in self.reader.receive(text, 0):
                if isinstance(change, Resubscribe):
                    assert self.lossy, "an honest server leaves no gap"
                    assert isinstance(self.reader.closed(1006, 0, 0.5), Reconnect)
                    self.connect()
                    return False
                if isinstance(change, CallSeen):
                    self.given.append((change.seq, change.call["called_at"]))
        return True


def run(line: Line, steps: list[tuple[Any, ...]], after: Callable[[int, Any], Any]) -> None:
    server = line.server
    for number, (name, *details) in enumerate(steps):
        match name:
            case "touch":
                server.head += details[0]
                server.touches.append(Touch(server.head, after(number, details[1])))
            case "elsewhere":
                server.head += details[0]
            case "send":
                line.send(slow=details[0])
            case "beat":
                line.send()
                line.on_its_way.append(server.heartbeat())
            case "again" if line.on_its_way:
                line.on_its_way.append(line.on_its_way[-1])
            case "lose":
                line.lose(details[0])
            case "cut":
                line.cut(details[0])
            case "trim":
                server.oldest = min(server.head + 1, server.oldest + details[0])
            case "restore":
                server.epoch += "x"
                server.head = max(0, server.head - details[0])
                server.touches = [touch for touch in server.touches if touch.seq <= server.head]
                server.oldest = min(server.oldest, server.head + 1)
                line.cut(details[1])  # a server that comes back has closed its sockets
    line.drain()


few = st.integers(0, 6)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("touch"), st.integers(1, 3), states),
        st.tuples(st.just("touch"), st.integers(1, 3), states),
        st.tuples(st.just("elsewhere"), st.integers(1, 3)),
        st.tuples(st.just("send"), st.booleans()),
        st.tuples(st.just("beat")),
        st.tuples(st.just("again")),
        st.tuples(st.just("lose"), few),
        st.tuples(st.just("cut"), few),
        st.tuples(st.just("trim"), few),
        st.tuples(st.just("restore"), few, few),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_the_state_ends_as_a_fresh_snapshot(steps: list[tuple[Any, ...]]) -> None:
    """Old snapshot, patches, merged patches, duplicates, losses, cuts and restored backups end in the state at head."""
    line = Line(Server("board"))
    run(line, steps, lambda _, state: state)
    server = line.server
    assert exactly(line.reader.state) == exactly(server.state_at(server.head))
    assert line.reader.position == (server.epoch, server.head)
    assert line.reader.status is Status.LIVE


@settings(max_examples=300, deadline=None)
@given(steps)
def test_each_call_is_given_exactly_once(steps: list[tuple[Any, ...]]) -> None:
    """No call of the history is missed, and none is given twice, not even one that a restored backup has lost."""
    line = Line(Server("calls"))
    run(line, steps, lambda number, _: {"number": "A001", "called_at": f"t{number}"})
    happened = {(touch.seq, touch.after["called_at"]) for touch in line.server.touches}
    assert happened <= set(line.given)
    assert len(line.given) == len(set(line.given))
    in_one_history = "x" not in line.server.epoch
    if in_one_history:
        assert line.given == sorted(line.given)
    assert line.reader.status is Status.LIVE
