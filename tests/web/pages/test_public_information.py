"""What hall screens tell between calls: what the hall has stated, and sums; nothing of any citizen."""

from datetime import timedelta
from typing import Any

import httpx
from msgspec.structs import replace

from queue_server.domain.counter import Counter
from queue_server.domain.hours import Hours
from queue_server.domain.post import Post
from queue_server.domain.screen import Screen, ScreenPage
from queue_server.domain.service import Guide
from tests.web.pages.conftest import TOWN, Site

SERVICES = list(TOWN.services)


async def told(site: Site) -> list[dict[str, Any]]:
    """The pages of the screen in the lobby."""
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
        answer = await client.get("/screen/town/pages", params={"screen": "lobby"})
    assert answer.headers["cache-control"] == "no-store"
    found: list[dict[str, Any]] = answer.json()["pages"]
    return found


def lobby(*pages: ScreenPage, **screen: Any) -> dict[str, Screen]:
    """A hall's screens: one with these pages."""
    return {"lobby": Screen(id="lobby", pages=pages, **screen)}


async def test_services_by_queue(site: Site) -> None:
    """What is done at which counters; of a screen with queues, of those alone."""
    await site.hall(screens=lobby("services"))
    comprehensive, express = await told(site)
    assert (comprehensive["queue"], comprehensive["counters"]) == ("comprehensive", [1])
    assert (express["queue"], express["counters"]) == ("express", [2])
    assert len(comprehensive["services"]) + len(express["services"]) == len(TOWN.services)
    await site.hall(screens=lobby("services", queues=("express",)))
    assert await told(site) == [express]


async def test_guides_of_what_people_come_for(site: Site) -> None:
    """The most wanted first, with materials, limit and fee as far as they are stated; without any, it is left out."""
    first, wanted, empty = SERVICES[0], SERVICES[5], SERVICES[6]
    guides = {
        first: Guide(materials=("身份证",), legal_limit="20 个工作日"),
        wanted: Guide(promised_limit="当场办结", legal_limit="5 个工作日", fee="不收费"),
        empty: Guide(conditions="年满 60 周岁"),
    }
    await site.hall(screens=lobby("guides"), guides=guides)
    kiosk = await site.device("kiosk")
    await site.post("/halls/town/tickets", {"service": wanted}, kiosk)
    found = await told(site)
    catalogue = site.server.catalogue.by_number
    assert [page["service"] for page in found] == [catalogue[wanted].name, catalogue[first].name]
    assert found[0] | {"limit": "当场办结", "fee": "不收费"} == found[0]
    assert found[1]["materials"] == ["身份证"]
    assert found[1]["limit"] == "20 个工作日"
    assert "fee" not in found[1]


async def test_who_is_on_duty(site: Site) -> None:
    """As the plate on the counter tells it; of a screen with areas, only who sits there; nobody: no page."""
    counters = TOWN.counters | {
        3: Counter(number=3, name="东厅", kind="comprehensive", queues=("comprehensive",), area="东厅")
    }
    posts = {"p3": Post(id="p3", name="社保岗", counter=3, department="人社所")}
    await site.hall(counters=counters, posts=posts, screens=lobby("duty"))
    assert await told(site) == []
    await site.clerk(1, name="王芳")
    await site.clerk(3, name="李明")
    both = [
        {"counter": 1, "name": "王芳"},
        {"counter": 3, "name": "李明", "post": "社保岗", "department": "人社所"},
    ]
    assert await told(site) == [{"kind": "duty", "clerks": both}]
    await site.hall(counters=counters, posts=posts, screens=lobby("duty", areas=("东厅",)))
    assert await told(site) == [{"kind": "duty", "clerks": both[1:]}]


async def test_telephones_that_there_are(site: Site) -> None:
    """Of enquiries and of complaints; none: no page. Where phones reach the server, the QR for complaints too."""
    await site.hall(screens=lobby("phones"), complaint_phone="0379-12346")
    assert await told(site) == [{"kind": "phones", "consult": "0379-12345", "complaint": "0379-12346"}]
    await site.hall(screens=lobby("phones"), phone="")
    assert await told(site) == []
    site.server.public_url = "https://hall.example"
    assert await told(site) == [{"kind": "phones", "code": "/complain/town/qr.svg"}]
    await site.hall(screens=lobby("phones"))
    assert [page.keys() - {"kind"} for page in await told(site)] == [{"consult"}, {"code"}]


async def test_the_days_sums(site: Site) -> None:
    """Of the whole hall, with nothing that has a zero denominator; worked out once a minute, whoever asks."""
    await site.hall(screens=lobby("results"))
    assert await told(site) == [{"kind": "results", "issued": 0, "served": 0}]
    clerk, kiosk, evaluator = await site.clerk(1), await site.device("kiosk"), await site.device("evaluator", counter=1)
    for _ in range(2):
        await site.ticket(kiosk)
    for step in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{step}", {}, clerk)
    await site.post("/halls/town/ratings", {"counter": 1, "level": "very_satisfied"}, evaluator)
    assert await told(site) == [{"kind": "results", "issued": 0, "served": 0}]
    later = site.server.monotonic() + 61
    site.server.monotonic = lambda: later
    (page,) = await told(site)
    assert (page["issued"], page["served"], page["good"]) == (2, 1, 1.0)
    assert page["wait_s"] >= 0


async def test_the_pages_come_in_the_screens_order_and_an_unknown_screen_is_refused(site: Site) -> None:
    """And without a screen there are none."""
    await site.hall(screens=lobby("results", "phones"))
    assert [page["kind"] for page in await told(site)] == ["results", "phones"]
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
        assert (await client.get("/screen/town/pages")).json() == {"pages": []}
        for path in ("", "/pages", "/set-up"):
            assert (await client.get(f"/screen/town{path}?screen=nowhere")).status_code == 404


async def test_when_it_opens_next(site: Site) -> None:
    """The hours of the next day that it is open, after one that was closed early too; nothing when there is none."""
    await site.hall()
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/day/close", token=head)
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
        found = (await client.get("/screen/town/opening")).json()
        assert found["opening"][0][0] == found["opens_at"]
        assert found["ticketing"][1] == found["opening"][-1][1]
        assert found["opens_at"] > (site.server.now() + timedelta(seconds=1)).isoformat()
        await site.hall(replace(TOWN, hours=Hours(weekly={})))
        assert (await client.get("/screen/town/opening")).json() == {}
