"""A hall's past, most of it in the archive: all that reads it back comes to the same as before it was moved."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from queue_server.app import running
from queue_server.commands.demo_halls import prepare_demo
from queue_server.domain import commands
from queue_server.engine import redis_history
from queue_server.engine.stream_runner import Accepted
from queue_server.journal.archive import BadArchive
from queue_server.settings import Settings
from queue_server.web.routes import application
from queue_server.web.server import Server
from tests.commands.conftest import Jiaohao
from tests.redis_server import redis_url
from tests.waiting import until

DATABASE = 8  # of the sixteen that a Redis has: the one that is these tests' own
HALLS = ("town", "village")
PAST = 20
"""Days: seven of them at least are working days, at any time of the year."""


@pytest.fixture
def redis() -> Iterator[Redis]:
    """An empty one."""
    with Redis.from_url(f"{redis_url()}/{DATABASE}") as client:
        client.flushdb()
        yield client


@pytest.fixture
def settings(redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a server over it, with an archive; the commands work there too."""
    store, archive = f"{redis_url()}/{DATABASE}", str(tmp_path / "archive")
    monkeypatch.setenv("JIAOHAO_STORE", store)
    monkeypatch.setenv("JIAOHAO_ARCHIVE", archive)
    return Settings(data=str(tmp_path / "server"), store=store, archive=archive)


@pytest.mark.usefixtures("cheap_passwords")
def test_the_past_reads_the_same_from_the_archive(
    settings: Settings, redis: Redis, jiaohao: Jiaohao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statistics that are made anew, and of days long past, `verify` and `export`; what is gone is told."""

    def held() -> list[int]:
        return [_held(redis, hall) for hall in HALLS]

    async def statistics(*, moved: bool) -> list[Any]:
        async with running(settings, engines=[]) as server:
            if moved:
                await until(lambda: max(held()) < 6)
                figures = await _figures(server)
                assert figures["jiaohao_archived_batches_total"] >= 6
                assert figures["jiaohao_archive_in_order"] == 1
                assert not any("JIAOHAO_ARCHIVE" in sentence for sentence in server.store_says)
                assert figures["jiaohao_store_bytes"] > 100_000
                assert figures["jiaohao_store_max_bytes"] == 0
            else:
                await prepare_demo(server, None, PAST)
            return [await _added_up(server, hall) for hall in HALLS]

    async def statistics_again() -> list[Any]:
        async with running(settings, engines=[]) as server:
            return [await _added_up(server, hall) for hall in HALLS]

    def read_back() -> tuple[str, bytes]:
        verified = jiaohao("verify").stdout
        assert verified.endswith("everything is in order\n")
        return verified, jiaohao("export").stdout_bytes

    before, read = asyncio.run(statistics(moved=False)), read_back()
    assert min(held()) > 6
    assert len(before[0]) > 5, "there is something to compare"
    redis.delete(*redis.scan_iter("jiaohao:*:history*"), "-")
    assert asyncio.run(statistics(moved=True)) == before
    monkeypatch.setattr(redis_history, "MONTHS_BY_DAY", -1)  # no day's figures are kept
    redis.delete(*redis.scan_iter("jiaohao:*:history*"), "-")
    assert asyncio.run(statistics_again()) == before
    assert read_back() == read

    next((Path(settings.archive) / "town" / "day").iterdir()).unlink()
    assert jiaohao("export").exit_code == 1
    found = jiaohao("verify")
    assert found.exit_code == 1
    assert "the archive is not in order: " in next(x for x in found.stdout.splitlines() if x.startswith("town day: "))
    assert found.stdout.endswith("1 fault(s)\n"), "the others are looked at all the same"


@pytest.mark.usefixtures("cheap_passwords")
def test_the_day_needs_no_archive(settings: Settings, redis: Redis, tmp_path: Path) -> None:
    """With it away a hall is started and works; what looks back further is refused."""

    async def live() -> None:
        async with running(settings, engines=[]) as server:
            await prepare_demo(server, None, PAST)
        async with running(settings, engines=[]):
            await until(lambda: _held(redis, "town") < 6)
        async with running(replace(settings, archive=str(tmp_path / "bare")), engines=[]) as server:
            runner = await server.hall("town")
            command = commands.IssueTicket(by="kiosk", ticket="t1", queue="express")
            outcome = await runner.run(command, "issue-1", "", lambda day, events: day.tickets["t1"].number)
            assert isinstance(outcome, Accepted), outcome
            with pytest.raises(BadArchive, match="does not hold what follows seq 0"):
                async for _ in runner.days.events_after(0):
                    pass
            assert server.ready

    asyncio.run(live())


@pytest.mark.usefixtures("cheap_passwords")
def test_a_past_moves_to_a_redis_day_by_day_and_back(
    settings: Settings, redis: Redis, jiaohao: Jiaohao, data: Path, tmp_path: Path
) -> None:
    """It is never in its memory as a whole, and comes back as it was."""

    async def make() -> None:
        async with running(Settings(data=str(data)), engines=[]) as server:
            await prepare_demo(server, None, PAST)

    asyncio.run(make())
    exported = jiaohao("export", "--store", "").stdout_bytes
    moved = jiaohao("move", data, settings.store)
    assert moved.exit_code == 0, moved.output
    assert [_held(redis, hall) < 6 for hall in HALLS] == [True, True]
    assert jiaohao("export").stdout_bytes == exported
    assert jiaohao("move", settings.store, tmp_path / "back").exit_code == 0
    assert jiaohao("export", "--store", "", "--data", tmp_path / "back").stdout_bytes == exported


def _held(redis: Redis, hall: str) -> int:
    """How many batches of a hall's days Redis itself has."""
    return int(redis.xlen(f"jiaohao:{{{hall}}}:day"))


async def _added_up(server: Server, hall: str) -> list[Any]:
    today = server.now().date()
    answer = await server.histories.tally(hall, today - timedelta(days=4 * PAST), today, "day")
    return sorted(answer.tally.packed())


async def _figures(server: Server) -> dict[str, float]:
    transport = httpx.ASGITransport(application(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://jiaohao") as client:
        text = (await client.get("/metrics")).text
    return {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples}
