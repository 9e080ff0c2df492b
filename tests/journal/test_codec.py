"""Events become bytes, and bytes of any age become events again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from queue_server.journal.codec import Codec, MalformedEvents, UnknownEvent
from tests.journal.golden import check_golden_record


class Issued(msgspec.Struct, frozen=True, tag="issued.3", tag_field="type"):
    at: datetime
    number: str
    queue: str
    priority: str | None = None


class Called(msgspec.Struct, frozen=True, tag="called", tag_field="type"):
    at: datetime
    counter: int


Event = Issued | Called

AT = datetime(2026, 11, 23, 1, 2, 3, 456_000, tzinfo=UTC)
EVENTS: list[Event] = [Issued(AT, "A001", "综合"), Called(AT, 3), Issued(AT, "A002", "q", "elderly")]


def _from_first(event: dict[str, Any]) -> dict[str, Any]:
    """The first form had one text for number and queue."""
    number, queue = event.pop("what").split("/")
    return {**event, "type": "issued.2", "number": number, "line": queue}


def _from_second(event: dict[str, Any]) -> dict[str, Any]:
    """The second form called the queue a line."""
    event["queue"] = event.pop("line")
    return {**event, "type": "issued.3"}


UPCASTERS = {"issued": _from_first, "issued.2": _from_second}


@pytest.fixture
def codec() -> Codec[Event]:
    return Codec(Event, UPCASTERS)


def test_events_come_back_as_they_were(codec: Codec[Event]) -> None:
    assert codec.decode(codec.encode(EVENTS)) == EVENTS
    assert codec.decode(codec.encode([])) == []


def test_bytes_are_readable_json(codec: Codec[Event]) -> None:
    assert codec.encode([EVENTS[0]]) == (
        '[{"type":"issued.3","at":"2026-11-23T01:02:03.456000Z","number":"A001","queue":"综合","priority":null}]'.encode()
    )


def test_old_forms_are_brought_up_to_date_step_by_step(codec: Codec[Event]) -> None:
    """Each at its place among the living ones."""
    data = (
        '[{"type":"issued","at":"2026-11-23T01:02:03.456Z","what":"A001/综合"},'
        '{"type":"called","at":"2026-11-23T01:02:03.456Z","counter":3},'
        '{"type":"issued.2","at":"2026-11-23T01:02:03.456Z","number":"A002","line":"q","priority":"elderly"}]'
    )
    assert codec.decode(data.encode()) == EVENTS


def test_an_unknown_event_is_named(codec: Codec[Event]) -> None:
    """As when a newer version has written to the folder: no guess, no silent loss."""
    with pytest.raises(UnknownEvent, match=r"unknown event 'issued\.4'") as caught:
        codec.decode(b'[{"type":"called","at":"2026-11-23T01:02:03Z","counter":3},{"type":"issued.4"}]')
    assert caught.value.tag == "issued.4"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"{}",
        b"[1]",
        b"[[]]",
        b'[{"type":"called","at":"2026-11-23T01:02:03Z"}]',
        b'[{"type":"called","at":"2026-11-23T01:02:03Z","counter":"three"}]',
        b'[{"type":"issued.2","at":"2026-11-23T01:02:03Z","number":7,"line":"q"}]',
        b'[{"type":"issued","at":"2026-11-23T01:02:03Z"}]',
        b'[{"type":"issued.3","at":"2026-11-23T01:02:03Z","number":"\xff","queue":"q"}]',
    ],
)
def test_bytes_that_no_version_wrote_are_malformed(codec: Codec[Event], data: bytes) -> None:
    with pytest.raises(MalformedEvents, match="malformed events"):
        codec.decode(data)


@pytest.mark.parametrize("data", [b"[{}]", b'[{"type":7}]', b'[{"type":null}]'])
def test_an_event_without_a_tag_is_unknown(codec: Codec[Event], data: bytes) -> None:
    with pytest.raises(UnknownEvent):
        codec.decode(data)


def test_an_upcaster_for_a_living_tag_would_never_run() -> None:
    with pytest.raises(ValueError, match="called"):
        Codec[Event](Event, {"called": _from_first})


def test_an_upcaster_that_leads_back_to_itself_is_found() -> None:
    codec = Codec[Event](Event, {"old": lambda event: event})
    with pytest.raises(ValueError, match="'old' leads back"):
        codec.decode(b'[{"type":"old"}]')


def test_a_union_needs_text_tags_in_one_field() -> None:
    class Numbered(msgspec.Struct, tag=1, tag_field="type"):
        pass

    class Elsewhere(msgspec.Struct, tag="elsewhere", tag_field="kind"):
        pass

    class Untagged(msgspec.Struct):
        pass

    for union in (Numbered, Untagged, Called | Elsewhere):
        with pytest.raises(ValueError, match="text tags in one tag field"):
            Codec[Any](union)


def test_a_union_may_be_one_type() -> None:
    codec = Codec[Called](Called)
    assert codec.tags == {"called"}
    assert codec.decode(codec.encode([Called(AT, 3)])) == [Called(AT, 3)]


GOLDEN = """\
{"type":"called","at":"2026-11-23T01:02:03.456000Z","counter":3}
{"type":"issued","at":"2026-11-23T01:02:03.456000Z","what":"A001/综合"}
{"type":"issued.2","at":"2026-11-23T01:02:03.456000Z","number":"A002","line":"q","priority":"elderly"}
{"type":"issued.3","at":"2026-11-23T01:02:03.456000Z","number":"A002","queue":"q","priority":"elderly"}
"""


def test_a_golden_record_holds_every_form_that_ever_was(codec: Codec[Event], tmp_path: Path) -> None:
    record = tmp_path / "golden.jsonl"
    record.write_text(GOLDEN, encoding="utf-8")
    check_golden_record(codec, UPCASTERS, record)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("called", "shouted"), "shouted"),
        (("456000Z", "456Z"), "is written differently"),
        (('"counter":3', '"counter":"3"'), "Expected `int`"),
        (('"what"', '"that"'), "what"),
    ],
)
def test_a_golden_record_that_disagrees_is_found(
    codec: Codec[Event], tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    record = tmp_path / "golden.jsonl"
    record.write_text(GOLDEN.replace(*change), encoding="utf-8")
    with pytest.raises((AssertionError, UnknownEvent, MalformedEvents), match=complaint):
        check_golden_record(codec, UPCASTERS, record)


def test_a_form_without_a_golden_record_is_found(codec: Codec[Event], tmp_path: Path) -> None:
    record = tmp_path / "golden.jsonl"
    record.write_text(GOLDEN.splitlines(keepends=True)[0], encoding="utf-8")
    with pytest.raises(AssertionError, match="issued"):
        check_golden_record(codec, UPCASTERS, record)
