"""Every view of history, asked for as page and as file: whatever is combined with whatever, it is answered."""

import itertools
from datetime import timedelta

from queue_server.web.access import COOKIE
from queue_server.web.figures import TOPICS
from queue_server.web.pages.history import BYS
from tests.web.pages.conftest import NEVER_OPEN, Site
from tests.web.pages.past_days import past_days


async def test_every_view_of_a_hall(site: Site) -> None:
    """With days behind it, beside an earlier period; and an unknown view is the first one."""
    today = (await past_days(site, days=3, tickets=3)).day.business_day
    assert today
    days = f"from={today - timedelta(days=3)}&to={today}&against=before"
    head = await site.session(await site.person("head"))
    async with site.client() as client:
        client.cookies.set(COOKIE, head)
        topics = itertools.cycle(topic.id for topic in TOPICS)
        for by in (*BYS, "nothing"):
            assert (await client.get(f"/manager/town/history.csv?{days}&by={by}")).status_code == 200, by
            for topic in itertools.islice(topics, 4):
                answer = await client.get(f"/manager/town/history?{days}&by={by}&show={topic}&figure=nothing")
                assert answer.status_code == 200, (by, topic)
        for by in ("minutes", "day_post", "clerk"):  # what differs in a workbook
            assert (await client.get(f"/manager/town/history.xlsx?{days}&by={by}")).status_code == 200, by
        assert (await client.get("/manager/town/report.xlsx")).status_code == 200


async def test_every_view_of_a_hall_that_never_opened(site: Site) -> None:
    """Nothing to show is no mistake."""
    await site.hall(hours=NEVER_OPEN)
    district = await site.session(await site.person("district"))
    async with site.client() as client:
        client.cookies.set(COOKIE, district)
        for path in ("/manager/town/history", "/district"):
            for by in BYS if path != "/district" else ("hall",):
                for kind in ("", ".csv"):
                    assert (await client.get(f"{path}{kind}?by={by}&against=year")).status_code == 200, (path, by)
            assert (await client.get(f"{path}.xlsx?against=year")).status_code == 200
        for month in ("", "?month=2001-02"):
            assert (await client.get(f"/manager/town/report{month}")).status_code == 200
            assert (await client.get(f"/manager/town/report.xlsx{month}")).status_code == 200
