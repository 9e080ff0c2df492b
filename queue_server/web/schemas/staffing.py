"""Shapes of …/staffing, …/absences and …/handovers: who stands at which post, and who stands in."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.domain.book_events import AbsenceKind, Direction
from queue_server.domain.half_day import Half, HalfDay
from queue_server.domain.hours import DayKind
from queue_server.domain.post import Capacity
from queue_server.web.schemas.values import Key, Text

__all__ = [
    "AbsenceReason",
    "AbsenceShape",
    "HandoverNote",
    "HandoverShape",
    "NewAbsence",
    "NewDeputy",
    "NewHandover",
    "Staffing",
    "WithdrawnShape",
]


class HalfDayShape(Struct):
    """A half day of the hall."""

    day: date
    half: Half


class NewAbsence(Struct):
    """POST …/absences. clerk: whose, for the head; a clerk reports her own."""

    first: HalfDay
    last: HalfDay
    kind: AbsenceKind
    clerk: Key | None = None
    reason: Text | None = None


class NewDeputy(Struct):
    """POST …/absences/{absence}/deputy. deputy: None for nobody any more. first, last: of a part of the absence."""

    post: Key
    deputy: Key | None = None
    first: HalfDay | None = None
    last: HalfDay | None = None


class NewHandover(Struct):
    """POST …/handovers. giver: for the head, who writes it down for somebody; a clerk gives for herself."""

    post: Key
    taker: Key
    giver: Key | None = None
    numbers: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=12)], ...], Meta(max_length=50)] = ()
    note: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None


class DeputyShape(Struct):
    """Somebody who was confirmed to stand in."""

    post: str
    deputy: str
    first: HalfDayShape
    last: HalfDayShape


class AbsenceShape(Struct, kw_only=True):
    """An absence. by: who reported it."""

    id: str
    clerk: str
    first: HalfDayShape
    last: HalfDayShape
    kind: AbsenceKind
    late: bool
    reported_at: datetime
    by: str
    has_reason: bool
    deputies: list[DeputyShape]


class WithdrawnShape(Struct):
    """An absence that is none any more. last: of the half days that it lasted; absent where it never began."""

    id: str
    last: HalfDayShape | UnsetType = UNSET


class AbsenceReason(Struct):
    """What was told of an absence; absent where nothing was, or where it is no longer kept."""

    reason: str | UnsetType = UNSET


class HandoverShape(Struct, kw_only=True):
    """A handover. absence: for which it was given, or after which it came back."""

    id: str
    post: str
    giver: str
    taker: str
    direction: Direction
    given_at: datetime
    numbers: list[str]
    has_note: bool
    absence: str | UnsetType = UNSET
    taken_at: datetime | UnsetType = UNSET


class HandoverNote(Struct):
    """What was told at a handover; absent where nothing was, or where it is no longer kept."""

    note: str | UnsetType = UNSET


class WeekDay(Struct):
    """One date, with the halves in which the hall is open."""

    day: date
    kind: DayKind
    halves: list[Half]


class Choice(Struct):
    """A holder who could stand in. whole: for all of the absence; also: the posts at which she is to stand then."""

    clerk: str
    capacity: Capacity
    whole: bool
    also: list[str]


class Cell(Struct, kw_only=True):
    """A post's half day. clerk: who is to be there after all; also: the other posts at which that one is to stand."""

    day: date
    half: Half
    state: Literal["staffed", "covered", "uncovered", "broken", "unnamed"]
    expected: str | UnsetType = UNSET
    clerk: str | UnsetType = UNSET
    deputy: str | UnsetType = UNSET
    absence: str | UnsetType = UNSET
    choices: list[Choice] | UnsetType = UNSET
    also: list[str] | UnsetType = UNSET


class PostWeek(Struct, kw_only=True):
    """A post and its half days in which it is to be staffed."""

    id: str
    name: str
    counter: int
    b: list[str]
    cells: list[Cell]
    a: str | UnsetType = UNSET


class OnDuty(Struct, kw_only=True):
    """Who is at a post now. confirmed: not told of one that is covered from another counter."""

    clerk: str
    counter: int
    since: datetime
    capacity: Capacity
    confirmed: bool | UnsetType = UNSET


class Person(Struct):
    """A clerk of the hall."""

    id: str
    name: str


class Staffing(Struct, kw_only=True):
    """GET …/staffing: seven days of the posts.

    open: whether the hall is now. on_duty: by post. absences, handovers: those that concern the caller. people: those
    who may stand in. names: by account, of all that are named.
    """

    current: HalfDayShape
    open: bool
    days: list[WeekDay]
    posts: list[PostWeek]
    on_duty: dict[str, OnDuty]
    absences: list[AbsenceShape]
    handovers: list[HandoverShape]
    people: list[Person]
    names: dict[str, str]
