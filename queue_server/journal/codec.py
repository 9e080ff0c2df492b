"""Events to a batch's bytes and back, over years of changing events.

The bytes are a JSON array of tagged objects. A tag is a name that we own, never a class path; from an event's second
version on the version is part of it (`ticket_issued.2`). An event that was written once can be read for ever: when its
form changes, the new form gets a new tag, the old tag leaves the union, and an *upcaster* turns an old object into the
next form, one version a step.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast, get_args

import msgspec

from queue_server.journal.base import JournalError

__all__ = ["Codec", "MalformedEvents", "UnknownEvent", "Upcaster"]

Event = TypeVar("Event")

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes an event of an old tag as its JSON object, tag included; gives it back under a newer tag."""


class UnknownEvent(JournalError):
    """An event was written under a tag that this program has neither a type nor an upcaster for."""

    def __init__(self, tag: object) -> None:
        super().__init__(tag)
        self.tag = tag

    def __str__(self) -> str:
        return f"unknown event {self.tag!r}: was it written by a newer version?"


class MalformedEvents(JournalError):
    """A batch's bytes are not what its events' types say."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"malformed events: {self.cause}"


class Codec(Generic[Event]):
    """Encodes and decodes the events of one union.

    `union`: a `msgspec.Struct` type or a union of them, each with a text tag in the same tag field.
    `upcasters`: by old tag. `ValueError` if one of them is the tag of a living type: it would never run.
    """

    tags: frozenset[str]
    """The tags of the living types."""

    def __init__(self, union: Any, upcasters: Mapping[str, Upcaster] | None = None) -> None:
        types = get_args(union) or (union,)
        configs = [cast(type[msgspec.Struct], member).__struct_config__ for member in types]
        fields = {config.tag_field for config in configs}
        if len(fields) != 1 or not all(isinstance(config.tag, str) for config in configs):
            raise ValueError("the union's types need text tags in one tag field")
        self._tag_field = cast(str, fields.pop())
        self.tags = frozenset(cast(str, config.tag) for config in configs)
        self._upcasters = dict(upcasters or {})
        if alive := self.tags & self._upcasters.keys():
            raise ValueError(f"upcasters for tags that are in use: {sorted(alive)}")
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[list[Event]] = msgspec.json.Decoder(list[union])

    def encode(self, events: Sequence[Event]) -> bytes:
        """A batch's bytes: UTF-8 JSON array text, the same for the same events."""
        return self._encoder.encode(events)

    def decode(self, data: bytes) -> list[Event]:
        """A batch's events, brought up to date. Raises `UnknownEvent` or `MalformedEvents`."""
        try:
            return self._decoder.decode(data)
        except msgspec.ValidationError as error:
            return self._decode_old(data, error)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedEvents(error) from error

    def _decode_old(self, data: bytes, reason: msgspec.ValidationError) -> list[Event]:
        """Decode what the living types alone do not fit, `reason` telling why not."""
        objects: list[dict[str, Any]] = _decode_objects(data)
        current = [self._upcast(event) for event in objects]
        if current == objects:
            raise MalformedEvents(reason) from reason
        try:
            # As text once more, so that an upcast event is held to the same rules as any other.
            return self._decoder.decode(self._encoder.encode(current))
        except msgspec.ValidationError as error:
            raise MalformedEvents(error) from error

    def _upcast(self, event: dict[str, Any]) -> dict[str, Any]:
        for _ in range(len(self._upcasters) + 1):  # a chain is no longer than that, unless it bites its tail
            tag = event.get(self._tag_field)
            if tag in self.tags:
                return event
            upcaster = self._upcasters.get(tag) if isinstance(tag, str) else None
            if upcaster is None:
                raise UnknownEvent(tag)
            try:
                event = upcaster(dict(event))
            except (LookupError, TypeError, ValueError) as error:  # not the old form that it claims to be
                raise MalformedEvents(error) from error
        raise ValueError(f"the upcaster of {tag!r} leads back to itself")


def _decode_objects(data: bytes) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(data, type=list[dict[str, Any]])
    except msgspec.ValidationError as error:
        raise MalformedEvents(error) from error
