"""A wall clock that is set back or leaps ahead: durations stay true, and numbers start over only when they should."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from queue_server.app import running
from queue_server.settings import Settings
from tests.web.pages.conftest import Site

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)  # a Wednesday, at 12:00 in the hall

KEYS = itertools.count()


class Wall:
    """A wall clock that goes only as it is told."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def leap(self, **by: float) -> None:
        """Somebody, or a dead battery, sets it."""
        self.at += timedelta(**by)


@asynccontextmanager
async def at_work(folder: Path, wall: Wall) -> AsyncIterator[Site]:
    """A server that looks at that clock."""
    async with running(Settings(data=str(folder)), read_wall=wall) as server:
        site = Site(server)
        site._keys = KEYS  # no key is used again after a restart
        await site.mend()
        try:
            yield site
        finally:
            await site.cut()


@pytest.fixture
def wall() -> Wall:
    """A wall clock at noon."""
    return Wall()


async def numbers(site: Site, token: str, count: int) -> list[str]:
    """The numbers of so many new tickets."""
    return [(await site.ticket(token))["number"] for _ in range(count)]


def moment(text: str) -> datetime:
    """A time of the wire."""
    return datetime.fromisoformat(text)


async def test_an_hour_back_changes_no_order_and_no_duration(tmp_path: Path, wall: Wall) -> None:
    """Numbers go on, time does not run backwards, nothing lasts less than no time, and the log says so once."""
    async with at_work(tmp_path, wall) as site:
        await site.hall()
        kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
        assert await numbers(site, kiosk, 2) == ["A001", "A002"]
        with capture_logs() as said:
            wall.leap(hours=-1)
            ticket = await site.ticket(kiosk)
            for verb in ("next", "start", "finish"):
                served = (await site.post(f"/halls/town/counters/1/{verb}", {}, clerk))["ticket"]
        assert ticket["number"] == "A003"
        assert moment(ticket["issued_at"]) >= NOON
        leg = served["legs"][0]
        times = [
            moment(text) for text in (served["issued_at"], leg["called_at"], leg["started_at"], leg["finished_at"])
        ]
        assert times == sorted(times)
        assert [line["hall"] for line in said if line["event"] == "clock.behind"] == ["town"]
    async with at_work(tmp_path, wall) as site:  # a restart knows no better clock
        assert (await site.ticket(kiosk))["number"] == "A004"


async def test_a_day_ahead_with_clerks_on_duty_waits_for_the_head(tmp_path: Path, wall: Wall) -> None:
    """The hall works on with its numbers; the head's word turns the day, once."""
    async with at_work(tmp_path, wall) as site:
        await site.hall()
        kiosk = await site.device("kiosk")
        await site.clerk(1)
        person = await site.person("head")
        assert await numbers(site, kiosk, 2) == ["A001", "A002"]
        wall.leap(days=2)
        head = await site.session(person)  # sign-ins do not outlive a leap of days
        assert await numbers(site, kiosk, 1) == ["A003"]
        runner = await site.server.hall("town")
        assert runner.date_doubted
        assert runner.day.business_day is not None
        assert runner.day.business_day.isoformat() == "2026-11-18"
        assert "jiaohao_clock_doubted 1.0" in await _metrics(site)

        refused = await site.call("POST", "/halls/town/day/confirm", {"business_day": "2026-11-21"}, head)
        assert refused.status_code == 409
        await site.post("/halls/town/day/confirm", {"business_day": "2026-11-20"}, head)
        assert not runner.date_doubted
        assert await numbers(site, kiosk, 2) == ["A001", "A002"]
        assert runner.day.business_day.isoformat() == "2026-11-20"


async def test_a_day_ahead_with_nobody_on_duty_is_a_new_day(tmp_path: Path, wall: Wall) -> None:
    """As after a weekend: nobody is asked, and numbers start over."""
    async with at_work(tmp_path, wall) as site:
        await site.hall()
        kiosk = await site.device("kiosk")
        assert await numbers(site, kiosk, 2) == ["A001", "A002"]
        wall.leap(days=3)
        assert await numbers(site, kiosk, 2) == ["A001", "A002"]
        runner = await site.server.hall("town")
        assert not runner.date_doubted
        assert runner.day.business_day is not None
        assert runner.day.business_day.isoformat() == "2026-11-21"


async def test_the_doubt_survives_a_restart(tmp_path: Path, wall: Wall) -> None:
    """An old machine may start several times before anybody looks at its clock."""
    async with at_work(tmp_path, wall) as site:
        await site.hall()
        kiosk = await site.device("kiosk")
        await site.clerk(1)
        assert await numbers(site, kiosk, 1) == ["A001"]
    wall.leap(days=400)
    async with at_work(tmp_path, wall) as site:
        assert await numbers(site, kiosk, 1) == ["A002"]
    wall.leap(days=-400)  # somebody has set it right
    async with at_work(tmp_path, wall) as site:
        assert await numbers(site, kiosk, 1) == ["A003"]
        assert not (await site.server.hall("town")).date_doubted


async def _metrics(site: Site) -> Any:
    async with site.client() as client:
        return (await client.get("/metrics")).text
