"""The shapes of the wire contract: what requests must look like, and what answers do."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from queue_server.domain.counter import CounterState
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level
from queue_server.domain.ticket import Outcome, Priority, TicketState

# Requests

Text = Annotated[str, Meta(min_length=1, max_length=500)]
"""Free text, as a person types it into one field."""
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
CounterNo = Annotated[int, Meta(ge=1, le=999)]
HallRole = Literal["clerk", "guide", "head", "discipline"]
DeviceRole = Literal["kiosk", "screen", "announcer", "evaluator"]
ServiceNo = Annotated[int, Meta(ge=1, le=9999)]
Instant = Annotated[datetime, Meta(tz=True)]


class Nothing(Struct):
    """An empty body."""


class SignIn(Struct):
    """POST /session."""

    user: Annotated[str, Meta(max_length=128)]
    password: Annotated[str, Meta(max_length=1024)]


class NewTicket(Struct):
    """POST …/tickets: one of queue and service. lapsed: a number that did on the last business day; not for phones."""

    queue: Key | None = None
    service: ServiceNo | None = None
    priority: Priority | None = None
    phone: Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 -]{4,18}[0-9]$(?!\n)")] | None = None
    appointment: Instant | None = None
    lapsed: Key | None = None
    code: Key | None = None


class PaperTicket(Struct):
    """POST …/paper: what stands on a slip written by hand."""

    queue: Key
    number: Key
    issued_at: Instant


class ConfirmPriority(Struct):
    """POST …/priority."""

    priority: Priority = field(name="class")
    confirmed: bool


class Reason(Struct):
    """A body that must give a reason."""

    reason: Text


class ReasonIfAny(Struct):
    """A body that may give a reason."""

    reason: Text | None = None


class CallTicket(Struct):
    """POST …/call."""

    number: Key
    reason: Text


class NumberOnly(Struct):
    """POST …/resume-ticket, …/returns."""

    number: Key


class Finished(Struct):
    """POST …/finish."""

    services: Annotated[tuple[ServiceNo, ...], Meta(max_length=50)] = ()


class TransferTo(Struct):
    """POST …/transfer."""

    queue: Key
    reason: Text


class ServeNowFor(Struct):
    """POST …/serve-now: one of queue and service."""

    queue: Key | None = None
    service: ServiceNo | None = None


class SignOnAs(Struct):
    """POST …/sign-on."""

    capacity: Capacity
    post: Key | None = None


class SignOffFrom(Struct):
    """POST …/sign-off. post: a covered post to give up; without it, the counter."""

    post: Key | None = None


class PauseFor(Struct):
    """POST …/pause. back_at makes it 暂离."""

    reason: Text
    back_at: Instant | None = None


class NewRating(Struct):
    """POST …/ratings: a ticket's leg, or the last leg finished at a counter."""

    level: Level
    ticket: Key | None = None
    leg: Annotated[int, Meta(ge=1, le=1000)] | None = None
    counter: Annotated[int, Meta(ge=1, le=999)] | None = None
    reasons: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    comment: Text | None = None


LongText = Annotated[str, Meta(max_length=2000)]


class NewGuide(Struct, forbid_unknown_fields=True):
    """What to know before one comes, whole; what is not stated is left out."""

    item_kind: Text | None = None
    conditions: LongText | None = None
    materials: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    steps: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    legal_limit: Text | None = None
    promised_limit: Text | None = None
    result: Text | None = None
    fee: Text | None = None
    basis: LongText | None = None
    consult_phone: Text | None = None
    complaint_phone: Text | None = None


class OfferService(Struct):
    """POST …/services. name: the right one of a doubtful entry; handling and queue: instead of what the rules say;
    guide: instead of the one before. What is left out stays as it is.
    """

    no: ServiceNo
    offered: bool
    name: Text | None = None
    handling: Literal["instant", "promised"] | None = None
    queue: Key | None = None
    guide: NewGuide | None = None


class PrintSlip(Struct):
    """POST …/print. printer: id, None for the caller's own. copy: it was printed before, and says so."""

    printer: Key | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")] | None = None
    copy: bool = False


class FirstAccount(Struct):
    """POST /setup. code: what the server printed."""

    code: Key
    user: Annotated[str, Meta(max_length=128)]
    name: Name
    password: Annotated[str, Meta(max_length=1024)]


class NewSetup(Struct):
    """POST …/setup. version: of the set-up that was looked at; setup: as GET answers it, changed."""

    version: Annotated[int, Meta(ge=0, le=2**53)]
    setup: dict[str, Any]


class NewHall(Struct):
    """POST /halls. setup: as GET …/setup answers it."""

    id: Key
    setup: dict[str, Any]


class AddPerson(Struct):
    """POST …/staff. password: None to have one made up. counter, capacity: the usual ones."""

    user: Annotated[str, Meta(max_length=128)]
    name: Name
    role: HallRole
    counter: CounterNo | None = None
    capacity: Capacity | None = None
    password: Annotated[str, Meta(max_length=1024)] | None = None


class ChangePerson(Struct):
    """POST …/staff/{account}: what is given is changed."""

    name: Name | None = None
    role: HallRole | None = None
    counter: CounterNo | None = None
    capacity: Capacity | None = None
    disabled: bool | None = None


class NewPassword(Struct):
    """POST …/password. password: None to have one made up."""

    password: Annotated[str, Meta(max_length=1024)] | None = None


class AskToPair(Struct):
    """POST /pairings. counter: whose evaluator it is."""

    hall: Key
    role: DeviceRole
    counter: CounterNo | None = None


class AddDevice(Struct):
    """POST …/devices. code: on the device's screen; without it role, and counter for an evaluator, are needed."""

    code: Annotated[str, Meta(min_length=1, max_length=16)] | None = None
    label: Annotated[str, Meta(max_length=100)] = ""
    role: DeviceRole | None = None
    counter: CounterNo | None = None


# Answers


class FirstAccountShape(Struct):
    """The administrator that was made."""

    user: str
    name: str


class Setup(Struct):
    """A hall's set-up. setup: docs/operations.md names its members."""

    version: int
    setup: dict[str, Any]


class TakenIn(Struct):
    """A file that was taken in. version: of the set-up that it became."""

    version: int


class ChangeShape(Struct, kw_only=True):
    """One change. by: an account or device id, "" for the command line; subject: whose account, which device."""

    at: datetime
    by: str
    by_name: str
    what: str
    fields: list[str] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    subject_name: str | UnsetType = UNSET


class Changes(Struct):
    """Changes, newest first."""

    changes: list[ChangeShape]


class PersonShape(Struct, kw_only=True):
    """Somebody who signs in. password: told once, when it was made."""

    id: str
    user: str
    name: str
    role: str
    disabled: bool
    counter: int | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    password: str | UnsetType = UNSET


class Staff(Struct):
    """The people of a hall."""

    staff: list[PersonShape]


class PairingShape(Struct):
    """A device that asks. id: its secret; code: for its screen; lasts_s: how long the code is good."""

    id: str
    code: str
    lasts_s: int


class PairingState(Struct):
    """Whether a device was let in."""

    state: Literal["waiting", "paired"]
    token: str | UnsetType = UNSET


class DeviceShape(Struct, kw_only=True):
    """A device. token: told once, when it was made without a code."""

    id: str
    role: str
    label: str
    created_at: datetime
    counter: int | UnsetType = UNSET
    last_seen_at: datetime | UnsetType = UNSET
    token: str | UnsetType = UNSET


class DeviceList(Struct):
    """The devices of a hall."""

    devices: list[DeviceShape]


class EstimateShape(Struct):
    """A wait that half, and nine in ten, do not exceed."""

    p50_s: int
    p90_s: int


class LegShape(Struct, kw_only=True):
    """One leg of a visit. clerk: for staff only."""

    leg: int
    counter: int
    capacity: Capacity
    called_at: datetime
    recalls: int
    post: str | UnsetType = UNSET
    started_at: datetime | UnsetType = UNSET
    finished_at: datetime | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    clerk: str | UnsetType = UNSET


class TicketShape(Struct, kw_only=True):
    """A ticket."""

    id: str
    number: str
    queue: str
    business_day: str
    issued_at: datetime
    state: TicketState
    ahead: int
    legs: list[LegShape]
    track: str
    service: int | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    priority_confirmed: bool | UnsetType = UNSET
    urgent: bool | UnsetType = UNSET
    appointment: datetime | UnsetType = UNSET
    estimate: EstimateShape | UnsetType = UNSET


class AtCounter(Struct):
    """The ticket at a counter, null when nobody waits."""

    ticket: TicketShape | None


class CurrentShape(Struct):
    """The number that a counter called or serves."""

    number: str
    state: TicketState
    recalls: int
    called_at: datetime


class CounterShape(Struct, kw_only=True):
    """A counter."""

    number: int
    name: str
    kind: str
    state: CounterState
    queues: list[str]
    back_at: datetime | UnsetType = UNSET
    ticket: CurrentShape | UnsetType = UNSET


class OneCounter(Struct):
    """A counter, wrapped."""

    counter: CounterShape


class QueueShape(Struct, kw_only=True):
    """A queue. estimate: what the next one to come would wait."""

    id: str
    name: str
    kind: str
    prefix: str
    waiting: int
    target_s: int
    estimate: EstimateShape | UnsetType = UNSET


class HallShape(Struct, kw_only=True):
    """A hall."""

    id: str
    name: str
    level: str
    timezone: str
    open_now: bool
    ticketing_now: bool
    queues: list[QueueShape]
    counters: list[CounterShape]
    opens_at: datetime | UnsetType = UNSET


class Halls(Struct):
    """All halls."""

    halls: list[HallShape]


class GuideShape(Struct, kw_only=True):
    """What to know before one comes; what is not known is absent."""

    item_kind: str | UnsetType = UNSET
    conditions: str | UnsetType = UNSET
    materials: list[str] | UnsetType = UNSET
    steps: str | UnsetType = UNSET  # one a line
    legal_limit: str | UnsetType = UNSET
    promised_limit: str | UnsetType = UNSET
    result: str | UnsetType = UNSET
    fee: str | UnsetType = UNSET
    basis: str | UnsetType = UNSET
    consult_phone: str | UnsetType = UNSET
    complaint_phone: str | UnsetType = UNSET


class ServiceShape(Struct):
    """A service that the hall offers."""

    no: int
    name: str
    main_item: str
    sub_item: str
    item_kind: str
    level: str
    department: str
    handling: Literal["instant", "promised"]
    queue: str
    guide: GuideShape


class Services(Struct):
    """Services that match."""

    services: list[ServiceShape]


class SessionShape(Struct, kw_only=True):
    """A sign-in."""

    token: str
    role: str
    name: str
    halls: list[str]
    counter: int | UnsetType = UNSET


class RatedShape(Struct):
    """A rating that was taken."""

    number: str
    leg: int
    level: Level


class BoardShape(Struct):
    """The topic `board` as it is now."""

    epoch: str
    seq: int
    at: datetime
    state: dict[str, Any]


class Statistics(Struct):
    """Figures, one row for each group."""

    rows: list[dict[str, Any]]


class Offered(Struct):
    """What the head decided about an item."""

    no: int
    offered: bool


class Printed(Struct):
    """A slip is out."""

    printed: bool
    printer: str


class HallCode(Struct):
    """A code that changes every ten minutes."""

    code: str


class DateShape(Struct):
    """The running business day."""

    business_day: str
    closed: bool


class ConfirmDate(Struct):
    """The date that the head vouches for."""

    business_day: date


class ProblemShape(Struct):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    retry: Literal["never", "same_key", "new_key"]
    detail: str
