"""Several real servers over a real Redis or Cluster, as `deploy/cluster.sh` starts them; parts are killed by name."""

import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import httpx
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from tests.faults.process import READY_S

__all__ = ["Fleet"]

ROOT = Path(__file__).resolve().parents[2]
PORTS = 41
"""The script takes so many, from the first on."""


def free_ports() -> int:
    """The first of so many ports in a row that nobody listens on."""
    chance = random.Random()
    while True:
        first = chance.randrange(20_000, 32_000)
        try:
            for port in range(first, first + PORTS):
                with socket.socket() as listening:
                    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    listening.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


class Fleet:
    """The demo's halls on several servers. A part is called as in the script: `server-1`, `redis-1`, `proxy`.

    environment: settings of the servers, beside those that the script makes.
    """

    def __init__(
        self,
        folder: Path,
        redis: Literal["single", "cluster"] = "single",
        servers: int = 3,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.servers = [f"server-{n}" for n in range(1, servers + 1)]
        self.credentials: dict[str, Any] = {}
        self._port = free_ports()
        self.url = f"http://127.0.0.1:{self._port}"
        """HAProxy's."""
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "JIAOHAO": f"{sys.executable} -m queue_server",
            "REDIS": redis,
            "SERVERS": str(servers),
            "PORT": str(self._port),
            "DEMO": "1",
            "NODE_TIMEOUT": "1000",
            **(environment or {}),
        }

    async def __aenter__(self) -> "Fleet":
        try:
            await self._script("up")
        except BaseException:
            await self._script("down")
            raise
        self.credentials = json.loads((self.folder / "server-1" / "demo.json").read_bytes())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._script("down")

    def address(self, server: str) -> str:
        """Where a server is reached without HAProxy."""
        return f"http://127.0.0.1:{self._port + int(server.partition('-')[2])}"

    @property
    def addresses(self) -> list[str]:
        """Those of all servers."""
        return [self.address(server) for server in self.servers]

    @property
    def store(self) -> str:
        """What the servers are told of their Redis."""
        return f"redis://127.0.0.1:{self.redis_port(1)}"

    def redis_port(self, number: int) -> int:
        """The port of a Redis, from 1."""
        return self._port + 10 + number

    def hall(self, hall: str = "town") -> dict[str, Any]:
        """Credentials of one hall."""
        found: dict[str, Any] = self.credentials["halls"][hall]
        return found

    async def sign_in(self, user: str) -> str:
        """A session token of one of a hall's staff."""
        people = [person for hall in self.credentials["halls"].values() for person in hall["staff"]]
        person = next(each for each in people if each["user"] == user)
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=READY_S) as client:
            body = {"user": person["user"], "password": person["password"]}
            answer = await client.post("/api/v1/session", json=body)
            assert answer.status_code == 201, answer.text
            token: str = answer.json()["token"]
            return token

    def kill(self, part: str) -> None:
        """kill -9."""
        os.kill(int((self.folder / f"{part}.pid").read_text()), signal.SIGKILL)

    async def start(self, part: str) -> None:
        """Start a part that was killed, and wait until it answers."""
        await self._script("start", part)
        await self._script("wait", part)

    async def master_of(self, hall: str) -> str:
        """Which Redis of the Cluster has that hall, as those that live see it."""
        slot = key_slot(f"{{{hall}}}".encode())
        for number in range(1, 7):
            with suppress(RedisError, OSError):
                async with Redis(port=self.redis_port(number)) as client:
                    asked: Any = client  # whose types do not know this command
                    for first, last, (_, port, *_), *_ in await asked.execute_command("CLUSTER SLOTS"):
                        if first <= slot <= last and await self._is_master(port):
                            return f"redis-{port - self._port - 10}"
        raise LookupError(hall)

    async def taken_over(self, hall: str, was: str) -> None:
        """Wait until another has the hall."""
        await _until(lambda: self._is_another(hall, was))

    async def in_step(self, hall: str) -> None:
        """Wait until whoever has the hall has a replica that keeps up."""
        await _until(lambda: self._has_replica(hall))

    async def exported(self) -> list[dict[str, Any]]:
        """Every event of the town's book, as `jiaohao export` writes them."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "queue_server", "export", "--hall", "town", "--store", self.store,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        lines = [json.loads(line) for line in out.splitlines()]
        return [line["event"] for line in lines if line["stream"] == "book"]

    async def _is_another(self, hall: str, was: str) -> bool:
        with suppress(LookupError):
            return await self.master_of(hall) != was
        return False

    async def _has_replica(self, hall: str) -> bool:
        async with Redis(port=self.redis_port(int((await self.master_of(hall)).partition("-")[2]))) as client:
            replication = await client.info("replication")
            return any(replication[name]["state"] == "online" for name in replication if name.startswith("slave"))

    async def _is_master(self, port: int) -> bool:
        with suppress(RedisError, OSError):
            async with Redis(port=port) as client:
                return bool((await client.info("replication"))["role"] == "master")
        return False

    async def _script(self, *words: str) -> None:
        verb, *part = words
        process = await asyncio.create_subprocess_exec(
            "sh", str(ROOT / "deploy" / "cluster.sh"), verb, str(self.folder), *part,
            env=self._environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await asyncio.wait_for(process.communicate(), READY_S * 2)
        assert process.returncode == 0, said.decode()


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask others again and again until they say so."""
    async with asyncio.timeout(READY_S):
        while not await holds():  # noqa: ASYNC110 - that is what it is for
            await asyncio.sleep(0.05)
