"""What a Redis was set up to keep, and what the server says of it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from queue_server.redis_nodes import Keeping, Nodes, Persistence, Unfit
from queue_server.settings import Settings
from queue_server.stores import opened
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """One whose settings change."""
    server = RedisServer().wait()
    yield server
    server.end()


@pytest.fixture
async def nodes(server: RedisServer) -> AsyncIterator[Nodes]:
    nodes = Nodes(server.url)
    yield nodes
    await nodes.close()


@pytest.mark.parametrize(
    ("appendonly", "appendfsync", "loses"),
    [
        ("no", "everysec", "a crash loses what came since its last snapshot (appendonly no)"),
        ("yes", "everysec", "a crash loses up to two seconds (appendfsync everysec)"),
        ("yes", "no", "a crash loses what the system had not written yet (appendfsync no)"),
        ("yes", "always", "a crash loses nothing (appendfsync always)"),
    ],
)
async def test_what_a_crash_takes_with_it(
    server: RedisServer, nodes: Nodes, tmp_path: Path, appendonly: str, appendfsync: str, loses: str
) -> None:
    """It is said at the start, and among the figures."""
    server.ask("CONFIG SET", "appendonly", appendonly, "appendfsync", appendfsync)
    (kept,) = await nodes.persistence()
    assert kept.on_disk(Keeping()) == loses
    assert kept.loses(Keeping()) == (appendfsync != "always")
    async with opened(Settings(data=str(tmp_path), store=server.url)) as stores:
        sentence, grows = stores.says
        assert "set JIAOHAO_ARCHIVE" in grows
        assert sentence == (f"Redis {kept.version}: {loses}; no replica can take over [127.0.0.1:{server.port}]")
        (figure,) = [
            sample
            for collector in stores.figures
            for metric in collector.collect()
            for sample in metric.samples
            if sample.name == "jiaohao_store_may_lose"
        ]
    assert figure.value == float(appendfsync != "always")
    assert (figure.labels["appendonly"], figure.labels["appendfsync"]) == (appendonly, appendfsync)


async def test_one_that_throws_data_away_is_refused(server: RedisServer, nodes: Nodes, tmp_path: Path) -> None:
    """Where its memory is bounded; one that refuses to write instead may be, and one that has room."""
    server.ask("CONFIG SET", "maxmemory", "100mb", "maxmemory-policy", "volatile-lru")
    with pytest.raises(Unfit, match="volatile-lru"):
        async with opened(Settings(data=str(tmp_path), store=server.url)):
            pass
    server.ask("CONFIG SET", "maxmemory-policy", "noeviction")
    await nodes.persistence()
    server.ask("CONFIG SET", "maxmemory", "0", "maxmemory-policy", "allkeys-lru")
    await nodes.persistence()


async def test_one_that_does_not_tell_is_believed() -> None:
    """Where CONFIG is forbidden, as with managed ones, what can be known otherwise still counts."""
    server = RedisServer("--rename-command", "CONFIG", "", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
    server.wait()
    nodes = Nodes(server.url)
    with pytest.raises(Unfit, match="allkeys-lru"):
        await nodes.persistence()
    await nodes.close()
    server.end()


KEEPS = Persistence(
    master="one:6379", version="7.2.4", appendonly="yes", appendfsync="everysec", maxmemory=0, policy="noeviction",
    full_coverage=False, replicas=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "keeping", "why"),
    [
        (KEEPS._replace(version="6.2.14"), Keeping(), "too old"),
        (KEEPS._replace(version="7.0.15"), Keeping(fsync=True), "7.2 can"),
        (KEEPS._replace(appendonly="no"), Keeping(fsync=True), "set appendonly yes"),
    ],
)
def test_one_that_cannot_do_what_it_is_asked_is_refused(kept: Persistence, keeping: Keeping, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        kept.check(keeping)


def test_what_a_fail_over_takes_with_it() -> None:
    """And what one machine, that breaks, may."""
    assert "not received" in KEEPS.on_fail_over(Keeping())
    assert "loses nothing" in KEEPS.on_fail_over(Keeping(replicas=1))
    assert "refused until 2 replicas are there; 1 are now" in KEEPS.on_fail_over(Keeping(replicas=2))
    assert "no replica" in KEEPS._replace(replicas=0).on_fail_over(Keeping())
    assert KEEPS.on_disk(Keeping(fsync=True)) == "a crash loses nothing: answers wait for the disk (store_fsync)"
    assert KEEPS._replace(appendonly=None).on_disk(Keeping()) == "it does not tell what it writes to its disk"
    assert [KEEPS.loses(keeping) for keeping in (Keeping(), Keeping(1), Keeping(0, True), Keeping(1, True))] == [
        True, True, True, False,
    ]  # fmt: skip
    KEEPS.check(Keeping(1, fsync=True))
