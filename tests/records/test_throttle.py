"""Too many wrong passwords."""

import pytest

from queue_server.records import throttle
from queue_server.records.throttle import ADDRESS_FACTOR, SignInThrottle


def test_a_user_waits_after_too_many_failures() -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    assert [throttle.attempt("zhang", f"10.0.0.{n}", float(n)) for n in range(3)] == [0, 0, 0]
    assert throttle.attempt("zhang", "10.0.0.9", 10.0) == 50.0
    assert throttle.attempt("li", "10.0.0.9", 10.0) == 0


def test_refused_attempts_do_not_lengthen_the_wait() -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    for n in range(3):
        throttle.attempt("zhang", "10.0.0.1", float(n))
    assert [throttle.attempt("zhang", "10.0.0.1", 10.0 + n) for n in range(3)] == [50.0, 49.0, 48.0]
    assert throttle.attempt("zhang", "10.0.0.1", 60.0) == 0


def test_attempts_made_at_once_count_before_they_have_failed() -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    waits = [throttle.attempt("zhang", "10.0.0.1", 0.0) for _ in range(100)]
    assert waits.count(0) == 3


def test_success_starts_the_user_over() -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    for _ in range(10):
        assert throttle.attempt("zhang", "10.0.0.1", 0.0) == 0
        assert throttle.attempt("zhang", "10.0.0.1", 0.0) == 0
        throttle.succeeded("zhang", "10.0.0.1")


def test_an_address_may_fail_more_often_than_a_user_but_not_forever() -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    waits = [throttle.attempt(f"user{n}", "10.0.0.1", 0.0) for n in range(3 * ADDRESS_FACTOR + 1)]
    assert waits == [0] * 3 * ADDRESS_FACTOR + [60.0]
    assert throttle.attempt("zhang", "10.0.0.2", 0.0) == 0


def test_a_good_password_does_not_wash_an_address_clean() -> None:
    """Or an attacker with one account of his own could go on trying the others'."""
    throttle = SignInThrottle(limit=3, window=60.0)
    for n in range(3 * ADDRESS_FACTOR):
        assert throttle.attempt("own", "10.0.0.1", 0.0) == 0
        throttle.succeeded("own", "10.0.0.1")
        assert throttle.attempt(f"user{n}", "10.0.0.1", 0.0) == 0
    assert throttle.attempt("own", "10.0.0.1", 0.0) == 60.0


@pytest.mark.parametrize("variants", [["zhang", "ZHANG", " zhang", "ｚhang"], ["", "a b", "x" * 100_000, "\ud800"]])
def test_other_ways_of_writing_a_user_give_no_more_tries(variants: list[str]) -> None:
    throttle = SignInThrottle(limit=3, window=60.0)
    waits = [throttle.attempt(user, f"10.0.0.{n}", 0.0) for n, user in enumerate(variants)]
    assert waits == [0, 0, 0, 60.0]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_KEYS", 100)
    sign_ins = SignInThrottle(limit=3, window=60.0)
    for n in range(1000):
        sign_ins.attempt(f"user{n}", f"10.0.{n // 256}.{n % 256}", 0.0)
    assert len(sign_ins) == 100


def test_what_has_passed_is_forgotten() -> None:
    sign_ins = SignInThrottle(limit=3, window=60.0)
    sign_ins.attempt("zhang", "10.0.0.1", 0.0)
    assert len(sign_ins) == 2
    sign_ins.attempt("zhang", "10.0.0.1", 60.0)
    sign_ins.succeeded("zhang", "10.0.0.1")
    assert sign_ins.attempt("zhang", "10.0.0.1", 60.0) == 0
