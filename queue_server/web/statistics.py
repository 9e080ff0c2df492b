"""…/statistics: the figures of a hall over business days, and those of a district's halls."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from queue_server.domain.service import Choices, as_offered
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.histories import Answer
from queue_server.projections.history_tally import BYS, By, Key
from queue_server.web import schemas
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.web.written_date import date_in

__all__ = ["DATE", "DAYS_MAX", "OPERATIONS", "period_asked", "rows_of", "rows_of_halls"]

DAYS_MAX = 366
"""Business days in one question: a year, leap years too."""


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
    answer = await server.histories.tally(runner.id, first, last, by)
    names = await _names(server, runner, answer)
    rows = []
    for row in answer.tally.rows(order=list(names) if by in ("queue", "post") else (), distribution=distribution):
        await asyncio.sleep(0)  # a row sorts its durations
        name = names.get(_named_by(row.get("key"), by))
        rows.append(row if name is None else {"key": row["key"], "name": name} | row)
    return rows


async def district_statistics(call: Call) -> Reply:
    """Add up the days of several halls, each by itself."""
    query = call.query()
    asked = _asked(query)
    if asked.by is not None:
        raise ProblemError("query_invalid", "rows stand for halls")
    halls = list(dict.fromkeys(query["halls"].split(","))) if "halls" in query else None
    rows = await rows_of_halls(call.server, asked.first, asked.last, halls, distribution=asked.distribution)
    return Reply({"rows": rows})


async def rows_of_halls(
    server: Server, first: date, last: date, halls: Sequence[str] | None = None, *, distribution: bool = False
) -> list[dict[str, Any]]:
    """A row for each hall, None for all that are set up; no hall is loaded for it. Raises ProblemError for a hall that
    there is none of, Unavailable.
    """
    known = dict.fromkeys(await server.registry.known())
    rows = []
    for hall in known if halls is None else halls:
        answer = await server.histories.tally(hall, first, last, None) if hall in known else None
        if answer is None or answer.hall is None:
            if halls is None:
                continue  # it has people, and is not set up yet
            raise ProblemError("query_invalid", "halls must be ids of halls, with commas between")
        (row,) = answer.tally.rows(distribution=distribution)
        rows.append({"key": hall, "name": answer.hall, **row})
    return rows


def _asked(query: dict[str, str]) -> _Asked:
    """The question. Raises ProblemError unless both dates and the grouping make sense."""
    (first, last), by = period_asked(query), query.get("by")
    distribution = query.get("distribution", "false")
    if by is not None and by not in BYS:
        raise ProblemError("query_invalid", f"by must be one of {', '.join(BYS)}")
    if distribution not in ("true", "false"):
        raise ProblemError("query_invalid", "distribution must be true or false")
    return _Asked(first, last, by, distribution == "true")


def period_asked(query: dict[str, str]) -> tuple[date, date]:
    """The first and the last business day. Raises ProblemError unless they make sense."""
    first, last = _date(query, "from"), _date(query, "to")
    if first > last:
        raise ProblemError("query_invalid", "from must not be after to")
    if (last - first).days >= DAYS_MAX:
        raise ProblemError("query_invalid", f"from and to must be at most {DAYS_MAX} days")
    return first, last


def _date(query: dict[str, str], name: str) -> date:
    day = date_in(query.get(name, ""))
    if day is None:
        raise ProblemError("query_invalid", f"{name} must be a date, YYYY-MM-DD")
    return day


def _named_by(key: Key, by: By | None) -> Key:
    """What of a row's key has a name."""
    return key.partition(" ")[2] if by == "day_post" and isinstance(key, str) else key


async def _names(server: Server, runner: HallRunner, answer: Answer) -> Mapping[Any, str]:
    """What the rows' keys are called, as far as it is known; queues and posts in the hall's order."""
    keys = answer.tally.keys
    match answer.tally.by:
        case "queue":
            return answer.names.queues
        case "counter":
            return answer.names.counters
        case "post" | "day_post":
            return answer.names.posts
        case "clerk":
            return await server.names.of({key for key in keys if isinstance(key, str)})
        case "service":
            hall, catalogue = runner.hall, server.catalogue.by_number
            choices = hall.choices if hall else Choices()
            known = [catalogue[key] for key in keys if isinstance(key, int) and key in catalogue]
            return {service.no: as_offered(service, choices).name for service in known}
    return {}


DATE: dict[str, Any] = {"type": "string", "format": "date"}

DAYS = (
    Query("from", DATE | {"description": "first business day"}, required=True),
    Query("to", DATE | {"description": f"last business day, at most {DAYS_MAX} days in all"}, required=True),
    Query(
        "distribution",
        {"type": "boolean", "description": "with `minutes`: how many waits and services took so many minutes"},
    ),
)
BY = Query("by", {"type": "string", "enum": list(BYS), "description": "one row for each; without it one in all"})
HALLS = Query("halls", {"type": "string", "description": "their ids, with commas between; without it every hall"})

OPERATIONS = (
    Operation(
        method="GET",
        path="/halls/{hall}/statistics",
        summary="The figures of some business days",
        handler=statistics,
        who=frozenset({"head", "district"}),
        result=schemas.Statistics,
        codes=("query_invalid",),
        query=(*DAYS, BY),
    ),
    Operation(
        method="GET",
        path="/statistics",
        summary="The figures of some business days, one row for each hall",
        handler=district_statistics,
        who=frozenset({"district"}),
        result=schemas.Statistics,
        codes=("query_invalid",),
        query=(*DAYS, HALLS),
    ),
)
