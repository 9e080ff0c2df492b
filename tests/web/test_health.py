"""/healthz, /readyz and /metrics."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from queue_server.engine.clock import wall
from queue_server.records.errors import RecordsUnavailable
from queue_server.web.health import COUNTED_S
from tests.web.rig import Town, assert_problem


async def figures(town: Town) -> dict[str, float]:
    """Every sample of /metrics by its name, with its labels."""
    answer = await town.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {sample.name + "".join(f".{value}" for value in sample.labels.values()): sample.value for sample in samples}


async def test_healthz_and_readyz(town: Town) -> None:
    """Alive always; ready unless the server is stopping or not ready yet."""
    server = town.site.server
    for ready, stopping, status in ((True, False, 200), (True, True, 503), (False, False, 503)):
        server.ready, server.stopping = ready, stopping
        answer = await town.client.get("/readyz")
        assert (answer.status_code, answer.text) == (status, "ready\n" if status == 200 else "not ready\n")
        assert (await town.client.get("/healthz")).text == "ok\n"


async def test_one_failure_does_not_speak_against_the_server_for_ever(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may ever ask a server that is not ready: after ten seconds it counts as ready again."""
    server, now = town.site.server, 1000.0
    server.monotonic = lambda: now

    async def away(*arguments: object) -> None:
        raise RecordsUnavailable(OSError("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(type(server.records), "identify", away)
        answer = await town.client.get("/api/v1/halls", headers={"Authorization": "Bearer x"})
        assert_problem(answer, "store_unavailable")
        patch.setattr(type(server.records.devices), "all", away)
        assert not [name for name in await figures(town) if name.startswith("jiaohao_devices_missing")]
    assert (await town.client.get("/readyz")).status_code == 503
    assert (await figures(town))["jiaohao_ready"] == 0
    now = 1010.0
    assert (await town.client.get("/readyz")).status_code == 200


async def test_metrics_count(town: Town) -> None:
    """What waits, what is loaded, whether commands are taken."""
    kiosk = await town.device("kiosk")
    for queue in ("comprehensive", "comprehensive", "express"):
        await kiosk.post("/halls/town/tickets", {"queue": queue})
    found = await figures(town)
    assert found["jiaohao_tickets_waiting"] == 3
    assert found["jiaohao_halls_loaded"] == 1
    assert found["jiaohao_journal_write_seconds_count"] == found["jiaohao_journal_write_seconds_bucket.+Inf"] >= 4
    assert found["jiaohao_journal_write_seconds_sum"] > 0 and found["jiaohao_news_lag_seconds"] == 0
    assert found["jiaohao_ready"] == 1
    assert found["jiaohao_clock_doubted"] == 0
    assert found["jiaohao_push_total.slow_closes"] == 0
    town.site.server.ready = False
    assert (await figures(town))["jiaohao_ready"] == 0


@pytest.mark.parametrize("asked", ["lease", "devices"])
async def test_metrics_are_told_though_a_hall_is_let_go_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Of thousands, the stores are asked for seconds."""
    server = town.site.server
    place, name = (type(server.leases), "hold") if asked == "lease" else (type(server.records.devices), "all")
    answer = getattr(place, name)

    async def lets_go(*arguments: object) -> object:
        for hall in server.registry.let_go():
            server.source.forget(hall)
        return await answer(*arguments)

    await town.device("screen")
    monkeypatch.setattr(server.registry, "_idle_s", -1.0)
    monkeypatch.setattr(place, name, lets_go)
    assert "jiaohao_ready" in await figures(town)
    assert server.registry.loaded() == []


async def test_metrics_count_missing_devices(town: Town) -> None:
    """By role, those of the halls in memory, twice a minute however often somebody asks; while their store is away
    there is no figure rather than a wrong one.
    """
    server = town.site.server
    for role in ("screen", "screen", "kiosk"):
        await town.device(role)
    here = await server.records.devices.all("town")
    server.presence.joined("town", "calls", here[0].id, "screen", server.now())
    assert (await figures(town))["jiaohao_devices_missing.screen"] == 0
    server.now, at = lambda: wall() + timedelta(hours=1), server.monotonic()
    assert (await figures(town))["jiaohao_devices_missing.screen"] == 0
    server.monotonic = lambda: at + COUNTED_S
    found = await figures(town)
    counted = [found[f"jiaohao_devices_missing.{role}"] for role in ("screen", "kiosk", "announcer", "evaluator")]
    assert counted == [1, 1, 0, 0]


async def test_metrics_name_nobody(town: Town) -> None:
    """No hall, person, device, number or ticket id: they are read by machines outside the hall."""
    clerk, kiosk = await town.clerk(1, name="李红"), await town.device("kiosk")
    ticket = await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    await clerk.post("/halls/town/counters/1/next")
    text = (await town.client.get("/metrics")).text
    for name in (ticket["id"], "A001", "李红", "town", "示范镇", "u_", "d_"):
        assert name not in text


async def test_only_reading(town: Town) -> None:
    """Anything but GET and HEAD is 405."""
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await town.client.post(path)).status_code == 405
        assert (await town.client.head(path)).status_code == 200
