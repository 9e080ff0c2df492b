"""…/statistics over HTTP, and from a journal of many days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.engine.clock import HallClock
from queue_server.engine.hall_runner import DAY_CODEC, HallRunner
from queue_server.engine.stream_runner import StreamRunner
from queue_server.journal.base import NewBatch, Stream
from queue_server.journal.memory import MemoryJournal
from queue_server.projections.history_tally import BYS
from queue_server.web.statistics import DAYS_MAX, recompute
from tests.domain.halls import MONDAY, Floor, clerk
from tests.projections.obvious_history import obvious_rows
from tests.web.pages.conftest import Site


async def asked(site: Site, token: str | None, query: str) -> Any:
    """The answer's rows, or its code."""
    answer = await site.call("GET", f"/halls/town/statistics{query}", token=token)
    return answer.json()["rows"] if answer.is_success else answer.json()["code"]


def today(site: Site) -> str:
    """The query of the running business day."""
    (runner,) = site.server.registry.loaded()
    return f"?from={runner.day.business_day}&to={runner.day.business_day}"


async def test_a_morning(site: Site) -> None:
    """One visit shows in every grouping, by its names; the district sees it too."""
    await site.hall()
    kiosk, wang = await site.device("kiosk"), await site.clerk(1, name="王芳")
    head, district = [await site.session(await site.person(role)) for role in ("head", "district")]
    ticket = await site.post("/halls/town/tickets", {"service": 1}, kiosk)
    (queue,) = await asked(site, head, today(site) + "&by=queue")
    counter = {"comprehensive": 1, "express": 2}[queue["key"]]
    if counter == 2:
        await site.post("/halls/town/counters/1/sign-off", token=wang)
        await site.post("/halls/town/counters/2/sign-on", {"capacity": "relief"}, wang)
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/{counter}/{verb}", token=wang)
    await site.post("/halls/town/ratings", {"ticket": ticket["id"], "leg": 1, "level": "satisfied"})
    (total,) = await asked(site, head, today(site))
    assert "key" not in total
    assert (total["issued"], total["served"], total["rated"], total["good_rate_top3"]) == (1, 1, 1, 1.0)
    (total,) = await asked(site, head, today(site) + "&distribution=true")
    assert total["waiting"]["minutes"] == total["service"]["minutes"] == [[0, 1]]
    names = {}
    for by in BYS:
        rows = await asked(site, head, f"{today(site)}&by={by}")
        assert rows == await asked(site, district, f"{today(site)}&by={by}")
        assert sum(row["served"] for row in rows) == 1
        names[by] = [row.get("name") for row in rows if row["served"]]
    assert names["clerk"] == ["王芳"]
    assert names["queue"] == names["counter"] == [{1: "综合受理", 2: "无差别即办"}[counter]]
    assert names["service"] == [site.server.catalogue.by_number[1].name]
    assert (
        names["post"]
        == names["day_post"]
        == names["month"]
        == names["weekday_hour"]
        == names["hour"]
        == names["weekday"]
        == names["day"]
        == [None]
    )


async def test_nothing_yet(site: Site) -> None:
    """Days to come, and days before the first: one row of zeros in all, no rows by anything."""
    await site.hall()
    head = await site.session(await site.person("head"))
    for query in ("?from=2099-01-01&to=2099-12-31", "?from=0001-01-01&to=0001-01-01"):
        (total,) = await asked(site, head, query)
        assert total["issued"] == 0
        assert await asked(site, head, query + "&by=queue") == []


SENSELESS = (
    "",
    "?from=2026-06-01",
    "?to=2026-06-01",
    "?from=&to=",
    "?from=2026-06-02&to=2026-06-01",
    "?from=2026-06-31&to=2026-07-01",
    "?from=20260601&to=20260602",
    "?from=2026-W23-1&to=2026-W23-2",
    "?from=2026-06-01T00:00:00Z&to=2026-06-02",
    "?from=%D9%A2%D9%A0%D9%A2%D9%A6-06-01&to=2026-06-01",
    "?from=2023-06-01&to=2024-06-01",
    "?from=2026-06-01&to=2026-06-02&by=",
    "?from=2026-06-01&to=2026-06-02&by=ticket",
    "?from=2026-06-01&to=2026-06-02&by=queue,hour",
    "?from=2026-06-01&to=2026-06-02&distribution=1",
)


async def test_a_question_that_makes_no_sense(site: Site) -> None:
    """It is told so."""
    await site.hall()
    head = await site.session(await site.person("head"))
    assert [query for query in SENSELESS if await asked(site, head, query) != "query_invalid"] == []


async def test_a_leap_year_is_not_too_long(site: Site) -> None:
    """366 days are answered."""
    await site.hall()
    first = date(2023, 6, 1)
    last = first + timedelta(days=DAYS_MAX - 1)
    assert last == date(2024, 5, 31)
    (total,) = await asked(site, await site.session(await site.person("head")), f"?from={first}&to={last}")
    assert total["issued"] == 0


async def test_who_may_ask(site: Site) -> None:
    """No clerk, no screen, nobody from the street."""
    await site.hall()
    query = today(site)
    for role in ("clerk", "guide", "discipline", "admin"):
        assert await asked(site, await site.session(await site.person(role)), query) == "not_allowed"
    assert await asked(site, await site.device("screen"), query) == "not_allowed"
    assert await asked(site, None, query) == "token_missing"


# Many days


def week() -> Floor:
    """Five business days, the third one skipped; each day one more ticket is served, and the last stays to be rated."""
    floor = Floor()
    last: str | None = None
    for number, day in enumerate((0, 1, 3, 4, 7), 1):
        if day:
            floor.turn(MONDAY + timedelta(days=day))
        if last is not None:
            rating = commands.RateLeg(by="holder", ticket=last, leg=1, level="satisfied", source="phone")
            floor.do(rating)
        floor.on(1)
        for _ in range(number):
            floor.issue()
            floor.later(minutes=3)
            last = floor.serve(1).id
    return floor


async def loaded(floor: Floor) -> HallRunner:
    """A runner over a journal that holds the floor's events."""
    journal = MemoryJournal()
    await journal.open()
    stream = Stream(floor.hall.id, "day")
    head = await journal.head(stream)
    for number, event in enumerate(floor.log):
        mark = event.business_day.isoformat() if isinstance(event, events.DayOpened) else None
        batch = NewBatch(count=1, command_id=str(number), fingerprint="", mark=mark, events=DAY_CODEC.encode([event]))
        head = await journal.append(stream, head, batch)
    runner = HallRunner(floor.hall.id, journal, HallClock(floor.hall.id, lambda: floor.now), _Deaf())
    await runner.load()
    return runner


class _Deaf:
    """Listens to nothing."""

    def replayed(self, day: Day, events: Sequence[events.DayEvent], seq: int) -> None:
        pass

    def loaded(self, history: StreamRunner[Day, events.DayEvent]) -> None:
        pass

    def committed(self, day: Day, events: Sequence[events.DayEvent], seq: int) -> None:
        pass


@pytest.mark.parametrize("first", range(-1, 9))
@pytest.mark.parametrize("days", [0, 1, 4, 365])
async def test_any_range_of_a_journal(first: int, days: int) -> None:
    """From whatever day to whatever day, in the middle of a history: as the whole history tells."""
    floor = week()
    runner = await loaded(floor)
    begin = MONDAY + timedelta(days=first)
    end = begin + timedelta(days=days)
    for by in (None, *BYS):
        _, tally = await recompute(runner, begin, end, by)
        assert {row.pop("key", None): row for row in tally.rows()} == obvious_rows(floor.log, begin, end, by)


async def test_a_journal_without_a_day() -> None:
    """A hall that was set up and never worked."""
    floor = Floor()
    floor.log.clear()
    _, tally = await recompute(await loaded(floor), MONDAY, MONDAY, "queue")
    assert list(tally.rows()) == []


async def test_the_same_twice() -> None:
    """Promise 10."""
    runner = await loaded(week())
    first, second = [await recompute(runner, MONDAY, MONDAY + timedelta(days=9), "clerk") for _ in range(2)]
    assert list(first[1].rows()) == list(second[1].rows())
    assert first[1].keys == {clerk(1)}
    assert first[0].settled == MONDAY + timedelta(days=3)
