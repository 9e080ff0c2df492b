"""How long a service takes, learned from those that were finished."""

import math
import random
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.duration import ENOUGH, MEMORY, ROBUST_AFTER, Learned, expected, learn, remaining

SECONDS = st.floats(0, 1e6)


def _learned(seconds: list[float], so_far: Learned | None = None) -> Learned:
    learned = so_far or Learned()
    for each in seconds:
        learned = learn(learned, each)
    return learned


# Learning


def test_the_first_duration_is_the_mean() -> None:
    """One sample: its logarithm, no variance."""
    assert learn(None, 600) == Learned(count=1, mean=math.log(600), variance=0.0)


def test_a_duration_is_at_least_a_second() -> None:
    """A service that was finished in the instant it began does no harm."""
    assert learn(None, 0) == Learned(count=1, mean=0.0, variance=0.0)


def test_mean_and_variance_are_those_of_the_logarithms() -> None:
    """Before the fence and the fading matter, the summary is the plain one."""
    seconds = [200.0, 300.0, 450.0, 500.0, 280.0, 610.0]
    logs = [math.log(each) for each in seconds]
    learned = _learned(seconds)
    assert learned.count == len(seconds)
    assert learned.mean == pytest.approx(statistics.fmean(logs))
    assert learned.variance == pytest.approx(statistics.pvariance(logs))


@given(st.lists(SECONDS, max_size=60))
def test_any_durations_can_be_learned(seconds: list[float]) -> None:
    """Whatever the durations, the summary stays within them and can be used."""
    learned = _learned(seconds)
    mean, deviation = expected(learned, 720)
    assert learned.count == len(seconds)
    assert 0 <= learned.mean <= math.log(max([1.0, *seconds])) + 1e-9
    assert learned.variance >= 0
    assert mean > 0 and deviation >= 0


def test_a_service_forgotten_open_over_lunch_does_no_harm() -> None:
    """After ten ordinary services of about ten minutes, one of three hours moves the expectation by little."""
    ordinary = [420.0, 660.0, 540.0, 720.0, 600.0, 480.0, 900.0, 510.0, 630.0, 570.0] * 3
    before, after = (expected(_learned([*ordinary, *more]), 720)[0] for more in ([], [3 * 3600.0]))
    naive = statistics.fmean([*ordinary, 3 * 3600.0]) - statistics.fmean(ordinary)
    assert before < after < before + naive / 5


def test_ten_equal_durations_do_not_shut_out_others() -> None:
    """The fence has a least width, so a change of practice is learned."""
    changed = _learned([600.0] * ROBUST_AFTER + [1200.0] * 200)
    assert expected(changed, 720)[0] == pytest.approx(1200, rel=0.1)


def test_old_days_fade_slowly() -> None:
    """The weight is capped: after twice the memory, what was before counts for an eighth or less."""
    old = _learned([600.0] * MEMORY)
    assert old.count == MEMORY
    new = _learned([900.0] * 2 * MEMORY, old)
    assert new.count == MEMORY
    assert math.exp(new.mean) == pytest.approx(900, rel=0.06)
    assert math.exp(_learned([900.0] * 10, old).mean) == pytest.approx(600, rel=0.02)


def test_durations_as_they_really_come_are_learned() -> None:
    """From log-normal services of 10 minutes, deviation 6, the summary finds both."""
    chance = random.Random(1)
    variance = math.log1p(0.36)
    mean, deviation = expected(
        _learned([chance.lognormvariate(math.log(600) - variance / 2, math.sqrt(variance)) for _ in range(2000)]), 720
    )
    assert mean == pytest.approx(600, rel=0.08)
    assert deviation == pytest.approx(360, rel=0.15)


# Expecting


def test_until_enough_was_measured_the_configured_length_holds() -> None:
    """29 samples are too few, 30 are enough."""
    assert expected(None, 720) == pytest.approx((720, 432))
    assert expected(_learned([60.0] * (ENOUGH - 1)), 720) == pytest.approx((720, 432))
    assert expected(_learned([60.0] * ENOUGH), 720) == pytest.approx((60, 0), abs=1e-3)


# What is left


def test_before_it_begins_all_is_left() -> None:
    """Nothing spent, or a clock that went back: the whole service."""
    assert remaining(600, 360, 0) == (600, 360)
    assert remaining(600, 360, -5) == (600, 360)


def test_without_spread_the_rest_is_left() -> None:
    """A service that always takes as long: the difference, and nothing when it is over."""
    assert remaining(600, 0, 200) == (400, 0)
    assert remaining(600, 0, 900) == (0, 0)


@pytest.mark.parametrize("spent", [60, 300, 600, 1200])
def test_what_is_left_is_the_conditional_expectation(spent: int) -> None:
    """Among simulated services that took longer than so far, the mean and the deviation of the rest are these."""
    chance = random.Random(spent)
    variance = math.log1p(0.36)
    drawn = (chance.lognormvariate(math.log(600) - variance / 2, math.sqrt(variance)) for _ in range(200_000))
    left = [each - spent for each in drawn if each > spent]
    mean, deviation = remaining(600, 360, spent)
    assert mean == pytest.approx(statistics.fmean(left), rel=0.03)
    assert deviation == pytest.approx(statistics.pstdev(left), rel=0.06)


@given(mean=st.floats(1, 1e5), deviation=st.floats(0, 1e5), spent=st.floats(0, 1e7))
def test_there_is_always_an_answer(mean: float, deviation: float, spent: float) -> None:
    """However odd the service, what is left is finite and not negative."""
    left, uncertain = remaining(mean, deviation, spent)
    assert 0 <= left < math.inf
    assert 0 <= uncertain < math.inf


def test_what_takes_very_long_is_expected_to_take_longer() -> None:
    """A service that is long overdue is not about to end: the longer it took, the more is left, without a leap."""
    spent = [1200 * 1.05**step for step in range(120)]
    left = [remaining(600, 360, each)[0] for each in spent]
    assert left[0] > 300
    assert all(before < after < 1.15 * before for before, after in pairwise(left))
