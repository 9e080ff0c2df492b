"""…/statistics over HTTP: of a hall, and of several."""

from datetime import date, timedelta
from typing import Any

import pytest

from queue_server.domain.hours import Hours
from queue_server.projections.history_tally import BYS
from queue_server.web.statistics import DAYS_MAX
from tests.domain.halls import township
from tests.web.pages.conftest import Site


async def asked(site: Site, token: str | None, query: str) -> Any:
    """The answer's rows, or its code."""
    answer = await site.call("GET", f"/halls/town/statistics{query}", token=token)
    return answer.json()["rows"] if answer.is_success else answer.json()["code"]


def today(site: Site) -> str:
    """The query of the running business day."""
    runner = site.server.registry.at_hand("town")
    assert runner is not None
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


async def test_a_bad_rating(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What becomes of it is told where it was served, and to the district, also of a hall that is not in memory."""
    runner = await site.hall()
    kiosk, wang = await site.device("kiosk"), await site.clerk(1)
    head, district = [await site.session(await site.person(role)) for role in ("head", "district")]
    ticket = await site.post("/halls/town/tickets", {"queue": "comprehensive"}, kiosk)
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", token=wang)
    await site.post("/halls/town/ratings", {"ticket": ticket["id"], "leg": 1, "level": "dissatisfied"})
    await runner.settle()
    (total,) = await asked(site, head, today(site))
    assert (total["rectifications"], total["rectified_rate"], total["complaints"]) == (1, 0.0, 0)
    (clerk,) = [row for row in await asked(site, head, today(site) + "&by=clerk") if row["served"]]
    assert (clerk["rectifications"], "complaints" in clerk) == (1, False)
    day = today(site)
    monkeypatch.setattr(site.server.registry, "_idle_s", -1.0)
    assert site.server.registry.let_go() == ["town"]
    (hall,) = await district_asked(site, district, day)
    assert {name: hall[name] for name in total} == total
    assert site.server.registry.loaded() == []


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


# Of several halls


async def district_asked(site: Site, token: str | None, query: str) -> Any:
    """The answer's rows, or its code."""
    answer = await site.call("GET", f"/statistics{query}", token=token)
    return answer.json()["rows"] if answer.is_success else answer.json()["code"]


async def test_halls_side_by_side(site: Site) -> None:
    """One row for each, in the order asked for, by its name; the figures are those of the hall's own call."""
    await site.hall()
    await site.hall(township(id="river", name="河口镇便民服务中心", hours=Hours(always=True)))
    kiosk, district = await site.device("kiosk"), await site.session(await site.person("district"))
    for _ in range(2):
        await site.post("/halls/town/tickets", {"service": 1}, kiosk)
    day = today(site)
    rows = await district_asked(site, district, f"{day}&halls=town,river,town")
    assert [(row["key"], row["name"], row["issued"]) for row in rows] == [
        ("town", site.server.registry.loaded()[0].day.hall.name, 2),
        ("river", "河口镇便民服务中心", 0),
    ]
    (own,) = await asked(site, district, day)
    assert {name: rows[0][name] for name in own} == own
    assert [row["key"] for row in await district_asked(site, district, day)] == ["river", "town"]
    (only,) = await district_asked(site, district, f"{day}&halls=town&distribution=true")
    assert only["waiting"] == {"count": 0, "minutes": []}


async def test_a_districts_question_that_makes_no_sense(site: Site) -> None:
    """It is told so, and nobody but the district may ask."""
    await site.hall()
    district = await site.session(await site.person("district"))
    day = today(site)
    for query in (*SENSELESS, f"{day}&halls=nowhere", f"{day}&halls=", f"{day}&halls=town,", f"{day}&by=queue"):
        assert await district_asked(site, district, query) == "query_invalid", query
    for role in ("clerk", "guide", "discipline", "admin", "head"):
        assert await district_asked(site, await site.session(await site.person(role)), day) == "not_allowed"
    assert await district_asked(site, None, day) == "token_missing"
