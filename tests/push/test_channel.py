"""One topic and its readers, driven step by step with connections in memory, in every order that chance finds."""

from datetime import datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from queue_server.push.channel import Channel, Counters, Place, Subscription, Surroundings
from queue_server.push.connection import payloads, text_frame
from queue_server.push.fan_out import FanOut
from queue_server.push.outbox import Limits
from queue_server.push.source import CALLS
from queue_server.wire import frames
from queue_server.wire.close_codes import CloseCode
from queue_server.wire.resume import Position
from tests.push.rig import EPOCH, HIGH, NOON, Hall, Peer


class Bench:
    """A channel with everything around it, and the time in hand."""

    def __init__(self, topic: str, limits: Limits) -> None:
        self.hall = Hall()
        self.topic = topic
        self.time = 0.0
        self.current = True
        self.fan_out = FanOut(limits.row, lambda: self.time)
        self.around = Surroundings(
            self.hall, self.fan_out, limits, Counters(), lambda: self.time, self.wall, lambda hall: self.current
        )
        self.ended = 0
        self.channel = self._new_channel()
        self.peers: dict[Subscription, Peer] = {}
        self.removes = False  # whether changes also remove what later comes again, which no merged patch can say

    def wall(self, hall: object) -> datetime:
        return NOON

    def change(self, padding: int = 0) -> None:
        """An event of this topic: a call, or a change of the state."""
        if self.topic == CALLS:
            frame = self.hall.call("A001", padding)
        else:
            seq = self.hall.seq + 1
            slot = f"s{seq % 3}"
            gone = self.removes and seq % 4 == 0
            change: dict[str, Any] = {"n": seq, "pad": "x" * padding, slot: None if gone else {"at": seq}}
            frame = self.hall.patch(self.topic, change)
        if self.channel.subscriptions:
            self.channel.publish(frame)

    def join(self) -> Subscription:
        peer = Peer(self.topic)
        subscription = Subscription(self.channel, peer, None, None)
        peer.listener = subscription
        self.channel.join(subscription)
        self.peers[subscription] = peer
        return subscription

    def snapshot_for(self, subscription: Subscription) -> int:
        """What `TopicSource.open` would answer now, taken in by the peer; the seq."""
        peer = self.peers[subscription]
        if self.topic == CALLS:
            peer.subscriber.position = Position(EPOCH, self.hall.seq)
        else:
            for payload in self.hall.snapshot("town", self.topic).payloads:
                peer.send_text_frame(text_frame(payload))
        return self.hall.seq

    def open(self, subscription: Subscription, seq: int) -> None:
        if subscription.place is Place.OPENING:
            self.channel.opened(subscription, seq)

    def arrive(self) -> Subscription:
        """Join and open at once."""
        subscription = self.join()
        self.open(subscription, self.snapshot_for(subscription))
        self.work()
        return subscription

    def work(self) -> None:
        while self.channel.step():
            pass

    def _new_channel(self) -> Channel:
        return Channel("town", self.topic, self.around, self._end)

    def _end(self, channel: Channel) -> None:
        """As the hub does: a topic that nobody reads is forgotten."""
        assert channel is self.channel
        self.ended += 1
        self.channel = self._new_channel()


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, nobody misses, repeats or reorders a frame, and slow readers end equal."""

    topic = "board"

    def __init__(self) -> None:
        super().__init__()
        limits = Limits(row=2, batch_bytes=600, backlog_frames=6, calls_cap_bytes=6_000)
        self.bench = Bench(self.topic, limits)
        self.bench.removes = True
        self.opening: list[tuple[Subscription, int]] = []
        self.began: dict[Subscription, int] = {}

    def peers(self) -> list[tuple[Subscription, Peer]]:
        return [(s, p) for s, p in self.bench.peers.items() if p.is_open]

    @rule()
    def join(self) -> None:
        subscription = self.bench.join()
        seq = self.bench.snapshot_for(subscription)
        self.began[subscription] = seq
        self.opening.append((subscription, seq))

    @rule(padding=st.sampled_from([0, 300, 900, 2_500]))
    def change(self, padding: int) -> None:
        self.bench.change(padding)

    @rule()
    def other_topic(self) -> None:
        self.bench.hall.patch("elsewhere", {"n": self.bench.hall.seq})

    @rule(steps=st.integers(1, 4))
    def step(self, steps: int) -> None:
        for _ in range(steps):
            self.bench.channel.step()

    @precondition(lambda self: self.opening)
    @rule(which=st.integers(0, 9))
    def opened(self, which: int) -> None:
        subscription, seq = self.opening.pop(which % len(self.opening))
        self.bench.open(subscription, seq)

    @precondition(lambda self: self.peers())
    @rule(which=st.integers(0, 9))
    def stop_reading(self, which: int) -> None:
        peers = self.peers()
        peers[which % len(peers)][1].reads = False

    @precondition(lambda self: self.peers())
    @rule(which=st.integers(0, 9))
    def read_again(self, which: int) -> None:
        peers = self.peers()
        peer = peers[which % len(peers)][1]
        peer.reads = True
        peer.read()

    @precondition(lambda self: self.peers())
    @rule(which=st.integers(0, 9))
    def vanish(self, which: int) -> None:
        peers = self.peers()
        peers[which % len(peers)][1].abort()

    @precondition(lambda self: self.peers())
    @rule(which=st.integers(0, 9))
    def other_bytes(self, which: int) -> None:
        """The server writes of its own accord: a ping, say, and none before the last one was read."""
        peers = self.peers()
        peer = peers[which % len(peers)][1]
        if peer.buffered <= HIGH:
            peer.write(text_frame(b'{"type":"ping","padding":"%b"}' % (b"x" * HIGH)))

    @rule()
    def seconds_pass(self) -> None:
        self.bench.time += 5.0
        self.ring()

    def ring(self) -> None:
        """What the clock would do."""
        alarms, self.bench.fan_out._alarms = self.bench.fan_out._alarms, []
        for due, _, action in sorted(alarms, key=lambda alarm: alarm[:2]):
            again = due if due > self.bench.time else action()
            if again is not None:
                self.bench.fan_out.at(again, action)

    @invariant()
    def little_is_kept(self) -> None:
        channel = self.bench.channel
        assert (channel._backlog is not None) == bool(channel._behind)
        for _, peer in self.peers():
            assert peer.buffered <= HIGH + 12_000
        assert all(0 < len(row.members) <= 2 for row in channel._rows)
        assert sum(len(row.members) for row in channel._rows) <= len(channel.subscriptions)

    def teardown(self) -> None:
        """When everybody reads and everything is done, all are where they should be."""
        for subscription, seq in self.opening:
            self.bench.open(subscription, seq)
        for _ in range(3):
            self.bench.work()
            for _, peer in self.peers():
                peer.reads = True
                peer.read()
        topic = self.bench.hall.topic(self.topic)
        for subscription, peer in self.peers():
            assert subscription.place is Place.LIVE
            if self.topic == CALLS:
                assert peer.seen == [frame.seq for frame in topic.frames if frame.seq > self.began[subscription]]
            else:
                assert peer.subscriber.state == topic.state
        for subscription, peer in self.bench.peers.items():
            if not peer.is_open:
                assert subscription not in self.bench.channel.subscriptions
                if self.topic == CALLS:  # what it got before it ended has no hole either
                    newer = [frame.seq for frame in topic.frames if frame.seq > self.began[subscription]]
                    assert peer.seen == newer[: len(peer.seen)]


class AnyOrderOfCalls(AnyOrder):
    """The same for calls."""

    topic = CALLS


ENOUGH = settings(max_examples=120, stateful_step_count=60, deadline=None)
TestStates = AnyOrder.TestCase
TestCalls = AnyOrderOfCalls.TestCase
TestStates.settings = TestCalls.settings = ENOUGH


def bench(topic: str = "board", **limits: Any) -> Bench:
    return Bench(topic, Limits(**limits))


def received(peer: Peer) -> list[frames.Frame | None]:
    """What a peer that does not read has been written."""
    return [frames.parse(payload) for payload in payloads(b"".join(peer.unread))]


def test_a_row_at_a_time() -> None:
    """One step writes to one row, so that the rest of the process gets its turn."""
    hall = bench(row=3)
    subscriptions = [hall.arrive() for _ in range(7)]
    hall.change()
    assert hall.channel.step() == 1  # takes off
    assert sorted(hall.channel.step() for _ in range(3)) == [1, 3, 3]
    assert hall.channel.step() == 0
    assert {hall.peers[s].subscriber.state == {"n": 1, "pad": "", "s1": {"at": 1}} for s in subscriptions} == {True}


def test_waiting_frames_go_out_in_one_write() -> None:
    """Each socket is touched once for all that waits, in the same bytes for everybody."""
    hall = bench(row=2)
    peers = [hall.peers[hall.arrive()] for _ in range(3)]
    for peer in peers:
        peer.reads = False
    for _ in range(5):
        hall.change()
    hall.work()
    assert [len(peer.unread) for peer in peers] == [1, 1, 1]
    assert peers[0].unread == peers[1].unread == peers[2].unread
    assert hall.around.counters.deliveries == 15


def test_a_slow_reader_of_a_state_is_passed_over_and_then_gets_one_patch() -> None:
    """What it missed is merged; nothing is kept for it meanwhile but what all slow readers share."""
    hall = bench()
    subscription = hall.arrive()
    peer = hall.peers[subscription]
    peer.reads = False
    while subscription.place is not Place.SLOW:
        hall.change(900)
        hall.work()
    waiting = peer.buffered
    for _ in range(20):
        hall.change(900)
        hall.work()
    assert peer.buffered == waiting
    peer.read()
    hall.work()
    (patch,) = received(peer)
    assert isinstance(patch, frames.Patch)
    assert patch.seq == hall.hall.seq
    peer.read()
    assert peer.subscriber.state == hall.hall.topic("board").state
    assert hall.around.counters.merged == 1


def test_a_reader_whose_snapshot_is_still_on_its_way_is_not_written_to() -> None:
    """It counts as slow from the start."""
    hall = bench()
    hall.change(HIGH)
    hall.join()
    subscription = hall.join()
    peer = hall.peers[subscription]
    peer.reads = False
    seq = hall.snapshot_for(subscription)
    hall.change()
    hall.work()
    hall.open(subscription, seq)
    hall.work()
    assert subscription.place is Place.SLOW
    assert len(received(peer)) == 1
    peer.reads = True
    peer.read()
    hall.work()
    assert peer.subscriber.state == hall.hall.topic("board").state


def test_a_reader_that_pauses_before_a_flight_has_reached_it_misses_nothing() -> None:
    """What is in the air counts as missed."""
    hall = bench(row=1)
    subscriptions = [hall.arrive() for _ in range(2)]
    hall.change()
    assert hall.channel.step() and hall.channel.step()  # it has taken off, and reached one of them
    (last,) = [hall.peers[s] for s in subscriptions if not hall.peers[s].subscriber.state]
    last.reads = False
    last.write(text_frame(b'{"type":"ping","padding":"%b"}' % (b"x" * HIGH)))
    hall.work()
    last.read()
    hall.work()
    last.read()
    assert last.subscriber.state == hall.hall.topic("board").state


def test_a_slow_reader_that_was_away_too_long_gets_a_snapshot() -> None:
    """The backlog is bounded; what has left it is not sent in part."""
    hall = bench(backlog_frames=5)
    subscription = hall.arrive()
    peer = hall.peers[subscription]
    peer.reads = False
    for _ in range(20):
        hall.change(900)
        hall.work()
    peer.read()
    hall.work()
    (snapshot,) = received(peer)
    assert isinstance(snapshot, frames.Snapshot)
    assert snapshot.reason == "slow"


def test_a_slow_reader_of_calls_gets_each_until_the_cap_and_is_then_closed() -> None:
    """With 4408, after which it resumes; the others notice nothing."""
    hall = bench(CALLS, calls_cap_bytes=10_000)
    slow, quick = (hall.peers[hall.arrive()] for _ in range(2))
    slow.reads = False
    calls = 0
    while slow.is_open:
        hall.change(900)
        hall.work()
        calls += 1
    assert slow.closed_with == CloseCode.SLOW
    assert len(received(slow)) == calls - 1 == 10
    assert len(quick.seen) == calls
    assert hall.around.counters.slow_closes == 1


def test_a_reader_that_opens_too_slowly_for_the_calls_comes_back() -> None:
    """Rather than the server keeping them all for it."""
    hall = bench(CALLS, backlog_frames=3)
    subscription = hall.join()
    seq = hall.snapshot_for(subscription)
    for _ in range(5):
        hall.change()
        hall.work()
    hall.open(subscription, seq)
    hall.work()
    assert hall.peers[subscription].closed_with == CloseCode.SLOW


def test_a_hint_replaces_the_one_before() -> None:
    """Only the latest goes out, behind the frames that wait."""
    hall = bench()
    peer = hall.peers[hall.arrive()]
    peer.reads = False
    hall.channel.hint(frames.hint("board", NOON, b'{"A":1}'))
    hall.change()
    hall.channel.hint(frames.hint("board", NOON, b'{"A":2}'))
    hall.work()
    patch, hint = received(peer)
    assert isinstance(patch, frames.Patch)
    assert isinstance(hint, frames.Hint) and hint.hint == {"A": 2}


def test_a_topic_that_is_always_busy_has_heartbeats_too() -> None:
    """They ride on a frame, with that frame's seq."""
    hall = bench()
    peer = hall.peers[hall.arrive()]
    peer.reads = False
    hall.change()
    assert hall.channel.step()
    hall.channel._rows[0].beat_due = True
    hall.change()
    hall.work()
    first, beat, second = received(peer)
    assert isinstance(first, frames.Patch) and isinstance(second, frames.Patch)
    assert isinstance(beat, frames.Heartbeat) and (beat.prev, beat.head) == (first.seq, first.seq)


def test_what_may_not_be_how_things_are_gets_no_heartbeat() -> None:
    """The reader finds out by the silence; when it is known again, the next one comes."""
    hall = bench()
    peer = hall.peers[hall.arrive()]
    row = hall.channel._rows[0]
    due = hall.channel._beats_of(row)
    peer.reads = False
    for hall.current in (True, False, True):
        assert due() == hall.time + hall.around.limits.heartbeat_s
        hall.work()
    assert [type(frame) for frame in received(peer)] == [frames.Heartbeat] * 2


def test_the_last_to_leave_ends_the_topic() -> None:
    hall = bench()
    first, second = hall.arrive(), hall.arrive()
    hall.peers[first].abort()
    assert hall.ended == 0
    hall.peers[second].abort()
    hall.channel.leave(second)
    assert hall.ended == 1


def test_a_history_that_was_replaced_sends_the_readers_back() -> None:
    """A frame that is not above the last one belongs to another history than what the readers have."""
    hall = bench()
    peer = hall.peers[hall.arrive()]
    hall.change()
    hall.hall.seq = 0
    hall.change()
    assert peer.closed_with == CloseCode.SLOW
    assert hall.ended == 1


def test_after_a_bug_the_readers_come_back() -> None:
    """What they have got is not known any more, so they begin anew."""
    hall = bench()
    peers = [hall.peers[hall.arrive()] for _ in range(3)]
    hall.channel.fail()
    assert {peer.closed_with for peer in peers} == {CloseCode.SLOW}
    assert hall.ended == 1
