"""A start with a day of 10,000 tickets, and with years behind it: how fast events replay, when commands are taken.

    python -m benchmarks.startup [--tickets N] [--old-days N]

Goals: at least 200,000 events a second, ready in under a second, no slower with a long history.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from queue_server.domain import commands
from queue_server.domain.apply import apply_all
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.events import HallConfigured
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.queue import Queue
from queue_server.engine.clock import HallClock
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.journal.base import Head, NewBatch, Stream, next_tip
from queue_server.journal.sqlite import SqliteJournal
from queue_server.loop import new_event_loop
from queue_server.push.hall_source import HallSource

COUNTERS = 6
TODAY = date(2026, 11, 20)
HALL = Hall(
    id="town",
    name="示范镇便民服务中心",
    level="township",
    queues={"comprehensive": Queue(id="comprehensive", name="综合受理", kind="comprehensive", prefix="A")},
    counters={
        n: Counter(number=n, name=f"窗口{n}", kind="comprehensive", queues=("comprehensive",))
        for n in range(1, COUNTERS + 1)
    },
    hours=Hours(always=True),
)


class Writer:
    """Writes whole days into a journal, as a hall's runner would have."""

    def __init__(self, journal: SqliteJournal, head: Head) -> None:
        self._journal = journal
        self._head = head
        self._day = Day()
        self._tickets = 0
        self.events = 0

    async def write(self, business_day: date, tickets: int) -> None:
        """One day: every ticket issued, called, started and finished."""
        now = datetime(business_day.year, business_day.month, business_day.day, 1, tzinfo=UTC)
        if self._day.business_day is not None:
            await self._do(commands.EndDay(turn_to=business_day, confirmed=True), now)
        await self._do(commands.OpenDay(business_day=business_day, hall=HALL, kind="ordinary"), now, str(business_day))
        for counter in HALL.counters:
            await self._do(commands.SignOn(by=f"clerk {counter}", counter=counter, capacity="relief"), now)
        for n in range(tickets):
            self._tickets += 1
            counter = n % COUNTERS + 1
            now += timedelta(seconds=2)
            asked = commands.IssueTicket(by="kiosk", ticket=f"{self._tickets:022d}", queue="comprehensive")
            await self._do(asked, now)
            for verb in (commands.CallNext, commands.Start, commands.Finish):
                await self._do(verb(by=f"clerk {counter}", counter=counter), now)

    async def _do(self, command: commands.DayCommand, now: datetime, mark: str | None = None) -> None:
        happened = decide(self._day, command, now)
        if not isinstance(happened, tuple):
            raise RuntimeError(happened)
        if not happened:
            return
        apply_all(self._day, happened)
        data = DAY_CODEC.encode(happened)
        batch = NewBatch(len(happened), f"{self._head.seq:032x}", "", mark, data)
        future = self._journal.append(Stream("town", "day"), self._head, batch)
        self._head = Head(self._head.epoch, self._day.seq, next_tip(self._head.tip, data))
        self.events += len(happened)
        if self.events % 4_000 < len(happened) or mark is not None:
            await future


async def fill(path: Path, old_days: int, tickets: int) -> int:
    """A journal with so many ordinary days and two busy ones; how many events the busy ones have."""
    journal = SqliteJournal(path)
    await journal.open()
    book = Stream("town", "book")
    configured = BOOK_CODEC.encode([HallConfigured(at=datetime(2016, 1, 1, tzinfo=UTC), hall=HALL)])
    await journal.append(book, await journal.head(book), NewBatch(1, "set-up", "", None, configured))
    writer = Writer(journal, await journal.head(Stream("town", "day")))
    for n in range(old_days, 0, -1):
        await writer.write(TODAY - timedelta(days=n + 1), 150)
    before = writer.events
    for day in (TODAY - timedelta(days=1), TODAY):
        await writer.write(day, tickets)
    await journal.close()
    return writer.events - before


async def start(path: Path) -> float:
    """Seconds from opening the journal to a hall that takes commands."""
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    began = time.perf_counter()
    journal = SqliteJournal(path)
    await journal.open()
    source = HallSource()
    registry = HallRegistry(journal, source.listen, make_clock=lambda hall: HallClock(hall, lambda: now))
    if await registry.find("town") is None:
        raise RuntimeError("the hall was not found")
    took = time.perf_counter() - began
    await journal.close()
    return took


async def compare(tickets: int, old_days: int) -> None:
    """A young hall and an old one."""
    print(f"{'history':>18} {'events read':>12} {'events/s':>10} {'ready after':>12}")
    took: dict[int, float] = {}
    for days in (0, old_days):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "journal.db"
            events = await fill(path, days, tickets)
            took[days] = min([await start(path) for _ in range(3)])
        print(f"{f'{days} old days':>18} {events:>12} {events / took[days]:>10.0f} {took[days]:>11.2f}s")
    print(f"old to young: {took[old_days] / took[0]:.2f}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=10_000, help="on each of the last two days")
    parser.add_argument("--old-days", type=int, default=250, help="ordinary days before them, 150 tickets each")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(compare(asked.tickets, asked.old_days))


if __name__ == "__main__":
    main()
