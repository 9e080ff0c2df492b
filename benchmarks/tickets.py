"""Durable tickets over HTTP, against the same server answering a constant and against Starlette's hello.

    python -m benchmarks.tickets [--seconds S] [--rounds N]

Three servers take turns in one run, each in a process of its own, on the same event loop and uvicorn settings: the
product (decide, journal with fsync, projections, answer), the product's uvicorn answering a constant with a plain ASGI
function, and a Starlette route answering a constant. The clients are bare sockets that send one ticket after another.
Only the ratios mean anything. Goals: at 64 clients at least 50 % of the constant's throughput, and at most 2.5 × the
processor time of a Starlette hello.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
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
from queue_server.web.server import Server

CLIENTS = (1, 16, 64)
KINDS = ("product", "constant", "hello")
BODY = b'{"queue":"comprehensive"}'
ANSWER = b'{"id":"71uyNAT22mxuwFHSFJPL0A","number":"A001","queue":"comprehensive","state":"waiting","ahead":0}'


class Rate(NamedTuple):
    """Requests a second, and µs of the server's processor time for each."""

    per_s: float
    cpu_us: float


# The servers


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
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


def serve(kind: str, folder: Path, port: int) -> None:
    """Run one of the servers until it is killed."""
    if kind == "product":

        async def started(server: Server, address: str) -> None:
            write_credentials(folder, await prepare_demo(server, None), address)

        run(Settings(data=str(folder), port=port), started=started)
    else:
        app = constant if kind == "constant" else hello()
        (folder / "demo.json").write_text(json.dumps({"halls": {"town": {"kiosk": "x" * 43}}}))
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(uvicorn.Server(server_config(app, port=port)).serve())


# The clients


async def client(port: int, token: str, name: str, until: float) -> int:
    """Send tickets one after another until the time is over; how many were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        writer.write(
            b"POST /api/v1/halls/town/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n"
            b"Idempotency-Key: %b-%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (token.encode(), name.encode(), count, len(BODY), BODY)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 201 " not in head[:16]:
            raise RuntimeError(head.decode())
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        count += 1
    writer.close()
    return count


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used, in user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(port: int, pid: int, token: str, clients: int, seconds: float) -> Rate:
    """One run of so many clients."""
    before, began = cpu_s(pid), time.perf_counter()
    until = began + seconds
    names = [f"{time.time_ns()}-{n}" for n in range(clients)]
    counts = await asyncio.gather(*(client(port, token, name, until) for name in names))
    took, total = time.perf_counter() - began, sum(counts)
    return Rate(total / took, (cpu_s(pid) - before) / total * 1e6)


async def with_server(kind: str, port: int, work: Callable[[int, str], Awaitable[Rate]]) -> Rate:
    """Do the work while a fresh server of that kind runs."""
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.tickets", "--serve", kind, "--port", str(port), "--folder", folder,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            credentials = Path(folder) / "demo.json"
            while not credentials.exists() or not await answers(port):  # noqa: ASYNC110 - another process tells by a file
                await asyncio.sleep(0.05)
            return await work(server.pid, json.loads(credentials.read_bytes())["halls"]["town"]["kiosk"])
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
    print(f"{'clients':>8} {'product/s':>10} {'of constant':>12} {'CPU µs':>8} {'× hello':>8}")
    for clients in CLIENTS:
        rates: dict[str, list[Rate]] = {kind: [] for kind in KINDS}
        for n in range(rounds):
            for place, kind in enumerate(KINDS):
                port = 18_200 + n * len(KINDS) + place

                async def work(pid: int, token: str, port: int = port, clients: int = clients) -> Rate:
                    await measure(port, pid, token, clients, 0.3)  # warm
                    return await measure(port, pid, token, clients, seconds)

                rates[kind].append(await with_server(kind, port, work))
        of_constant = median(p.per_s / c.per_s for p, c in zip(rates["product"], rates["constant"], strict=True))
        of_hello = median(p.cpu_us / h.cpu_us for p, h in zip(rates["product"], rates["hello"], strict=True))
        product = Rate(median(r.per_s for r in rates["product"]), median(r.cpu_us for r in rates["product"]))
        print(f"{clients:>8} {product.per_s:>10.0f} {of_constant:>11.0%} {product.cpu_us:>8.0f} {of_hello:>8.2f}")


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
