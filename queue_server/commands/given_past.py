"""A demo's past in the journal and the records, as if its hall had been at work for weeks."""

import asyncio
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from queue_server.commands.past import PastDay, play
from queue_server.domain.hall import Hall
from queue_server.domain.hours import business_day
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Request
from queue_server.records.notes import DRAFT
from queue_server.web.server import Server

__all__ = ["give_past"]

E = TypeVar("E")


async def give_past(server: Server, runner: HallRunner, hall: Hall, days: int) -> None:
    """Write the days before today, in a hall that was never set up, and begin today. Raises Unavailable.

    The book goes last: as long as there is no hall in it no day is begun, and nobody asks what becomes of bad ratings.
    What was cut off is gone on with: from the same first day on, the same is played again.
    """
    today = business_day(server.now(), hall.day_starts, hall.timezone)
    begun, written = await _first_written(runner), runner.day.business_day
    staff = {account.role: account.id for account in await server.records.accounts.all() if hall.id in account.halls}
    past = await asyncio.to_thread(
        play,
        hall,
        begun or today - timedelta(days=days),
        today - timedelta(days=1),
        head=staff["head"],
        discipline=staff.get("discipline"),
        guide=staff.get("guide", staff["head"]),
        reasons=server.offered_reasons,
        chance=random.Random(hall.id),  # noqa: S311 - a play, not a secret
    )
    await _put_texts(server, hall.id, past)
    book = [event for day in past for event in day.written]
    for day in past:
        if written is None or day.business_day > written:
            mark = day.business_day.isoformat()
            await runner.days.run(_as_written(f"demo:past:{mark}", day.events, mark=mark))
    await runner.books.run(_as_written("demo:past", book))
    await runner.turn_day()  # with yesterday's hours: what the demo sets up next is for today


async def _first_written(runner: HallRunner) -> date | None:
    """The first day that is written already; None where none is."""
    async for batch, _ in runner.days.events_after(0):
        return None if batch.mark is None else date.fromisoformat(batch.mark)
    return None


def _as_written(command_id: str, events: Sequence[E], mark: str | None = None) -> Request[Any, E, None]:
    """A request for events that are decided already."""
    return Request(
        command_id=command_id,
        fingerprint="",
        decide=lambda state, now: events,
        answer=lambda state, events: None,
        mark=mark,
    )


async def _put_texts(server: Server, hall: str, past: list[PastDay]) -> None:
    notes, now = server.records.notes, server.now()
    for said in (said for day in past for said in day.said):
        await notes.put(said.ref, hall, said.kind, said.text, now + DRAFT)
        await notes.confirm(said.ref, now + notes.kept.of(said.kind))
