"""The facts of days long past, read out of the journal once more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

from queue_server.engine.hall_runner import DAY_CODEC
from queue_server.journal.base import Journal, Stream
from queue_server.projections.history import History
from queue_server.projections.history_facts import Fact

__all__ = ["past_facts"]

SLICE = 100
"""Batches between two turns of the loop."""

ALL_MARKS = 1_000_000
"""More than there are business days."""


async def past_facts(journal: Journal, hall: str, first: date, last: date) -> AsyncIterator[list[Fact]]:
    """Those of the days from `first` to `last`, which are settled, some at a time. Raises Unavailable."""
    stream = Stream(hall, "day")
    openings = await journal.marks(stream, ALL_MARKS)
    after = next((seq - 1 for day, seq in openings if first <= date.fromisoformat(day) <= last), None)
    history = History(first)
    while after is not None and (history.settled is None or history.settled < last):
        batches = await journal.read(stream, after)
        if not batches:
            return
        for number, batch in enumerate(batches, 1):
            for event in DAY_CODEC.decode(batch.events):
                history.fold(event)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        after = batches[-1].last
        yield [fact for fact in history.take() if fact.day <= last]
