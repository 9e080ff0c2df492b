"""A hall's time: the wall clock's, unless that goes back or is not to be trusted."""

from datetime import date, timedelta

from structlog.testing import capture_logs

from queue_server.engine.clock import HallClock, monotonic, wall
from tests.domain.halls import MONDAY, TUESDAY, local
from tests.engine.rig import Times


def test_the_machines_clocks_are_read_as_events_carry_them() -> None:
    """UTC and whole milliseconds; the other only ever grows."""
    assert wall().utcoffset() == timedelta(0) and wall().microsecond % 1000 == 0
    assert monotonic() <= monotonic()
    clock = HallClock("town")
    assert clock.now() <= clock.now() <= wall()


def test_hall_time_is_the_wall_clocks() -> None:
    """Forwards it is followed at once, whatever happened before."""
    times = Times()
    clock = times.clock("town")
    assert clock.now() == local("09:00")
    times.set("11:00", MONDAY)
    assert clock.now() == clock.wall_now() == local("11:00")


def test_hall_time_is_never_before_the_last_event() -> None:
    """It goes on from there at half pace, until the wall clock has caught up."""
    times = Times()
    clock = times.clock("town")
    clock.saw(local("09:01"))
    times.later(10)
    assert clock.now() == local("09:01:05") and not clock.behind
    clock.saw(local("09:00"))
    times.later(0.25)
    assert clock.now() == local("09:01:05") + timedelta(milliseconds=125)
    times.set("09:02", MONDAY)
    assert clock.now() == local("09:02")


def test_a_clock_that_was_set_back_is_caught_up_with() -> None:
    """An hour behind, it takes two."""
    times = Times()
    clock = times.clock("town")
    clock.saw(local("10:00"))
    minutes = 0
    while clock.now() != clock.wall_now():
        times.later(minutes=1)
        minutes += 1
    assert minutes in (119, 120)


def test_small_steps_do_not_add_up_to_an_error() -> None:
    """A thousand questions in a second: half a second goes by, not a thousand roundings."""
    times = Times()
    clock = times.clock("town")
    clock.now()
    times.set("08:00", MONDAY)
    for _ in range(1000):
        times.ticks += 0.0017
        clock.now()
    assert abs(clock.now() - local("09:00") - timedelta(seconds=0.85)) <= timedelta(milliseconds=2)


def test_a_clock_far_behind_is_worth_one_warning() -> None:
    """More than two minutes; and one more when it happens again."""
    times = Times()
    clock = times.clock("town")
    with capture_logs() as logs:
        clock.now()
        times.set("08:58:01", MONDAY)
        clock.now()
        assert not clock.behind and not logs
        times.set("08:00", MONDAY)
        clock.now()
        clock.now()
        assert clock.behind
        times.set("10:00", MONDAY)
        clock.now()
        assert not clock.behind
        times.set("09:00", MONDAY)
        clock.now()
    assert [(log["event"], log["hall"], log["behind_s"]) for log in logs] == [
        ("clock.behind", "town", 3600),
        ("clock.behind", "town", 3600),
    ]


def test_a_leap_is_what_the_wall_clock_did_and_time_did_not() -> None:
    """Time that passed while the machine ran is no leap, nor is a day; a machine that was off cannot tell."""
    times = Times()
    clock = times.clock("town")
    assert not clock.leapt(local("09:00", date(2036, 1, 1))), "it has seen nothing yet"
    clock.saw(local("09:00"))
    times.later(days=40)
    assert not clock.leapt(times.wall)
    assert not clock.leapt(times.wall + timedelta(days=1)) and clock.leapt(times.wall + timedelta(days=1, seconds=1))
    started = Times(day=date(2026, 6, 3)).clock("town")
    started.saw(local("09:00"))
    assert started.leapt(started.wall_now())


def test_a_held_clock_goes_on_from_where_it_was() -> None:
    """While its date is in doubt; nobody is warned that it is behind, for it is ahead."""
    times = Times()
    clock = times.clock("town")
    clock.now()
    times.set("09:00", TUESDAY)
    clock.held = True
    times.ticks += 5
    with capture_logs() as logs:
        assert clock.now() == local("09:00:05")
    assert not logs
    clock.held = False
    assert clock.now() == local("09:00", TUESDAY)


def test_a_clock_that_was_never_asked_cannot_be_held() -> None:
    """There is nothing to go on from but the wall clock."""
    clock = Times().clock("town")
    clock.held = True
    assert clock.now() == local("09:00")
