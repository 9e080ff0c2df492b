"""One hall at work: its business days, its time, its set-up, and what a start finds again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from queue_server.domain import book_commands, book_events, commands, events
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.engine.promises import FRESH
from queue_server.engine.stream_runner import Accepted, KeyReused, Unavailable
from queue_server.journal.base import Journal, NewBatch, Sealed, Stream
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.domain.halls import HEAD, MONDAY, TUESDAY, clerk, local, village
from tests.domain.invariants import check_day
from tests.engine.journals import HandHeld, opened, turns
from tests.engine.rig import Office, Times, day_events, served
from tests.journal.conftest import Store

WEDNESDAY, THURSDAY = date(2026, 6, 3), date(2026, 6, 4)


@pytest.fixture
async def journal() -> AsyncIterator[MemoryJournal]:
    """A journal that can fail."""
    journal = MemoryJournal(MemoryDisk())
    await journal.open()
    yield journal
    await journal.close()


def renamed(hall: Hall, name: str) -> Hall:
    """The hall under another name: a change that nothing can stand in the way of."""
    return replace(hall, name=name)


def without(hall: Hall, counter: int) -> Hall:
    """The hall without one of its counters."""
    counters = {number: known for number, known in hall.counters.items() if number != counter}
    posts = {key: post for key, post in hall.posts.items() if post.counter != counter}
    return replace(hall, counters=counters, posts=posts)


# A day


async def test_a_day_at_work_is_found_again_after_a_restart(store: Store) -> None:
    """The same state, from the journal alone, and what happened before is old news."""
    async with opened(store) as journal:
        office = await Office(journal).begin()
        await office.on(1, 3)
        numbers = [await office.issue() for _ in range(3)]
        assert numbers == ["A001", "A002", "A003"]
        assert await served(office, 1) == "A001"
        await office.press(1, commands.CallNext, commands.Start)
        before = office.day.copy()
        check_day(before)
    async with opened(store) as journal:
        again = await Office(journal).load()
        assert again.day == before
        assert again.heard.news == [] and again.heard.replays[-1] == before.seq
        assert await again.press(1, commands.Finish) == "A002"
        assert again.heard.kinds() == ["ticket_finished"]


async def test_a_promised_wait_is_recorded_with_its_ticket(journal: MemoryJournal) -> None:
    """Nothing is promised while no counter serves the queue."""
    office = await Office(journal).begin()
    await office.issue()
    await office.on(1)
    await office.issue()
    first, second = office.day.tickets.values()
    assert first.estimate is None and second.estimate is not None
    assert 0 < second.estimate.p50_s <= second.estimate.p90_s
    assert office.runner.forecast().estimate(second.id) is not None


async def test_an_absence_that_was_reported_is_reckoned_with(journal: MemoryJournal) -> None:
    """From then on nobody is promised a turn after midday at the counter that will be left."""
    office = await Office(journal, Times("11:30")).begin()
    await office.on(4)
    noon = HalfDay(day=MONDAY, half="afternoon")
    for _ in range(4):
        await office.issue("complaint")
    absence = book_commands.ReportAbsence(
        by=clerk(4), absence="a_1", clerk=clerk(4), first=noon, last=noon, kind="sick"
    )
    assert isinstance(await office.runner.run_book(absence, "absence", "", lambda book, events: None), Accepted)
    office.times.later(FRESH.total_seconds())
    await office.issue("complaint")
    assert [ticket.estimate is not None for ticket in office.day.tickets.values()] == [True] * 4 + [False]
    assert "complaint" not in office.runner.forecast().by_queue()


async def test_a_hall_that_was_never_set_up_has_no_day(journal: MemoryJournal) -> None:
    """Commands say so; the clock passes it by; reading it is no error."""
    office = await Office(journal).load()
    await office.runner.turn_day()
    with pytest.raises(LookupError):
        await office.issue()
    assert office.runner.hall is None and office.day.business_day is None


async def test_a_hall_has_a_set_up_before_its_first_day(journal: MemoryJournal) -> None:
    """What cannot work is refused, and the same once more changes nothing."""
    office = await Office(journal).load()
    refusal = await office.configure(replace(office.hall, name=" "))
    assert isinstance(refusal, Refusal) and refusal.code == "hall_invalid"
    assert await office.configure(office.hall) == Accepted(office.hall, 1)
    assert await office.configure(office.hall) == Accepted(office.hall, 0)
    assert office.runner.hall == office.hall and office.day.hall_or_none is None
    with pytest.raises(KeyReused):
        await office.runner.configure(office.hall, "u_admin", "a2", "another request")


# The turn of the day


async def test_the_first_command_of_a_day_opens_it(store: Store) -> None:
    """Who waits, was called or is held lapses; clerks are signed off; numbers start over."""
    async with opened(store) as journal:
        office = await Office(journal).begin()
        await office.on(1, 2)
        for _ in range(4):
            await office.issue()
        await office.press(1, commands.CallNext, commands.Start, commands.Hold)
        await office.press(2, commands.CallNext)
        office.times.set("09:00", TUESDAY)
        assert await office.issue() == "A001"
        day = office.day
        assert day.business_day == TUESDAY and not day.duties
        assert [ticket.state for ticket in day.previous.values()] == ["lapsed"] * 4
        assert [ticket.number for ticket in day.tickets.values()] == ["A001"]
        assert await journal.marks(office.runner.days.stream, 5) == [("2026-06-01", 1), ("2026-06-02", day.seq - 1)]


async def test_the_day_turns_at_its_hour_and_not_at_midnight(journal: MemoryJournal) -> None:
    """At 04:00 by the hall's clock: night is still yesterday."""
    office = await Office(journal).begin()
    office.times.set("03:59:59", TUESDAY)
    await office.runner.turn_day()
    assert office.day.business_day == MONDAY
    office.times.later(1)
    await office.runner.turn_day()
    assert office.day.business_day == TUESDAY
    seq = office.day.seq
    await office.runner.turn_day()
    assert office.day.seq == seq


async def test_a_ticket_in_service_is_carried_over_with_its_clerk(journal: MemoryJournal) -> None:
    """She finishes it in the new day, in which its number may be issued again."""
    office = await Office(journal).begin()
    await office.on(1, 2)
    await office.issue()
    await office.press(1, commands.CallNext, commands.Start)
    office.times.set("09:00", TUESDAY)
    assert await office.issue() == "A001"
    assert set(office.day.duties) == {1} and [t.number for t in office.day.carried()] == ["A001"]
    assert await office.press(1, commands.Finish) == "A001"
    assert [ticket.state for ticket in office.day.tickets.values()] == ["finished", "waiting"]
    check_day(office.day)


async def test_the_head_closes_a_day_early(journal: MemoryJournal) -> None:
    """No more tickets until the next morning, when the day is not ended once more."""
    office = await Office(journal).begin()
    await office.on(1)
    await office.issue()
    await office.issue()
    await office.press(1, commands.CallNext, commands.Start)
    assert isinstance(await office.runner.close_day(HEAD, "close", ""), Accepted)
    assert await office.refused(commands.IssueTicket(ticket="t_late", queue="comprehensive")) == "day_closed"
    assert isinstance(await office.runner.close_day(HEAD, "close again", ""), Refusal)
    assert await office.runner.close_day(HEAD, "close", "") == Accepted(date(2026, 6, 1), 8)
    await office.press(1, commands.Finish)
    office.times.set("09:00", TUESDAY)
    assert await office.issue() == "A001"
    kinds = office.heard.kinds()
    assert kinds.count("day_closed") == 1 and kinds.count("day_opened") == 2 and kinds.count("ticket_lapsed") == 1


async def test_a_command_is_answered_again_after_the_day_has_turned(store: Store) -> None:
    """As it was answered then; a day later its key is forgotten."""
    async with opened(store) as journal:
        office = await Office(journal).begin()
        await office.issue()
        assert await office.issue(key="mine") == "A002"
        for day in (TUESDAY, WEDNESDAY):
            assert await office.issue(key="mine") == "A002"
            office.times.set("09:00", day)
            await office.runner.turn_day()
        assert await office.issue(key="mine") == "A001"
    async with opened(store) as journal:
        again = await Office(journal, Times(day=WEDNESDAY)).begin()
        assert await again.issue(key="mine") == "A001"
        assert [t.number for t in again.day.tickets.values()] == ["A001"]


async def test_a_crash_between_the_end_and_the_opening_loses_no_day() -> None:
    """The next start opens what is due, and ends nothing twice."""
    hand = HandHeld()
    await hand.open()
    first = MemoryJournal(hand.disk)
    await first.open()
    before = await Office(first).begin()
    await before.on(1)
    await before.issue()

    crashing = Office(hand, Times(day=TUESDAY))
    await crashing.load()
    turning = asyncio.create_task(crashing.runner.turn_day())
    await turns()
    await hand.flush()  # the end of Monday; the opening of Tuesday is queued, and never written
    assert len(hand.queued) == 1
    turning.cancel()

    after = await Office(first, Times(day=TUESDAY)).load()
    assert after.day.closed and after.day.business_day == MONDAY
    assert await after.issue() == "A001"
    assert after.day.business_day == TUESDAY
    kinds = [type(event) for event in await day_events(first)]
    assert kinds.count(events.DayClosed) == kinds.count(events.TicketLapsed) == kinds.count(events.ClerkSignedOff) == 1
    assert kinds.count(events.DayOpened) == 2
    await first.close()


async def test_a_day_is_ended_once_more_when_another_server_let_a_ticket_go_on() -> None:
    """Its clock was a second behind: a transfer came between the end and the opening. The next command mends it."""
    hand = HandHeld()
    await hand.open()
    before = await Office(hand.inner).begin()
    await before.on(1)
    await before.issue()
    await before.press(1, commands.CallNext, commands.Start)

    fast = await Office(hand, Times("04:00", TUESDAY)).load()
    slow = await Office(hand.inner, Times("03:59", TUESDAY), name="b").begin()
    turning = asyncio.create_task(fast.runner.turn_day())
    await turns()
    await hand.flush()
    await slow.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    with capture_logs() as logs:
        await hand.flush()
        await turning
    assert [log["code"] for log in logs] == ["day_not_over"] and fast.day.business_day == MONDAY
    turning = asyncio.create_task(fast.runner.turn_day())
    while not turning.done():
        await turns()
        await hand.flush()
    assert fast.day.business_day == TUESDAY and not fast.day.tickets
    assert [ticket.state for ticket in fast.day.previous.values()] == ["lapsed"]


async def test_a_hall_that_has_moved_away_is_not_shown_as_how_things_are(journal: MemoryJournal) -> None:
    """From the first command on that is refused for it, until one is taken again."""
    office = await Office(journal).begin()
    assert office.runner.current
    for kind in ("day", "book"):
        await journal.seal(Stream("town", kind), "the hall has moved")
    with pytest.raises(Sealed, match="the hall has moved"):
        await office.issue()
    assert not office.runner.current
    await journal.seal(Stream("town", "day"), "")
    await office.issue()
    assert office.runner.current


async def test_a_hall_that_was_shut_for_days_opens_the_day_that_is_due(journal: MemoryJournal) -> None:
    """The days between were none of its business days."""
    office = await Office(journal).begin()
    await office.issue()
    office.times.set("09:00", THURSDAY)
    assert await office.issue() == "A001"
    assert [mark for mark, _ in await journal.marks(office.runner.days.stream, 9)] == ["2026-06-01", "2026-06-04"]


# Hall time


async def test_a_date_that_leaps_is_doubted_until_the_head_confirms_it(store: Store) -> None:
    """Meanwhile the hall works on, in its own time; numbers do not start over; a restart changes nothing of that."""
    years_later = date(2036, 6, 2)
    async with opened(store) as journal:
        office = await Office(journal).begin()
        await office.on(1)
        await office.issue()
        office.times.later(30)
        office.times.set("09:01", years_later)
        assert await office.issue() == "A002"
        office.times.later(30)
        assert await office.press(1, commands.CallNext) == "A001"
        assert office.runner.date_doubted and office.day.business_day == MONDAY
        first = office.day.at_counter(1)
        assert first is not None and first.legs[0].called_at == local("09:01")
        assert not office.runner.clock.behind
    async with opened(store) as journal:
        office = Office(journal, Times("09:05", years_later), name="b")
        await office.load()
        assert await office.runner.confirm_date(HEAD, TUESDAY) == Refusal(code="day_not_over")
        assert await office.issue() == "A003" and office.runner.date_doubted
        assert await office.runner.confirm_date(HEAD, years_later) is None
        assert not office.runner.date_doubted and office.day.business_day == years_later
        assert await office.issue() == "A001"


async def test_a_date_can_be_confirmed_right_after_a_start(journal: MemoryJournal) -> None:
    """Before anything else was asked of the hall. A date that nobody doubts cannot be."""
    office = await Office(journal).begin()
    await office.on(1)
    assert await office.runner.confirm_date(HEAD, MONDAY) == Refusal(code="day_not_over")
    again = await Office(journal, Times(day=date(2036, 1, 1))).load()
    assert await again.runner.confirm_date(HEAD, date(2036, 1, 1)) is None
    assert again.day.business_day == date(2036, 1, 1)


async def test_a_server_that_ran_all_the_while_doubts_no_date(journal: MemoryJournal) -> None:
    """Forty days passed by every clock of the machine: nothing has leapt, though nobody signed off."""
    office = await Office(journal).begin()
    await office.on(1)
    office.times.later(days=40)
    await office.runner.turn_day()
    assert office.day.business_day == date(2026, 7, 11) and not office.runner.date_doubted
    assert office.heard.kinds().count("clerk_signed_off") == 1


async def test_nobody_on_duty_doubts_no_date(journal: MemoryJournal) -> None:
    """A hall that is shut for years opens again without asking."""
    office = await Office(journal).begin()
    office.times.set("09:00", date(2029, 6, 4))
    assert await office.issue() == "A001"
    assert office.day.business_day == date(2029, 6, 4)


async def test_a_clock_that_was_set_back_is_noticed_and_not_followed(journal: MemoryJournal) -> None:
    """Time goes on from the last event, at half its pace: no wait is negative, the order stays the order."""
    office = await Office(journal, Times("10:00")).begin()
    await office.on(1)
    await office.issue()
    office.times.set("09:00", MONDAY)
    with capture_logs() as logs:
        office.times.later(90)
        await office.issue()
        office.times.later(30)
        await office.press(1, commands.CallNext, commands.Start)
    assert [(log["event"], log["behind_s"]) for log in logs] == [("clock.behind", 3510)]
    assert office.runner.clock.behind
    first, second = office.day.tickets.values()
    assert first.legs[0].called_at - first.issued_at == timedelta(seconds=60)
    assert second.issued_at - first.issued_at == timedelta(seconds=45)
    office.times.set("10:05", MONDAY)
    assert office.runner.now() == local("10:05") and not office.runner.clock.behind


async def test_another_servers_later_events_are_never_overtaken(store: Store) -> None:
    """Its clock is a minute ahead: what happens here after them has no earlier time."""
    async with opened(store) as mine, opened(store) as theirs:
        ahead = await Office(theirs, Times("09:01")).begin()
        behind = await Office(mine, Times("09:00"), name="b").begin()
        await ahead.issue()
        await behind.issue()
        at = [event.at for event in await day_events(mine)]
        assert at == sorted(at) and at[-1] >= local("09:01")


# The set-up


async def test_a_changed_set_up_reaches_the_running_day_once(store: Store) -> None:
    """Though two servers carry the change over, and a third that starts later."""
    async with opened(store) as mine, opened(store) as theirs:
        here, there = await Office(mine).begin(), await Office(theirs, name="b").begin()
        await here.configure(renamed(here.hall, "新名"))
        await here.runner.settle()
        assert here.day.hall.name == "新名"
        await there.issue()
        assert there.day.hall.name == "新名"
        await there.runner.books.catch_up()
        await there.runner.settle()
        late = await Office(mine, name="c").begin()
        await late.runner.settle()
        kinds = [type(event) for event in await day_events(mine)]
        assert kinds.count(events.HallChanged) == 1


async def test_a_change_that_could_not_be_carried_over_is_made_good_at_the_next_start(store: Store) -> None:
    """The server stopped between the two streams."""
    async with opened(store) as journal:
        office = await Office(journal).begin()
        other = await Office(journal, name="b").load()
        await office.runner.settle()
        book = other.runner.books
        await journal.append(book.stream, book.head, await configured(renamed(office.hall, "新名"), office))
    async with opened(store) as journal:
        again = await Office(journal).load()
        await again.runner.settle()
        assert again.day.hall.name == "新名" and again.heard.kinds() == ["hall_changed"]


async def configured(hall: Hall, office: Office) -> NewBatch:
    """What a set-up writes to the book."""
    event = book_events.HallConfigured(at=office.times.wall, by="u_admin", hall=hall)
    return NewBatch(1, "elsewhere", "", None, BOOK_CODEC.encode([event]))


async def test_a_change_that_takes_away_what_is_in_use_comes_with_the_next_day(journal: MemoryJournal) -> None:
    """The day refuses it, and says so in the log; the book has it."""
    office = await Office(journal).begin()
    await office.on(1)
    with capture_logs() as logs:
        await office.configure(without(office.hall, 1))
        await office.runner.settle()
    assert [log["code"] for log in logs] == ["counter_taken"] and 1 in office.day.hall.counters
    office.times.set("09:00", TUESDAY)
    await office.issue()
    assert 1 not in office.day.hall.counters


async def test_a_refused_change_is_tried_again_at_the_next_start(journal: MemoryJournal) -> None:
    """By then the counter is free."""
    office = await Office(journal).begin()
    await office.on(1)
    with capture_logs():
        await office.configure(without(office.hall, 1))
        await office.runner.settle()
    await office.press(1, commands.SignOff)
    again = await Office(journal, name="b").load()
    await again.runner.settle()
    assert 1 not in again.day.hall.counters


async def test_a_new_day_begins_with_the_newest_set_up_though_another_server_was_told(store: Store) -> None:
    """The server that opens the day asks the book first."""
    async with opened(store) as mine, opened(store) as theirs:
        here, there = await Office(mine).begin(), await Office(theirs, name="b").begin()
        await here.on(1)
        with capture_logs():
            await here.configure(without(here.hall, 1))
            await here.runner.settle()
        there.times.set("09:00", TUESDAY)
        await there.issue()
        assert 1 not in there.day.hall.counters


async def test_a_change_is_not_lost_while_the_journal_is_away(journal: MemoryJournal) -> None:
    """The reaction fails, which is logged; the next start makes it good."""
    office = await Office(journal).begin()
    journal.pause()
    changing = asyncio.create_task(office.configure(renamed(office.hall, "新名")))
    await turns()
    journal.resume()
    journal.fail(OSError("disk full"))  # the book has it; the day cannot be reached
    with capture_logs() as logs:
        await changing
        await office.runner.settle()
    assert [log["event"] for log in logs] == ["reaction.failed"] and office.day.hall.name != "新名"
    journal.fail(None)
    again = await Office(journal, name="b").load()
    await again.runner.settle()
    assert again.day.hall.name == "新名"


# Away and back


async def test_a_hall_answers_again_when_its_journal_does(journal: MemoryJournal) -> None:
    """Until then every command fails, the empty ones and the refusals too; reading goes on."""
    office = await Office(journal).begin()
    await office.on(1)
    journal.fail(OSError("disk full"))
    for command in (
        commands.IssueTicket(ticket="t_1", queue="comprehensive"),
        commands.CallNext(by=clerk(1), counter=1),
        commands.Start(by=clerk(1), counter=1),
    ):
        with pytest.raises(Unavailable):
            await office.ask(command)
    assert office.day.duties.keys() == {1}
    journal.fail(None)
    assert await office.issue() == "A001"
    assert await office.press(1, commands.CallNext) == "A001"


async def test_a_start_reads_the_running_day_and_the_last_and_nothing_older() -> None:
    """A day of 10,000 tickets ended two turns ago costs a start nothing."""
    hand = HandHeld()
    await hand.open()
    office = Office(hand.inner)
    await office.begin()
    await ten_thousand_tickets(hand.inner, office)
    written = []
    for day in (TUESDAY, WEDNESDAY, THURSDAY):
        office = await Office(hand.inner, Times(day=day), name=day.isoformat()).load()
        await office.runner.turn_day()
        await office.issue()
        written.append(office.day.seq)
    hand.reads = 0
    again = await Office(hand, Times(day=THURSDAY)).load()
    assert again.day == office.day
    assert again.day.seq > 10_000 and again.day.previous.keys() == {"t_2026-06-03_2026-06-031"}
    day_batches = len(again.heard.replays)
    assert day_batches == 5  # two openings, two tickets, one end
    assert again.runner.days.start == written[0] + 2  # its ticket lapsed, and it was closed
    assert hand.reads == day_batches + 1  # and one of the book


async def ten_thousand_tickets(journal: Journal, office: Office) -> None:
    """Written past the runner, because they only have to be there."""
    head = await journal.head(Stream("town", "day"))
    for first in range(0, 10_000, 100):
        issued = [
            events.TicketIssued(
                at=office.times.wall, ticket=f"t_{n}", number=f"A{n + 1:03d}", queue="comprehensive",
                effective=office.times.wall,
            )
            for n in range(first, first + 100)
        ]  # fmt: skip
        head = await journal.append(
            Stream("town", "day"), head, NewBatch(100, f"k{first}", "", None, DAY_CODEC.encode(issued))
        )


async def test_two_halls_share_a_journal_and_nothing_else(store: Store) -> None:
    """Each has its own streams, days and keys."""
    async with opened(store) as journal:
        town, station = await Office(journal).begin(), await Office(journal, hall=village()).begin()
        assert await town.issue(key="same") == await station.issue(key="same") == "A001"
        station.times.set("09:00", TUESDAY)
        await station.runner.turn_day()
        assert town.day.business_day == MONDAY
        assert {stream.hall for stream in await journal.streams()} == {"town", "village"}
