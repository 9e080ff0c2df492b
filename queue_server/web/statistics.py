"""…/statistics: the hall's figures over business days, worked out from the journal each time they are asked for.

The work is done on the event loop in slices of a few milliseconds. A thread would not help: every write to a socket
lets go of the interpreter, and would wait for it as long as a whole slice.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from queue_server.domain.service import Choices, as_offered
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.history import History
from queue_server.projections.history_facts import Fact
from queue_server.projections.history_tally import BYS, By, Key, Tally
from queue_server.web import schemas
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

__all__ = ["DAYS_MAX", "OPERATIONS", "recompute", "rows_of"]

DAYS_MAX = 366
"""Business days in one question: a year, leap years too."""

SLICE = 200
"""Batches and facts between two turns of the loop; a day's facts come at one stroke."""


class _Asked(NamedTuple):
    first: date
    last: date
    by: By | None
    distribution: bool


async def statistics(call: Call) -> Reply:
    """Add up the hall's days from `from` to `to`."""
    asked = _asked(call.query())
    rows = await rows_of(call.server, call.runner, asked.first, asked.last, asked.by, distribution=asked.distribution)
    return Reply({"rows": rows})


async def rows_of(
    server: Server, runner: HallRunner, first: date, last: date, by: By | None, *, distribution: bool = False
) -> list[dict[str, Any]]:
    """The figures of the business days from `first` to `last`, both included, as the wire shows them. distribution:
    with each spread, how many durations lasted so many whole minutes. Raises Unavailable, RecordsUnavailable.
    """
    history, tally = await recompute(runner, first, last, by)
    names = await _names(server, runner, history, tally)
    rows = []
    for row in tally.rows(order=list(names) if by in ("queue", "post") else (), distribution=distribution):
        await asyncio.sleep(0)  # a row sorts all its durations
        name = names.get(_named_by(row.get("key"), by))
        rows.append(row if name is None else {"key": row["key"], "name": name} | row)
    return rows


def _asked(query: dict[str, str]) -> _Asked:
    """The question. Raises ProblemError unless both dates and the grouping make sense."""
    first, last, by = _date(query, "from"), _date(query, "to"), query.get("by")
    distribution = query.get("distribution", "false")
    if first > last:
        raise ProblemError("query_invalid", "from must not be after to")
    if (last - first).days >= DAYS_MAX:
        raise ProblemError("query_invalid", f"from and to must be at most {DAYS_MAX} days")
    if by is not None and by not in BYS:
        raise ProblemError("query_invalid", f"by must be one of {', '.join(BYS)}")
    if distribution not in ("true", "false"):
        raise ProblemError("query_invalid", "distribution must be true or false")
    return _Asked(first, last, by, distribution == "true")


def _date(query: dict[str, str], name: str) -> date:
    text = query.get(name, "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads other spellings too
        raise ProblemError("query_invalid", f"{name} must be a date, YYYY-MM-DD")
    return day


async def recompute(runner: HallRunner, first: date, last: date, by: By | None) -> tuple[History, Tally]:
    """Read the journal from the first day on until later events cannot change the figures. Raises Unavailable."""
    history, tally = History(first), Tally(by)
    before = await runner.before_day(first)
    if before is None:
        return history, tally
    steps = 0
    async for _, events in runner.days.events_after(before):
        for event in events:
            history.fold(event)
        facts = history.take()
        _count(tally, facts, last)
        steps += 1 + len(facts)
        if steps >= SLICE:
            steps = 0
            await asyncio.sleep(0)
        if history.settled is not None and history.settled >= last:
            return history, tally
    _count(tally, history.standing(), last)
    return history, tally


def _count(tally: Tally, facts: Iterable[Fact], last: date) -> None:
    for fact in facts:
        if fact.day <= last:
            tally.add(fact)


def _named_by(key: Key, by: By | None) -> Key:
    """What of a row's key has a name."""
    return key.partition(" ")[2] if by == "day_post" and isinstance(key, str) else key


async def _names(server: Server, runner: HallRunner, history: History, tally: Tally) -> Mapping[Any, str]:
    """What the rows' keys are called, as far as it is known; queues and posts in the hall's order."""
    match tally.by:
        case "queue":
            return history.queues
        case "counter":
            return history.counters
        case "post" | "day_post":
            return history.posts
        case "clerk":
            return await server.names.of({key for key in tally.keys if isinstance(key, str)})
        case "service":
            hall, catalogue = runner.hall, server.catalogue.by_number
            choices = hall.choices if hall else Choices()
            known = [catalogue[key] for key in tally.keys if isinstance(key, int) and key in catalogue]
            return {service.no: as_offered(service, choices).name for service in known}
    return {}


DATE: dict[str, Any] = {"type": "string", "format": "date"}

OPERATIONS = (
    Operation(
        method="GET",
        path="/halls/{hall}/statistics",
        summary="The figures of some business days",
        handler=statistics,
        who=frozenset({"head", "district"}),
        result=schemas.Statistics,
        codes=("query_invalid",),
        query=(
            Query("from", DATE | {"description": "first business day"}, required=True),
            Query("to", DATE | {"description": f"last business day, at most {DAYS_MAX} days in all"}, required=True),
            Query(
                "by", {"type": "string", "enum": list(BYS), "description": "one row for each; without it one in all"}
            ),
            Query(
                "distribution",
                {"type": "boolean", "description": "with `minutes`: how many waits and services took so many minutes"},
            ),
        ),
    ),
)
