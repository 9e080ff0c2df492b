"""A topic's reader as a pure state machine: what happened goes in, what to do comes out.

`static/live.js` is its twin in the browser; `tests/vectors/subscriber.json` drives both. Times (`now`) are seconds of a
clock that never goes back; `chance` is a random number in [0, 1).

    connecting ──a──► live ──b──► lost ──a──► live        a  a snapshot or a heartbeat: what we hold is the present
         └─────b──────────────────►┘                      b  closed, silent, a gap, or something not usable
    any ──c──► stopped                                    c  closed with a code that does not come back

What an owner does: `opening(now)`, connect with `url_query()`, hand every text to `receive`, and carry out what it
returns, in order. When `silent_at` has passed, or `Resubscribe` was returned, drop the connection and report it
`closed` with 1006, as any other end with its own code; then wait `Reconnect.after_s` and begin again, or `Stop`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from queue_server.wire import merge_patch
from queue_server.wire.close_codes import comes_back, meaning
from queue_server.wire.frames import BadFrame, Call, Frame, Heartbeat, Hint, Patch, Snapshot, parse
from queue_server.wire.resume import Position, is_seq

__all__ = [
    "CallSeen",
    "Change",
    "HintGiven",
    "Reconnect",
    "Resubscribe",
    "StatePatched",
    "StateReplaced",
    "Status",
    "Stop",
    "Subscriber",
]

SILENCE_S = 12.5  # 2.5 heartbeats: one may be late, two may not
HEALTHY_S = 10.0  # live for two heartbeats: the next loss begins with a short wait again
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 10.0  # a wall that comes back later says nothing of calls that live for a minute
ATTEMPTS_CAP = 5  # 0.5 s doubled five times is over the cap
SEEN_CAP = 1000  # calls remembered, to tell which of a snapshot's are new; a snapshot holds a minute's calls


class Status(StrEnum):
    """How far what the reader holds may be trusted."""

    CONNECTING = "connecting"  # nothing yet
    LIVE = "live"  # the present, give or take SILENCE_S
    LOST = "lost"  # the past: `age` says how old; coming back by itself
    STOPPED = "stopped"  # the past, and a person has to act


@dataclass(frozen=True, slots=True)
class StateReplaced:
    """The state is a new one."""

    kind: ClassVar[str] = "snapshot"
    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class StatePatched:
    """The state took this patch."""

    kind: ClassVar[str] = "patch"
    seq: int
    patch: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call that this reader had not been given before. Whether it has expired is for the owner to see."""

    kind: ClassVar[str] = "call"
    seq: int
    call: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HintGiven:
    """An estimate or the like, good until the next one."""

    kind: ClassVar[str] = "hint"
    hint: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resubscribe:
    """Drop this connection and report it closed: `gap`, frames are missing; `apply`, a frame could not be used."""

    kind: ClassVar[str] = "resubscribe"
    why: Literal["gap", "apply"]


Change = StateReplaced | StatePatched | CallSeen | HintGiven | Resubscribe


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Connect again after this many seconds."""

    after_s: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not connect again; `code` is for the owner, `meaning` (Chinese) for whoever stands there."""

    code: int
    meaning: str


class Subscriber:
    """One reader of one topic.

    topic: as in the address. position: where an earlier life of this reader of `calls` stood, None to begin anew; other
    topics always begin anew, as their state went with that life.
    """

    def __init__(self, topic: str, position: Position | None = None) -> None:
        if position is not None and topic != "calls":
            raise ValueError("a position without its state is of no use")
        self.topic = topic
        self.position = position
        self.state: dict[str, Any] | None = None  # None before the first snapshot, and always on `calls`
        self.status = Status.CONNECTING
        self.since: float | None = None  # when the status began; None before the first `opening`
        self.as_of: str | None = None  # the server's time at which what we hold was last known to be the present
        self.silent_at: float | None = None  # when this connection counts as dead; None without a connection
        self._heard_at = 0.0  # the newest frame, or the beginning of this connection
        self._current_at: float | None = None  # our time of `as_of`
        self._attempts = 0  # ends since the last healthy connection
        self._gap_at: Position | None = None
        self._seen: dict[str, None] = {}  # oldest first

    def url_query(self) -> str:
        """The address's query: the topic, and the position where there is one."""
        query: dict[str, str | int] = {"topic": self.topic}
        if self.position is not None:
            query |= {"epoch": self.position.epoch, "after": self.position.seq}
        return urlencode(query)

    def age(self, now: float) -> float | None:
        """Seconds since what we hold was last known to be the present; None when it never was."""
        return None if self._current_at is None else now - self._current_at

    def opening(self, now: float) -> None:
        """A connection is being made; it has until `silent_at` to bring its first frame."""
        if self.status is not Status.STOPPED:
            if self.since is None:
                self.since = now
            self._hear(now)

    def receive(self, text: str | bytes, now: float) -> list[Change]:
        """Take one text in. What it brought, in order; nothing for what we had already, or do not know.

        Applies first and moves the position after, so that a failure leaves the position where the state is.
        """
        if self.silent_at is None:
            return []  # the rest of a connection that was given up
        self._hear(now)
        try:
            frame = parse(text)
            if frame is None or frame.topic != self.topic:
                return []
            changes = self._take(frame, now)
        except (BadFrame, RecursionError):
            return [self._forget(now)]
        if self.status is Status.LIVE:
            self._current_at, self.as_of = now, frame.at
        return changes

    def failed(self, changes: Sequence[Change], now: float) -> Resubscribe:
        """The owner could not use the first of `changes`, and has not come to the others: begin anew with a snapshot,
        which gives the calls among them once more.
        """
        for change in changes:
            if isinstance(change, CallSeen):
                self._seen.pop(_identity(change.seq, change.call), None)
        return self._forget(now)

    def closed(self, code: int, now: float, chance: float) -> Reconnect | Stop:
        """The connection ended, or could not be made, with this close code (1006 when there was none)."""
        self._lose(now)
        if not comes_back(code):
            self.status, self.since = Status.STOPPED, now
            return Stop(code, meaning(code))
        after_s = chance * min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2**self._attempts)
        self._attempts = min(self._attempts + 1, ATTEMPTS_CAP)
        return Reconnect(after_s)

    def _take(self, frame: Frame, now: float) -> list[Change]:
        match frame:
            case Snapshot():
                changes = self._replace(frame)
                self.position = Position(frame.epoch, frame.seq)
                self._live(now)
                return changes
            case Heartbeat():
                if self.position is None or (frame.prev is not None and frame.prev > self.position.seq):
                    return [self._gap(now)]  # else the step to `head` would hide for good what was lost before it
                self._advance(frame.head)
                self._live(now)
                return []
            case Hint():
                return [HintGiven(frame.hint)]
            case Patch() | Call():
                if self.position is None or frame.prev > self.position.seq:
                    return [self._gap(now)]
                if frame.seq <= self.position.seq:
                    return []
                changes = self._apply(frame)
                self._advance(frame.seq)
                return changes

    def _replace(self, frame: Snapshot) -> list[Change]:
        if self.topic == "calls":
            return [CallSeen(seq, call) for seq, call in _calls_of(frame.state) if self._first_sight(seq, call)]
        self.state = frame.state
        return [StateReplaced(frame.seq, frame.reason)]

    def _apply(self, frame: Patch | Call) -> list[Change]:
        if isinstance(frame, Call):
            return [CallSeen(frame.seq, frame.call)] if self._first_sight(frame.seq, frame.call) else []
        self.state = merge_patch.apply(self.state, frame.patch)
        return [StatePatched(frame.seq, frame.patch)]

    def _first_sight(self, seq: int, call: Mapping[str, Any]) -> bool:
        identity = _identity(seq, call)
        if identity in self._seen:
            return False
        self._seen[identity] = None
        if len(self._seen) > SEEN_CAP:
            del self._seen[next(iter(self._seen))]
        return True

    def _advance(self, seq: int) -> None:
        if self.position is not None and seq > self.position.seq:
            self.position = self.position._replace(seq=seq)

    def _gap(self, now: float) -> Resubscribe:
        if self.position == self._gap_at:  # resuming from here did not close it
            self.position = None
        self._gap_at = self.position
        self._lose(now)
        return Resubscribe("gap")

    def _forget(self, now: float) -> Resubscribe:
        self.position = None
        self._lose(now)
        return Resubscribe("apply")

    def _hear(self, now: float) -> None:
        self._heard_at = now
        self.silent_at = now + SILENCE_S

    def _live(self, now: float) -> None:
        if self.status is not Status.LIVE:
            self.status, self.since = Status.LIVE, now

    def _lose(self, now: float) -> None:
        self.silent_at = None
        if self.status is Status.LIVE and self.since is not None and self._heard_at - self.since >= HEALTHY_S:
            self._attempts = 0
        if self.status in (Status.CONNECTING, Status.LIVE):
            self.status, self.since = Status.LOST, now


def _identity(seq: int, call: Mapping[str, Any]) -> str:
    """What makes a call the same one, also in another epoch, where its seq may have gone to another call."""
    return f"{seq} {call.get('called_at')}"


def _calls_of(state: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The calls in a snapshot of `calls`, in order. Raises BadFrame."""
    calls = state.get("calls")
    if not isinstance(calls, dict):
        raise BadFrame("calls is no object")
    if not all(is_seq(seq) and isinstance(call, dict) for seq, call in calls.items()):
        raise BadFrame("calls are not by seq")
    return sorted(((int(seq), call) for seq, call in calls.items()), key=lambda item: item[0])
