"""Several servers over one Redis, against one server on a data folder, in one run. Linux; needs redis-server.

    python -m benchmarks.scale [--servers 1 2 4] [--halls N] [--many N] [--clients N] [--seconds S] [--rounds N]

*Tickets*: durable tickets over HTTP into so many halls. *By hall*: each hall's requests go to one server, as HAProxy
sends them; *anywhere*: each request goes to another one than the last, so that every hall is at work on every server;
*apart*: as many servers on as many data folders, which know nothing of each other. *CPU* is the servers' own processor
time for one ticket, which should stay as it is however many they are; *× apart* tells what working together costs from
what so many processes on so few cores do. There the tickets a second cannot grow with the servers, since Redis and the
clients work there too. *Redis* is Redis's.

*Calls*: a clerk presses *next* on one server, a hall screen follows `calls` on another; milliseconds from the press to
the frame.

*Halls*: processor time of one command in one process when one hall is in memory, and when many are, round all of them.
Goal: at most 1.2 times, over Redis as over a data folder. *KiB* is what an idle hall takes of the process's memory.
"""

import argparse
import asyncio
import json
import logging
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import structlog
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import RedisError
from websockets.asyncio.client import connect

from benchmarks.halls import cost
from benchmarks.startup import HALL
from benchmarks.startup import ask as status
from benchmarks.tickets import ask, cpu_s
from queue_server.app import running
from queue_server.engine.hall_runner import HallRunner
from queue_server.loop import new_event_loop
from queue_server.settings import Settings
from queue_server.web.server import Server

CALLS = 200


class Hall(NamedTuple):
    """A hall, its kiosk's token, and that of a clerk who may stand at its counter 1."""

    id: str
    kiosk: str
    clerk: str


class Rate(NamedTuple):
    """Tickets a second; µs of processor time for each, the servers' and Redis's."""

    per_s: float
    cpu_us: float
    redis_us: float


# What runs


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A fresh Redis that flushes every write: its address, its process."""
    port = free_port()
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs meanwhile
    process = await asyncio.create_subprocess_exec(
        "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
        "--appendonly", "yes", "--appendfsync", "always",
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not await pongs(port):  # noqa: ASYNC110 - it tells by answering
            await asyncio.sleep(0.02)
        yield f"redis://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def server_process(settings: Settings) -> AsyncIterator[tuple[int, int]]:
    """A server in a process of its own: its port and process."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "queue_server", "serve", "--port", str(port), "--data", settings.data,
        *(["--store", settings.store] if settings.store else []),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while await asyncio.to_thread(status, port, "GET", "/readyz") != 200:  # noqa: ASYNC110 - it tells by answering
            await asyncio.sleep(0.05)
        yield port, process.pid
    finally:
        process.kill()
        await process.wait()


async def pongs(port: int) -> bool:
    """Whether a Redis answers there."""
    with suppress(RedisError, OSError):
        async with Redis(port=port) as client:
            return bool(await client.ping())
    return False


async def make_halls(settings: Settings, count: int) -> list[Hall]:
    """Set up so many halls in a store, before anybody works there."""
    async with running(settings, engines=()) as server:
        return [await make_hall(server, f"hall-{n}") for n in range(count)]


async def make_hall(server: Server, hall: str) -> Hall:
    """Set one up: a kiosk, a clerk who is signed in."""
    await set_up(server, hall)
    now = server.now()
    _, kiosk = await server.records.devices.create(hall, "kiosk", now)
    account, _ = await server.records.accounts.create(f"{hall}-clerk", "王芳", "clerk", halls=(hall,), counter=1)
    _, clerk = await server.records.sessions.open(account.id, now)
    return Hall(hall, kiosk, clerk)


async def set_up(server: Server, hall: str) -> HallRunner:
    """A hall with its day open."""
    runner = await server.registry.create(hall)
    await runner.configure(replace(HALL, id=hall), "", "set-up", "")
    await runner.turn_day()
    return runner


# Tickets


async def client(ports: Sequence[int], hall: Hall, name: str, until: float) -> int:
    """Send tickets one after another, each to the next of these servers; how many were answered."""
    links = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
    count = 0
    while time.perf_counter() < until:
        await ask(*links[count % len(links)], hall.id, hall.kiosk, f"{name}-{count}")
        count += 1
    for _, writer in links:
        writer.close()
    return count


async def tickets(
    servers: Sequence[tuple[int, int]],
    redis: int | None,
    halls: Sequence[Hall],
    clients: int,
    seconds: float,
    spread: bool,
) -> Rate:
    """One run. spread: whether each request goes to another server."""
    pids = [pid for _, pid in servers]
    ports = [port for port, _ in servers]
    before, before_redis = sum(map(cpu_s, pids)), cpu_s(redis) if redis else 0.0
    began = time.perf_counter()
    turns = [ports[n % len(ports) :] + ports[: n % len(ports)] for n in range(clients)]
    counts = await asyncio.gather(
        *(
            client(
                turns[n] if spread else [ports[(n % len(halls)) % len(ports)]],
                halls[n % len(halls)],
                f"{time.time_ns()}-{n}",
                began + seconds,
            )
            for n in range(clients)
        )
    )
    took, total = time.perf_counter() - began, sum(counts)
    used, used_redis = sum(map(cpu_s, pids)) - before, cpu_s(redis) - before_redis if redis else 0.0
    return Rate(total / took, used / total * 1e6, used_redis / total * 1e6)


# Calls


async def calls(press_at: int, watch_at: int, hall: Hall) -> list[float]:
    """ms from each press of *next* on one server to the frame on another."""
    took: list[float] = []
    async with AsyncExitStack() as stack:
        kiosk = await asyncio.open_connection("127.0.0.1", press_at)
        clerk = await asyncio.open_connection("127.0.0.1", press_at)
        screen = await stack.enter_async_context(
            connect(f"ws://127.0.0.1:{watch_at}/api/v1/halls/{hall.id}/live?topic=calls", proxy=None)
        )
        await screen.recv()  # the snapshot
        await press(*clerk, hall, "sign-on", b'{"capacity":"relief"}')
        for n in range(CALLS):
            await ask(*kiosk, hall.id, hall.kiosk, f"call-{time.time_ns()}-{n}")
            began = time.perf_counter()
            pressed = asyncio.create_task(press(*clerk, hall, "next"))
            while json.loads(await screen.recv())["type"] != "call":
                pass
            took.append((time.perf_counter() - began) * 1e3)
            await pressed
            await press(*clerk, hall, "start")
            await press(*clerk, hall, "finish")
        await press(*clerk, hall, "sign-off")
        for _, writer in (kiosk, clerk):
            writer.close()
    return took


async def press(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hall: Hall, verb: str, body: bytes = b"{}"
) -> None:
    """One command of the clerk's, and its answer."""
    writer.write(
        b"POST /api/v1/halls/%b/counters/1/%b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n"
        b"Idempotency-Key: %d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (hall.id.encode(), verb.encode(), hall.clerk.encode(), time.time_ns(), len(body), body)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    answer = await reader.readexactly(int(length.split(b":")[1]))
    if b" 200 " not in head[:16]:
        raise RuntimeError(answer.decode())


# Halls


class Many(NamedTuple):
    """µs of a command with one hall and with many in memory, the median ratio of the two; KiB of memory a hall."""

    one_us: float
    many_us: float
    ratio: float
    hall_kib: float


async def one_process(settings: Settings, many: int, commands: int) -> Many:
    """Compare them, in a process of its own: what another run has left of memory would hide what this one takes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.scale", "--in", settings.data, "--store", settings.store,
        "--many", str(many), "--commands", str(commands),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await process.communicate()
    return Many(*map(float, out.splitlines()[-1].split()))


async def many_halls(settings: Settings, many: int, commands: int) -> Many:
    """Compare them here."""
    async with running(settings, engines=()) as server:
        runners = [await set_up(server, "hall-0")]
        await cost(runners, commands)
        one = [await cost(runners, commands) for _ in range(3)]
        before = memory_kib()
        runners += [await set_up(server, f"hall-{n}") for n in range(1, many)]
        each = (memory_kib() - before) / (many - 1)
        await cost(runners, max(commands, many))
        more = [await cost(runners, max(commands, many)) for _ in range(3)]
    return Many(median(one), median(more), median(b / a for a, b in zip(one, more, strict=True)), each)


def memory_kib() -> int:
    """What this process holds in memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


# All of it


async def compare(asked: argparse.Namespace) -> None:
    """Print every table."""
    print(f"tickets into {asked.halls} halls, {asked.clients} clients for each server")
    print(f"{'store':8}{'servers':>8}  {'':10}{'per s':>8}{'CPU µs':>8}{'× one':>7}{'redis µs':>9}{'× apart':>9}")
    latencies: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        halls = await make_halls(Settings(data=str(folder / "apart-0")), asked.halls)
        for n in range(1, max(asked.servers)):
            shutil.copytree(folder / "apart-0", folder / f"apart-{n}")
        async with redis_server(folder / "redis") as (url, redis):
            shared = await make_halls(Settings(data=str(folder / "made"), store=url), asked.halls)
            ones: dict[str, Rate] = {}
            for count in asked.servers:
                async with serving([Settings(data=str(folder / f"apart-{n}")) for n in range(count)]) as servers:
                    apart = await measured(asked, servers, None, halls, spread=False)
                    show("SQLite", count, "apart", apart, ones)
                    if count == 1:
                        latencies["SQLite, one server"] = await calls(servers[0][0], servers[0][0], halls[0])
                async with serving(
                    [Settings(data=str(folder / f"server-{count}-{n}"), store=url) for n in range(count)]
                ) as servers:
                    for spread in (False, True)[: 1 + (count > 1)]:
                        rate = await measured(asked, servers, redis, shared, spread=spread)
                        show("Redis", count, "anywhere" if spread else "by hall", rate, ones, apart)
                    latencies[f"Redis, {count} server{'s' * (count > 1)}"] = await calls(
                        servers[0][0], servers[-1][0], shared[0]
                    )
        print(f"\nfrom next to a screen on the last server, ms\n{'':24}{'p50':>8}{'p99':>8}")
        for where, took in latencies.items():
            print(f"{where:24}{median(took):>8.1f}{quantiles(took, n=100)[98]:>8.1f}")
        print(f"\na command in one process\n{'store':8}{'halls':>8}{'one, µs':>9}{'many, µs':>9}{'ratio':>7}{'KiB':>6}")
        for many in asked.many:
            async with redis_server(folder / f"redis-{many}") as (url, _):
                for store in ("", url):
                    settings = Settings(data=str(folder / f"many-{many}-{bool(store)}"), store=store)
                    found = await one_process(settings, many, asked.commands)
                    print(
                        f"{'Redis' if store else 'SQLite':8}{many:>8}{found.one_us:>9.0f}{found.many_us:>9.0f}"
                        f"{found.ratio:>7.2f}{found.hall_kib:>6.0f}"
                    )


@asynccontextmanager
async def serving(each: Sequence[Settings]) -> AsyncIterator[list[tuple[int, int]]]:
    """So many servers, each in a process of its own."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(server_process(settings)) for settings in each]


def show(store: str, count: int, how: str, rate: Rate, ones: dict[str, Rate], apart: Rate | None = None) -> None:
    """Print a line, against the first of its store."""
    ratio = rate.cpu_us / ones.setdefault(store, rate).cpu_us
    more = f"{rate.redis_us:>9.0f}{rate.cpu_us / apart.cpu_us:>9.2f}" if apart else ""
    print(f"{store:8}{count:>8}  {how:10}{rate.per_s:>8.0f}{rate.cpu_us:>8.0f}{ratio:>7.2f}{more}", flush=True)


async def measured(
    asked: argparse.Namespace,
    servers: Sequence[tuple[int, int]],
    redis: int | None,
    halls: Sequence[Hall],
    *,
    spread: bool,
) -> Rate:
    """The median round of each figure."""
    clients = asked.clients * len(servers)
    await tickets(servers, redis, halls, clients, 0.5, spread)  # warm
    rounds = [await tickets(servers, redis, halls, clients, asked.seconds, spread) for _ in range(asked.rounds)]
    return Rate(*(median(figure) for figure in zip(*rounds, strict=True)))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--halls", type=int, default=100)
    parser.add_argument("--many", type=int, nargs="+", default=[100, 3_000])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commands", type=int, default=6_400)
    parser.add_argument("--in", dest="folder", help=argparse.SUPPRESS)
    parser.add_argument("--store", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        if asked.folder:
            settings = Settings(data=asked.folder, store=asked.store)
            print(*runner.run(many_halls(settings, asked.many[0], asked.commands)))
        else:
            runner.run(compare(asked))


if __name__ == "__main__":
    main()
