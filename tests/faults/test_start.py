"""A start replays two days and no more, whatever lies behind them."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from queue_server.domain import commands
from queue_server.domain.apply import apply_all
from queue_server.domain.book_events import HallConfigured
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.engine.clock import HallClock
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.journal.base import NewBatch, Stream, next_tip
from queue_server.journal.sqlite import SqliteJournal
from queue_server.push.hall_source import HallSource
from queue_server.voice.phrasebook import shipped
from tests.web.pages.conftest import TOWN

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def fill(journal: SqliteJournal, days: list[tuple[date, int]]) -> None:
    """Write whole days of tickets, called, started and finished."""
    day, head = Day(), await journal.head(Stream("town", "day"))
    book = await journal.head(Stream("town", "book"))
    configured = BOOK_CODEC.encode([HallConfigured(at=datetime(2026, 1, 1, tzinfo=UTC), hall=TOWN)])
    await journal.append(Stream("town", "book"), book, NewBatch(1, "set-up", "", None, configured))
    number = 0
    for business_day, tickets in days:
        now = datetime(business_day.year, business_day.month, business_day.day, 1, tzinfo=UTC)
        asked: list[Any] = []
        if day.business_day is not None:
            asked.append(commands.EndDay(turn_to=business_day, confirmed=True))
        asked.append(commands.OpenDay(business_day=business_day, hall=TOWN, kind="ordinary"))
        asked.append(commands.SignOn(by="clerk", counter=1, capacity="relief"))
        for _ in range(tickets):
            number += 1
            asked.append(commands.IssueTicket(by="kiosk", ticket=f"t{number}", queue="comprehensive"))
            asked += [verb(by="clerk", counter=1) for verb in (commands.CallNext, commands.Start, commands.Finish)]
        future = None
        for command in asked:
            now += timedelta(milliseconds=700)
            happened = decide(day, command, now)
            assert isinstance(happened, tuple)
            apply_all(day, happened)
            data = DAY_CODEC.encode(happened)
            mark = business_day.isoformat() if isinstance(command, commands.OpenDay) else None
            batch = NewBatch(len(happened), f"c{day.seq}", "", mark, data)
            future = journal.append(Stream("town", "day"), head, batch)
            head = head._replace(seq=day.seq, tip=next_tip(head.tip, data))
            if day.seq % 5_000 < len(happened):
                await future
        assert future is not None
        await future


async def loaded(path: Path, now: datetime) -> tuple[Day, int]:
    """The hall's day after a start on that journal, and how many batches the start read."""
    journal = SqliteJournal(path)
    await journal.open()
    read = 0
    real = journal.read

    async def counted(stream: Stream, after: int, limit: int = 2_000) -> Any:
        nonlocal read
        batches = await real(stream, after, limit)
        read += len(batches)
        return batches

    journal.read = counted  # type: ignore[method-assign]
    registry = HallRegistry(
        journal, HallSource(shipped()).listen, make_clock=lambda hall: HallClock(hall, lambda: now, lambda: 0.0)
    )
    runner = await registry.find("town")
    assert runner is not None
    await journal.close()
    return runner.day, read


async def test_a_start_reads_two_days_whatever_lies_behind(tmp_path: Path) -> None:
    """Two hundred old days change nothing about what the start reads, or what it finds."""
    first, today = date(2026, 1, 5), date(2026, 11, 20)
    last = [(today - timedelta(days=1), 300), (today, 300)]
    old = [(first + timedelta(days=n), 5) for n in range(200)]
    states = []
    for name, days in (("young", last), ("old", old + last)):
        journal = SqliteJournal(tmp_path / f"{name}.db")
        await journal.open()
        await fill(journal, days)
        await journal.close()
        states.append(await loaded(tmp_path / f"{name}.db", datetime(2026, 11, 20, 3, tzinfo=UTC)))
    (young, young_read), (aged, aged_read) = states
    assert young_read <= aged_read <= young_read + 2  # the old one's last day was ended before the next began
    assert [t.number for t in young.tickets.values()] == [t.number for t in aged.tickets.values()]
    assert len(aged.tickets) == 300
    assert len(aged.previous) == 300
    rows = sqlite3.connect(tmp_path / "old.db").execute("SELECT count(*) FROM batches").fetchone()[0]
    assert rows > 2 * aged_read
