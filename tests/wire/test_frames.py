"""Frames: built to the byte as the contract writes them, and read with trust in nothing."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.wire import frames
from queue_server.wire.frames import Ack, BadFrame, Call, Heartbeat, Hint, Patch, Snapshot
from tests.wire.vectors import load

AT = datetime(2026, 3, 2, 1, 0, 0, 250_000, tzinfo=UTC)
AT_TEXT = "2026-03-02T01:00:00.250Z"

BUILT = [
    (
        frames.snapshot("board", "e1", 120, AT, "new", '{"title":"大厅"}'.encode()),
        '{"type":"snapshot","topic":"board","epoch":"e1","seq":120,"at":"2026-03-02T01:00:00.250Z",'
        '"reason":"new","state":{"title":"大厅"}}',
        Snapshot(topic="board", epoch="e1", seq=120, at=AT_TEXT, reason="new", state={"title": "大厅"}),
    ),
    (
        frames.patch("board", 118, 121, AT, b'{"a":null}'),
        '{"type":"patch","topic":"board","prev":118,"seq":121,"at":"2026-03-02T01:00:00.250Z","patch":{"a":null}}',
        Patch(topic="board", prev=118, seq=121, at=AT_TEXT, patch={"a": None}),
    ),
    (
        frames.call("calls", 97, 121, AT, b'{"number":"A001"}'),
        '{"type":"call","topic":"calls","prev":97,"seq":121,"at":"2026-03-02T01:00:00.250Z","call":{"number":"A001"}}',
        Call(topic="calls", prev=97, seq=121, at=AT_TEXT, call={"number": "A001"}),
    ),
    (
        frames.hint("board", AT, b'{"a":1}'),
        '{"type":"hint","topic":"board","at":"2026-03-02T01:00:00.250Z","hint":{"a":1}}',
        Hint(topic="board", at=AT_TEXT, hint={"a": 1}),
    ),
    (
        frames.heartbeat("board", 130, AT),
        '{"type":"heartbeat","topic":"board","head":130,"at":"2026-03-02T01:00:00.250Z"}',
        Heartbeat(topic="board", head=130, at=AT_TEXT),
    ),
    (
        frames.heartbeat("board", 130, AT, prev=121),
        '{"type":"heartbeat","topic":"board","prev":121,"head":130,"at":"2026-03-02T01:00:00.250Z"}',
        Heartbeat(topic="board", head=130, at=AT_TEXT, prev=121),
    ),
]


@pytest.mark.parametrize(("built", "text", "frame"), BUILT, ids=[type(frame).__name__ for _, _, frame in BUILT])
def test_a_frame_is_built_to_the_byte_and_read_back(built: bytes, text: str, frame: frames.Frame) -> None:
    """The contract's own form, compact UTF-8, and the same value after reading, from text or bytes."""
    assert built == text.encode()
    assert frames.parse(built) == frame
    assert frames.parse(text) == frame


def test_the_client_acknowledges() -> None:
    """An acknowledgement is built to the byte and read back."""
    assert frames.ack(121) == b'{"type":"ack","seq":121}'
    assert frames.parse_ack(frames.ack(121)) == Ack(seq=121)


HEALTH = frames.Health(voice="pyttsx3 · cmn“", failures=2, spoken_at=AT)


def test_whoever_speaks_says_how_it_fares() -> None:
    """In the same frame; what it has not to say is left out."""
    built = frames.ack(121, HEALTH)
    text = '{"type":"ack","seq":121,"voice":"pyttsx3 · cmn“","failures":2,"spoken_at":"2026-03-02T01:00:00.250Z"}'
    assert built == text.encode()
    assert frames.parse_ack(built) == Ack(seq=121, health=HEALTH)
    mute = frames.Health(voice="")
    assert frames.ack(121, mute) == b'{"type":"ack","seq":121,"voice":"","failures":0}'
    assert frames.parse_ack(frames.ack(121, mute)) == Ack(seq=121, health=mute)
    part = frames.Health(voice="espeak", part=True)
    assert frames.ack(121, part) == b'{"type":"ack","seq":121,"voice":"espeak","failures":0,"part":true}'
    assert frames.parse_ack(frames.ack(121, part)) == Ack(seq=121, health=part)
    long = frames.parse_ack(frames.ack(1, frames.Health(voice="声" * 500)))
    assert long and long.health and long.health.voice == "声" * 120


@pytest.mark.parametrize(
    "member",
    [
        {"voice": None},
        {"voice": 1},
        {"voice": "x" * 121},
        {"voice": "x\n"},
        {"failures": -1},
        {"failures": True},
        {"failures": 1.5},
        {"failures": 10**7},
        {"part": 1},
        {"spoken_at": 5},
        {"spoken_at": "yesterday"},
        {"spoken_at": "2026-03-02T01:00:00"},
        {"spoken_at": "0001-01-01T00:00:00+23:59"},
    ],
    ids=str,
)
def test_health_of_a_wrong_shape_is_left_aside(member: dict[str, object]) -> None:
    """The acknowledgement counts all the same."""
    whole = {"type": "ack", "seq": 121, "voice": "pyttsx3", "failures": 2, "spoken_at": AT_TEXT}
    assert frames.parse_ack(json.dumps(whole | member)) == Ack(seq=121)


@pytest.mark.parametrize("case", load("frames")["unreadable"], ids=lambda case: case["name"])
def test_rubbish_is_a_bad_frame(case: dict[str, str]) -> None:
    """What is no frame raises BadFrame, whatever it is."""
    with pytest.raises(BadFrame):
        frames.parse(case["text"])


@pytest.mark.parametrize("case", load("frames")["unknown"], ids=lambda case: case["name"])
def test_a_type_of_a_later_version_is_no_frame_and_no_error(case: dict[str, str]) -> None:
    """Forward compatibility: a type that we do not know is None."""
    assert frames.parse(case["text"]) is None
    assert frames.parse_ack(case["text"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "[]",
        "{}",
        '{"type":"ack"}',
        '{"type":"ack","seq":"121"}',
        '{"type":"ack","seq":true}',
        '{"type":"ack","seq":-1}',
        '{"type":"ack","seq":1e999}',
        '{"type":"ack","seq":Infinity}',
        '{"type":"ack","seq":' + "9" * 5000 + "}",
        '{"type":"ack","seq":1,"more":' + "[" * 100_000 + "]" * 100_000 + "}",
        b"\xff\xfe\x00",
        "\ufeff{}",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_rubbish_from_a_client_is_a_bad_frame(text: str | bytes) -> None:
    """Whatever a socket sends, the server gets an acknowledgement, None or BadFrame."""
    with pytest.raises(BadFrame):
        frames.parse_ack(text)


@given(st.one_of(st.text(), st.binary()))
def test_no_text_breaks_the_reader(text: str | bytes) -> None:
    """Any text or bytes at all: a value, None or BadFrame, and nothing else."""
    for read in (frames.parse, frames.parse_ack):
        try:
            read(text)
        except BadFrame as exc:
            assert exc.reason


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_topic_and_a_reason_are_quoted(word: str) -> None:
    """No topic and no reason can break out of its frame."""
    frame = frames.parse(frames.snapshot(word, "e1", 1, AT, word, b"{}"))
    assert isinstance(frame, Snapshot)
    assert (frame.topic, frame.reason) == (word, word)


def test_times_are_utc_whole_milliseconds() -> None:
    """A time of any zone is written in UTC; a naive one is refused."""
    noon = datetime(2026, 3, 2, 9, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=8)))
    assert frames.rfc3339(noon) == b"2026-03-02T01:00:00.123Z"
    assert frames.rfc3339(datetime(2026, 3, 2, tzinfo=UTC)) == b"2026-03-02T00:00:00.000Z"
    with pytest.raises(ValueError, match="aware"):
        frames.rfc3339(datetime(2026, 3, 2))


def test_members_of_a_later_version_are_left_aside() -> None:
    """A frame with more members than we know is read as if it had not."""
    text = json.dumps({"type": "heartbeat", "topic": "board", "head": 1, "at": AT_TEXT, "later": {"a": 1}})
    assert frames.parse(text) == Heartbeat(topic="board", head=1, at=AT_TEXT)
