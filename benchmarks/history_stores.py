"""The statistics of a year: out of the Redis that servers share, against the file of one server.

    python -m benchmarks.history_stores [--halls N] [--redis URL]

The same days as in `benchmarks.history` are dealt out to the halls, some 33,000 tickets a year to each, and kept in
both. Then both are asked the same, in turns, and must answer the same: processor time of the asking process and, after
the +, of Redis; then how long it took. What Redis keeps is measured by its own account of its memory. Without `--redis`
one is started (`redis-server` must be there); a given one should hold nothing else, and is left as it was.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from redis import Redis

from benchmarks.history import FIRST, LAST, NothingSince, Pool, View, ours, played, pool
from queue_server.engine.histories import Histories
from queue_server.engine.history_file import HistoryFile
from queue_server.engine.history_store import HistoryStore, Kept, Names, Standing
from queue_server.engine.redis_history import RedisHistory
from queue_server.loop import new_event_loop
from queue_server.peers.leases import Alone
from queue_server.projections.history_tally import By
from queue_server.redis_nodes import Nodes
from tests.redis_server import redis_url

NAMESPACE = "jiaohao-benchmark:"
TICKETS = 33_000
"""A hall's in a year."""
PART = date(2025, 3, 3), date(2025, 4, 1)
MONTH = date(2025, 3, 1), date(2025, 3, 31)
YEAR = FIRST, LAST
VIEWS: tuple[tuple[str, tuple[date, date], By | None], ...] = (
    ("30 days, by queue", PART, "queue"),
    ("month, by queue", MONTH, "queue"),
    ("month, by weekday and hour", MONTH, "weekday_hour"),
    ("year, by queue", YEAR, "queue"),
    ("year, by weekday and hour", YEAR, "weekday_hour"),
)


class Spent(NamedTuple):
    """ms of processor time of this process and of Redis, and ms in all."""

    here: float
    redis: float
    wall: float


class Meter:
    """What something costs, Redis included."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def memory(self) -> int:
        """Bytes that Redis has for data."""
        info: Any = self._redis.info("memory")
        return int(info["used_memory_dataset"])

    def _now(self) -> Spent:
        info: Any = self._redis.info("cpu")
        there = info["used_cpu_user"] + info["used_cpu_sys"]
        return Spent(time.process_time() * 1000, there * 1000, time.perf_counter() * 1000)

    async def spent(self, work: Any, times: int) -> tuple[Spent, Any]:
        """What each of so many costs."""
        before = self._now()
        result = await work
        after = self._now()
        return Spent(*((b - a) / times for a, b in zip(before, after, strict=True))), result


def dealt(days: Sequence[Pool], chance: random.Random) -> dict[date, Pool]:
    """A year of one hall."""
    a_day = sum(len(day.rows) for day in days) / len(days)
    weekdays = [d for n in range((LAST - FIRST).days + 1) if (d := FIRST + timedelta(days=n)).weekday() < 5]
    return {day: chance.choice(days) for day in weekdays[: min(len(weekdays), round(TICKETS / a_day))]}


async def keep(store: HistoryStore, hall: str, year: dict[date, Pool]) -> None:
    """Each day as it settles, the other ones put away."""
    kept = Kept(epoch="")
    assert await store.begin(hall, None, kept)
    for day, one in year.items():
        before, kept = kept, Kept(epoch="", through=day)
        assert await store.add(hall, before, kept, {day: one.cells})
    await store.put_away(hall, Standing(epoch="", seq=0, through=kept.through, names=Names(), days={}))


async def ask(store: HistoryStore, halls: list[str], view: View) -> Any:
    """The rows that a page shows."""
    journal = NothingSince()
    await journal.open()
    return await ours(Histories(journal, store, lambda hall: None, Alone().hold), halls, view)


async def compare(url: str, folder: Path, number: int) -> None:
    """Keep, weigh, ask."""
    nodes, client = Nodes(url, NAMESPACE), Redis.from_url(url)
    stores: dict[str, HistoryStore] = {"file": HistoryFile(folder / "history.db"), "redis": RedisHistory(nodes)}
    meter, halls, chance = Meter(client), [f"hall-{n:03}" for n in range(number)], random.Random(2)
    days = pool(played())
    years = {hall: dealt(days, chance) for hall in halls}
    tickets = sum(len(one.rows) for year in years.values() for one in year.values())
    for store in stores.values():
        await store.open()
    before = meter.memory()
    for name, store in stores.items():
        settled = sum(len(year) for year in years.values())
        cost, _ = await meter.spent(keep_all(store, years), settled)
        print(f"a settled day into the {name}: {told(cost)}")
    kept, file = meter.memory() - before, _size(folder)
    print(f"{number} halls, {tickets // number} tickets each: of a hall's year {kept // number:,} bytes in Redis,")
    print(f"{kept / tickets:.0f} a ticket; {file // number:,} in the file, {file / tickets:.0f} a ticket", flush=True)
    some = halls[:: max(1, len(halls) // 10)][:10]
    for name, span, by in VIEWS:
        await _both(stores, meter, halls, f"a hall's {name}", [View("", hall, *span, by) for hall in some])
    for name, span in (("month", MONTH), ("year", YEAR)):
        await _both(stores, meter, halls, f"{number} halls' {name}, by hall", [View("", None, *span, None)] * 3)
    for key in client.scan_iter(f"{NAMESPACE}*"):
        client.unlink(key)
    client.close()
    for store in stores.values():
        await store.close()
    await nodes.close()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def keep_all(store: HistoryStore, years: dict[str, dict[date, Pool]]) -> None:
    """Hall by hall."""
    for hall, year in years.items():
        await keep(store, hall, year)


async def _both(stores: dict[str, HistoryStore], meter: Meter, halls: list[str], name: str, views: list[View]) -> None:
    costs: dict[str, list[Spent]] = {which: [] for which in stores}
    for view in views:
        answers = []
        for which, store in stores.items():
            cost, answer = await meter.spent(ask(store, halls, view), 1)
            costs[which].append(cost)
            answers.append(answer)
        if answers[0] != answers[1]:
            raise SystemExit(f"{name}: {answers[1]} is not {answers[0]}")
    file, redis = (Spent(*map(median, zip(*costs[which], strict=True))) for which in ("file", "redis"))
    ratio = (redis.here + redis.redis) / file.here
    print(f"{name}: {told(redis)}; out of the file {told(file)}: {ratio:.2f} ×", flush=True)


def told(cost: Spent) -> str:
    """In words."""
    redis = f" + {cost.redis:.2f}" if cost.redis >= 0.005 else ""
    return f"{cost.here:.2f}{redis} ms, {cost.wall:.2f} ms in all"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--halls", type=int, default=5)
    parser.add_argument("--redis", metavar="URL")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner, tempfile.TemporaryDirectory() as folder:
        runner.run(compare(asked.redis or redis_url(), Path(folder), asked.halls))


if __name__ == "__main__":
    main()
