"""The frames of a live socket: bytes out, typed values in.

Building takes the large part of a frame (`state`, `patch`, `call`, `hint`) as ready JSON bytes, so that a server
encodes it once, with the encoder it likes, and hands the same frame to every reader. Those bytes are trusted to be one
JSON object. Parsing trusts nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

__all__ = [
    "MAX_SEQ",
    "Ack",
    "BadFrame",
    "Call",
    "Frame",
    "Health",
    "Heartbeat",
    "Hint",
    "Patch",
    "Snapshot",
    "ack",
    "call",
    "heartbeat",
    "hint",
    "parse",
    "parse_ack",
    "patch",
    "rfc3339",
    "snapshot",
]

MAX_SEQ = 2**53 - 1
"""The largest `seq`: a browser's numbers are exact up to here."""

_MOST_LETTERS = 120  # of a voice's name
_MOST_FAILURES = 1_000_000


class BadFrame(ValueError):
    """A text that is no frame: not JSON, no object, or a field missing or of the wrong shape. `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All of a topic's state at `seq`; it replaces whatever the reader had, in this epoch or another."""

    topic: str
    epoch: str  # visible ASCII, 1–128 characters: it travels in an address
    seq: int  # the stream's head that the state was read at; 0 before the first event
    at: str  # RFC 3339, UTC
    reason: str  # new, epoch, ahead, trimmed or slow; more may follow
    state: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What one command (or, for a slow reader, several) changed in a topic's state."""

    topic: str
    prev: int  # seq of the topic's frame before it; a reader below it has a gap
    seq: int  # > prev
    at: str
    patch: dict[str, Any]  # RFC 7396


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, to be shown and spoken once."""

    topic: str
    prev: int
    seq: int  # > prev
    at: str
    call: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What the clock alone changes (estimates): no part of the state, not repeated, no position."""

    topic: str
    at: str
    hint: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Sent at least every 5 s and after every frame up to `head`: the reader then stands at `head`."""

    topic: str
    head: int
    at: str
    prev: int | None = None  # ≤ head: seq of the topic's last frame; a reader below it has a gap. None: not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How whoever speaks a hall's calls fares."""

    voice: str  # what it speaks with, ≤ 120 printable characters; "" when all it has is the chime
    failures: int = 0  # times since its start that a sound could not be made or played
    spoken_at: datetime | None = None  # when it last spoke, aware; None: not yet
    part: bool = False  # whether only some of the calls are its own to speak


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """A client's word that what `seq` brought was shown or spoken."""

    seq: int
    health: Health | None = None  # None from whoever does not speak


Frame = Snapshot | Patch | Call | Hint | Heartbeat


def snapshot(topic: str, epoch: str, seq: int, at: datetime, reason: str, state: bytes) -> bytes:
    """A snapshot frame. `state` is its JSON, an object without nulls; `at` an aware time."""
    return b'{"type":"snapshot","topic":%b,"epoch":%b,"seq":%d,"at":"%b","reason":%b,"state":%b}' % (
        _quoted(topic),
        _quoted(epoch),
        seq,
        rfc3339(at),
        _quoted(reason),
        state,
    )


def patch(topic: str, prev: int, seq: int, at: datetime, patch: bytes) -> bytes:
    """A patch frame. `patch` is the JSON of an RFC 7396 merge patch."""
    return b'{"type":"patch","topic":%b,"prev":%d,"seq":%d,"at":"%b","patch":%b}' % (
        _quoted(topic),
        prev,
        seq,
        rfc3339(at),
        patch,
    )


def call(topic: str, prev: int, seq: int, at: datetime, call: bytes) -> bytes:
    """A call frame. `call` is the call's JSON."""
    return b'{"type":"call","topic":%b,"prev":%d,"seq":%d,"at":"%b","call":%b}' % (
        _quoted(topic),
        prev,
        seq,
        rfc3339(at),
        call,
    )


def hint(topic: str, at: datetime, hint: bytes) -> bytes:
    """A hint frame. `hint` is its JSON."""
    return b'{"type":"hint","topic":%b,"at":"%b","hint":%b}' % (_quoted(topic), rfc3339(at), hint)


def heartbeat(topic: str, head: int, at: datetime, prev: int | None = None) -> bytes:
    """A heartbeat frame; to be sent after every frame up to `head`, the last of which was that of `prev`."""
    last = b"" if prev is None else b'"prev":%d,' % prev
    return b'{"type":"heartbeat","topic":%b,%b"head":%d,"at":"%b"}' % (_quoted(topic), last, head, rfc3339(at))


def ack(seq: int, health: Health | None = None) -> bytes:
    """The one frame that a client sends."""
    if health is None:
        return b'{"type":"ack","seq":%d}' % seq
    spoken = b"" if health.spoken_at is None else b',"spoken_at":"%b"' % rfc3339(health.spoken_at)
    part = b',"part":true' if health.part else b""
    voice = _quoted(health.voice[:_MOST_LETTERS])
    return b'{"type":"ack","seq":%d,"voice":%b,"failures":%d%b%b}' % (seq, voice, health.failures, spoken, part)


def rfc3339(at: datetime) -> bytes:
    """`at` as every frame writes it: UTC, whole milliseconds, `Z`. A naive time is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("a frame's time must be aware")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


def _quoted(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


def parse(text: str | bytes) -> Frame | None:
    """The frame that a server sent; None for a type that this version does not know. Raises BadFrame.

    Fields that this version does not know are left aside.
    """
    fields = _object_of(text)
    match _string(fields, "type"):
        case "snapshot":
            return Snapshot(
                topic=_string(fields, "topic"),
                epoch=_epoch(fields),
                seq=_seq(fields, "seq"),
                at=_string(fields, "at"),
                reason=_string(fields, "reason"),
                state=_object(fields, "state"),
            )
        case "patch":
            return Patch(
                topic=_string(fields, "topic"),
                prev=_prev(fields),
                seq=_seq(fields, "seq"),
                at=_string(fields, "at"),
                patch=_object(fields, "patch"),
            )
        case "call":
            return Call(
                topic=_string(fields, "topic"),
                prev=_prev(fields),
                seq=_seq(fields, "seq"),
                at=_string(fields, "at"),
                call=_object(fields, "call"),
            )
        case "hint":
            return Hint(topic=_string(fields, "topic"), at=_string(fields, "at"), hint=_object(fields, "hint"))
        case "heartbeat":
            return Heartbeat(
                topic=_string(fields, "topic"),
                head=_seq(fields, "head"),
                at=_string(fields, "at"),
                prev=_seq(fields, "prev") if "prev" in fields else None,
            )
        case _:
            return None


def parse_ack(text: str | bytes) -> Ack | None:
    """The acknowledgement that a client sent; None for a type that this version does not know. Raises BadFrame.

    A server answers BadFrame with close code 4522. Health of a wrong shape is no reason for that: the acknowledgement
    itself counts.
    """
    fields = _object_of(text)
    return Ack(seq=_seq(fields, "seq"), health=_health(fields)) if _string(fields, "type") == "ack" else None


def _health(fields: Mapping[str, Any]) -> Health | None:
    voice, failures, spoken_at = fields.get("voice"), fields.get("failures", 0), fields.get("spoken_at")
    if not isinstance(voice, str) or len(voice) > _MOST_LETTERS or not voice.isprintable():
        return None
    if type(failures) is not int or not 0 <= failures <= _MOST_FAILURES:
        return None
    if not isinstance(part := fields.get("part", False), bool):
        return None
    if spoken_at is None:
        return Health(voice=voice, failures=failures, part=part)
    try:
        at = datetime.fromisoformat(spoken_at)
        if at.tzinfo is None:
            return None
        return Health(voice=voice, failures=failures, spoken_at=at.astimezone(UTC), part=part)
    except (TypeError, ValueError, OverflowError):
        return None


def _object_of(text: str | bytes) -> dict[str, Any]:
    try:
        if isinstance(text, bytes):
            text = text.decode()
        fields = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:  # RecursionError: nested by the thousand
        raise BadFrame("not JSON") from exc
    if not isinstance(fields, dict):
        raise BadFrame("not an object")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise BadFrame(f"{name} is no text")
    return value


def _epoch(fields: Mapping[str, Any]) -> str:
    epoch = _string(fields, "epoch")
    if len(epoch) > 128 or not all("!" <= character <= "~" for character in epoch):
        raise BadFrame("epoch is no plain word")
    return epoch


def _seq(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= MAX_SEQ:  # type(): True is an int too
        raise BadFrame(f"{name} is no seq")
    return value


def _prev(fields: Mapping[str, Any]) -> int:
    prev = _seq(fields, "prev")
    if prev >= _seq(fields, "seq"):
        raise BadFrame("prev is not below seq")
    return prev


def _object(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise BadFrame(f"{name} is no object")
    return value
