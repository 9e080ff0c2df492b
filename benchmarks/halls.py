"""Cost of a command when many halls are in memory, against one hall alone.

    python -m benchmarks.halls [--halls N] [--commands N]

The same number of tickets goes once to one hall and once round all of them, 64 under way at a time, journal and
projections included. Goal: processor time per command at 3,000 halls at most 1.2 × that at one.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from benchmarks.startup import HALL
from queue_server.domain import commands
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import HallRunner
from queue_server.journal.sqlite import SqliteJournal
from queue_server.loop import new_event_loop
from queue_server.push.hall_source import HallSource
from queue_server.voice.phrasebook import shipped

UNDER_WAY = 64


async def cost(runners: list[HallRunner], total: int) -> float:
    """µs of processor time for one ticket, the journal's thread included."""
    turns = itertools.cycle(runners)
    ids = itertools.count(time.time_ns())

    async def client() -> None:
        for _ in range(total // UNDER_WAY):
            ticket = f"{next(ids):022d}"
            command = commands.IssueTicket(by="kiosk", ticket=ticket, queue="comprehensive")
            await next(turns).run(command, ticket, "", lambda day, events: None)

    before = time.process_time()
    await asyncio.gather(*(client() for _ in range(UNDER_WAY)))
    return (time.process_time() - before) / total * 1e6


async def compare(halls: int, total: int) -> None:
    """One hall and many, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        journal = SqliteJournal(Path(folder) / "journal.db")
        await journal.open()
        registry = HallRegistry(journal, HallSource(shipped()).listen)
        runners = []
        for n in range(halls):
            runner = await registry.create(f"hall-{n}")
            await runner.configure(replace(HALL, id=f"hall-{n}"), "", "set-up", "")
            await runner.turn_day()
            runners.append(runner)
        await cost(runners, total)
        one, many = [], []
        for _ in range(3):
            one.append(await cost(runners[:1], total))
            many.append(await cost(runners, total))
        await journal.close()
    ratio = median(b / a for a, b in zip(one, many, strict=True))
    print(f"one hall {median(one):.0f} µs a ticket, {halls} halls {median(many):.0f} µs: {ratio:.2f} ×")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--halls", type=int, default=3_000)
    parser.add_argument("--commands", type=int, default=6_400)
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(compare(asked.halls, asked.commands))


if __name__ == "__main__":
    main()
