"""The statistics of several machines: one hash in Redis for each hall, which servers read and write alike.

    {hall}:history:VERSION      place (epoch and last day), kept, standing, and a field for each cell, "GROUPING:PERIOD"

A cell of a month is worked out here, from what it was and the days to add, and written by a function that looks whether
the place is still the same (`redis_history.lua`): as long as it is, no cell has changed. So all of it may be asked
twice where an answer was lost: whoever is told then that the place is another one looks again, and finds what it wrote.

Memory is dear: the cells of days go after a year, those of months stay, which are a quarter of all.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, TypeVar

from msgspec import msgpack
from msgspec.structs import replace

from queue_server.engine.history_store import Found, Kept, Place, Standing, by_month, reaches
from queue_server.journal.base import Unavailable
from queue_server.projections.history_cells import GROUPINGS, VERSION, Cells, Span, day_period, merged, periods
from queue_server.redis_nodes import Nodes, RedisError

__all__ = ["RedisHistory"]

FUNCTIONS = (files("queue_server") / "engine" / "redis_history.lua").read_text("utf-8")

MONTHS_BY_DAY = 13
"""So many whole months before the running one are kept by day too: a year, and the same days of the year before."""

T = TypeVar("T")


class RedisHistory:
    """A `HistoryStore` in Redis. nodes: are closed by whoever made them."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    async def open(self) -> None:
        await _answered(self._nodes.load(FUNCTIONS))

    async def close(self) -> None:
        pass

    async def kept(self, hall: str) -> Kept | None:
        data = await self._ask(hall, "HGET", self._key(hall), "kept")
        return None if data is None else _decode_kept(data)

    async def begin(self, hall: str, before: Kept | None, kept: Kept) -> bool:
        keys = self._key(hall), self._key(hall, 1)
        expected = "" if before is None else _place(before.place)
        args = expected, _place(kept.place), _encode(kept)
        return bool(await self._ask(hall, "FCALL", "jiaohao_history_begin", len(keys), *keys, *args))

    async def add(self, hall: str, before: Kept, kept: Kept, days: Mapping[date, Cells]) -> bool:
        months = list(by_month(days))
        names = [_field(grouping, month) for grouping, month, _ in months]
        data, *known = await self._ask(hall, "HMGET", self._key(hall), "kept", *names)
        found = None if data is None else _decode_kept(data)
        if found is None or found.place != before.place:
            return False
        kept = replace(kept, since=_first_kept(kept.through))
        gone = [_field(grouping, day) for day in _days_gone(found, kept) for grouping in range(len(GROUPINGS))]
        fields = [
            part
            for day, cells in days.items()
            if kept.since is None or day >= kept.since
            for grouping, figures in cells.items()
            for part in (_field(grouping, day_period(day)), figures)
        ]
        for name, figures, (_, _, parts) in zip(names, known, months, strict=True):
            fields += (name, merged(parts if figures is None else [figures, *parts]))
            await asyncio.sleep(0)  # a busy month's takes milliseconds
        args = _place(before.place), _place(kept.place), len(gone), *gone, "kept", _encode(kept), *fields
        return bool(await self._ask(hall, "FCALL", "jiaohao_history_add", 1, self._key(hall), *args))

    async def standing(self, hall: str) -> Standing | None:
        data = await self._ask(hall, "HGET", self._key(hall), "standing")
        return None if data is None else _decode_standing(data)

    async def put_away(self, hall: str, standing: Standing) -> None:
        args = _place(standing.place), _encode(standing)
        await self._ask(hall, "FCALL", "jiaohao_history_put_away", 1, self._key(hall), *args)

    async def cells(self, hall: str, place: Place, grouping: int, spans: Sequence[Span]) -> Found | None:
        wanted = [period for span in spans for period in periods(span)]
        names = (_field(grouping, period) for period in wanted)
        data, *found = await self._ask(hall, "HMGET", self._key(hall), "kept", *names)
        kept = None if data is None else _decode_kept(data)
        if kept is None or not reaches(kept, place):
            return None
        cells = [(period, figures) for period, figures in zip(wanted, found, strict=True) if figures is not None]
        return Found(cells, kept.since)

    def _key(self, hall: str, versions_ago: int = 0) -> str:
        return self._nodes.key(hall, "history", str(VERSION - versions_ago))

    async def _ask(self, hall: str, *command: Any) -> Any:
        return await _answered(self._nodes.ask(self._key(hall), *command, again=True))


_encode = msgpack.Encoder().encode
_decode_kept = msgpack.Decoder(Kept).decode
_decode_standing = msgpack.Decoder(Standing).decode


def _first_kept(through: date | None) -> date | None:
    """The first day of which the cells stay when a hall is settled as far as that."""
    if through is None:
        return None
    months = through.year * 12 + through.month - 1 - MONTHS_BY_DAY
    return date(months // 12, months % 12 + 1, 1)


def _days_gone(before: Kept, now: Kept) -> Iterator[int]:
    """Those of which the cells did stay, and do not any more."""
    if before.since is None or now.since is None:
        return iter(())
    return periods(Span(day_period(before.since), day_period(now.since - timedelta(days=1))))


def _field(grouping: int, period: int) -> str:
    return f"{grouping}:{period}"


def _place(place: Place) -> str:
    epoch, through = place
    return f"{epoch} {through}"


async def _answered(call: Awaitable[T]) -> T:
    """What Redis answers. Raises Unavailable."""
    try:
        return await call
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error
