"""Shapes of …/rectifications and …/follow-ups."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.domain.book_events import FollowUpSource, ReviewKind
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level
from queue_server.domain.rectification import RectificationState
from queue_server.web.schemas.values import Key, Said, Text

__all__ = [
    "AskReview",
    "CalledBack",
    "DecideReview",
    "FollowUpShape",
    "FollowUpTaken",
    "NewCallBack",
    "NewFollowUp",
    "NoteOnly",
    "PhoneShape",
    "RectificationDetail",
    "RectificationShape",
    "RectificationStep",
    "Rectifications",
    "ReviewAsked",
    "SecondRating",
    "StepTaken",
]

Step = Literal["opened", "started", "noted", "finished", "called_back", "review_asked", "reviewed", "followed_up"]


class NoteOnly(Struct):
    """POST …/note, …/finish: words for the log; how it was put right."""

    note: Said


class NewCallBack(Struct):
    """POST …/call-back: whether the citizen was reached, and is satisfied with what was done."""

    reached: bool
    satisfied: bool | None = None
    note: Text | None = None


class AskReview(Struct):
    """POST …/review: to leave the rating out, or for more time until a day."""

    what: ReviewKind
    note: Said
    until: date | None = None


class DecideReview(Struct):
    """POST …/decision."""

    granted: bool
    note: Text | None = None


class NewFollowUp(Struct):
    """POST …/follow-up, …/follow-ups/{follow_up}: the second and last rating. reasons: as of a rating."""

    level: Level
    reasons: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    reasons_version: Key | None = None
    comment: Text | None = None


class CalledBack(Struct, kw_only=True):
    """The last call-back. satisfied: absent when nobody said."""

    at: datetime
    reached: bool
    satisfied: bool | UnsetType = UNSET


class ReviewAsked(Struct, kw_only=True):
    """What waits for a decision. by: the account that asked."""

    at: datetime
    by: str
    what: ReviewKind
    until: date | UnsetType = UNSET


class SecondRating(Struct, kw_only=True):
    """追评."""

    at: datetime
    level: Level
    source: FollowUpSource


class RectificationShape(Struct, kw_only=True):
    """One bad rating and what is done about it.

    comment, phone: whether there are words, and a number to call. steps: how many lines its log has.
    """

    id: str
    number: str
    leg: int
    business_day: date
    level: Level
    queue: str
    counter: int
    clerk: str
    capacity: Capacity
    opened_at: datetime
    due_on: date
    state: RectificationState
    overdue: bool
    comment: bool
    phone: bool
    steps: int
    post: str | UnsetType = UNSET
    service: int | UnsetType = UNSET
    reasons: tuple[str, ...] | UnsetType = UNSET
    reasons_version: str | UnsetType = UNSET
    finished_at: datetime | UnsetType = UNSET
    in_time: bool | UnsetType = UNSET
    review: ReviewAsked | UnsetType = UNSET
    called_back: CalledBack | UnsetType = UNSET
    follow_up: SecondRating | UnsetType = UNSET


class RectificationStep(Struct, kw_only=True):
    """A line of its log. by: account, "holder" or "" for the hall itself. words: what was written, while it is kept."""

    at: datetime
    by: str
    step: Step
    words: str | UnsetType = UNSET
    reached: bool | UnsetType = UNSET
    satisfied: bool | UnsetType = UNSET
    what: ReviewKind | UnsetType = UNSET
    until: date | UnsetType = UNSET
    granted: bool | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    reasons: tuple[str, ...] | UnsetType = UNSET
    reasons_version: str | UnsetType = UNSET
    source: FollowUpSource | UnsetType = UNSET


class RectificationDetail(Struct, kw_only=True):
    """One of them with its words. path: of the page where the citizen reads what was done, and rates once more."""

    rectification: RectificationShape
    log: list[RectificationStep]
    path: str


class Rectifications(Struct):
    """Those of a hall. today: its local day, by which they are due or overdue."""

    rectifications: list[RectificationShape]
    today: date


class StepTaken(Struct):
    """Where it stands after a step."""

    id: str
    state: RectificationState
    due_on: date


class PhoneShape(Struct):
    """A number that was left for a call-back."""

    phone: str


class FollowUpShape(Struct, kw_only=True):
    """What the citizen is told of their rating. answer: what was done, once it is. rated: the second rating's level."""

    number: str
    business_day: date
    counter: int
    level: Level
    state: RectificationState
    due_on: date
    answer: str | UnsetType = UNSET
    rated: Level | UnsetType = UNSET


class FollowUpTaken(Struct):
    """A second rating that was taken."""

    number: str
    level: Level
