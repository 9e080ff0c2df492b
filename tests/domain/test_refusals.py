"""Refusals: every code is reached by somebody, and nobody is refused with another."""

import ast
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

import queue_server.domain
from queue_server.domain import book_commands, commands
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_events import BookEvent, HallConfigured
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hours import Hours
from queue_server.domain.queue import Quota
from queue_server.domain.refusals import CODES, Refusal, Refused, Retry, refuse
from tests.domain.halls import HEAD, MONDAY, TUESDAY, Floor, clerk, local, township
from tests.domain.rectifications import Rectifying


def _counter(code: str) -> Callable[[Floor], Refusal]:
    """A counter's commands: the way to the obstacle, then what meets it."""

    def story(floor: Floor) -> Refusal:
        way, command = COUNTER[code]
        floor.on(1)
        floor.issue()
        for press in way:
            floor.press(1, press) if press is not commands.PauseCounter else floor.do(floor.at(1, press))
        return floor.refused(command)

    return story


_AT = {"by": clerk(1), "counter": 1}
_NEXT, _START = commands.CallNext(by=clerk(1), counter=1), commands.Start(by=clerk(1), counter=1)
Presses = tuple[type[commands.CounterCommand], ...]
SERVING: Presses = (commands.CallNext, commands.Start)

COUNTER: dict[str, tuple[Presses, commands.CounterCommand]] = {
    "ticket_open": ((commands.CallNext,), _NEXT),
    "no_ticket": ((), _START),
    "not_on_duty": ((), replace(_NEXT, by=clerk(2))),
    "counter_unknown": ((), replace(_NEXT, counter=99)),
    "counter_paused": ((commands.PauseCounter,), _NEXT),
    "not_paused": ((), commands.ResumeCounter(by=clerk(1), counter=1)),
    "back_at_past": ((), commands.PauseCounter(by=clerk(1), counter=1, back_at=local("08:59"))),
    "not_called": (SERVING, _START),
    "not_serving": ((commands.CallNext,), commands.Finish(by=clerk(1), counter=1)),
    "not_held": ((), commands.ResumeTicket(by=clerk(1), counter=1, number="A001")),
    "number_unknown": ((), commands.CallNumber(by=clerk(1), counter=1, number="A999", reason_ref="n_1")),
    "same_queue": (SERVING, commands.Transfer(by=clerk(1), counter=1, queue="comprehensive", reason_ref="n_1")),
    "queue_unknown": (SERVING, commands.Transfer(by=clerk(1), counter=1, queue="tax", reason_ref="n_1")),
    "service_not_offered": (SERVING, commands.Finish(by=clerk(1), counter=1, services=(99,))),
    "recall_limit": ((commands.CallNext, *[commands.Recall] * 5), commands.Recall(by=clerk(1), counter=1)),
    "already_on_duty": ((), commands.SignOn(by=clerk(1), counter=1, capacity="A")),
    "counter_taken": ((), commands.SignOn(by=clerk(2), counter=1, capacity="B")),
    "on_duty_elsewhere": ((), commands.SignOn(by=clerk(1), counter=7, capacity="relief")),
    "not_post_holder": ((), commands.SignOn(by=clerk(2), counter=3, capacity="B")),
    "post_unknown": ((), commands.SignOn(by=clerk(1), counter=1, capacity="A", post="post-99")),
    "not_covered": ((), commands.SignOff(by=clerk(1), counter=1, post="post-1")),
    "post_elsewhere": ((), commands.SignOn(by=clerk(3), counter=7, capacity="A", post="post-3")),
}


def _rate(ticket: str) -> commands.RateLeg:
    return commands.RateLeg(ticket=ticket, leg=1, level="satisfied", source="phone")


def _served(floor: Floor) -> str:
    floor.on(1)
    floor.issue()
    return floor.serve(1).id


def _day_doubtful(floor: Floor) -> Refusal:
    floor.on(1)
    return floor.refused(commands.EndDay(turn_to=TUESDAY + timedelta(days=7)))


def _day_closed(floor: Floor) -> Refusal:
    floor.do(commands.EndDay(by=HEAD))
    return floor.refused(commands.EndDay(by=HEAD))


def _ticketing_closed(floor: Floor) -> Refusal:
    floor.clock("22:00")
    return floor.refused(commands.IssueTicket(ticket="t", queue="agency"))


def _quota_reached(floor: Floor) -> Refusal:
    queue = replace(floor.hall.queues["agency"], quota=Quota(morning=0))
    hall = replace(floor.hall, queues={**floor.hall.queues, "agency": queue})
    floor.do(commands.ChangeHall(hall=hall, kind="ordinary"))
    return floor.refused(commands.IssueTicket(ticket="t", queue="agency"))


def _queue_in_use(floor: Floor) -> Refusal:
    floor.issue("agency")
    queues = {key: queue for key, queue in floor.hall.queues.items() if key != "agency"}
    return floor.refused(commands.ChangeHall(hall=replace(floor.hall, queues=queues), kind="ordinary"))


def _queue_not_served(floor: Floor) -> Refusal:
    floor.on(1)
    floor.issue("agency")
    return floor.refused(floor.at(1, commands.CallNumber, number="E001", reason_ref="n_1"))


def _ticket_closed(floor: Floor) -> Refusal:
    return floor.refused(commands.SetPriority(ticket=_served(floor), priority="elderly", confirmed=True))


def _already_urgent(floor: Floor) -> Refusal:
    command = commands.MakeUrgent(ticket=floor.issue().id, reason_ref="n_1")
    floor.do(command)
    return floor.refused(command)


def _already_rated(floor: Floor) -> Refusal:
    ticket = _served(floor)
    floor.do(_rate(ticket))
    return floor.refused(_rate(ticket))


def _already_unrated(floor: Floor) -> Refusal:
    _served(floor)
    command = commands.LeaveUnrated(counter=1, cause="refused")
    floor.do(command)
    return floor.refused(command)


def _hall_invalid(floor: Floor) -> Refusal:
    command = book_commands.ConfigureHall(hall=replace(floor.hall, name=""))
    decision = decide_for_book(Book(), command, floor.now)
    assert isinstance(decision, Refusal)
    return decision


def _hall_changed(floor: Floor) -> Refusal:
    command = book_commands.ConfigureHall(hall=floor.hall, instead_of=replace(floor.hall, name="以前的名称"))
    decision = decide_for_book(Book(), command, floor.now)
    assert isinstance(decision, Refusal)
    return decision


def _in_place_of(floor: Floor, number: str) -> commands.IssueTicket:
    return commands.IssueTicket(ticket=floor.id(), queue="comprehensive", lapsed=number)


def _lapsed_used(floor: Floor) -> Refusal:
    number = floor.issue().number
    floor.turn(TUESDAY)
    floor.do(_in_place_of(floor, number))
    return floor.refused(_in_place_of(floor, number))


def _paper(floor: Floor, number: str = "E001", at: str = "08:50") -> Refusal:
    return floor.refused(commands.EnterPaper(ticket="t", queue="agency", number=number, issued_at=local(at)))


def _number_taken(floor: Floor) -> Refusal:
    return _paper(floor, floor.issue("agency").number)


_MORNING = HalfDay(day=TUESDAY, half="morning")
_ABSENT = book_commands.ReportAbsence(
    absence="a_1", clerk=clerk(1), first=_MORNING, last=replace(_MORNING, half="afternoon"), kind="personal"
)
_GIVEN = book_commands.GiveHandover(handover="h_1", post="post-1", giver=clerk(1), taker=clerk(2))
_DEPUTY = book_commands.ConfirmDeputy(absence="a_1", post="post-1", deputy=clerk(2), kind_of=lambda _: "ordinary")
_BACK = book_commands.WithdrawAbsence(absence="a_1", current=_MORNING)

STAFFING: dict[str, tuple[book_commands.BookCommand, ...]] = {
    "absence_unknown": (replace(_DEPUTY, absence="a_9"),),
    "absence_backwards": (replace(_ABSENT, first=_ABSENT.last, last=_ABSENT.first),),
    "absence_over": (_ABSENT, replace(_BACK, current=replace(_MORNING, day=TUESDAY + timedelta(days=1)))),
    "absence_too_long": (replace(_ABSENT, last=replace(_MORNING, day=TUESDAY.replace(year=2028))),),
    "absence_overlaps": (_ABSENT, replace(_ABSENT, absence="a_2", first=_ABSENT.last)),
    "not_in_absence": (_ABSENT, replace(_DEPUTY, first=replace(_MORNING, day=MONDAY))),
    "post_not_left": (_ABSENT, replace(_DEPUTY, post="post-3")),
    "deputy_absent": (_ABSENT, replace(_ABSENT, absence="a_2", clerk=clerk(2)), _DEPUTY),
    "handover_unknown": (book_commands.TakeHandover(handover="h_9"),),
    "handover_to_self": (replace(_GIVEN, taker=clerk(1)),),
    "not_taker": (_GIVEN, book_commands.TakeHandover(by=clerk(3), handover="h_1")),
}


def _accepted(book: Book, command: book_commands.BookCommand, now: datetime) -> Sequence[BookEvent]:
    events = decide_for_book(book, command, now)
    assert not isinstance(events, Refusal)
    return events


def _book(commands: tuple[book_commands.BookCommand, ...]) -> Callable[[Floor], Refusal]:
    """What the book accepts on the way to the obstacle, then what meets it."""

    def story(floor: Floor) -> Refusal:
        book = apply_to_book(Book(), HallConfigured(at=floor.now, hall=floor.hall))
        *way, last = commands
        for command in way:
            for event in _accepted(book, command, floor.now):
                apply_to_book(book, event)
        refusal = decide_for_book(book, last, floor.now)
        assert isinstance(refusal, Refusal)
        return refusal

    return story


def _rectifying(code: str) -> Callable[[Floor], Refusal]:
    """A bad rating's book: the way to the obstacle, then what meets it."""

    def story(floor: Floor) -> Refusal:
        book = Rectifying()
        *way, last = RECTIFYING[code](book)
        for command in way:
            book.do(command)
        return book.refused(last)

    return story


RECTIFYING: dict[str, Callable[[Rectifying], tuple[book_commands.BookCommand, ...]]] = {
    "rectification_unknown": lambda book: (replace(book.start(), rectification="r_none"),),
    "rectification_closed": lambda book: (book.finish(), book.start()),
    "already_under_way": lambda book: (book.start(), book.start()),
    "review_pending": lambda book: (book.ask(), book.start()),
    "no_review": lambda book: (book.decide(True),),
    "own_review": lambda book: (book.ask(), book.decide(True, by=HEAD)),
    "until_invalid": lambda book: (book.ask("extension"),),
    "rectification_overdue": lambda book: (book.later(days=30).ask("extension"),),
    "not_rectified": lambda book: (book.follow(),),
    "already_followed_up": lambda book: (book.finish(), book.follow(), book.follow()),
}

_REGISTER = book_commands.RegisterComplaint(
    complaint="c_1", channel="phone", severity="general", about="service", kind_of=lambda day: "ordinary",
    text_ref="n_1", phone_ref="n_2",
)  # fmt: skip
_REPLY = book_commands.ReplyToComplaint(complaint="c_1", reply_ref="n_3", written=False)
_EXTEND = book_commands.ExtendComplaint(complaint="c_1", until=MONDAY + timedelta(days=9), reason_ref="n_3", told=True)

COMPLAINTS: dict[str, tuple[book_commands.BookCommand, ...]] = {
    "loss_unknown": (book_commands.AcknowledgeLoss(by=HEAD, epoch="e0"),),
    "complaint_unknown": (_REPLY,),
    "complaint_closed": (_REGISTER, _REPLY, _REPLY),
    "deadline_invalid": (_REGISTER, replace(_EXTEND, until=MONDAY)),
    "complainant_not_told": (_REGISTER, replace(_EXTEND, told=False)),
    "reply_must_be_written": (replace(_REGISTER, channel="paper"), _REPLY),
    "not_on_the_spot": (replace(_REGISTER, about="staff", reply_ref="n_3"),),
}


def _complaint_overdue(floor: Floor) -> Refusal:
    book = apply_to_book(Book(), HallConfigured(at=floor.now, hall=floor.hall))
    for event in _accepted(book, _REGISTER, floor.now):
        apply_to_book(book, event)
    refusal = decide_for_book(book, _EXTEND, floor.now + timedelta(days=2))
    assert isinstance(refusal, Refusal)
    return refusal


STORIES: dict[str, Callable[[Floor], Refusal]] = {
    **{code: _counter(code) for code in COUNTER},
    **{code: _rectifying(code) for code in RECTIFYING},
    "day_doubtful": _day_doubtful,
    "day_not_over": lambda floor: floor.refused(commands.EndDay(turn_to=floor.business_day)),
    "day_closed": _day_closed,
    "ticketing_closed": _ticketing_closed,
    "quota_reached": _quota_reached,
    "number_invalid": lambda floor: _paper(floor, "A001"),
    "number_taken": _number_taken,
    "issued_at_invalid": lambda floor: _paper(floor, at="09:01"),
    "queue_in_use": _queue_in_use,
    "queue_not_served": _queue_not_served,
    "ticket_unknown": lambda floor: floor.refused(commands.CancelTicket(ticket="t_none")),
    "ticket_closed": _ticket_closed,
    "not_lapsed": lambda floor: floor.refused(_in_place_of(floor, "A999")),
    "lapsed_used": _lapsed_used,
    "not_waiting": lambda floor: floor.refused(commands.CancelTicket(ticket=_served(floor))),
    "not_absent": lambda floor: floor.refused(commands.ReturnTicket(ticket=floor.issue().id)),
    "already_urgent": _already_urgent,
    "not_finished": lambda floor: floor.refused(_rate(floor.issue().id)),
    "already_rated": _already_rated,
    "already_unrated": _already_unrated,
    **{code: _book(way) for code, way in (STAFFING | COMPLAINTS).items()},
    "complaint_overdue": _complaint_overdue,
    "hall_invalid": _hall_invalid,
    "hall_changed": _hall_changed,
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_reached(code: str) -> None:
    """Somebody meets each obstacle; asking tells it, changes nothing, and does not remove it."""
    floor = Floor()
    refusal = STORIES[code](floor)
    assert refusal.code == code
    assert refusal.retry == CODES[code]


def test_every_story_is_a_code() -> None:
    """No story tells of an obstacle that is not listed."""
    assert STORIES.keys() == CODES.keys()


def test_no_decision_makes_another_code() -> None:
    """Whatever code stands in the domain's source is in the list, and the list has no other."""
    folder = Path(queue_server.domain.__file__).parent
    made: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                codes = node.args[:1] if node.func.id == "refuse" else []
                codes += [k.value for k in node.keywords if node.func.id == "Refusal" and k.arg == "code"]
                made |= {code.value for code in codes if isinstance(code, ast.Constant) and isinstance(code.value, str)}
    assert made == set(CODES)


def test_retry_is_told() -> None:
    """Each code tells whether asking again can help: never, or with a new key once the obstacle is gone."""
    assert set(CODES.values()) <= set(get_args(Retry))
    assert "same_key" not in CODES.values(), "that is the store's: a refusal is decided anew, also for the same key"


def test_a_refusal_leaves_the_decision() -> None:
    """`refuse` carries code and fields out of a rule, as data."""
    with pytest.raises(Refused, match="quota_reached") as caught:
        refuse("quota_reached", queue="agency", quota=3)
    assert caught.value.refusal == Refusal(code="quota_reached", fields={"queue": "agency", "quota": 3})


def test_fields_are_plain() -> None:
    """What a refusal tells besides its code are numbers and keys, never a clerk's or a citizen's id."""
    for code, story in STORIES.items():
        fields = story(Floor(township(hours=Hours()))).fields
        assert all(isinstance(value, int | str) for value in fields.values())
        assert not any(str(value).startswith(("u_", "t_", "n_")) for value in fields.values()), code
