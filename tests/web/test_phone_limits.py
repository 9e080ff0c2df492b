"""How much may be asked for by phone from one place."""

from collections.abc import Callable

import pytest

from queue_server.web import phone_limits
from queue_server.web.phone_limits import PhoneLimits
from queue_server.web.problems import ProblemError


def _refused(act: Callable[..., object], *values: object) -> str | None:
    """What refuses it: "too_many 12", with the seconds to wait; None when nothing does."""
    try:
        act(*values)
    except ProblemError as error:
        return " ".join([error.problem.code, *(str(value) for value in error.problem.fields.values())])
    return None


class Hall:
    """Tickets taken by phone in a hall; those in `gone` do not wait any more."""

    def __init__(self, limits: PhoneLimits, hall: str = "town") -> None:
        self.gone: set[str] = set()
        self.taken = 0
        self._limits = limits
        self._hall = hall

    def take(self, now: float, address: str = "10.0.0.1", queue: str = "a") -> str | None:
        """What refuses one more."""
        ticket = f"{self._hall}-{self.taken}"
        refused = _refused(self._limits.take, self._hall, queue, address, ticket, now, lambda one: one not in self.gone)
        self.taken += refused is None
        return refused

    def give_back(self, n: int, address: str = "10.0.0.1") -> None:
        """The nth was not issued."""
        self._limits.give_back(self._hall, address, f"{self._hall}-{n}")


def test_a_halls_wifi_takes_sixty_tickets_in_ten_minutes() -> None:
    """And then waits until the first of them is ten minutes old; another hall and another address do not."""
    limits = PhoneLimits(waiting=1000)
    town = Hall(limits)
    assert [town.take(float(n)) for n in range(61)] == [None] * 60 + ["too_many 541"]
    assert town.take(599.5) == "too_many 1"
    assert town.take(600.0) is None
    assert town.take(600.0) == "too_many 2"
    assert town.take(600.0, "10.0.0.2") is None
    assert Hall(limits, "village").take(600.0) is None


def test_a_ticket_that_was_not_issued_does_not_count() -> None:
    """A closed hall refuses all of a hundred presses, and then takes a ticket."""
    town = Hall(PhoneLimits(taken=2))
    for n in range(100):
        assert town.take(0.0) is None
        town.give_back(n)
    assert [town.take(0.0) for _ in range(3)] == [None, None, "too_many 601"]


def test_no_more_than_twenty_of_one_place_wait_in_a_queue() -> None:
    """However slowly they were taken; whoever was called or gave up makes room for the next."""
    town = Hall(PhoneLimits())
    hours = iter(range(0, 10**9, 3600))
    assert [town.take(float(next(hours))) for _ in range(21)] == [None] * 20 + ["too_many_waiting a"]
    assert town.take(float(next(hours)), queue="b") is None
    assert town.take(float(next(hours)), "10.0.0.2") is None
    town.gone = {"town-3", "town-4"}
    assert [town.take(float(next(hours))) for _ in range(3)] == [None, None, "too_many_waiting a"]


def test_tickets_under_way_count_as_waiting() -> None:
    """A hundred asked for at once are not all let through before the hall knows the first."""
    limits = PhoneLimits(waiting=3)
    refused = [_refused(limits.take, "t", "a", "::1", f"{n}", 0.0, lambda _: None) for n in range(100)]
    assert refused == [None] * 3 + ["too_many_waiting a"] * 97
    # What the hall has still not heard of ten minutes later never came, or was of another business day.
    assert _refused(limits.take, "t", "a", "::1", "late", 600.0, lambda _: None) is None


def test_ten_wrong_codes_in_ten_minutes() -> None:
    """The eleventh waits until the first is ten minutes old; other addresses are not held up."""
    limits = PhoneLimits()
    for n in range(10):
        assert _refused(limits.may_show_code, "10.0.0.1", float(n)) is None
        limits.wrong_code("10.0.0.1", float(n))
    assert _refused(limits.may_show_code, "10.0.0.1", 10.0) == "too_many 591"
    assert _refused(limits.may_show_code, "10.0.0.2", 10.0) is None
    assert _refused(limits.may_show_code, "10.0.0.1", 600.0) is None
    limits.wrong_code("10.0.0.1", 600.0)
    assert _refused(limits.may_show_code, "10.0.0.1", 600.0) == "too_many 2"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "", True),
        ("", "unix", False),
    ],
)
def test_a_place(one: str, other: str, same: bool) -> None:
    """An IPv4 address, however written; of IPv6 its /64, within which a phone changes its address at will."""
    limits = PhoneLimits()
    for _ in range(10):
        limits.wrong_code(one, 0.0)
    assert (_refused(limits.may_show_code, other, 0.0) is not None) == same


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recent place is forgotten first, of wrong codes and of tickets each."""
    monkeypatch.setattr(phone_limits, "MOST_PLACES", 3)
    limits = PhoneLimits(taken=1)
    town = Hall(limits)
    for n in range(100):
        limits.wrong_code(f"10.0.0.{n}", 0.0)
        assert town.take(0.0, f"10.0.0.{n}") is None
    assert len(limits) == 6
    assert town.take(0.0, "10.0.0.99") == "too_many 601"
    assert town.take(0.0, "10.0.0.1") is None


def test_a_place_takes_no_more_memory_the_longer_it_is_used() -> None:
    """What is old and waits no more is forgotten."""
    limits = PhoneLimits()
    town = Hall(limits)
    for n in range(10_000):
        assert town.take(n * 60.0) is None
        town.gone.add(f"town-{n}")
    assert len(limits._taken[("town", "10.0.0.1")]) == 10
