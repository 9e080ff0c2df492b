"""Durable appends of 200-byte events, against a bare write and fdatasync of one event at a time.

    python -m benchmarks.journal [--folder DIR] [--rounds N]

Every client appends one event, waits until it is durable, and appends the next. Under *one hall* all of them share a
stream, each append being queued on the one before it, as a hall's runner does; under *a hall each* every client has a
stream of its own. The bare loop is measured right before and after each, on the same disk: only the ratios (×) mean
anything, and those of the median round are printed. The goal is 12 × at 64 clients of one hall.

`--folder` must be on a real disk: in a folder in memory a flush costs nothing, and the ratios mean nothing.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from queue_server.journal.base import Head, NewBatch, Stream, next_tip
from queue_server.journal.sqlite import SqliteJournal

new_event_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    import uvloop
except ImportError:  # Windows
    new_event_loop = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop

CLIENTS = (1, 16, 64, 256)
GOALS = {64: 12.0}
EVENT = b'[{"type":"ticket_called","at":"2026-11-23T01:02:03.456000Z","text":"' + b"x" * 129 + b'"}]'
BARE_S = 0.4
RUN_S = 0.8

flush: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


def bare(folder: Path) -> float:
    """Events a second, each written to the end of a file and flushed by itself."""
    with (folder / "bare").open("wb", buffering=0) as file:
        count, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < BARE_S:
            file.write(EVENT)
            flush(file.fileno())
            count += 1
    return count / elapsed


async def appends(folder: Path, clients: int, halls: int) -> tuple[float, float]:
    """Durable appends a second, and µs of processor time for each, the clients' own included."""
    journal = SqliteJournal(folder / "journal.db")
    await journal.open()
    streams = [Stream(f"hall-{i}", "day") for i in range(halls)]
    heads = {stream: await journal.head(stream) for stream in streams}
    batch = NewBatch(1, "0123456789abcdef0123456789abcdef", "0123456789abcdef", None, EVENT)
    count = 0

    async def client(stream: Stream) -> None:
        nonlocal count
        while time.perf_counter() < end:
            head = heads[stream]
            heads[stream] = Head(head.epoch, head.seq + 1, next_tip(head.tip, EVENT))
            await journal.append(stream, head, batch)
            count += 1

    start, cpu = time.perf_counter(), time.process_time()
    end = start + RUN_S
    await asyncio.gather(*(client(streams[i % halls]) for i in range(clients)))
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    await journal.close()
    return count / elapsed, cpu / count * 1e6


def measure(folder: Path | None, clients: int, halls: int, rounds: int) -> tuple[float, float, float]:
    """(× bare, appends a second, µs of processor time an append): of the round with the median ratio."""
    results = []
    for _ in range(rounds):
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix="benchmark-") as name,
            asyncio.Runner(loop_factory=new_event_loop) as runner,
        ):
            before = bare(Path(name))
            rate, cpu_us = runner.run(appends(Path(name), clients, halls))
            results.append((rate / median([before, bare(Path(name))]), rate, cpu_us))
    return sorted(results)[len(results) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description="Durable appends, against a bare write and fdatasync of one event.")
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write, on a real disk (default: here)")
    parser.add_argument("--rounds", type=int, default=3, help="an odd number (default: 3)")
    arguments = parser.parse_args()

    print(f"{'':>8}  {'one hall':^26}  {'a hall each':^26}")
    print(f"{'clients':>8}" + f"  {'× bare':>8}{'appends/s':>11}{'cpu µs':>7}" * 2)
    for clients in CLIENTS:
        shared, apart = (measure(arguments.folder, clients, halls, arguments.rounds) for halls in (1, clients))
        columns = "".join(f"  {ratio:>8.1f}{rate:>11,.0f}{cpu_us:>7.1f}" for ratio, rate, cpu_us in (shared, apart))
        verdict = ""
        if goal := GOALS.get(clients):
            verdict = f"  goal for one hall: {goal:.0f} × ({'met' if shared[0] >= goal else 'missed'})"
        print(f"{clients:>8}{columns}{verdict}", flush=True)


if __name__ == "__main__":
    main()
