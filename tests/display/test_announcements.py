"""One queue, in order; nothing that has expired or was answered; no repeat at the cost of a call."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.announcements import Announcement, Announcements, BadCall, Board, Gone, Reading, Scope, Why
from queue_server.wire.resume import Position
from tests.display.fakes import NOON, announcement
from tests.wire.vectors import load

VECTORS = load("announcements")

CALL: dict[str, Any] = {
    "number": "A003",
    "queue": "comprehensive",
    "counter": 3,
    "counter_name": "3号窗口",
    "recall": 1,
    "called_at": "2026-11-02T04:00:00.000Z",
    "expires_at": "2026-11-02T04:01:00.000Z",
    "speech": {"zh": "请A零零三号，到三号窗口办理", "en": "Ticket A 0 0 3, please go to counter 3."},
}


def board(seq: int, *, epoch: str = "e1", **counters: dict[str, Any]) -> Board:
    """A board whose counters, `c1` and so on, have these tickets."""
    state = {"counters": {name[1:]: {"ticket": ticket} if ticket else {} for name, ticket in counters.items()}}
    return Board(Position(epoch, seq), state)


def readings(queue: Announcements, *, reading_s: float = 8.0) -> list[tuple[int, int]]:
    """All that is read, as (seq, nth), when each reading takes so long."""
    made: list[tuple[int, int]] = []
    while True:
        queue.drop_stale(NOON + timedelta(seconds=reading_s * len(made)), None, reading_s)
        if (head := queue.head) is None:
            return made
        queue.read(head)
        made.append((head.announcement.position.seq, head.nth))


def test_a_call_is_taken_as_the_wire_brings_it() -> None:
    """The fields that the voice needs, typed."""
    taken = Announcement.of(Position("e1", 7), CALL)
    assert (taken.number, taken.counter, taken.recall) == ("A003", 3, 1)
    assert taken.expires_at == NOON + timedelta(seconds=60)
    assert taken.speech == CALL["speech"]


@pytest.mark.parametrize("damage", [*VECTORS["unreadable"], {"speech": "hello"}, {"speech": {"zh": 3}}])
def test_a_damaged_call_is_refused_with_its_reason(damage: dict[str, Any]) -> None:
    """It can then be reported, and the next one read."""
    with pytest.raises(BadCall, match=next(iter(damage))):
        Announcement.of(Position("e1", 7), CALL | damage)


def test_every_call_is_read_in_order_with_its_repeats() -> None:
    """A recall is a call of its own."""
    queue = Announcements(repeat=2)
    for each in (announcement(1), announcement(2), announcement(3, recall=1)):
        queue.add(each)
    assert readings(queue, reading_s=1) == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert queue.settled == Position("e1", 3)


def test_an_expired_call_is_dropped_and_one_that_expires_meanwhile_is_not_repeated() -> None:
    """It is judged by the time at which its reading would begin."""
    queue = Announcements(repeat=2)
    queue.add(announcement(1, life_s=0))
    queue.add(announcement(2, life_s=5))
    assert queue.drop_stale(NOON, None, 8) == [Gone(announcement(1, life_s=0), 0, Why.EXPIRED)]
    assert queue.head == Reading(announcement(2, life_s=5), 1)
    queue.read(Reading(announcement(2, life_s=5), 1))
    assert queue.drop_stale(NOON + timedelta(seconds=5), None, 8) == [Gone(announcement(2, life_s=5), 1, Why.EXPIRED)]
    assert queue.head is None


@pytest.mark.parametrize(
    ("shown", "is_dropped"),
    [
        (None, False),  # no live board: a call read in vain is better than one not read
        (board(5, c1={"number": "A001", "state": "called"}), False),
        (board(4, c1={"number": "A000", "state": "serving"}), False),  # older than the call
        (board(9, epoch="e0", c1={"number": "A000", "state": "serving"}), False),  # of another history
        (board(6, c1={"number": "A001", "state": "serving"}), True),
        (board(6, c1={"number": "A002", "state": "called"}), True),
        (board(6, c1={}), True),
        (board(6), False),  # it does not know the counter: it cannot tell
        (Board(Position("e1", 6), {"counters": []}), False),
    ],
)
def test_a_call_whose_ticket_is_no_longer_called_is_dropped(shown: Board | None, is_dropped: bool) -> None:
    """The board tells, when it is live and as new as the call."""
    queue = Announcements()
    queue.add(announcement(5))
    gone = queue.drop_stale(NOON, shown, 8)
    assert [each.why for each in gone] == ([Why.ANSWERED] if is_dropped else [])
    assert (queue.head is None) is is_dropped


def test_a_ticket_started_between_two_readings_is_not_called_again() -> None:
    """The citizen is sitting there already."""
    queue = Announcements(repeat=2)
    queue.add(announcement(1))
    queue.read(Reading(announcement(1), 1))
    gone = queue.drop_stale(NOON, board(2, c1={"number": "A001", "state": "serving"}), 8)
    assert gone == [Gone(announcement(1), 1, Why.ANSWERED)]


def test_seven_counters_that_call_at_once_are_all_heard() -> None:
    """Repeats give way when they would let a waiting call expire: 14 readings of 8 s do not fit into a minute."""
    queue = Announcements(repeat=2)
    for seq in range(1, 8):
        queue.add(announcement(seq, f"A00{seq}", seq))
    made = readings(queue)
    assert [seq for seq, nth in made if nth == 1] == [1, 2, 3, 4, 5, 6, 7]
    assert len(made) < 14


@pytest.mark.parametrize("case", VECTORS["scopes"], ids=lambda case: case["name"])
def test_whose_calls_are_read(case: dict[str, Any]) -> None:
    """The vectors: by the call's queue and its counter's area; empty means all."""
    state = {"counters": {"1": {"area": "一楼东厅"}, "2": {}}}
    scope = Scope(queues=frozenset(case["queues"]), areas=frozenset(case["areas"]))
    assert scope.has(announcement(1, counter=case.get("counter", 1)), state) is case["has"]


@pytest.mark.parametrize("life", VECTORS["lives"], ids=lambda life: life["name"])
def test_the_vectors(life: dict[str, Any]) -> None:
    """The same lives of a queue that the screen's own lives through."""
    queue = Announcements(life["repeat"])
    for step in life["steps"]:
        match step["on"]:
            case "add":
                number, counter = step.get("number", "A001"), step.get("counter", 1)
                queue.add(announcement(step["seq"], number, counter, life_s=step.get("life_s", 60)))
            case "drop":
                gone = _dropped(queue, step)
                assert [[each.announcement.position.seq, each.readings, each.why] for each in gone] == step["gives"]
            case "keep":
                queue.keep(lambda each, counters=step["counters"]: each.counter in counters)  # type: ignore[misc]
            case "read":
                assert queue.head is not None
                queue.read(queue.head)
            case "repeat":
                queue.repeat = step["repeat"]
        if (then := step.get("then")) is not None:
            head = None if queue.head is None else [queue.head.announcement.position.seq, queue.head.nth]
            settled = None if queue.settled is None else list(queue.settled)
            assert {"head": head, "settled": settled} == then, step


def _dropped(queue: Announcements, step: dict[str, Any]) -> list[Gone]:
    shown = None
    if (there := step.get("board")) is not None:
        shown = Board(Position(there["epoch"], there["seq"]), {"counters": there["counters"]})
    now = NOON + timedelta(seconds=step["now"])
    return queue.drop_stale(now, shown, step.get("reading_s", 8), is_silent=step.get("silent", False))


def test_what_was_not_next_cannot_be_reported_as_read() -> None:
    """A mistake of the owner shows itself."""
    queue = Announcements()
    queue.add(announcement(1))
    with pytest.raises(ValueError, match="not next"):
        queue.read(Reading(announcement(1), 2))
    with pytest.raises(ValueError, match="once at least"):
        Announcements(repeat=0)


@given(
    lives=st.lists(st.integers(0, 120), max_size=12),
    repeat=st.integers(1, 3),
    reading_s=st.integers(1, 20),
)
def test_any_queue_is_read_in_order_and_never_late(lives: list[int], repeat: int, reading_s: int) -> None:
    """First readings come in order; repeats follow their own call; nothing begins after its expiry; all is settled."""
    queue = Announcements(repeat)
    for seq, life_s in enumerate(lives, 1):
        queue.add(announcement(seq, life_s=life_s))
    made = readings(queue, reading_s=reading_s)
    assert made == sorted(made)
    assert all(place * reading_s < lives[seq - 1] for place, (seq, _) in enumerate(made))
    for seq in {seq for seq, _ in made}:
        assert [nth for each, nth in made if each == seq] == list(range(1, sum(each == seq for each, _ in made) + 1))
    assert len(queue) == 0
    assert queue.settled == (Position("e1", len(lives)) if lives else None)


@given(lives=st.lists(st.integers(1, 120), max_size=10), reading_s=st.integers(1, 20))
def test_repeats_cost_no_call_its_first_reading(lives: list[int], reading_s: int) -> None:
    """With calls that expire in order, as they do, as many are heard as without repeats."""
    lives.sort()
    heard = []
    for repeat in (1, 3):
        queue = Announcements(repeat)
        for seq, life_s in enumerate(lives, 1):
            queue.add(announcement(seq, life_s=life_s))
        heard.append({seq for seq, _ in readings(queue, reading_s=reading_s)})
    assert heard[0] == heard[1]
