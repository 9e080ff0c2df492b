"""How long a ticket's request takes while thousands of screens are fed, against the same without. Linux.

    python -m benchmarks.feeding [--screens N] [--rounds N] [--seconds S]

One product server, with all screens on the board of one hall. Tickets are taken one after another in its other hall,
and each answer is timed, by turns while nothing happens in the first hall and while two tickets a second change its
board. Goal: the p99 with 5,000 screens fed is at most 1.5 × that without.
"""

import argparse
import asyncio
import resource
import select
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import quantiles

from benchmarks.tickets import Running, ask, running
from queue_server.loop import new_event_loop

FED, TIMED = "town", "village"
EVERY_S = 0.5  # between two changes of the board
PAUSE_S = 0.004  # between two timed tickets: the server is used, and not at its limit

HANDSHAKE = (
    b"GET /api/v1/halls/%b/live?topic=board HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def screens(port: int, count: int) -> None:
    """Be so many screens; for each line of standard input, say how many bytes they have received so far."""
    readers: dict[int, socket.socket] = {}
    poll = select.epoll()
    received = 0
    for _ in range(count):
        reader = socket.create_connection(("127.0.0.1", port))
        reader.sendall(HANDSHAKE % FED.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += reader.recv(4_096)
        if b" 101 " not in answer[:16]:
            raise SystemExit(answer.decode())
        readers[reader.fileno()] = reader
        poll.register(reader, select.EPOLLIN)
    poll.register(sys.stdin, select.EPOLLIN)
    print("ready", flush=True)
    while True:
        for fd, _ in poll.poll():
            if fd in readers:
                received += len(readers[fd].recv(65_536))
            elif not sys.stdin.readline():
                return
            else:
                print(received, flush=True)


@asynccontextmanager
async def watching(port: int, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """So many screens, in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.feeding", "--port", str(port), "--screens", str(count),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        await _line(process)
        yield process
    finally:
        process.kill()
        await process.wait()


async def received(process: asyncio.subprocess.Process) -> int:
    """Bytes that the screens have received so far."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    return int(await _line(process))


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise SystemExit("the screens have ended")
    return line.strip()


async def tickets(server: Running, hall: str, seconds: float, pause_s: float) -> list[float]:
    """Take tickets for so long, and give the ms that each took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    took_ms, until = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        await ask(reader, writer, hall, server.kiosks[hall], f"{hall}-{time.time_ns()}")
        took_ms.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(pause_s)
    writer.close()
    return took_ms


async def compare(count: int, rounds: int, seconds: float) -> None:
    """Without and with, by turns."""
    without, fed = [], []
    async with running("product") as server, watching(server.port, count) as process:
        await tickets(server, TIMED, seconds / 2, PAUSE_S)  # warm
        before = await received(process)
        for _ in range(rounds):
            without += await tickets(server, TIMED, seconds, PAUSE_S)
            took_ms, _ = await asyncio.gather(
                tickets(server, TIMED, seconds, PAUSE_S), tickets(server, FED, seconds, EVERY_S)
            )
            fed += took_ms
            await asyncio.sleep(EVERY_S)  # the last frame reaches everybody before the next turn
        each = (await received(process) - before) / count
    print(f"{count} screens, {each:.0f} bytes to each; ms that a ticket took")
    print(f"{'':12}{'tickets':>8}{'p50':>8}{'p99':>8}")
    for name, took_ms in (("without", without), ("fed", fed)):
        print(f"{name:12}{len(took_ms):>8}{_percentile(took_ms, 50):>8.1f}{_percentile(took_ms, 99):>8.1f}")
    print(f"p99 fed / without: {_percentile(fed, 99) / _percentile(without, 99):.2f} ×")


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


def main() -> None:
    """Run it, or be its screens."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screens", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.port:
        screens(asked.port, asked.screens)
    else:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(compare(asked.screens, asked.rounds, asked.seconds))


if __name__ == "__main__":
    main()
