"""What a hall's topics say, and what a reader who was away has missed: held against the day itself, at random and by
hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.apply import apply_all
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from queue_server.journal.base import Batch, Head, Stream, Unavailable
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.projections.call import call_in
from queue_server.projections.desk import desk
from queue_server.projections.enquiry import enquiry
from queue_server.projections.hall_board import board, counter_screen
from queue_server.projections.load import load
from queue_server.projections.ticket_view import ticket_topic
from queue_server.push import topics as topics_module
from queue_server.push.source import Frame, Opening
from queue_server.push.topics import HallTopics, History
from queue_server.voice.phrasebook import shipped
from queue_server.wire import frames, merge_patch
from queue_server.wire.resume import Position
from tests.domain.halls import TUESDAY, clerk, township
from tests.domain.test_state_machine import WholeDays
from tests.engine.journals import HandHeld, turns
from tests.engine.rig import Office, Times

Result = TypeVar("Result")

EPOCH = "e1"
GAP = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def short_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few frames are enough to be beyond the ring."""
    monkeypatch.setattr(topics_module, "RING", 5)


def fresh(day: Day, topic: str) -> dict[str, Any]:
    """A state topic's state, from the day alone."""
    kind, _, name = topic.partition(".")
    match kind:
        case "board":
            return board(day)
        case "load":
            return load(day)
        case "guide":
            return enquiry(day)
        case "counter":
            return counter_screen(day, int(name))
        case "desk":
            return desk(day, int(name))
        case _:
            return ticket_topic(day, name)


def patched(state: Any, payloads: Sequence[bytes]) -> Any:
    """The state after what a reader was sent."""
    for payload in payloads:
        match frames.parse(payload):
            case frames.Snapshot() as snapshot:
                state = snapshot.state
            case frames.Patch() as patch:
                state = merge_patch.apply(state, patch.patch)
            case other:
                raise AssertionError(f"no frame of a state topic: {other}")
    return state


def calls_in(payloads: Sequence[bytes]) -> list[int]:
    """The seqs of call frames."""
    found = [frames.parse(payload) for payload in payloads]
    assert all(isinstance(frame, frames.Call) for frame in found)
    return [frame.seq for frame in found if isinstance(frame, frames.Call)]


def at_once(waiting: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine that never has to wait."""
    try:
        waiting.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise AssertionError("it had to wait")


class Chronicle:
    """A hall's history in memory, as topics ask for it."""

    def __init__(self, durable: Day) -> None:
        self.durable = durable
        self.head = Head(EPOCH, 0, "")
        self.batches: list[tuple[int, tuple[events.DayEvent, ...]]] = []
        self._openings: list[int] = []

    def add(self, happened: tuple[events.DayEvent, ...]) -> None:
        """A command was carried out."""
        if isinstance(happened[0], events.DayOpened):
            self._openings.append(self.head.seq)
        self.head = Head(EPOCH, self.head.seq + len(happened), "")
        self.batches.append((self.head.seq, happened))

    @property
    def start(self) -> int:
        return self._openings[-2:][0]

    async def state_at(self, seq: int) -> Day:
        day = Day()
        day.seq = self.start
        return apply_all(
            day, (event for last, happened in self.batches if self.start < last <= seq for event in happened)
        )

    async def events_after(self, seq: int) -> AsyncIterator[tuple[Batch, Sequence[events.DayEvent]]]:
        for last, happened in self.batches:
            if last > seq:
                first = last - len(happened) + 1
                yield Batch(first, last, "", f"k{last}", "", None, b""), happened


class Watched(HallTopics):
    """With a reader on the board and one at each counter, from the moment the hall has them."""

    def loaded(self, history: History) -> None:
        super().loaded(history)
        self._watch(history.durable)

    def committed(self, day: Day, happened: Sequence[events.DayEvent], seq: int) -> None:
        super().committed(day, happened, seq)
        self._watch(day)

    def _watch(self, day: Day) -> None:
        counters = day.hall.counters if day.hall_or_none else {}
        for topic in ("board", *(f"counter.{number}" for number in counters)):
            self.follow(topic)


class Followed(WholeDays):
    """Random days, with readers on every kind of topic."""

    @initialize()
    def load(self) -> None:
        """The hall is loaded, with what happened before as old news."""
        self.told = 0

    def start(self) -> None:
        self.published: dict[str, list[Frame]] = {}
        self.states: dict[str, Any] = {}
        self.sent_at: dict[str, Any] = {}
        self.calls: list[int] = []
        self.history = Chronicle(self.floor.day)
        self.topics = Watched(self.take, lambda: self.floor.now, shipped())
        day = Day()
        for event in self.floor.log:
            apply_all(day, [event])
            self.history.add((event,))
            self.topics.replayed(day, [event], day.seq)
        self.topics.loaded(self.history)
        self.positions: list[tuple[int, dict[str, tuple[int, Any]]]] = []
        for topic in self.topics.followed:
            self.begin(topic)

    def begin(self, topic: str) -> None:
        """A new reader's snapshot."""
        (payload,), seq, last = at_once(self.topics.open(topic, None))
        snapshot = frames.parse(payload)
        assert isinstance(snapshot, frames.Snapshot)
        assert (snapshot.reason, snapshot.seq, snapshot.epoch, last) == ("new", seq, EPOCH, None)
        self.published[topic] = []
        if topic != "calls":
            assert seq == self.floor.day.seq and snapshot.state == fresh(self.floor.day, topic)
            self.states[topic] = snapshot.state

    def take(self, topic: str, frame: Frame) -> None:
        """A frame was published."""
        assert topic in self.topics.followed
        earlier = self.published[topic]
        parsed = frames.parse(frame.payload)
        assert isinstance(parsed, frames.Call | frames.Patch)
        assert (parsed.topic, parsed.prev, parsed.seq) == (topic, frame.prev, frame.seq)
        assert frame.prev < frame.seq == self.floor.day.seq
        assert not earlier or frame.prev == earlier[-1].seq, "the chain of frames is broken"
        assert frame.payload.count(frames.rfc3339(frame.at))
        earlier.append(frame)
        if isinstance(parsed, frames.Call):
            assert frame.patch is None
            self.calls.append(frame.seq)
        else:
            assert frame.patch == parsed.patch
            self.states[topic] = merge_patch.apply(self.states[topic], parsed.patch)
        if topic.startswith("ticket."):
            assert self.floor.now - self.sent_at.get(topic, self.floor.now - GAP) >= GAP, "two frames within 5 s"
            self.sent_at[topic] = self.floor.now

    def ask(self, command: commands.DayCommand) -> tuple[events.DayEvent, ...]:
        if not hasattr(self, "topics"):
            self.start()
        decision = super().ask(command)
        if decision:
            day = self.floor.day
            self.history.add(decision)
            self.topics.committed(day, decision, day.seq)
            call = call_in(day, decision, shipped())
            assert (self.calls[-1:] == [day.seq]) == (call is not None)
            if call is not None:
                assert json.loads(self.published["calls"][-1].payload)["call"] == call
            self.check()
        return decision

    def check(self) -> None:
        """What readers hold is what the day says."""
        day, held = self.floor.day, {}
        for topic in self.topics.followed:
            stands = self.topics.stands(topic)
            if topic == "calls":
                continue
            if topic not in self.states:
                self.begin(topic)  # a counter that the hall has got just now
            state = self.states[topic]
            assert self.topics.state(topic) == state
            assert not _nulls(state), f"null in {topic}"
            if stands == day.seq:
                assert state == fresh(day, topic), topic
            else:
                assert topic.startswith("ticket.") and stands < day.seq
            if topic == "board" or topic.startswith("counter."):
                assert '"t_' not in json.dumps(state), f"a ticket's id in {topic}"
            held[topic] = (stands, state)
        self.positions.append((day.seq, held))

    @rule(picks=st.lists(st.integers(0, 30), min_size=3, max_size=6))
    def listen(self, picks: list[int]) -> None:
        """Some open topics that nobody followed."""
        if hasattr(self, "topics"):
            tickets = [f"ticket.{ticket}" for ticket in list(self.floor.day.tickets)[-6:]]
            names = ["load", "guide", *(f"desk.{n}" for n in range(1, 9)), *tickets]
            for name in {names[pick % len(names)] for pick in picks}:
                if self.topics.exists(name) and name not in self.topics.followed:
                    self.topics.follow(name)
                    self.begin(name)

    @rule(pick=st.integers(0, 300))
    def leave(self, pick: int) -> None:
        """And goes."""
        followed = self.topics.followed if hasattr(self, "topics") else []
        if pick < len(followed):
            self.topics.unfollow(followed[pick])
            if followed[pick] not in self.topics.followed:
                for gone in (self.states, self.sent_at, self.published):
                    gone.pop(followed[pick], None)
                self.positions = [
                    (seq, {topic: held for topic, held in states.items() if topic != followed[pick]})
                    for seq, states in self.positions
                ]

    @rule()
    def flush(self) -> None:
        """The process's clock strikes."""
        if hasattr(self, "topics"):
            self.topics.flush()

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "topics"):
            self.floor.later(10)
            self.topics.flush()
            self.check()
            for seq, held in self.positions[:: max(1, len(self.positions) // 12)]:
                self.come_back(seq, held)

    def come_back(self, seq: int, held: dict[str, tuple[int, Any]]) -> None:
        """Readers who left at that seq get exactly what they lack, or a snapshot when that is out of reach."""
        day, start = self.floor.day, self.history.start
        for topic, (stood, state) in held.items():
            opening = at_once(self.topics.open(topic, Position(EPOCH, stood)))
            assert opening.seq == self.topics.stands(topic) == day.seq
            if stood <= start and start:
                assert _reason(opening) == "trimmed"
            else:
                _chain(opening, stood)
            assert patched(state, opening.payloads) == fresh(day, topic), topic
        if seq > start or not start:
            opening = at_once(self.topics.open("calls", Position(EPOCH, seq)))
            assert calls_in(opening.payloads) == [call for call in self.calls if call > seq]
            assert opening.seq == day.seq
            _chain(opening, seq)


def _nulls(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_nulls, parts))


def _reason(opening: Opening) -> str:
    """The reason of an opening that is one snapshot."""
    (payload,) = opening.payloads
    snapshot = frames.parse(payload)
    assert isinstance(snapshot, frames.Snapshot) and snapshot.seq == opening.seq
    return snapshot.reason


def _chain(opening: Opening, after: int) -> None:
    """No frame tells its reader of a gap, or what it knows."""
    for payload in opening.payloads:
        frame = frames.parse(payload)
        assert isinstance(frame, frames.Patch | frames.Call)
        assert frame.prev <= after < frame.seq <= opening.seq
        after = frame.seq
    assert opening.last == (after if opening.payloads else None)


TestFollowed = Followed.TestCase
TestFollowed.settings = settings(
    max_examples=80, stateful_step_count=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


# By hand


_servers = count(1)


class Station:
    """An office whose topics are kept, with what they published."""

    def __init__(self, journal: MemoryJournal | HandHeld, times: Times | None = None) -> None:
        self.times = times or Times()
        self.published: list[tuple[str, Frame]] = []
        self.replacements = 0
        self.topics: HallTopics = Watched(self._publish, lambda: self.times.wall, shipped(), self._replaced)
        self.office = Office(journal, self.times, name=f"s{next(_servers)}.", listener=self.topics)

    def _publish(self, topic: str, frame: Frame) -> None:
        self.published.append((topic, frame))

    def _replaced(self) -> None:
        self.replacements += 1

    @property
    def day(self) -> Day:
        return self.office.day

    @property
    def epoch(self) -> str:
        return self.office.runner.days.head.epoch

    def frames(self, topic: str) -> list[Frame]:
        """What was published to the topic."""
        return [frame for name, frame in self.published if name == topic]

    async def at(self, topic: str, seq: int) -> Opening:
        """What a reader gets who stands there."""
        return await self.topics.open(topic, Position(self.epoch, seq))

    async def call(self, counter: int = 1) -> int:
        """Issue a ticket and call it, having done with the one before; the seq of the call."""
        await self.office.issue()
        if counter in self.day.current:
            await self.office.press(counter, commands.Start, commands.Finish)
        await self.office.press(counter, commands.CallNext)
        return self.day.seq


@pytest.fixture
def disk() -> MemoryDisk:
    """What `journal` keeps."""
    return MemoryDisk()


@pytest.fixture
async def journal(disk: MemoryDisk) -> AsyncIterator[MemoryJournal]:
    journal = MemoryJournal(disk)
    await journal.open()
    yield journal
    await journal.close()


@pytest.fixture
async def station(journal: MemoryJournal) -> Station:
    """A hall at work, with a clerk at counters 1 and 2."""
    station = Station(journal)
    await station.office.begin()
    await station.office.on(1, 2)
    return station


async def test_a_call_makes_one_frame_on_each_topic_that_it_touches(station: Station) -> None:
    """All of them with the seq of the command's last event and the time of that event."""
    seq = await station.call()
    last = {topic: frame for topic, frame in station.published if frame.seq == seq}
    assert last.keys() == {"board", "calls", "counter.1"}
    assert {frame.at for frame in last.values()} == {station.day.last_at}
    call = frames.parse(last["calls"].payload)
    assert isinstance(call, frames.Call) and call.call["number"] == "A001" and call.call["recall"] == 0


async def test_what_nobody_listened_to_is_not_worked_out_and_yet_brings_back_a_reader(journal: MemoryJournal) -> None:
    """A hall without screens publishes its calls alone. The first screen may have been one of another server."""
    station = Station(journal)
    station.topics = HallTopics(station._publish, lambda: station.times.wall, shipped())
    station.office = Office(journal, station.times, name="alone.", listener=station.topics)
    await station.office.begin()
    await station.office.on(1)
    stood, board_then = station.day.seq, board(station.day)
    await station.call()
    assert {topic for topic, _ in station.published} == set(station.topics.followed) == {"calls"}
    assert station.topics.state("board") == board(station.day) != board_then

    station.topics.follow("board")
    assert patched(board_then, (await station.at("board", stood)).payloads) == board(station.day)
    await station.call()
    assert patched(board_then, (await station.at("board", stood)).payloads) == board(station.day)
    assert station.frames("board")

    station.topics.unfollow("board")
    assert "board" in station.topics.followed, "its ring is kept for the reader who comes back"


async def test_a_reader_of_another_history_gets_a_snapshot(station: Station) -> None:
    """With the reason: new, another epoch, ahead of us, or further back than we keep."""
    await station.call()
    seq = station.day.seq
    assert _reason(await station.topics.open("board", None)) == "new"
    assert _reason(await station.topics.open("board", Position("elsewhere", 3))) == "epoch"
    assert _reason(await station.at("board", seq + 1)) == "ahead"
    assert (await station.at("board", seq)).payloads == []
    for day in ("2026-06-02", "2026-06-03"):
        station.times.set("09:00", TUESDAY.fromisoformat(day))
        await station.office.runner.turn_day()
    start = station.office.runner.days.start
    for topic in ("board", "calls"):
        assert _reason(await station.at(topic, start)) == "trimmed"
        assert (await station.at(topic, start + 1)).seq == station.day.seq


async def test_unexpired_calls_are_in_the_snapshot_also_after_a_restart(
    station: Station, journal: MemoryJournal
) -> None:
    """A screen that comes up within the minute shows them; later it shows none."""
    first = await station.call(1)
    station.times.later(40)
    second = await station.call(2)
    await station.office.press(2, commands.Recall)
    third = station.day.seq

    async def shown(where: Station) -> list[int]:
        (payload,) = (await where.topics.open("calls", None)).payloads
        snapshot = frames.parse(payload)
        assert isinstance(snapshot, frames.Snapshot) and snapshot.state.keys() == {"calls"}
        assert all(call["number"] for call in snapshot.state["calls"].values())
        return [int(seq) for seq in snapshot.state["calls"]]

    restarted = Station(journal, station.times)
    await restarted.office.load()
    for where in (station, restarted):
        assert await shown(where) == [first, second, third]
    station.times.later(20)
    for where in (station, restarted):
        assert await shown(where) == [second, third]
        assert where.topics.call(first) is None and where.topics.call(third + 1) is None
        assert (where.topics.call(third) or {})["counter"] == 2
    station.times.later(60)
    for where in (station, restarted, await loaded(Station(journal, station.times))):
        assert await shown(where) == []
    for where in (station, restarted):
        assert [(call.seq, call.counter) for call in where.topics.call_log] == [(first, 1), (second, 2), (third, 2)]


async def loaded(station: Station) -> Station:
    """The station, with its hall loaded."""
    await station.office.load()
    return station


async def test_a_restarted_server_gives_back_exactly_what_was_missed(station: Station, journal: MemoryJournal) -> None:
    """Nothing is in its ring; the journal has it. The final state is the same from every earlier position."""
    seen = []
    for _ in range(4):
        await station.call()
        seen.append((station.day.seq, station.topics.state("board"), station.topics.state("counter.1")))
    calls = [frame.seq for frame in station.frames("calls")]
    again = await loaded(Station(journal, station.times))
    for seq, board_then, counter_then in seen:
        assert calls_in((await again.at("calls", seq)).payloads) == [call for call in calls if call > seq]
        assert patched(board_then, (await again.at("board", seq)).payloads) == board(again.day)
        assert patched(counter_then, (await again.at("counter.1", seq)).payloads) == counter_screen(again.day, 1)
    await again.call()
    (frame,) = again.frames("calls")
    assert frame.prev >= calls[-1], "a reader who has all calls would see a gap"


async def test_a_call_made_while_the_journal_is_read_is_not_lost(disk: MemoryDisk, station: Station) -> None:
    """It is either in the replay or above the position that the replay leads to. So is a change of the board."""
    start = station.day.seq
    state = station.topics.state("board")
    for _ in range(8):
        await station.call()
    hand = HandHeld(disk)
    await hand.open()
    slow = await loaded(Station(hand, station.times))
    await slow.office.runner.turn_day()
    hand.reading.clear()
    calls = asyncio.create_task(slow.at("calls", start))
    boards = asyncio.create_task(slow.at("board", start))
    await turns()
    assert hand.held == 2
    calling = asyncio.create_task(slow.office.press(1, commands.Recall))
    await turns()
    await hand.flush()
    await calling
    hand.reading.set()
    opening = await calls
    newer = [frame.seq for frame in slow.frames("calls") if frame.seq > opening.seq]
    assert [*calls_in(opening.payloads), *newer] == [
        *(frame.seq for frame in station.frames("calls")), slow.day.seq
    ]  # fmt: skip
    opening = await boards
    frames_after = [frame.payload for frame in slow.frames("board") if frame.seq > opening.seq]
    assert patched(state, [*opening.payloads, *frames_after]) == board(slow.day)


async def test_what_is_read_is_bounded_by_what_was_told(journal: MemoryJournal, disk: MemoryDisk) -> None:
    """Another server's call is in the journal, and our readers will be told of it when we have it: not twice."""
    station = await loaded(Station(journal))
    await station.office.begin()
    await station.office.on(1)
    start = station.day.seq
    await station.call()
    stood = station.day.seq
    elsewhere = MemoryJournal(disk)
    await elsewhere.open()
    other = await loaded(Station(elsewhere, station.times))
    station.topics._topics["calls"].base = stood  # as after a restart: the ring has nothing
    station.topics._topics["calls"].ring.clear()
    await other.office.press(1, commands.Recall)
    opening = await station.at("calls", start)
    assert calls_in(opening.payloads) == [stood] and opening.seq == stood
    await station.office.runner.days.catch_up()
    assert station.frames("calls")[-1].seq == stood + 1
    await elsewhere.close()


async def test_the_journal_away_leaves_a_returning_reader_without_an_answer(
    station: Station, journal: MemoryJournal
) -> None:
    """He comes back later; one who is within the ring is served."""
    for _ in range(8):
        await station.call()
    journal.fail(OSError("gone"))
    with pytest.raises(Unavailable):
        await station.at("board", 3)
    assert len((await station.at("board", station.day.seq - 1)).payloads) == 1


async def test_a_tickets_holder_gets_one_frame_in_five_seconds(station: Station) -> None:
    """What happens meanwhile comes together, when it is due; no position passes what is held back."""
    office, times = station.office, station.times
    for _ in range(5):
        await office.issue()
    ticket = next(reversed(station.day.tickets))
    topic = f"ticket.{ticket}"
    assert station.topics.exists(topic)
    station.topics.follow(topic)
    start, state = station.day.seq, station.topics.state(topic)
    assert state["ahead"] == 4
    await office.press(1, commands.CallNext)
    (first,) = station.frames(topic)
    assert first.seq == station.day.seq == station.topics.stands(topic)
    times.later(2)
    await office.press(2, commands.CallNext)
    await office.press(2, commands.Start)
    station.topics.flush()
    assert station.frames(topic) == [first] and station.topics.stands(topic) == first.seq < station.day.seq
    assert (await station.topics.open(topic, None)).seq == first.seq
    assert (await station.at(topic, start)).payloads == [first.payload]
    times.later(3)
    station.topics.flush()
    first, second = station.frames(topic)
    assert (second.prev, second.seq) == (first.seq, station.day.seq) and station.topics.stands(topic) == second.seq
    assert patched(state, [first.payload, second.payload]) == ticket_topic(station.day, ticket)
    await office.press(2, commands.Finish)  # nothing that this holder sees
    assert station.topics.stands(topic) in (second.seq, station.day.seq)
    station.topics.flush()
    times.later(5)
    station.topics.flush()
    assert station.frames(topic) == [first, second] and station.topics.stands(topic) == station.day.seq


async def test_a_clock_set_back_holds_no_ticket_back_for_hours(station: Station) -> None:
    """The wall clock is behind the last frame's time: what is late is sent."""
    for _ in range(3):
        await station.office.issue()
    topic = f"ticket.{next(reversed(station.day.tickets))}"
    station.topics.follow(topic)
    await station.office.press(1, commands.CallNext)
    await station.office.press(2, commands.CallNext)
    assert len(station.frames(topic)) == 1
    station.times.wall -= timedelta(hours=1)
    station.topics.flush()
    assert len(station.frames(topic)) == 2


async def test_rating_an_earlier_leg_shows_at_the_counter_where_it_was(station: Station) -> None:
    """The ticket is elsewhere by now."""
    office = station.office
    await office.on(3)
    await office.issue()
    await office.press(1, commands.CallNext, commands.Start)
    await office.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    await office.press(3, commands.CallNext, commands.Start)
    station.topics.follow("desk.1")
    (ticket,) = station.day.tickets
    await office.do(commands.RateLeg(ticket=ticket, leg=1, level="satisfied", source="phone"))
    for topic in ("counter.1", "desk.1"):
        assert station.topics.state(topic) == fresh(station.day, topic)
        assert station.topics.state(topic)["last"]["rated"] is True
        assert station.frames(topic)[-1].seq == station.day.seq


async def test_time_alone_changes_the_line_at_a_desk_that_helps(station: Station) -> None:
    """The queue that it helps passes its target; whatever happens next in the hall, the desk shows it."""
    office = station.office
    await office.on(3, 4)
    await office.issue()
    await office.issue("express")
    station.topics.follow("desk.3")
    assert [entry["why"] for entry in station.topics.state("desk.3")["line"].values()] == ["arrival", "helping"]
    station.times.later(minutes=21)
    await office.press(4, commands.PauseCounter)
    assert station.topics.state("desk.3") == desk(station.day, 3)
    line = {entry["place"]: entry["why"] for entry in station.topics.state("desk.3")["line"].values()}
    assert line == {1: "over_target", 2: "arrival"}


async def test_desks_loads_and_tickets_are_followed_only_while_somebody_listens(station: Station) -> None:
    """The board and the counters from their first reader on, the calls always."""
    always = ["calls", "board", *(f"counter.{n}" for n in range(1, 8))]
    assert station.topics.followed == always
    await station.call()
    assert {topic for topic, _ in station.published} == {"board", "calls", "counter.1", "counter.2"}
    for topic in ("desk.1", "load", "board"):
        station.topics.follow(topic)
        before = station.day.seq
        assert (await station.at(topic, before)).payloads == []
    await station.call()
    for topic in ("desk.1", "load"):
        assert station.frames(topic)[0].prev == before and station.topics.state(topic) == fresh(station.day, topic)
        station.topics.unfollow(topic)
    station.topics.unfollow("board")
    assert station.topics.followed == always
    told = len(station.published)
    await station.office.press(1, commands.Start)
    assert {topic for topic, _ in station.published[told:]} == {"board", "counter.1"}


async def test_a_topic_nobody_follows_has_a_state_all_the_same(station: Station) -> None:
    """For whoever asks over HTTP."""
    assert station.topics.state("load") == load(station.day)
    assert station.topics.stands("load") == station.day.seq


async def test_topics_exist_for_what_the_hall_has(station: Station) -> None:
    """And for nothing else, however it is spelt."""
    await station.office.issue()
    (ticket,) = station.day.tickets
    for topic in ("board", "calls", "load", "guide", "counter.1", "desk.7", f"ticket.{ticket}"):
        assert station.topics.exists(topic), topic
    for topic in ("", "boards", "counter", "counter.", "counter.9", "counter.01", "counter.+1", "desk.１", "ticket.x"):
        assert not station.topics.exists(topic), topic
    with pytest.raises(ValueError, match="no such topic"):
        station.topics.follow("nonsense")


async def test_a_hall_without_a_day_has_a_board_without_anything(journal: MemoryJournal) -> None:
    """Its readers get everything as the first day's patch."""
    station = await loaded(Station(journal))
    opening = await station.topics.open("board", None)
    assert opening.seq == 0 and patched(None, opening.payloads) == {} and not station.topics.exists("counter.1")
    assert station.topics.followed == ["calls", "board"]
    await station.office.configure(township())
    await station.office.runner.turn_day()
    assert patched({}, [frame.payload for frame in station.frames("board")]) == board(station.day)
    assert station.topics.exists("counter.1") and "counter.1" in station.topics.followed


async def test_a_new_counter_is_followed_and_one_taken_away_is_empty(station: Station) -> None:
    """As soon as the set-up is in force."""

    def changed(hall: Hall) -> Hall:
        kept = {n: counter for n, counter in hall.counters.items() if n != 7}
        return replace(hall, counters=kept | {9: replace(hall.counters[7], number=9)})

    await station.office.configure(changed(township()))
    await station.office.runner.settle()
    assert "counter.9" in station.topics.followed and station.topics.state("counter.9")["number"] == 9
    assert station.topics.state("counter.7") == {} and not station.topics.exists("counter.7")
    (frame,) = station.frames("counter.7")
    assert frame.patch is not None and set(frame.patch.values()) == {None}


async def test_calls_of_a_lost_history_are_shown_no_more(station: Station, journal: MemoryJournal) -> None:
    """Though their places were taken by others' events; what was kept of the calls is still to be heard."""
    days = station.office.runner.days
    other = await loaded(Station(journal, station.times))
    kept = await station.call(1)
    await other.office.runner.days.catch_up()
    batches = journal._disk.history(days.stream).batches
    before = len(batches)
    lost = await station.call(2)
    del batches[before:]
    for _ in range(lost - kept + 1):
        await other.office.issue()
    await days.catch_up()
    assert station.day.seq > lost and station.replacements == 1
    assert list(station.topics.state("calls")["calls"]) == [str(kept)]
    assert [call.seq for call in station.topics.call_log] == [kept]
    again = await station.call(2)
    assert [call.seq for call in station.topics.call_log] == [kept, again]


async def test_calls_of_a_history_that_could_not_be_read_to_its_end_are_not_kept(
    station: Station, journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again from its beginning, and may be another one by then."""
    days = station.office.runner.days
    kept = await station.call(1)
    batches = journal._disk.history(days.stream).batches
    before = len(batches)
    await station.call(2)
    await station.office.issue()
    del batches[-1]
    head = journal.head

    async def away_in_the_middle(stream: Stream) -> Head:
        if station.topics._began is not None:
            raise Unavailable(OSError("gone"))
        return await head(stream)

    with monkeypatch.context() as away, pytest.raises(Unavailable):
        away.setattr(journal, "head", away_in_the_middle)
        await days.catch_up()
    del batches[before:]
    await days.catch_up()
    assert list(station.topics.state("calls")["calls"]) == [str(kept)]
    assert [call.seq for call in station.topics.call_log] == [kept]


async def test_a_replaced_history_sends_every_reader_back(station: Station, disk: MemoryDisk) -> None:
    """No frame leads from what was to what is; the topics begin anew with what is."""
    await station.call()
    station.topics.follow("desk.1")
    told = len(station.published)
    stream = station.office.runner.days.stream
    del disk.history(stream).batches[-1:]
    disk.history(stream).epoch = "restored"
    assert await station.office.refused(commands.Start(by=clerk(1), counter=1)) == "no_ticket"
    assert station.replacements == 1 and len(station.published) == told
    for topic in ("board", "desk.1", "counter.1"):
        opening = await station.topics.open(topic, None)
        assert patched(None, opening.payloads) == fresh(station.day, topic) and opening.seq == station.day.seq
    assert station.topics.state("calls") == {"calls": {}}
    await station.office.press(1, commands.CallNext)
    assert station.frames("calls")[-1].seq == station.day.seq
