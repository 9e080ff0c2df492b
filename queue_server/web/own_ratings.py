"""…/my-ratings: what a clerk's own ratings add up to, and nothing from which she could read who gave which."""

from datetime import timedelta
from typing import Any

from queue_server.engine.hall_runner import HallRunner
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.server import Server
from queue_server.web.statistics import rows_of

__all__ = ["CLERKS", "FEW", "OPERATIONS", "sum_of"]

CLERKS: frozenset[Role] = frozenset({"clerk"})

WEEKS = 4
FEW = 5
"""Of fewer ratings only their number is told: one alone is no sum."""


async def own_ratings(call: Call) -> Reply:
    """The caller's."""
    return Reply(await sum_of(call.server, call.runner, call.caller.id))


async def sum_of(server: Server, runner: HallRunner, clerk: str) -> dict[str, Any]:
    """Of the last whole weeks that can change in nothing. Raises Unavailable.

    Today's services, and those of the business day before, may be rated yet, and a sum that moves would tell by whom;
    so would one that moves on from day to day.
    """
    day = runner.day
    today = day.business_day or runner.now().date()
    settled = min((ticket.business_day for ticket in day.previous.values()), default=today) - timedelta(days=1)
    last = settled - timedelta(days=(settled.weekday() + 1) % 7)  # a Sunday
    first = last - timedelta(weeks=WEEKS) + timedelta(days=1)
    rows = await rows_of(server, runner, first, last, "clerk")
    mine = next((row for row in rows if row.get("key") == clerk), {})
    told = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "served": mine.get("served", 0),
        "rated": mine.get("rated", 0),
    }
    return told if told["rated"] < FEW else told | {"ratings": mine["ratings"]}


OPERATIONS = (
    Operation(
        method="GET",
        path="/halls/{hall}/my-ratings",
        summary="What one's own ratings add up to",
        handler=own_ratings,
        who=CLERKS,
        result=schemas.OwnRatings,
    ),
)
