"""How much may be asked for by phone from one place."""

import asyncio
from collections.abc import Awaitable
from secrets import token_hex

import pytest

from queue_server.peers.slate import LocalSlate, SharedSlate
from queue_server.redis_nodes import Nodes
from queue_server.web.phone_limits import PhoneLimits, place_of
from queue_server.web.problems import ProblemError
from tests.redis_server import redis_url


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def limits(clock: Clock, **most: int) -> PhoneLimits:
    """Those of a server alone."""
    return PhoneLimits(LocalSlate(clock), clock, **most)


async def refusal(act: Awaitable[None]) -> str | None:
    """What refuses it: "too_many 12", with the seconds to wait; None when nothing does."""
    try:
        await act
    except ProblemError as error:
        return " ".join([error.problem.code, *(str(value) for value in error.problem.fields.values())])
    return None


class Hall:
    """Tickets taken by phone in a hall; those in `gone` do not wait any more."""

    def __init__(self, clock: Clock, limits: PhoneLimits, hall: str = "town") -> None:
        self.gone: set[str] = set()
        self.taken = 0
        self._clock = clock
        self._limits = limits
        self._hall = hall

    async def take(self, now: float, address: str = "10.0.0.1", queue: str = "a") -> str | None:
        """What refuses one more."""
        self._clock.now = now
        ticket = f"{self._hall}-{self.taken}"
        refused = await refusal(self._limits.take(self._hall, queue, address, ticket, lambda one: one not in self.gone))
        self.taken += refused is None
        return refused

    async def give_back(self, n: int, address: str = "10.0.0.1") -> None:
        """The nth was not issued."""
        await self._limits.give_back(self._hall, address, f"{self._hall}-{n}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_halls_wifi_takes_sixty_tickets_in_ten_minutes(clock: Clock) -> None:
    """And then waits until the first of them is ten minutes old; another hall and another address do not."""
    most = limits(clock, waiting=1000)
    town = Hall(clock, most)
    assert [await town.take(float(n)) for n in range(61)] == [None] * 60 + ["too_many 541"]
    assert await town.take(599.5) == "too_many 1"
    assert await town.take(600.0) is None
    assert await town.take(600.0) == "too_many 2"
    assert await town.take(600.0, "10.0.0.2") is None
    assert await Hall(clock, most, "village").take(600.0) is None


async def test_a_ticket_that_was_not_issued_does_not_count(clock: Clock) -> None:
    """A closed hall refuses all of a hundred presses, and then takes a ticket."""
    town = Hall(clock, limits(clock, taken=2))
    for n in range(100):
        assert await town.take(0.0) is None
        await town.give_back(n)
    assert [await town.take(0.0) for _ in range(3)] == [None, None, "too_many 601"]


async def test_no_more_than_twenty_of_one_place_wait_in_a_queue(clock: Clock) -> None:
    """However slowly they were taken; whoever was called or gave up makes room for the next."""
    town = Hall(clock, limits(clock))
    hours = iter(range(0, 10**9, 3600))
    assert [await town.take(float(next(hours))) for _ in range(21)] == [None] * 20 + ["too_many_waiting a"]
    assert await town.take(float(next(hours)), queue="b") is None
    assert await town.take(float(next(hours)), "10.0.0.2") is None
    town.gone = {"town-3", "town-4"}
    assert [await town.take(float(next(hours))) for _ in range(3)] == [None, None, "too_many_waiting a"]


async def test_tickets_under_way_count_as_waiting(clock: Clock) -> None:
    """A hundred asked for at once are not all let through before the hall knows the first."""
    most = limits(clock, waiting=3)
    refused = [await refusal(most.take("t", "a", "::1", f"{n}", lambda _: None)) for n in range(100)]
    assert refused == [None] * 3 + ["too_many_waiting a"] * 97
    # What the hall has still not heard of ten minutes later never came, or was of another business day.
    clock.now = 600.0
    assert await refusal(most.take("t", "a", "::1", "late", lambda _: None)) is None


async def test_ten_wrong_codes_in_ten_minutes(clock: Clock) -> None:
    """The eleventh waits until the first is ten minutes old; other addresses are not held up."""
    most = limits(clock)
    for n in range(10):
        clock.now = float(n)
        assert await refusal(most.may_show_code("10.0.0.1")) is None
        await most.wrong_code("10.0.0.1")
    clock.now = 10.0
    assert await refusal(most.may_show_code("10.0.0.1")) == "too_many 591"
    assert await refusal(most.may_show_code("10.0.0.2")) is None
    clock.now = 600.0
    assert await refusal(most.may_show_code("10.0.0.1")) is None
    await most.wrong_code("10.0.0.1")
    assert await refusal(most.may_show_code("10.0.0.1")) == "too_many 2"


async def test_several_servers_count_together(clock: Clock) -> None:
    """However many tickets are asked for at once; while Redis is away none is refused for want of a count."""
    nodes = Nodes(redis_url(), f"{token_hex(4)}:")
    servers = [PhoneLimits(SharedSlate(nodes), clock, taken=10) for _ in range(2)]
    await SharedSlate(nodes).open()
    asked = [servers[n % 2].take("t", "a", "::1", f"{n}", lambda _: None) for n in range(30)]
    refused = await asyncio.gather(*(refusal(each) for each in asked))
    assert sorted(map(str, refused)) == ["None"] * 10 + ["too_many 601"] * 20
    for n in range(10):
        await servers[n % 2].wrong_code("::1")
    assert [await refusal(server.may_show_code("::1")) for server in servers] == ["too_many 601"] * 2
    await nodes.close()
    away = PhoneLimits(SharedSlate(Nodes("redis://127.0.0.1:1", patience_s=0)), clock, taken=0)
    assert await refusal(away.take("t", "a", "::1", "1", lambda _: None)) is None
    assert await refusal(away.may_show_code("::1")) is None
    await away.wrong_code("::1")
    await away.give_back("t", "::1", "1")


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
    assert (place_of(one) == place_of(other)) == same


class Seen(LocalSlate):
    """A slate of which one sees what was written last."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.standing: dict[str, bytes | None] = {}

    async def swap(self, name: str, before: bytes | None, after: bytes | None, lasts_s: float) -> bool:
        self.standing[name] = after
        return await super().swap(name, before, after, lasts_s)


async def test_a_place_takes_no_more_memory_the_longer_it_is_used(clock: Clock) -> None:
    """What is old and waits no more is forgotten."""
    slate = Seen(clock)
    town = Hall(clock, PhoneLimits(slate, clock))
    for n in range(1_000):
        assert await town.take(n * 60.0) is None
        town.gone.add(f"town-{n}")
    ((name, taken),) = slate.standing.items()
    assert len(taken or b"") < 300
    assert "10.0.0.1" not in name, "nobody who reads the store learns whose phone took which ticket"
