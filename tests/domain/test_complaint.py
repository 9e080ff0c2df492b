"""Complaints: who may see one, until when it is to be answered, and what ends its clock."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.complaint import Complaint
from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.hours import DayKind
from queue_server.domain.refusals import Refusal
from tests.domain.halls import HEAD, MONDAY, clerk, local, township

DISCIPLINE = "u_discipline"
NOON = local("12:00")
FRIDAY = local("16:00", date(2026, 6, 5))
ANY = {"complaint": "c_1"}


def _ordinary(day: date) -> DayKind:
    return "ordinary"


class Desk:
    """A hall's book at which complaints are worked on. now: hall time, moved by hand."""

    def __init__(self, now: datetime = NOON, **rules: Any) -> None:
        self.now = now
        self.hall = replace(township(), complaints=ComplaintRules(**rules))
        self.book = apply_to_book(Book(), events.HallConfigured(at=now, hall=self.hall))

    def do(self, command: commands.BookCommand) -> Sequence[events.BookEvent]:
        """A command that is accepted; what happened, also to a copy, and to a book that is read anew."""
        before = self.book.copy()
        happened = decide_for_book(self.book, command, self.now)
        assert not isinstance(happened, Refusal), happened
        assert before.complaints.all == self.book.complaints.all, "a decision changes nothing"
        for event in happened:
            apply_to_book(self.book, event)
        return happened

    def refused(self, command: commands.BookCommand) -> str:
        """Why a command is refused."""
        refusal = decide_for_book(self.book, command, self.now)
        assert isinstance(refusal, Refusal), refusal
        return refusal.code

    def register(self, complaint: str = "c_1", **about: Any) -> Complaint:
        """A general complaint about a service, brought up online, unless said otherwise."""
        kind = {"channel": "online", "severity": "general", "about": "service"} | about
        self.do(commands.RegisterComplaint(complaint=complaint, kind_of=_ordinary, text_ref="n_1", **kind))
        return self[complaint]

    def __getitem__(self, complaint: str) -> Complaint:
        return self.book.complaints.all[complaint]


def _reclassify(**what: Any) -> commands.ReclassifyComplaint:
    kind: dict[str, Any] = {"severity": "general", "about": "service", **what}
    return commands.ReclassifyComplaint(complaint="c_1", kind_of=_ordinary, **kind)


def _extend(until: date, told: bool = True) -> commands.ExtendComplaint:
    return commands.ExtendComplaint(**ANY, until=until, reason_ref="n_5", told=told)


def _reply(written: bool = True) -> commands.ReplyToComplaint:
    return commands.ReplyToComplaint(**ANY, reply_ref="n_6", written=written)


# Who may see one


@pytest.mark.parametrize(
    ("about", "subject", "role", "account", "shown"),
    [
        ("service", None, "discipline", DISCIPLINE, True),
        ("service", None, "head", HEAD, True),
        ("staff", None, "discipline", DISCIPLINE, True),
        ("staff", None, "head", HEAD, False),
        ("service", clerk(1), "head", HEAD, False),  # named, so about staff
        ("staff", DISCIPLINE, "discipline", DISCIPLINE, False),
        ("staff", DISCIPLINE, "discipline", "u_other", True),
        ("service", None, "clerk", clerk(1), False),
        ("service", None, "guide", "u_guide", False),
        ("service", None, "district", "u_district", False),
        ("service", None, "admin", "u_admin", False),
        ("service", None, "public", "public", False),
    ],
)
def test_who_may_see_a_complaint(about: Any, subject: str | None, role: str, account: str, shown: bool) -> None:
    """Discipline sees all of its hall, the head what is not about staff, nobody one about oneself, others none."""
    assert Desk().register(about=about, subject=subject).shown_to(role, account) is shown


def test_one_about_the_head_is_hidden_from_the_head_however_grave() -> None:
    """Major goes to head and discipline; about staff goes to discipline alone, which overrides it."""
    complaint = Desk().register(severity="major", subject=HEAD)
    assert not complaint.shown_to("head", HEAD)
    assert complaint.shown_to("discipline", DISCIPLINE)


def test_a_code_shows_a_complaint_to_its_complainant() -> None:
    """By the hash of what they were given; nothing else does."""
    desk = Desk()
    complaint = desk.register(code_hash="h1")
    assert desk.book.complaints.of_code("h1") == complaint
    assert desk.book.complaints.of_code("h2") is None
    assert desk.book.complaints.of_code("") is None


def test_who_entered_one_about_staff_has_no_code_to_it() -> None:
    """The clerk who typed it would be shown the answer by it; complainants who wrote themselves keep theirs."""
    desk = Desk()
    assert desk.register("c_1", channel="counter", about="staff", code_hash="h1").code_hash is None
    assert desk.register("c_2", channel="online", about="staff", code_hash="h2").code_hash == "h2"
    assert desk.book.complaints.of_code("h1") is None


def test_a_code_ends_when_it_turns_out_to_be_about_staff() -> None:
    """One entered at the counter, whose clerk has seen the code; and it does not come back."""
    desk = Desk()
    desk.register(channel="counter", code_hash="h1")
    desk.do(_reclassify(about="staff"))
    assert desk.book.complaints.of_code("h1") is None
    desk.do(_reclassify(about="other"))
    assert desk["c_1"].code_hash is None


# Until when


def test_a_general_one_is_due_by_the_end_of_the_next_day() -> None:
    """当日或者次日, as calendar days unless the hall counts working days; a weekend shows the difference."""
    assert Desk(FRIDAY).register().due_at == local("00:00", date(2026, 6, 7))
    assert Desk(FRIDAY, days="working").register().due_at == local("00:00", date(2026, 6, 9))


@pytest.mark.parametrize("severity", ["complex", "major"])
def test_others_are_due_within_a_week(severity: Any) -> None:
    """一周之内, likewise."""
    assert Desk(FRIDAY).register(severity=severity).due_at == local("00:00", date(2026, 6, 13))
    assert Desk(FRIDAY, days="working").register(severity=severity).due_at == local("00:00", date(2026, 6, 17))
    assert Desk(FRIDAY, complex_days=3).register(severity=severity).due_at == local("00:00", date(2026, 6, 9))


def test_it_is_late_from_the_end_of_its_last_day() -> None:
    """Answered in the last second it was in time, and stays so for good."""
    desk = Desk()
    due = desk.register().due_at
    assert not desk["c_1"].late(due - timedelta(microseconds=1))
    assert desk["c_1"].late(due)
    desk.now = due - timedelta(seconds=1)
    desk.do(_reply())
    assert not desk["c_1"].late(due + timedelta(days=400))


def test_one_that_was_answered_late_stays_late() -> None:
    """The clock ends with the answer, and tells for good whether it was in time."""
    desk = Desk()
    desk.register()
    desk.now += timedelta(days=5)
    desk.do(_reply())
    assert desk["c_1"].late(desk.now)
    assert desk["c_1"].closed_at == desk.now


def test_another_kind_has_another_deadline() -> None:
    """Counted from when it came, in both directions."""
    desk = Desk()
    desk.register()
    desk.do(_reclassify(severity="complex"))
    assert desk["c_1"].due_at == local("00:00", MONDAY + timedelta(days=8))
    desk.do(_reclassify(severity="general"))
    assert desk["c_1"].due_at == local("00:00", MONDAY + timedelta(days=2))


def test_another_kind_makes_nothing_late_and_nothing_in_time() -> None:
    """A complex one that is found to be general on its fourth day has that day; a late one stays late."""
    desk = Desk()
    desk.register(severity="complex")
    desk.now += timedelta(days=3)
    desk.do(_reclassify(severity="general"))
    assert desk["c_1"].due_at == local("00:00", MONDAY + timedelta(days=4))
    desk.now += timedelta(days=1)
    desk.do(_reclassify(severity="complex"))
    assert desk["c_1"].late(desk.now)


def test_the_same_kind_again_changes_nothing() -> None:
    """Nothing is written down."""
    desk = Desk()
    desk.register(severity="complex", subject=clerk(1))
    assert desk.do(_reclassify(severity="complex", about="staff", subject=clerk(1))) == ()
    assert desk.do(_reclassify(severity="complex", about="other", subject=clerk(1))) == ()


def test_more_time_is_taken_before_the_limit_and_told() -> None:
    """Until the end of a day; where a page tells the complainant, nobody else has to."""
    desk = Desk()
    desk.register(channel="phone", phone_ref="n_2")
    until = MONDAY + timedelta(days=5)
    assert desk.refused(_extend(until, told=False)) == "complainant_not_told"
    (event,) = desk.do(_extend(until))
    assert isinstance(event, events.ComplaintExtended)
    assert (event.told, event.due_at) == (True, local("00:00", MONDAY + timedelta(days=6)))
    assert desk["c_1"].due_at == desk["c_1"].extended_to == event.due_at
    online = Desk()
    online.register(code_hash="h1", phone_ref="n_2")
    (event,) = online.do(_extend(until, told=False))
    assert isinstance(event, events.ComplaintExtended) and event.told


def test_nobody_can_be_told_who_left_nothing() -> None:
    """Neither phone nor page: more time may be taken, and it is on record that nobody was told."""
    desk = Desk()
    desk.register(channel="paper")
    (event,) = desk.do(_extend(MONDAY + timedelta(days=5), told=False))
    assert isinstance(event, events.ComplaintExtended) and not event.told


@pytest.mark.parametrize("until", [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=400), date.max])
def test_more_time_is_later_and_ends(until: date) -> None:
    """Not the present limit or earlier, not more than a year ahead."""
    desk = Desk()
    desk.register()
    assert desk.refused(_extend(until)) == "deadline_invalid"


def test_a_late_one_is_not_extended() -> None:
    """From its last second on."""
    desk = Desk()
    desk.now = desk.register().due_at
    assert desk.refused(_extend(MONDAY + timedelta(days=9))) == "complaint_overdue"


def test_another_kind_takes_no_granted_time_away() -> None:
    """What the complainant was told still holds."""
    desk = Desk()
    desk.register()
    desk.do(_extend(MONDAY + timedelta(days=20)))
    desk.do(_reclassify(severity="complex"))
    assert desk["c_1"].due_at == local("00:00", MONDAY + timedelta(days=21))


# Answers


@pytest.mark.parametrize(
    ("channel", "severity", "written"),
    [
        ("counter", "general", False),
        ("phone", "complex", False),
        ("counter", "major", True),
        ("paper", "general", True),
        ("online", "general", True),
        ("qr", "general", True),
    ],
)
def test_what_was_written_is_answered_in_writing(channel: Any, severity: Any, written: bool) -> None:
    """口头的口头答复，书面的书面答复; a major one is put in writing however it came."""
    desk = Desk()
    assert desk.register(channel=channel, severity=severity).written is written
    if written:
        assert desk.refused(_reply(written=False)) == "reply_must_be_written"
        desk.do(_reply())
    else:
        desk.do(_reply(written=False))
    assert desk["c_1"].state == "replied"


def test_one_that_becomes_major_has_to_be_answered_in_writing() -> None:
    """And goes on to be when it is found less grave: it was put in writing."""
    desk = Desk()
    desk.register(channel="phone")
    desk.do(_reclassify(severity="major"))
    desk.do(_reclassify(severity="general"))
    assert desk.refused(_reply(written=False)) == "reply_must_be_written"


def test_one_may_be_answered_on_the_spot() -> None:
    """当场答复: taken in and answered by the same press, one after the other in the journal."""
    desk = Desk()
    complaint = desk.register(channel="counter", reply_ref="n_6", counter=4)
    assert (complaint.state, complaint.closed_at, len(complaint.log)) == ("replied", NOON, 2)


@pytest.mark.parametrize(
    "kind", [{"channel": "paper"}, {"severity": "complex"}, {"severity": "major"}, {"about": "staff"}]
)
def test_not_every_kind_is_answered_on_the_spot(kind: dict[str, Any]) -> None:
    """Not by whoever takes it in; then nothing of it is taken in."""
    desk = Desk()
    command = commands.RegisterComplaint(
        complaint="c_1",
        kind_of=_ordinary,
        text_ref="n_1",
        reply_ref="n_6",
        **({"channel": "counter", "severity": "general", "about": "service"} | kind),
    )
    assert desk.refused(command) == "not_on_the_spot"
    assert desk.book.complaints.all == {}


def test_a_closed_one_takes_nothing_but_notes() -> None:
    """How its letter was delivered is still written down."""
    for end in (_reply(), commands.WithdrawComplaint(**ANY, reason_ref="n_7")):
        desk = Desk()
        desk.register()
        desk.do(end)
        for more in (_reply(), _extend(MONDAY + timedelta(days=5)), _reclassify(severity="major")):
            assert desk.refused(more) == "complaint_closed"
        desk.do(commands.NoteComplaint(**ANY, note_ref="n_8"))
        assert len(desk["c_1"].log) == 3
        assert list(desk.book.complaints.open()) == []


def test_it_names_a_counter_of_the_hall() -> None:
    """Or none."""
    desk = Desk()
    command = commands.RegisterComplaint(
        complaint="c_1", channel="qr", severity="general", about="staff", kind_of=_ordinary, text_ref="n_1", counter=99
    )
    assert desk.refused(command) == "counter_unknown"


# Numbers and replay


def test_numbers_run_within_the_year() -> None:
    """From 0001, by the hall's date: New Year in the hall, while it is still the old year in UTC."""
    desk = Desk(local("23:00", date(2026, 12, 31)))
    assert [desk.register(f"c_{n}").number for n in range(2)] == ["2026-0001", "2026-0002"]
    desk.now = local("00:30", date(2027, 1, 1))
    assert [desk.register(f"c_{n}").number for n in range(2, 4)] == ["2027-0001", "2027-0002"]


def test_those_about_staff_are_numbered_for_themselves() -> None:
    """Whoever sees the other numbers cannot tell from a gap that there was one, nor how many."""
    desk = Desk()
    kinds = ("service", "staff", "staff", "other")
    assert [desk.register(f"c_{n}", about=about).number for n, about in enumerate(kinds)] == [
        "2026-0001", "2026-J0001", "2026-J0002", "2026-0002",
    ]  # fmt: skip


KINDS = st.fixed_dictionaries(
    {
        "severity": st.sampled_from(["general", "complex", "major"]),
        "about": st.sampled_from(["staff", "service", "other"]),
        "subject": st.none() | st.just(clerk(1)),
    }
)


@given(
    st.lists(KINDS | st.sampled_from(["extend", "note", "reply", "withdraw"]), max_size=8),
    st.lists(st.integers(0, 100), min_size=8, max_size=8),
)
def test_whatever_is_done_no_deadline_comes_nearer_than_today_and_lateness_stays(
    steps: list[Any], hours: list[int]
) -> None:
    """Through any commands: late stays late, in time is never made late at once, and events alone give the state."""
    desk = Desk()
    desk.register(channel="phone", code_hash="h1")
    happened: list[events.BookEvent] = [*desk["c_1"].log]
    for step, passed in zip(steps, hours, strict=False):
        desk.now += timedelta(hours=passed)
        others: dict[str, commands.BookCommand] = {
            "extend": _extend(desk.now.date() + timedelta(days=9)),
            "note": commands.NoteComplaint(**ANY, note_ref="n_8"),
            "reply": _reply(),
            "withdraw": commands.WithdrawComplaint(**ANY),
        }
        command = _reclassify(**step) if isinstance(step, dict) else others[step]
        was_late = desk["c_1"].late(desk.now)
        decision = decide_for_book(desk.book, command, desk.now)
        if not isinstance(decision, Refusal):
            happened += desk.do(command)
        assert desk["c_1"].late(desk.now) is was_late
    again = Book()
    for event in happened:
        apply_to_book(again, event)
    assert again.complaints.all == desk.book.complaints.all
    assert [*again.complaints.open()] == [*desk.book.complaints.open()]
