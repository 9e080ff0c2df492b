"""Statistics over a year of a district: out of the file of past days, against plain SQL over one table of tickets.

    python -m benchmarks.history [--halls N] [--tickets N] [--folder FOLDER]

Days as a real hall has them are played by the domain and dealt out to the halls at random, until there are so many
tickets. Both sides work the same figures out (those of tickets and waits are compared), in one process, one after the
other; SQLite has its table in the order of halls and days, with an index on both. What a ticket costs until it is in
the file is measured on one hall's journal: read at one stroke, and as the days turn. FOLDER is kept, not made again.

By default these are thirty halls and a million tickets, about two minutes of work. A district of three hundred is
`--halls 300 --tickets 10000000`, which takes ten times as long and 2 GB of disk.
"""

import argparse
import asyncio
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from queue_server import catalogue
from queue_server.commands.past import PastDay, play
from queue_server.domain.events import DayOpened
from queue_server.domain.rating import LEVELS
from queue_server.engine.hall_runner import DAY_CODEC
from queue_server.engine.histories import Histories
from queue_server.engine.history_file import HistoryFile
from queue_server.engine.history_store import Kept, Names, Standing
from queue_server.exchange.hall_toml import read_hall
from queue_server.journal.base import Head, NewBatch, Stream
from queue_server.journal.memory import MemoryJournal
from queue_server.loop import new_event_loop
from queue_server.peers.leases import Alone
from queue_server.projections.history import History
from queue_server.projections.history_cells import Cells, DayCells
from queue_server.projections.history_facts import TicketFacts
from queue_server.projections.history_tally import By
from queue_server.reasons import versions

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
PLAYED = date(2025, 3, 3), date(2025, 5, 30)
HALL_VIEWS: tuple[By | None, ...] = (None, "queue", "clerk", "weekday_hour")
ROUNDS = 5

Row = tuple[Any, ...]


class Pool(NamedTuple):
    """One played day: its cells, and its tickets as rows of a table."""

    cells: Cells
    rows: list[Row]


def played() -> list[PastDay]:
    """Some months of the demo's town."""
    text = (files("queue_server") / "data" / "demo" / "town.toml").read_text("utf-8")
    accounts = {f"town-{n}": f"u_{n}" for n in range(1, 10)}
    hall = read_hall(text, accounts, catalogue.by_number(), catalogue.default_handling())
    return play(
        hall,
        *PLAYED,
        head="u_head",
        guide="u_guide",
        discipline="u_discipline",
        reasons=[*versions().values()][-1],
        chance=random.Random(1),
    )


def pool(days: Sequence[PastDay]) -> list[Pool]:
    """What the days come to, whichever days they are dealt out as."""
    history = History()
    for day in days:
        for event in day.events:
            history.fold(event)
    made = []
    for _, facts in groupby([*history.take(), *history.standing()], key=lambda fact: fact.day):
        cells, rows = DayCells(), list[Row]()
        for fact in facts:
            cells.add(fact)
            if isinstance(fact, TicketFacts):
                rows.append(_row(fact))
        made.append(Pool(cells.cells(), rows))
    return made


def _row(ticket: TicketFacts) -> Row:
    first = ticket.legs[0] if ticket.legs else None
    last = ticket.legs[-1] if ticket.legs else None
    wait_s = error_s = service_s = level = None
    if ticket.waited_ms is not None and ticket.elapsed_ms is not None:
        wait_s = (ticket.waited_ms + 500) // 1000
        if ticket.promised is not None:
            error_s = (abs(ticket.elapsed_ms - ticket.promised[0] * 1000) + 500) // 1000
    if last is not None and last.service_ms is not None:
        service_s = (last.service_ms + 500) // 1000
    if last is not None and last.level is not None:
        level = LEVELS.index(last.level)
    return (
        ticket.queue,
        ticket.service,
        ticket.hour,
        first and first.counter,
        first and first.clerk,
        first and first.post,
        ticket.priority,
        ticket.urgent,
        ticket.state,
        wait_s,
        ticket.in_target,
        error_s,
        service_s,
        level,
    )


# Making both files

_TABLE = """
    CREATE TABLE tickets (
        hall TEXT NOT NULL, day TEXT NOT NULL, queue TEXT, service INTEGER, hour INTEGER, counter INTEGER, clerk TEXT,
        post TEXT, priority INTEGER, urgent INTEGER, state TEXT, wait_s INTEGER, in_target INTEGER, error_s INTEGER,
        service_s INTEGER, level INTEGER
    )
"""


async def make(folder: Path, halls: int, tickets: int) -> None:
    """A year of so many halls, in both forms."""
    days = pool(played())
    a_day = sum(len(day.rows) for day in days) / len(days)
    weekdays = [d for n in range((LAST - FIRST).days + 1) if (d := FIRST + timedelta(days=n)).weekday() < 5]
    open_days = weekdays[: max(1, min(len(weekdays), round(tickets / halls / a_day)))]
    deal = random.Random(2)
    file = HistoryFile(folder / "history.db")
    with closing(sqlite3.connect(folder / "tickets.db", isolation_level=None)) as table:
        table.execute(_TABLE)
        for n in range(halls):
            hall, kept = f"hall-{n:03}", Kept(epoch="")
            await file.begin(hall, None, kept)
            table.execute("BEGIN")
            for _, month in groupby(open_days, key=lambda day: day.month):
                dealt = {day: deal.choice(days) for day in month}
                before, kept = kept, Kept(epoch="", through=max(dealt))
                await file.add(hall, before, kept, {day: played.cells for day, played in dealt.items()})
                for day, one in dealt.items():
                    table.executemany(
                        f"INSERT INTO tickets VALUES ({', '.join('?' * 16)})",
                        ((hall, str(day), *row) for row in one.rows),
                    )
            table.execute("COMMIT")
            standing = Standing(epoch="", seq=0, through=kept.through, names=Names(), days={})
            await file.put_away(hall, standing)
        table.execute("CREATE INDEX by_hall ON tickets (hall, day)")
        table.execute("CREATE INDEX by_day ON tickets (day)")
        (count,) = table.execute("SELECT count(*) FROM tickets").fetchone()
    await file.close()
    print(f"{halls} halls, {len(open_days)} days, {count} tickets")
    _print_sizes(folder, count)


def _print_sizes(folder: Path, tickets: int) -> None:
    ours, theirs = (sum(p.stat().st_size for p in folder.glob(f"{name}.db*")) for name in ("history", "tickets"))
    print(
        f"on disk: {ours / 1e6:.0f} MB, {ours / tickets:.0f} bytes a ticket; the table {theirs / 1e6:.0f} MB",
        flush=True,
    )


# What a ticket costs until it is in the file


async def cost(days: Sequence[PastDay]) -> None:
    """Of one hall's journal: decoding, folding, adding up and writing, in µs of processor time a ticket."""
    journal = MemoryJournal()
    await journal.open()
    stream = Stream("town", "day")
    tickets = sum(type(event).__name__ == "TicketIssued" for day in days for event in day.events)
    turning = 0.0
    with tempfile.TemporaryDirectory() as folder:
        file = HistoryFile(Path(folder) / "turning.db")
        for day in days:
            head = await journal.head(stream)
            for event in day.events:
                mark = str(event.business_day) if isinstance(event, DayOpened) else None
                head = await journal.append(
                    stream, head, NewBatch(1, str(head.seq), "", mark, DAY_CODEC.encode([event]))
                )
            before = time.process_time()
            await Histories(journal, file, lambda hall: None, Alone().hold).keep_up(["town"])
            turning += time.process_time() - before
        await file.close()
        file = HistoryFile(Path(folder) / "once.db")
        before = time.process_time()
        await Histories(journal, file, lambda hall: None, Alone().hold).keep_up(["town"])
        once = time.process_time() - before
        await file.close()
    print(f"a ticket costs {once / tickets * 1e6:.0f} µs when a journal is read at one stroke, {len(days)} days of it,")
    print(f"and {turning / tickets * 1e6:.0f} µs when each day is read as it turns and put away", flush=True)


# Asking both


class View(NamedTuple):
    """A question: of one hall, None for all of them side by side."""

    name: str
    hall: str | None
    first: date
    last: date
    by: By | None


async def ours(histories: Histories, halls: list[str], view: View) -> dict[Any, Row]:
    """The rows, and of each what the table knows too."""
    rows: dict[Any, dict[str, Any]] = {}
    for hall in halls if view.hall is None else [view.hall]:
        answer = await histories.tally(hall, view.first, view.last, view.by)
        for row in answer.tally.rows():
            rows[hall if view.hall is None else row.get("key")] = row
    names = ("mean_s", "median_s", "p90_s", "max_s")
    return {
        key: (row.get("issued"), row["waiting"]["count"], *(row["waiting"].get(name) for name in names))
        for key, row in rows.items()
        if row.get("issued") or row["waiting"]["count"]
    }


_KEYS: dict[By | None, str] = {
    None: "NULL",
    "queue": "queue",
    "clerk": "clerk",
    "weekday_hour": "substr('sunmontuewedthufrisat', 1 + 3 * strftime('%w', day), 3) || printf(' %02d', hour)",
}
_SUMS = """
    SELECT {key}, count(*), sum(urgent), sum(priority), sum(state = 'cancelled'), sum(state = 'void'),
           sum(state = 'lapsed'), sum(state IN ('void', 'absent')), sum(in_target), count(wait_s), count(error_s),
           sum(state = 'finished'), count(level), sum(level = 0), sum(level = 1), sum(level = 2), sum(level = 3),
           sum(level = 4)
    FROM tickets WHERE {where} GROUP BY 1
"""
_SPREAD = """
    SELECT key, max(count), avg(time), avg(CASE WHEN place IN ((count + 1) / 2, (count + 2) / 2) THEN time END),
           max(CASE WHEN place = (9 * count + 9) / 10 THEN time END), max(time)
    FROM (
        SELECT key, time, row_number() OVER (PARTITION BY key ORDER BY time) AS place,
               count(*) OVER (PARTITION BY key) AS count
        FROM (SELECT {key} AS key, {time} AS time FROM tickets WHERE {where} AND {time} IS NOT NULL)
    )
    GROUP BY key
"""


def theirs(table: sqlite3.Connection, view: View) -> dict[Any, Row]:
    """The same from the table."""
    key = "hall" if view.hall is None else _KEYS[view.by]
    where = "day BETWEEN :first AND :last" + ("" if view.hall is None else " AND hall = :hall")
    asked = {"first": str(view.first), "last": str(view.last), "hall": view.hall}
    sums = table.execute(_SUMS.format(key=key, where=where), asked).fetchall()
    waits, _, _ = (
        {row[0]: row[1:] for row in table.execute(_SPREAD.format(key=key, where=where, time=time), asked)}
        for time in ("wait_s", "error_s", "service_s")
    )
    found = {}
    for row in sums:
        count, mean, middle, p90, most = waits.get(row[0], (0, None, None, None, None))
        if count or view.by != "clerk":  # who was never called has no clerk
            rounded = None if mean is None else int(mean + 0.5), None if middle is None else int(middle + 0.5)
            issued = None if view.by == "clerk" else row[1]
            found[row[0]] = (issued, count, *rounded, p90, most)
    return found


class NothingSince(MemoryJournal):
    """The journal of halls that are wholly in the file."""

    async def head(self, stream: Stream) -> Head:
        return Head("", 0, "")


async def measure(folder: Path) -> None:
    """Both, view by view."""
    journal = NothingSince()
    await journal.open()
    file = HistoryFile(folder / "history.db")
    with closing(sqlite3.connect(folder / "tickets.db")) as table:
        halls = [hall for (hall,) in table.execute("SELECT DISTINCT hall FROM tickets")]
        histories = Histories(journal, file, lambda hall: None, Alone().hold)
        month, year = (date(2025, 3, 1), date(2025, 3, 31)), (FIRST, LAST)
        some = halls[:: max(1, len(halls) // ROUNDS)][:ROUNDS]
        for name, days in (("month", month), ("year", year)):
            for by in HALL_VIEWS:
                views = [View(f"a hall's {name}, {'in all' if by is None else f'by {by}'}", h, *days, by) for h in some]
                await _compare(histories, halls, table, views)
        for name, days in (("month", month), ("year", year)):
            await _compare(histories, halls, table, [View(f"the district's {name}, by hall", None, *days, None)])
    await file.close()


async def _compare(histories: Histories, halls: list[str], table: sqlite3.Connection, views: list[View]) -> None:
    mine, sql = [], []
    for view in views:
        began = time.process_time()
        found = await ours(histories, halls, view)
        mine.append(time.process_time() - began)
        if len(views) == 1:
            print(f"  at most {_peak_mb():.0f} MB of memory so far, the program itself included")
        began = time.process_time()
        expected = theirs(table, view)
        sql.append(time.process_time() - began)
        if found != expected:
            raise SystemExit(f"{view}: {found} is not {expected}")
    ratio = median(b / a for a, b in zip(mine, sql, strict=True))
    print(f"{views[0].name}: {median(mine) * 1000:.1f} ms, SQL {median(sql) * 1000:.0f} ms: {ratio:.1f} ×", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--halls", type=int, default=30)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner, tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        if asked.folder is None or not (folder / "history.db").exists():
            folder.mkdir(exist_ok=True)
            runner.run(cost(played()))
            runner.run(make(folder, asked.halls, asked.tickets))
        runner.run(measure(folder))


if __name__ == "__main__":
    main()
