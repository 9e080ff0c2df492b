"""Durable tickets over HTTP, against the same server answering a constant and against Starlette's hello.

    python -m benchmarks.tickets [--seconds S] [--rounds N]

Four servers take turns in one run, each in a process of its own, on the same event loop and uvicorn settings:

    product     decide, journal with fsync, projections, answer
    own path    the product, with a constant instead of all that: the same address, token, key, body and answer's shape
    bare        the product's uvicorn around a plain ASGI function that reads the request and answers ready bytes
    hello       a Starlette route that answers "hello"

The clients are bare sockets that send one ticket after another. Only the ratios mean anything. Goals at 64 clients: at
least 50 % of the throughput of the same server answering a constant, which is "own path" ("bare" is what no server with
tokens and keys can reach), and at most 2.5 × the processor time of a Starlette hello.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from queue_server.app import run
from queue_server.commands.demo_halls import prepare_demo, write_credentials
from queue_server.loop import new_event_loop
from queue_server.push.serving import server_config
from queue_server.settings import Settings
from queue_server.web import routes, tickets
from queue_server.web.api import Call, Reply
from queue_server.web.server import Server

CLIENTS = (1, 16, 64)
KINDS = ("product", "own path", "bare", "hello")
BODY = b'{"queue":"comprehensive"}'
ANSWER = b'{"id":"71uyNAT22mxuwFHSFJPL0A","number":"A001","queue":"comprehensive","state":"waiting","ahead":0}'


class Rate(NamedTuple):
    """Requests a second, and µs of the server's processor time for each."""

    per_s: float
    cpu_us: float


# The servers


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the request, answer the same bytes each time."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def hello() -> ASGIApp:
    """Starlette at its simplest."""

    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello", 201)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])


def answer_a_constant() -> None:
    """Take out of the product's path of a ticket all that follows once the request is understood."""
    view = json.loads(ANSWER)

    async def answer(call: Call) -> Reply:
        return Reply(view)

    routes.OPERATIONS = tuple(
        replace(operation, handler=answer) if operation.handler is tickets.issue else operation
        for operation in routes.OPERATIONS
    )


def serve(kind: str, folder: Path, port: int) -> None:
    """Run one of the servers until it is killed."""
    if kind in ("product", "own path"):
        if kind == "own path":
            answer_a_constant()

        async def started(server: Server, address: str) -> None:
            write_credentials(folder, await prepare_demo(server, None), address)

        run(Settings(data=str(folder), port=port), started=started)
    else:
        app = bare if kind == "bare" else hello()
        (folder / "demo.json").write_text(json.dumps({"halls": {"town": {"kiosk": "x" * 43}}}))
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(uvicorn.Server(server_config(app, port=port)).serve())


# The clients


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hall: str, token: str, key: str) -> None:
    """Send one ticket's request on an open connection, and wait for its answer."""
    writer.write(
        b"POST /api/v1/halls/%b/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n"
        b"Idempotency-Key: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (hall.encode(), token.encode(), key.encode(), len(BODY), BODY)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 201 " not in head[:16]:
        raise RuntimeError(head.decode())
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))


async def client(port: int, token: str, name: str, until: float) -> int:
    """Send tickets one after another until the time is over; how many were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        await ask(reader, writer, "town", token, f"{name}-{count}")
        count += 1
    writer.close()
    return count


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used, in user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Running(NamedTuple):
    """A server that takes requests. kiosks: tokens by hall."""

    port: int
    pid: int
    kiosks: Mapping[str, str]


async def measure(server: Running, clients: int, seconds: float) -> Rate:
    """One run of so many clients."""
    before, began = cpu_s(server.pid), time.perf_counter()
    until = began + seconds
    names = [f"{time.time_ns()}-{n}" for n in range(clients)]
    counts = await asyncio.gather(*(client(server.port, server.kiosks["town"], name, until) for name in names))
    took, total = time.perf_counter() - began, sum(counts)
    return Rate(total / took, (cpu_s(server.pid) - before) / total * 1e6)


@asynccontextmanager
async def running(kind: str) -> AsyncIterator[Running]:
    """A fresh server of that kind."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.tickets", "--serve", kind, "--port", str(port), "--folder", folder,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            credentials = Path(folder) / "demo.json"
            while not credentials.exists() or not await answers(port):  # noqa: ASYNC110 - another process tells by a file
                await asyncio.sleep(0.05)
            halls = json.loads(credentials.read_bytes())["halls"]
            yield Running(port, server.pid, {hall: devices["kiosk"] for hall, devices in halls.items()})
        finally:
            server.kill()
            await server.wait()


async def answers(port: int) -> bool:
    """Whether somebody listens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def compare(rounds: int, seconds: float) -> None:
    """All kinds in turn, the median round of each."""
    print(f"{'clients':>8} {'product/s':>10} {'of own path':>12} {'of bare':>8} {'CPU µs':>8} {'× hello':>8}")
    for clients in CLIENTS:
        rates: dict[str, list[Rate]] = {kind: [] for kind in KINDS}
        for _ in range(rounds):
            for kind in KINDS:
                async with running(kind) as server:
                    await measure(server, clients, 0.3)  # warm
                    rates[kind].append(await measure(server, clients, seconds))
        ours = rates["product"]
        of_own, of_bare = (
            median(p.per_s / c.per_s for p, c in zip(ours, rates[k], strict=True)) for k in ("own path", "bare")
        )
        of_hello = median(p.cpu_us / h.cpu_us for p, h in zip(ours, rates["hello"], strict=True))
        per_s, cpu_us = median(rate.per_s for rate in ours), median(rate.cpu_us for rate in ours)
        print(f"{clients:>8} {per_s:>10.0f} {of_own:>12.0%} {of_bare:>8.0%} {cpu_us:>8.0f} {of_hello:>8.2f}")


def main() -> None:
    """Run it, or be one of its servers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder, asked.port)
    else:
        asyncio.run(compare(asked.rounds, asked.seconds))


if __name__ == "__main__":
    main()
