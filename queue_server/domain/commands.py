"""What can be asked of a hall's day; what can be asked of its book is in book_commands.

`by` is who asks (an account or device id, "holder", "public", "" for the hall itself). What the core must not make up,
ids and estimates, comes with the command. Whether the caller's *role* may ask is the web's business (web/access.py);
whether the *state* allows it is decided here.
"""

from datetime import date, datetime

from queue_server.domain.hall import Hall
from queue_server.domain.hours import DayKind
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level, RatingSource, UnratedCause
from queue_server.domain.ticket import Estimate, Priority
from queue_server.domain.value import Value

__all__ = ["Command", "DayCommand"]


class Command(Value, frozen=True, kw_only=True):
    """Anything asked."""

    by: str = ""


class EndDay(Command, frozen=True, kw_only=True):
    """End the running day: who waits, is called or held, lapses.

    turn_to: the business day that follows, None when the head closes the day early. confirmed: the head vouches for
    that date, or the clock gives no reason to doubt it.
    """

    turn_to: date | None = None
    confirmed: bool = False


class OpenDay(Command, frozen=True, kw_only=True):
    """Begin a business day after the one before was ended. kind: what the calendar says of it."""

    business_day: date
    hall: Hall
    kind: DayKind


class ChangeHall(Command, frozen=True, kw_only=True):
    """Bring a changed set-up into the day. kind: what the calendar says of the day."""

    hall: Hall
    kind: DayKind


class IssueTicket(Command, frozen=True, kw_only=True):
    """Issue a ticket for a queue, or for a service, whose queue the hall's rule names. One of the two is given.

    lapsed: the number of one that lapsed on the last business day 日终作废; its holder goes ahead of others once.
    """

    ticket: str
    queue: str | None = None
    service: int | None = None
    priority: Priority | None = None
    appointment: datetime | None = None
    lapsed: str | None = None
    estimate: Estimate | None = None
    phone_ref: str | None = None


class EnterPaper(Command, frozen=True, kw_only=True):
    """Enter a number that was given on paper while the power was out. issued_at: when, as it says on the paper."""

    ticket: str
    queue: str
    number: str
    issued_at: datetime


class SkipNumbers(Command, frozen=True, kw_only=True):
    """Issue no number of that day again that was issued in history that is lost. highest: by prefix."""

    business_day: date
    highest: dict[str, int]


class CancelTicket(Command, frozen=True, kw_only=True):
    """Give a waiting ticket up."""

    ticket: str


class LeavePhone(Command, frozen=True, kw_only=True):
    """Leave a phone number with a waiting ticket, in place of one that was left before."""

    ticket: str
    phone_ref: str


class ReturnTicket(Command, frozen=True, kw_only=True):
    """One who was absent reports back."""

    ticket: str


class SetPriority(Command, frozen=True, kw_only=True):
    """Staff confirm a priority class, or withdraw it."""

    ticket: str
    priority: Priority
    confirmed: bool


class MakeUrgent(Command, frozen=True, kw_only=True):
    """Staff grant 特别紧急."""

    ticket: str
    reason_ref: str


class CounterCommand(Command, frozen=True, kw_only=True):
    """Anything asked at a counter by its clerk."""

    counter: int


class CallNext(CounterCommand, frozen=True, kw_only=True):
    """Call whoever the queue discipline says; nobody waiting is no refusal, and no event."""


class CallNumber(CounterCommand, frozen=True, kw_only=True):
    """Call a given waiting ticket, with a reason."""

    number: str
    reason_ref: str


class Recall(CounterCommand, frozen=True, kw_only=True):
    """Call the called ticket once more."""


class Start(CounterCommand, frozen=True, kw_only=True):
    """The citizen is here."""


class Finish(CounterCommand, frozen=True, kw_only=True):
    """Service is done. services: catalogue numbers done, may be empty."""

    services: tuple[int, ...] = ()


class NoShow(CounterCommand, frozen=True, kw_only=True):
    """The called citizen did not come."""


class Hold(CounterCommand, frozen=True, kw_only=True):
    """Interrupt the service."""

    reason_ref: str | None = None


class ResumeTicket(CounterCommand, frozen=True, kw_only=True):
    """Go on with a held ticket."""

    number: str


class Transfer(CounterCommand, frozen=True, kw_only=True):
    """Send the ticket in service on to another queue."""

    queue: str
    reason_ref: str


class ServeNow(CounterCommand, frozen=True, kw_only=True):
    """Light mode: issue a ticket and serve it at once."""

    ticket: str
    queue: str | None = None
    service: int | None = None


class SignOn(CounterCommand, frozen=True, kw_only=True):
    """Take a counter, or, when on duty at it already, cover another post from it.

    confirmed: whether the roster, or the head beforehand, says that this clerk stands there as a B or relief now.
    """

    capacity: Capacity
    post: str | None = None
    confirmed: bool = False


class SignOff(CounterCommand, frozen=True, kw_only=True):
    """Leave a counter, or stop covering a post from it. post: the covered post to give up, None for the counter."""

    post: str | None = None


class PauseCounter(CounterCommand, frozen=True, kw_only=True):
    """Stop calling. back_at: when one who stepped away expects to be back."""

    reason_ref: str | None = None
    back_at: datetime | None = None


class ResumeCounter(CounterCommand, frozen=True, kw_only=True):
    """Go on calling."""


class RateLeg(Command, frozen=True, kw_only=True):
    """Rate one leg (1-based) of a ticket. reasons: codes of the level in that version of the national list."""

    ticket: str
    leg: int
    level: Level
    source: RatingSource
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None
    phone_ref: str | None = None


class EvaluatorCommand(CounterCommand, frozen=True, kw_only=True):
    """Anything asked by a counter's evaluator. number, leg: the leg it means; None for the last one finished there.

    finished_at: when that one was, to the millisecond, because its number comes again on another day; None: not told.
    """

    number: str | None = None
    leg: int | None = None
    finished_at: datetime | None = None


class RateCounter(EvaluatorCommand, frozen=True, kw_only=True):
    """Rate a leg finished at a counter, from its evaluator."""

    level: Level
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None
    phone_ref: str | None = None


class LeaveUnrated(EvaluatorCommand, frozen=True, kw_only=True):
    """Note why a leg finished at a counter was not rated at its evaluator."""

    cause: UnratedCause


DayCommand = (
    EndDay
    | OpenDay
    | ChangeHall
    | IssueTicket
    | EnterPaper
    | SkipNumbers
    | CancelTicket
    | LeavePhone
    | ReturnTicket
    | SetPriority
    | MakeUrgent
    | CallNext
    | CallNumber
    | Recall
    | Start
    | Finish
    | NoShow
    | Hold
    | ResumeTicket
    | Transfer
    | ServeNow
    | SignOn
    | SignOff
    | PauseCounter
    | ResumeCounter
    | RateLeg
    | RateCounter
    | LeaveUnrated
)
"""Everything that may be asked of the stream `day`."""
