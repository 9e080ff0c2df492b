"""What runs several servers: the script without containers, and HAProxy's configuration."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from queue_server.web.problems import PROBLEMS, RETRY
from tests.faults.fleet import free_ports

pytestmark = pytest.mark.server

DEPLOY = Path(__file__).parents[1] / "deploy"


async def script(folder: Path, *words: str, **environment: str) -> None:
    """Run `deploy/cluster.sh` with these words, the folder after the first."""
    verb, *part = words
    process = await asyncio.create_subprocess_exec(
        "sh", str(DEPLOY / "cluster.sh"), verb, str(folder), *part, env={**os.environ, **environment}
    )
    assert await process.wait() == 0


def alive(pid: int) -> bool:
    """Whether it runs; who ended and was not asked for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_down_ends_what_was_started_and_nobody_else(tmp_path: Path) -> None:
    """Also without the settings that it was started with, and where another process has the number of one long gone."""
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    begun: list[int] = []
    try:
        settings = {"REDIS": "cluster", "PORT": str(free_ports())}
        for part in ("redis-1", "redis-6"):
            await script(tmp_path, "start", part, **settings)
            await script(tmp_path, "wait", part, **settings)
            begun.append(int((tmp_path / f"{part}.pid").read_text()))
        assert all(map(alive, begun))
        (tmp_path / "proxy.pid").write_text(str(stranger.pid))
        await script(tmp_path, "down")
        assert not any(map(alive, begun))
        assert alive(stranger.pid)
        assert not (tmp_path / "redis-1.pid").exists()
    finally:
        for pid in filter(alive, begun):
            os.kill(pid, signal.SIGKILL)
        stranger.kill()
        await stranger.wait()


async def test_haproxy_alone_forbids_the_figures_and_refuses_commands() -> None:
    """The figures however their path is written; a command as the servers would that cannot reach their store."""
    address = f"127.0.0.1:{free_ports()}"
    haproxy = await asyncio.create_subprocess_exec(
        "haproxy", "-db", "-f", str(DEPLOY / "haproxy.cfg"),
        env={"BIND": address, "PATH": f"{os.environ['PATH']}:/usr/sbin"}, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def answers(path: str) -> int:
                try:
                    return (await client.get(f"http://{address}{path}")).status_code
                except httpx.TransportError:
                    return 0

            async def forbidden() -> bool:
                return await answers("/metrics") == 403

            async with asyncio.timeout(20):
                while not await forbidden():  # noqa: ASYNC110 - it tells by answering
                    await asyncio.sleep(0.05)
            assert await answers("/%6Detrics") == 403
            refused = await client.get(f"http://{address}/api/v1/halls")  # there is no server
    finally:
        haproxy.kill()
        await haproxy.wait()
    code = "store_unavailable"
    text = PROBLEMS[code]
    assert refused.status_code == text.status
    assert refused.headers["Content-Type"] == "application/problem+json"
    told = refused.json()
    assert (told["code"], told["retry"], told["title"]) == (code, RETRY[code], f"{text.zh} / {text.en}")
