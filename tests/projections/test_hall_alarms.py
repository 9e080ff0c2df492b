"""What a hall's head is told: at which moment, in which colour, and of whom."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from msgspec.structs import replace

from queue_server.domain import commands
from queue_server.domain.alarm import Alarm
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.book_events import AbsenceReported, BookEvent, DeputyConfirmed, HallConfigured
from queue_server.domain.day import Day
from queue_server.domain.half_day import Half, HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.rating import BAD
from queue_server.domain.thresholds import COLOURS, Levels, Thresholds
from queue_server.projections.hall_alarms import ABANDONMENT_LEAST, hall_alarms
from queue_server.projections.load import load
from tests.domain.halls import MONDAY, Floor, clerk, township
from tests.domain.test_state_machine import WholeDays

SILENT = Thresholds(**dict.fromkeys(Thresholds.__struct_fields__, Levels()))
POSTS = replace(SILENT, uncovered_min=Thresholds().uncovered_min)


def only(name: str, **hall: Any) -> Hall:
    """A township without posts that measures one thing alone, by the usual limits."""
    return township(**({"posts": {}, "alarms": replace(SILENT, **{name: getattr(Thresholds(), name)})} | hall))


def book_of(hall: Hall, *happened: BookEvent) -> Book:
    """The hall's book, after these events."""
    book = Book()
    for event in (HallConfigured(at=Floor().now, hall=hall), *happened):
        apply_to_book(book, event)
    return book


def told(floor: Floor, book: Book | None = None) -> list[Alarm]:
    """What stands now."""
    return hall_alarms(floor.day, book or book_of(floor.hall), floor.now)


def colours(floor: Floor) -> dict[str, str]:
    """The colours of what stands now, by key."""
    return {alarm.key: alarm.colour for alarm in told(floor)}


def absence(number: int, first: Half, last: Half | None = None) -> AbsenceReported:
    """The clerk of a counter's post is away on that Monday."""
    halves = HalfDay(day=MONDAY, half=first), HalfDay(day=MONDAY, half=last or first)
    away, id = clerk(number), f"a_{number}"
    return AbsenceReported(
        at=Floor().now, by=away, absence=id, clerk=away, first=halves[0], last=halves[1], kind="sick"
    )


def test_a_hall_without_a_day_or_with_an_ended_one_tells_nothing() -> None:
    """Whatever else is the matter."""
    floor = Floor(clock="08:00")
    book = book_of(floor.hall)
    assert hall_alarms(Day(), book, floor.now) == []
    assert hall_alarms(floor.day, Book(), floor.now) == []
    floor.clock("11:00")
    assert told(floor, book)
    floor.do(commands.EndDay(by="u_head"))
    assert told(floor, book) == []


# Posts


def posts_alone(**changes: Any) -> Hall:
    """A township that is warned of two posts and of nothing else."""
    posts = {key: post for key, post in township().posts.items() if post.counter in (1, 2)}
    posts = {key: replace(post, **changes) for key, post in posts.items()}
    return township(posts=posts, alarms=POSTS)


def test_a_post_at_which_nobody_stands_is_told_after_a_while() -> None:
    """Counted from the opening, whenever the day began; each holder who is not away can act, A first."""
    floor = Floor(posts_alone(), clock="08:00")
    floor.on(2)
    floor.clock("08:34")
    assert told(floor) == []
    for clock, colour, minutes in (("08:35", "yellow", 5), ("08:40", "orange", 10), ("09:30", "red", 60)):
        floor.clock(clock)
        (alarm,) = told(floor)
        assert (alarm.key, alarm.colour, alarm.figure) == ("post_uncovered post-1", colour, minutes)
        assert alarm.actors == (clerk(1), clerk(2))
        assert alarm.since == floor.now - timedelta(minutes=minutes)
    floor.do(commands.SignOn(by=clerk(2), counter=2, capacity="B", post="post-1"))
    assert told(floor) == []  # B covers it from the present counter
    floor.do(commands.SignOff(by=clerk(2), counter=2, post="post-1"))
    floor.later(minutes=6)
    assert [alarm.figure for alarm in told(floor)] == [6]
    floor.on(1, by="u_stranger", capacity="relief")
    assert told(floor) == []


def test_an_empty_post_is_told_while_the_hall_is_open() -> None:
    """Lunch begins anew; a day that began late, because no server ran, is none of the clerks' doing."""
    floor = Floor(posts_alone(), clock="10:00")
    floor.clock("10:06")
    assert [alarm.figure for alarm in told(floor)] == [6, 6]
    for clock, count in (("11:59", 2), ("12:00", 0), ("13:59", 0), ("14:04", 0), ("14:05", 2), ("17:30", 0)):
        floor.clock(clock)
        assert len(told(floor)) == count, clock


def test_the_post_of_a_clerk_who_left_is_empty_since_then() -> None:
    """With all that she covered; nobody misses her at a post that the roster leaves empty."""
    hall = posts_alone()
    floor = Floor(hall)
    floor.on(1)
    floor.do(commands.SignOn(by=clerk(1), counter=1, capacity="B", post="post-2"))
    floor.clock("10:00")
    floor.do(commands.SignOff(by=clerk(1), counter=1))
    floor.clock("10:07")
    assert [(alarm.subject, alarm.figure) for alarm in told(floor)] == [("post-1", 7), ("post-2", 7)]
    rested = replace(hall.posts["post-1"], roster={"mon_morning": ""})
    floor.do(commands.ChangeHall(hall=replace(hall, posts=hall.posts | {"post-1": rested}), kind="ordinary"))
    assert [alarm.subject for alarm in told(floor)] == ["post-2"]


def test_a_post_that_comes_in_the_day_is_empty_since_then() -> None:
    """Also one that the roster left empty until then; one that was wanted before stays as it was."""
    hall = posts_alone()
    rested = replace(hall.posts["post-2"], roster={"mon_morning": ""})
    floor = Floor(replace(hall, posts={"post-2": rested}))
    floor.clock("11:00")
    floor.do(commands.ChangeHall(hall=hall, kind="ordinary"))
    assert told(floor, book_of(hall)) == []
    floor.clock("11:06")
    floor.do(commands.ChangeHall(hall=replace(hall, name="新名"), kind="ordinary"))
    assert [(alarm.subject, alarm.figure) for alarm in told(floor, book_of(hall))] == [("post-1", 6), ("post-2", 6)]


def test_a_post_of_the_afternoon_is_not_missed_before_it() -> None:
    """Also where no lunch parts the halves."""
    hall = posts_alone(roster={"mon_morning": ""})
    weekly = {"mon": (("08:30", "16:00"),)}
    floor = Floor(replace(hall, hours=replace(hall.hours, weekly=weekly)))
    floor.clock("12:04")
    assert told(floor) == []
    floor.clock("12:05")
    assert [alarm.figure for alarm in told(floor)] == [5, 5]


def test_a_and_b_both_absent_is_red_at_once() -> None:
    """Before the hall opens too, because then something can be done; whoever stands there all the same ends it. No
    threshold is asked.
    """
    floor = Floor(replace(posts_alone(), alarms=SILENT), clock="07:00")
    book = book_of(floor.hall, absence(1, "morning", "afternoon"), absence(2, "afternoon"))
    assert told(floor, book) == []
    floor.clock("12:30")
    assert [(alarm.key, alarm.colour) for alarm in told(floor, book)] == [
        ("both_absent post-1", "red"),
        ("both_absent post-2", "red"),
    ]
    floor.clock("14:00")
    floor.on(1, by="u_stranger", capacity="relief")
    assert [alarm.subject for alarm in told(floor, book)] == ["post-2"]
    floor.clock("17:30")
    assert told(floor, book) == []


def test_nobody_is_missed_in_a_half_day_in_which_the_hall_is_closed() -> None:
    """Both holders may be away in the morning of a hall that opens in the afternoon."""
    hall = replace(posts_alone(), hours=Hours(weekly={"mon": (("14:00", "17:30"),)}))
    floor = Floor(hall)
    book = book_of(hall, absence(1, "morning"), absence(2, "morning", "afternoon"))
    assert told(floor, book) == []
    away = book_of(hall, absence(1, "afternoon"), absence(2, "morning", "afternoon"))
    floor.clock("12:00")
    assert [alarm.key for alarm in told(floor, away)] == ["both_absent post-1", "both_absent post-2"]


def test_the_deputy_whom_the_head_confirmed_is_called_first() -> None:
    """Then whoever else holds the post, and is not away."""
    posts = posts_alone(b=("u_third", clerk(2)), a=clerk(1)).posts
    floor = Floor(township(posts={"post-1": posts["post-1"]}, alarms=POSTS))
    confirmed = DeputyConfirmed(at=floor.now, by="u_head", absence="a_1", post="post-1", deputy=clerk(2))
    floor.clock("09:30")
    (alarm,) = told(floor, book_of(floor.hall, absence(1, "morning"), confirmed))
    assert alarm.actors == (clerk(2), "u_third")


# Waiting


def test_a_wait_is_measured_against_the_target_of_its_queue() -> None:
    """In hours in which the hall is open, and after them too: whoever came in time is served."""
    floor = Floor(only("wait_percent"))
    floor.on(1)
    floor.clock("11:50")
    floor.issue()
    floor.clock("14:09")
    assert told(floor) == []
    for clock, colour, percent in (("14:10", "yellow", 100), ("14:20", "orange", 150), ("14:31", "red", 205)):
        floor.clock(clock)
        (alarm,) = told(floor)
        assert (alarm.key, alarm.colour, alarm.figure) == ("wait comprehensive", colour, percent)
        assert alarm.actors == (clerk(1),)
    floor.clock("17:29")
    late = floor.issue("express")
    floor.clock("20:00")
    assert colours(floor) == {"wait comprehensive": "red"}, f"{late.number} came a minute before the end"


def test_whoever_was_at_a_counter_waits_anew() -> None:
    """A transfer, or a late return, is no wait of an hour in the queue that it leads to."""
    floor = Floor(only("wait_percent"))
    floor.on(1)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.later(minutes=59)
    floor.press(1, commands.Transfer, queue="certificate", reason_ref="n_1")
    absent = floor.issue()
    floor.press(1, commands.CallNext, commands.NoShow)
    floor.later(minutes=15)
    floor.do(commands.ReturnTicket(by="d_kiosk", ticket=absent.id))
    assert told(floor) == []
    floor.later(minutes=5)
    assert colours(floor) == {"wait certificate": "yellow"}
    floor.later(minutes=15)
    assert colours(floor) == {"wait comprehensive": "yellow", "wait certificate": "orange"}


def test_who_can_shorten_a_wait() -> None:
    """Whoever may serve that queue and has nobody before them: also who helps, and last who pauses."""
    floor = Floor(only("wait_percent"))
    for counter in (1, 2, 3, 4):
        floor.on(counter)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.do(floor.at(2, commands.PauseCounter))
    floor.issue()
    floor.later(minutes=20)
    (alarm,) = told(floor)
    assert alarm.actors == (clerk(3), clerk(2))


def test_saturation_is_people_for_each_open_counter() -> None:
    """A paused one is not open; with none it is as with one; a closed hall has none at all."""
    floor = Floor(only("saturation"))
    floor.on(1)
    floor.on(2)
    for _ in range(9):
        floor.issue()
    assert told(floor) == []
    floor.issue()
    (alarm,) = told(floor)
    assert (alarm.key, alarm.colour, alarm.figure, alarm.limit) == ("saturation comprehensive", "yellow", 5, 5)
    floor.do(floor.at(2, commands.PauseCounter))
    assert colours(floor) == {"saturation comprehensive": "orange"}
    floor.do(floor.at(1, commands.PauseCounter))
    assert colours(floor) == {"saturation comprehensive": "orange"}
    floor.clock("12:30")
    assert told(floor) == []


# Counters


def test_a_counter_where_nothing_is_done_while_people_wait() -> None:
    """Since the last operation, or since somebody waits; called is not served; help is work too."""
    floor = Floor(only("idle_min"))
    floor.on(3)
    floor.later(minutes=40)
    assert told(floor) == []  # nobody waits
    floor.issue()
    floor.issue("express")
    floor.later(minutes=14)
    assert told(floor) == []
    floor.later(minutes=1)
    (alarm,) = told(floor)
    assert (alarm.key, alarm.colour, alarm.figure, alarm.actors) == ("idle 3", "yellow", 15, (clerk(3),))
    floor.press(3, commands.CallNext)
    assert told(floor) == []
    floor.later(minutes=30)
    assert colours(floor) == {"idle 3": "orange"}
    floor.press(3, commands.Start)
    assert told(floor) == []


def test_no_counter_is_idle_in_a_pause_that_was_declared_or_at_lunch() -> None:
    """Lunch is not counted afterwards either."""
    floor = Floor(only("idle_min"))
    floor.on(1)
    floor.issue()
    floor.do(floor.at(1, commands.PauseCounter))
    floor.later(minutes=60)
    assert told(floor) == []
    floor.clock("11:50")
    floor.do(floor.at(1, commands.ResumeCounter))
    floor.clock("13:00")
    assert told(floor) == []
    floor.clock("14:10")
    assert told(floor) == []
    floor.clock("14:15")
    assert colours(floor) == {"idle 1": "yellow"}


def test_long_duty_ends_with_a_pause_or_with_the_halls_own_break() -> None:
    """Whatever the clerk does meanwhile."""
    hall = only("duty_min")
    floor = Floor(replace(hall, hours=replace(hall.hours, weekly={"mon": (("08:00", "14:00"), ("14:30", "23:00"))})))
    floor.on(1)
    floor.clock("12:59")
    assert told(floor) == []
    floor.clock("13:00")
    (alarm,) = told(floor)
    assert (alarm.key, alarm.colour, alarm.figure, alarm.actors) == ("long_duty 1", "yellow", 240, (clerk(1),))
    floor.clock("14:31")
    assert told(floor) == []
    floor.clock("19:30")
    assert colours(floor) == {"long_duty 1": "orange"}
    floor.do(floor.at(1, commands.PauseCounter))
    assert told(floor) == []
    floor.later(minutes=5)
    floor.do(floor.at(1, commands.ResumeCounter))
    floor.later(minutes=60)
    assert told(floor) == []


# The day


def test_abandonment_is_the_share_of_those_who_were_called_and_did_not_come() -> None:
    """A few tickets say nothing yet; whoever comes back has not given up."""
    floor = Floor(only("abandonment_percent"))
    floor.on(1)
    tickets = [floor.issue() for _ in range(ABANDONMENT_LEAST - 1)]
    floor.press(1, commands.CallNext, commands.NoShow)
    assert told(floor) == []
    floor.issue()
    (alarm,) = told(floor)
    assert (alarm.key, alarm.colour, alarm.figure) == ("abandonment ", "yellow", 10)
    floor.press(1, commands.CallNext, commands.NoShow)
    assert colours(floor) == {"abandonment ": "orange"}
    for ticket in tickets[:2]:
        floor.do(commands.ReturnTicket(by="d_kiosk", ticket=ticket.id))
    assert told(floor) == []


def test_bad_ratings_of_today() -> None:
    """Also of a ticket of yesterday; what was said yesterday was told yesterday."""
    floor = Floor(only("bad_ratings"))
    floor.on(1)
    for _ in range(3):
        floor.issue()
    served = [floor.serve(1) for _ in range(3)]

    def rate(ticket: int, level: Any) -> None:
        floor.do(commands.RateLeg(by="holder", ticket=served[ticket].id, leg=1, level=level, source="phone"))

    rate(0, "very_dissatisfied")
    rate(1, "basically_satisfied")
    (alarm,) = told(floor)
    assert (alarm.key, alarm.colour, alarm.figure, alarm.since) == ("bad_ratings ", "yellow", 1, floor.now)
    floor.turn(MONDAY + timedelta(days=1))
    assert told(floor) == []
    rate(2, "dissatisfied")
    assert [alarm.figure for alarm in told(floor)] == [1]


def test_the_worst_comes_first() -> None:
    """Red before orange before yellow, and each thing once."""
    floor = Floor()
    for _ in range(12):
        floor.issue()
    floor.clock("11:00")
    found = told(floor)
    order = [COLOURS.index(alarm.colour) for alarm in found]
    assert order == sorted(order, reverse=True) and {*order} >= {1, 2}
    assert len({alarm.key for alarm in found}) == len(found)


@given(figure=st.integers(0, 30), limits=st.lists(st.integers(1, 20), min_size=3, max_size=3, unique=True))
def test_a_colour_is_the_worst_whose_level_is_reached(figure: int, limits: list[int]) -> None:
    """And a colour without a level is never told."""
    yellow, orange, red = sorted(limits)
    reached = Levels(yellow=yellow, orange=orange, red=red).reached(figure)
    expected = [level for level in (yellow, orange, red) if figure >= level]
    assert (reached[1] if reached else None) == (expected[-1] if expected else None)
    assert Levels(yellow=yellow, red=red).reached(orange) == ("yellow", yellow)
    assert Levels().reached(figure) is None


LOW = Thresholds(
    wait_percent=Levels(yellow=1, red=100),
    saturation=Levels(yellow=1, orange=2),
    abandonment_percent=Levels(yellow=1),
    idle_min=Levels(yellow=1),
    bad_ratings=Levels(yellow=1),
    duty_min=Levels(yellow=1),
    uncovered_min=Levels(yellow=1),
)


class WatchedDays(WholeDays):
    """Whole days, watched at every moment: what stands is what anybody could see in the hall."""

    @rule(minutes=st.integers(1, 40))
    def later(self, minutes: int) -> None:
        self.wait(minutes * 60)

    @invariant()
    def what_stands(self) -> None:
        if not hasattr(self, "floor"):
            return
        day, now = self.floor.day, self.floor.now
        found = hall_alarms(day, book_of(replace(day.hall, alarms=LOW)), now)
        stands = {(alarm.kind, alarm.subject) for alarm in found}
        assert len(stands) == len(found)
        assert found == sorted(found, key=lambda alarm: -COLOURS.index(alarm.colour))
        assert not (day.closed and found)
        is_open = not day.closed and any(span.start <= now < span.end for span in day.opening)
        for queue in day.hall.queues:
            waiting = [ticket for ticket in day.tickets.values() if (ticket.queue, ticket.state) == (queue, "waiting")]
            assert (("saturation", queue) in stands) <= (is_open and len(waiting) > 0)
            assert (("wait", queue) in stands) <= (len(waiting) > 0)
            assert not (is_open and len(waiting) > 7) or ("saturation", queue) in stands
        for post in day.hall.posts.values():
            is_there = any(post.id == duty.post or post.id in duty.covers for duty in day.duties.values())
            assert not (is_there and ("post_uncovered", post.id) in stands)
        for number, duty in day.duties.items():
            ticket = day.at_counter(number)
            is_busy = duty.pause is not None or (ticket is not None and ticket.state == "serving")
            assert not (is_busy and ("idle", str(number)) in stands)
            assert not (duty.pause is not None and ("long_duty", str(number)) in stands)
        bad = sum(one.level in BAD and one.at >= day.began for one in day.ratings.values() if day.began)
        assert day.closed or (("bad_ratings", "") in stands) == (bad > 0)

    @invariant()
    def how_it_flows(self) -> None:
        if not hasattr(self, "floor"):
            return
        day = self.floor.day
        flow = [*load(day)["flow"].values()]
        assert sum(slot["issued"] for slot in flow) == sum(
            t.business_day == day.business_day for t in day.tickets.values()
        )
        assert sum(slot["served"] for slot in flow) == sum(t.state == "finished" for t in day.tickets.values())
        assert flow[-1]["waiting"] == sum(t.state == "waiting" for t in day.tickets.values())
        assert all(figure >= 0 for slot in flow for figure in slot.values())


TestWatchedDays = WatchedDays.TestCase
TestWatchedDays.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
