"""What is to be read aloud next: one queue, in order, without what has become pointless. Pure: time is passed in.

`static/announcements.js` is its twin on a hall screen that speaks; `tests/vectors/announcements.json` drives both.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from queue_server.wire.resume import Position

__all__ = ["Announcement", "Announcements", "BadCall", "Board", "Gone", "Reading", "Scope", "Why"]


class BadCall(ValueError):
    """A call that cannot be announced: a field is missing or of the wrong shape. `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One call, as the voice needs it."""

    position: Position  # of its frame
    number: str
    queue: str  # "" when the call does not say
    counter: int
    recall: int  # 0 for the first call
    expires_at: datetime  # aware; the hall's time
    speech: Mapping[str, str]  # the server's sentences by language; may be empty

    @classmethod
    def of(cls, position: Position, call: Mapping[str, Any]) -> "Announcement":
        """From a call's JSON. Raises BadCall."""
        number, counter, recall = call.get("number"), call.get("counter"), call.get("recall", 0)
        if not isinstance(number, str) or not number:
            raise BadCall("number is no text")
        if not isinstance(queue := call.get("queue", ""), str):
            raise BadCall("queue is no text")
        if type(counter) is not int or type(recall) is not int:  # type(): True is an int too
            raise BadCall("counter or recall is no whole number")
        try:
            expires_at = datetime.fromisoformat(call["expires_at"])
        except (KeyError, TypeError, ValueError) as exc:
            raise BadCall("expires_at is no time") from exc
        if expires_at.tzinfo is None:
            raise BadCall("expires_at has no time zone")
        speech = call.get("speech", {})
        if not isinstance(speech, dict) or not all(isinstance(sentence, str) for sentence in speech.values()):
            raise BadCall("speech is no map of texts")
        return cls(
            position=position,
            number=number,
            queue=queue,
            counter=counter,
            recall=recall,
            expires_at=expires_at,
            speech=speech,
        )


class Board(NamedTuple):
    """The hall's board, while it is live: who stands at which counter, as of `position`."""

    position: Position
    state: Mapping[str, Any]

    def answers(self, announcement: Announcement) -> bool:
        """Whether this board shows that nobody waits for the announcement any more.

        Only a board that is as new as the call and has its counter can tell: an older one does not know the call yet.
        """
        if self.position.epoch != announcement.position.epoch or self.position.seq < announcement.position.seq:
            return False
        counter = _counter(self.state, announcement.counter)
        if counter is None:
            return False
        ticket = counter.get("ticket")
        return not isinstance(ticket, dict) or (ticket.get("number"), ticket.get("state")) != (
            announcement.number,
            "called",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose calls are read: those of these queues, at counters in these areas. Empty: of all."""

    queues: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def has(self, announcement: Announcement, state: Mapping[str, Any]) -> bool:
        """Whether this one is, where the board's `state` tells in which area its counter stands."""
        if self.queues and announcement.queue not in self.queues:
            return False
        return not self.areas or (_counter(state, announcement.counter) or {}).get("area", "") in self.areas


class Why(StrEnum):
    """Why an announcement, or what was left of it, is not read."""

    EXPIRED = "expired"
    SILENT = "silent"  # the hall's voice is off at this hour
    ANSWERED = "answered"  # the ticket is no longer called to that counter: started, absent or cancelled
    GAVE_WAY = "gave_way"  # its repeats, to a call that would have expired meanwhile


class Gone(NamedTuple):
    """An announcement that left the queue before all its readings."""

    announcement: Announcement
    readings: int  # that were made; 0: nobody heard it
    why: Why


class Reading(NamedTuple):
    """Read this now."""

    announcement: Announcement
    nth: int  # 1, 2, … of its readings


class Announcements:
    """The queue. Its owner asks `drop_stale`, reads `head` aloud, reports it `read`, and begins again.

    repeat: int ≥ 1, readings of each call; may be set anew at any time.
    """

    def __init__(self, repeat: int = 2) -> None:
        if repeat < 1:
            raise ValueError("a call is read once at least")
        self.repeat = repeat
        self.settled: Position | None = None  # up to here everything was read or dropped; None before the first
        self._waiting: deque[Announcement] = deque()
        self._readings = 0  # of the first in the queue

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, announcement: Announcement) -> None:
        """A call came in; calls are read in the order in which they are added."""
        self._waiting.append(announcement)

    def keep(self, wanted: Callable[[Announcement], bool]) -> None:
        """Leave out of the queue what is for others to read."""
        kept = deque(filter(wanted, self._waiting))
        if self._waiting and (not kept or kept[0] is not self._waiting[0]):
            self._readings = 0
        self._waiting = kept

    @property
    def head(self) -> Reading | None:
        """The reading that is next; None when there is nothing to say."""
        return Reading(self._waiting[0], self._readings + 1) if self._waiting else None

    def drop_stale(
        self, now: datetime, board: Board | None, reading_s: float, *, is_silent: bool = False
    ) -> list[Gone]:
        """Take from the front what must not be read any more, and say what it was.

        now: the hall's time. board: None while it is not live; then nothing counts as answered, because a call read
        in vain is better than one not read. reading_s: about how long one reading takes. is_silent: nothing is read at
        this hour.
        """
        return list(self._stale(now, board, reading_s, is_silent))

    def read(self, reading: Reading) -> None:
        """This reading, which was the head, was made."""
        if reading != self.head:
            raise ValueError("this reading was not next")
        self._readings += 1
        if self._readings >= self.repeat:
            self._leave()

    def _stale(self, now: datetime, board: Board | None, reading_s: float, is_silent: bool) -> Iterator[Gone]:
        while self._waiting:
            first = self._waiting[0]
            if board is not None and board.answers(first):
                why = Why.ANSWERED
            elif first.expires_at <= now:
                why = Why.EXPIRED
            elif is_silent:
                why = Why.SILENT
            elif self._readings and self._is_urged(now, reading_s):
                why = Why.GAVE_WAY
            else:
                return
            yield Gone(first, self._readings, why)
            self._leave()

    def _is_urged(self, now: datetime, reading_s: float) -> bool:
        """Whether a call further back would expire unread if the first one were repeated now.

        At opening time all counters call at once; without this, the last of seven would never be heard.
        """
        return any(
            now + timedelta(seconds=(place - 1) * reading_s) < announcement.expires_at
            and now + timedelta(seconds=place * reading_s) >= announcement.expires_at
            for place, announcement in enumerate(self._waiting)
            if place
        )

    def _leave(self) -> None:
        self.settled = self._waiting.popleft().position
        self._readings = 0


def _counter(state: Mapping[str, Any], number: int) -> Mapping[str, Any] | None:
    """What the board knows of a counter; None when it does not know it."""
    counters = state.get("counters")
    counter = counters.get(str(number)) if isinstance(counters, dict) else None
    return counter if isinstance(counter, dict) else None
