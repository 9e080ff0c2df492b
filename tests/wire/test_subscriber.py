"""The reader: the shared vectors, and whatever they cannot say."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from queue_server.wire import frames
from queue_server.wire.resume import Position
from queue_server.wire.subscriber import SEEN_CAP, CallSeen, Change, Reconnect, Resubscribe, Status, Stop, Subscriber
from tests.wire.test_frames import AT
from tests.wire.vectors import load


def as_json(change: Change) -> dict[str, Any]:
    return {"kind": change.kind, **asdict(change)}


def observed(reader: Subscriber, name: str, now: float) -> Any:
    match name:
        case "query":
            return reader.url_query()
        case "age":
            return reader.age(now)
        case "position":
            return None if reader.position is None else list(reader.position)
        case _:
            return getattr(reader, name)


@pytest.mark.parametrize("life", load("subscriber"), ids=lambda life: life["name"])
def test_the_vectors(life: dict[str, Any]) -> None:
    """Every life, step by step."""
    start = life.get("position")
    reader = Subscriber(life["topic"], None if start is None else Position(*start))
    brought: list[Change] = []
    for number, step in enumerate(life["steps"]):
        now = step["now"]
        match step["on"]:
            case "opening":
                reader.opening(now)
            case "receive":
                brought = reader.receive(step.get("text") or json.dumps(step["frame"]), now)
                assert [as_json(change) for change in brought] == step["gives"], f"step {number}"
            case "failed":
                assert as_json(reader.failed(brought[step["change"] :], now)) == step["gives"], f"step {number}"
            case "closed":
                answer = reader.closed(step["code"], now, step["chance"])
                expected = step["gives"]
                if "stop" in expected:
                    assert answer == Stop(step["code"], expected["stop"]), f"step {number}"
                else:
                    assert answer == Reconnect(expected["reconnect"]), f"step {number}"
            case "look":
                pass
            case unknown:
                raise AssertionError(f"no such step: {unknown}")
        for name, expected in step.get("then", {}).items():
            assert observed(reader, name, now) == expected, f"step {number}: {name}"


@pytest.mark.parametrize("case", load("frames")["unreadable"], ids=lambda case: case["name"])
def test_rubbish_is_answered_with_a_fresh_snapshot(case: dict[str, str]) -> None:
    """Whatever cannot be read: not live any more, and no position to resume from."""
    reader = reading("board")
    assert reader.receive(case["text"], 1) == [Resubscribe("apply")]
    assert (reader.status, reader.position) == (Status.LOST, None)


@pytest.mark.parametrize("case", load("frames")["unknown"], ids=lambda case: case["name"])
def test_a_type_of_a_later_version_changes_nothing(case: dict[str, str]) -> None:
    """Forward compatibility: nothing to do, still live, and a sign of life."""
    reader = reading("board")
    assert reader.receive(case["text"], 1) == []
    assert (reader.status, reader.position, reader.silent_at) == (Status.LIVE, Position("e1", 5), 13.5)


def test_a_patch_nested_too_deep_is_answered_with_a_fresh_snapshot() -> None:
    """Neither the parser nor the applying of it may take the reader down."""
    reader = reading("board")
    nested = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    assert reader.receive(frames.patch("board", 5, 6, AT, nested), 1) == [Resubscribe("apply")]


def test_the_calls_remembered_are_bounded() -> None:
    """A wall that runs for years does not grow, and forgets the oldest calls first."""
    reader = reading("calls", b'{"calls":{}}')
    for seq in range(6, 6 + SEEN_CAP + 1):
        assert reader.receive(frames.call("calls", seq - 1, seq, AT, b"{}"), 0) == [CallSeen(seq, {})]
    for oldest, again in ((7, []), (6, [CallSeen(6, {})])):
        state = b'{"calls":{"%d":{}}}' % oldest
        assert reader.receive(frames.snapshot("calls", "e1", 2000, AT, "trimmed", state), 0) == again


def test_only_calls_can_begin_from_a_position() -> None:
    """A state topic's position is worth nothing without its state."""
    with pytest.raises(ValueError, match="position"):
        Subscriber("board", Position("e1", 5))


def reading(topic: str, state: bytes = b"{}") -> Subscriber:
    """A live reader that stands at seq 5."""
    reader = Subscriber(topic)
    reader.opening(0)
    reader.receive(frames.snapshot(topic, "e1", 5, AT, "new", state), 0)
    return reader
