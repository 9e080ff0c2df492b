"""A real server process on a port of its own, to be killed and started again on the same data."""

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

__all__ = ["READY_S", "Process", "free_port"]

READY_S = 60.0
"""How long a start may take on a machine that is busy with other tests."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class Process:
    """`python -m queue_server demo` on a data folder. `credentials` are there once it has started.

    past: of how many days before its first the demo is to have a past.
    """

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None, past: int = 0) -> None:
        self.data = data
        self._past = past
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.credentials: dict[str, Any] = {}
        self._environment = dict(environment) if environment is not None else None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> float:
        """Start it and wait until it takes commands; how long that took, in seconds."""
        began = time.perf_counter()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "queue_server", "demo", "--port", str(self.port), "--data", str(self.data),
            "--past", str(self._past),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=self._environment,
        )  # fmt: skip
        try:
            async with asyncio.timeout(READY_S), httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
                while not await self._answers(client, self._process):  # noqa: ASYNC110 - it tells by answering
                    await asyncio.sleep(0.01)
                took = time.perf_counter() - began
                while not (self.data / "demo.json").exists():  # noqa: ASYNC110 - and by a file
                    await asyncio.sleep(0.01)
        except BaseException:
            await self.kill()  # who waits for a start in vain has nothing yet to end
            raise
        self.credentials = json.loads((self.data / "demo.json").read_bytes())
        return took

    async def _answers(self, client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> bool:
        assert process.returncode is None, "the server ended before it was ready"
        try:
            return (await client.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As an operator stops it."""
        await self._end(signal.SIGTERM)

    def suspend(self) -> None:
        """Hold it where it is."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def proceed(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def memory_kib(self) -> int:
        """What it holds in memory. Linux."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def sockets(self) -> int:
        """How many it has open. Linux."""
        assert self._process is not None
        opened = 0
        for descriptor in Path(f"/proc/{self._process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                opened += descriptor.readlink().name.startswith("socket:")
        return opened

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()

    def hall(self, hall: str = "town") -> dict[str, Any]:
        """Credentials of one hall."""
        found: dict[str, Any] = self.credentials["halls"][hall]
        return found

    async def sign_in(self, user: str) -> str:
        """A session token of one of the staff."""
        people = [person for hall in self.credentials["halls"].values() for person in hall["staff"]]
        person = next(each for each in (*people, self.credentials["district"]) if each["user"] == user)
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=READY_S) as client:
            body = {"user": person["user"], "password": person["password"]}
            answer = await client.post("/api/v1/session", json=body)
            assert answer.status_code == 201, answer.text
            token: str = answer.json()["token"]
            return token
