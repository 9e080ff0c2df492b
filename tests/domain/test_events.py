"""Events as they are written: names, fields and defaults are permanent.

golden/*.jsonl has two lines for each event: with every field, and with none that may be left out; and the lines of the
time before a field was added. golden/defaults.json has what is meant by a field that is not written. Lines are added
when a form or a field is, and never changed or removed.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from queue_server.domain import book_events, events
from queue_server.domain.apply import _APPLY
from queue_server.domain.value import Value
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.journal.codec import Codec
from tests.domain.records import BOOK_RECORDS, DAY_RECORDS
from tests.journal.golden import check_golden_record

GOLDEN = Path(__file__).parent / "golden"
STREAMS: dict[str, tuple[Codec[Any], tuple[Any, ...]]] = {
    "day": (DAY_CODEC, DAY_RECORDS),
    "book": (BOOK_CODEC, BOOK_RECORDS),
}


def _bare(event: events.Event) -> events.Event:
    """The event with nothing in it that may be left out."""
    fields = msgspec.structs.fields(event)
    return type(event)(**{field.name: getattr(event, field.name) for field in fields if field.required})


@pytest.mark.parametrize("stream", STREAMS)
def test_what_was_written_is_read_and_would_be_written_again(stream: str) -> None:
    """Each golden line is read as the event that it stands for, and that event is written as that line to the byte."""
    codec, records = STREAMS[stream]
    expected = [event for record in records for event in (record, _bare(record))]
    lines = (GOLDEN / f"{stream}.jsonl").read_bytes().splitlines()
    written = [codec.encode([event])[1:-1] for event in expected]
    missing = [line.decode() for line in written if line not in lines]
    assert not missing, "new forms need their golden lines:\n" + "\n".join(missing)
    read = check_golden_record(codec, {}, GOLDEN / f"{stream}.jsonl")
    assert all(event in read for event in expected)


@pytest.mark.parametrize(("stream", "union"), [("day", events.DayEvent), ("book", book_events.BookEvent)])
def test_every_event_is_on_record(stream: str, union: Any) -> None:
    """Every event that can be written has its record, in the order of the union."""
    assert [type(record) for record in STREAMS[stream][1]] == list(get_args(union) or (union,))


def test_tags_are_the_names() -> None:
    """An event's tag is its class's name in small letters; tags of both streams differ."""
    types = [type(record) for record in (*DAY_RECORDS, *BOOK_RECORDS)]
    tags = [str(event.__struct_config__.tag) for event in types]
    assert tags == [re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower() for event in types]
    assert len(set(tags)) == len(tags)


def _structs(value: Any) -> Iterator[msgspec.Struct]:
    """All values that a value is made of, itself included."""
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _structs(getattr(value, name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _structs(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _structs(part)


def _defaults(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """What the fields that may be left out then mean."""
    defaults: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        if field.default_factory is not msgspec.NODEFAULT:
            make: Callable[[], Any] = field.default_factory
            defaults[field.encode_name] = _plain(make())
        elif field.default is not msgspec.NODEFAULT:
            defaults[field.encode_name] = _plain(field.default)
    return defaults


def _plain(value: Any) -> Any:
    """A default as JSON knows it, with everything that is left out in turn."""
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    return msgspec.to_builtins(value, str_keys=True, builtin_types=())


def test_every_field_is_on_record() -> None:
    """No field of an event, or of a value in one, is left at its default in all records: each is seen to be written."""
    filled: dict[type[msgspec.Struct], set[str]] = {}
    for struct in _structs((*DAY_RECORDS, *BOOK_RECORDS)):
        written = {name for name in msgspec.to_builtins(struct) if name != "type"}
        filled.setdefault(type(struct), set()).update(written)
    unseen = {
        struct.__name__: missing
        for struct, names in filled.items()
        if (missing := {field.encode_name for field in msgspec.structs.fields(struct)} - names)
    }
    assert not unseen


def test_what_is_not_written_keeps_its_meaning() -> None:
    """Defaults are part of the format: a value that equals its default is not written. They never change."""
    structs = {type(struct) for struct in _structs((*DAY_RECORDS, *BOOK_RECORDS))}
    defaults = {struct.__name__: _defaults(struct) for struct in sorted(structs, key=lambda struct: struct.__name__)}
    golden = msgspec.json.decode((GOLDEN / "defaults.json").read_bytes())
    now = msgspec.json.decode(msgspec.json.encode({name: values for name, values in defaults.items() if values}))
    assert now == golden


def test_every_event_can_be_applied() -> None:
    """The day knows what to make of each of its events, and of no other."""
    assert _APPLY.keys() == {type(record) for record in DAY_RECORDS}


def test_no_event_has_room_for_words() -> None:
    """Free text and personal data are never in an event, only references to them: texts are keys, codes and ids."""
    texts = {
        (type(record).__name__, field.name)
        for record in DAY_RECORDS
        for field in msgspec.structs.fields(record)
        if field.type in (str, str | None) and not field.name.endswith("_ref")
    }
    ids = {"by", "ticket", "instead_of", "number", "queue", "clerk", "post", "why", "reasons_version"}
    assert {name for _, name in texts} <= ids


def test_values_are_frozen() -> None:
    """Nothing that is in an event can be changed afterwards."""
    for struct in _structs((*DAY_RECORDS, *BOOK_RECORDS)):
        assert struct.__struct_config__.frozen, type(struct).__name__
        assert isinstance(struct, Value | events.Event)
