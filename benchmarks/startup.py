"""A start with a day of 10,000 tickets, and with years behind it: how fast events replay, when commands are taken.

    python -m benchmarks.startup [--tickets N] [--old-days N]

Two days of so many tickets are read, because yesterday's can still be read and rated. *Replayed* is the journal and the
hall alone. The rest is a whole server process that is killed with -9 and started again: seconds from its start until
/readyz says so, and until a kiosk has its ticket. Goals: at least 200,000 events a second, a ticket in
under a second, no slower with a long history.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from types import MappingProxyType

from queue_server.domain import commands
from queue_server.domain.apply import apply_all
from queue_server.domain.book_events import HallConfigured
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours, business_day, day_start
from queue_server.domain.queue import Queue
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.journal.base import Head, NewBatch, Stream, next_tip
from queue_server.journal.sqlite import SqliteJournal
from queue_server.loop import new_event_loop
from queue_server.push.hall_source import HallSource
from queue_server.voice.phrasebook import shipped

COUNTERS = 6
ROUNDS = 5
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
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

    async def write(self, day: date, tickets: int) -> None:
        """One day: every ticket issued, called, started and finished."""
        now = day_start(day, HALL.day_starts, HALL.timezone) + timedelta(minutes=1)
        pause = min((datetime.now(UTC) - now) / (tickets + 2), timedelta(seconds=2))
        if self._day.business_day is not None:
            await self._do(commands.EndDay(turn_to=day, confirmed=True), now)
        await self._do(commands.OpenDay(business_day=day, hall=HALL, kind="ordinary"), now, str(day))
        for counter in HALL.counters:
            await self._do(commands.SignOn(by=f"clerk {counter}", counter=counter, capacity="relief"), now)
        for n in range(tickets):
            self._tickets += 1
            counter = n % COUNTERS + 1
            now += pause
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


async def fill(folder: Path, old_days: int, tickets: int) -> int:
    """A data folder with so many ordinary days and two busy ones, to today; how many events the busy ones have."""
    today = business_day(datetime.now(UTC), HALL.day_starts, HALL.timezone)
    journal = SqliteJournal(folder / "journal.db")
    await journal.open()
    book = Stream("town", "book")
    configured = BOOK_CODEC.encode([HallConfigured(at=datetime(2016, 1, 1, tzinfo=UTC), hall=HALL)])
    await journal.append(book, await journal.head(book), NewBatch(1, "set-up", "", None, configured))
    writer = Writer(journal, await journal.head(Stream("town", "day")))
    for n in range(old_days, 0, -1):
        await writer.write(today - timedelta(days=n + 1), 150)
    before = writer.events
    for day in (today - timedelta(days=1), today):
        await writer.write(day, tickets)
    await journal.close()
    return writer.events - before


async def replay(folder: Path) -> float:
    """Seconds from opening the journal to a hall that takes commands."""
    began = time.perf_counter()
    journal = SqliteJournal(folder / "journal.db")
    await journal.open()
    if await HallRegistry(journal, HallSource(shipped()).listen).find("town") is None:
        raise RuntimeError("the hall was not found")
    took = time.perf_counter() - began
    await journal.close()
    return took


def add_kiosk(folder: Path) -> str:
    """The token of a kiosk, added as an operator would."""
    command = (sys.executable, "-m", "queue_server", "device", "add", "town", "kiosk", "--data", str(folder))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]


def restart(folder: Path, token: str) -> tuple[float, float]:
    """Start a server, take a ticket, kill it: seconds until it is ready, and until the ticket is there."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    began = time.perf_counter()
    server = subprocess.Popen(
        (sys.executable, "-m", "queue_server", "serve", "--port", str(port), "--data", str(folder)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(time.time_ns())}
    try:
        while ask(port, "GET", "/readyz") != 200:
            time.sleep(0.005)
        ready = time.perf_counter() - began
        status = ask(port, "POST", "/api/v1/halls/town/tickets", '{"queue":"comprehensive"}', headers)
        if status != 201:
            raise RuntimeError(f"no ticket: {status}")
        return ready, time.perf_counter() - began
    finally:
        server.kill()
        server.wait()


def ask(port: int, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = NO_HEADERS) -> int:
    """The status of the answer; 0 when nobody listens."""
    connection = HTTPConnection("127.0.0.1", port)
    try:
        connection.request(method, path, body, dict(headers))
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


async def compare(tickets: int, old_days: int) -> None:
    """A young hall and an old one."""
    print(f"{'history':>18} {'events read':>12} {'events/s':>10} {'replayed':>10} {'ready':>8} {'first ticket':>13}")
    took: dict[int, float] = {}
    for days in (0, old_days):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            events = await fill(folder, days, tickets)
            replayed = min([await replay(folder) for _ in range(ROUNDS)])
            token = add_kiosk(folder)
            ready, took[days] = map(median, zip(*(restart(folder, token) for _ in range(ROUNDS)), strict=True))
        print(
            f"{f'{days} old days':>18} {events:>12} {events / replayed:>10.0f} {replayed:>9.2f}s "
            f"{ready:>7.2f}s {took[days]:>12.2f}s"
        )
    print(f"first ticket, old to young: {took[old_days] / took[0]:.2f}")


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
