"""Page: a counter's desk, for its clerk; the head may look on."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.domain.post import Capacity, Post
from queue_server.web.access import Caller, Role
from queue_server.web.pages.made_with import queues_of, services_of, version_of
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"clerk", "head"})


def routes(pages: Pages) -> list[Route]:
    """Its routes."""

    async def clerk(request: Request) -> Response:
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        number = pages.counter(request, runner)
        names = {account.id: account.name for account in await pages.server.records.accounts.all(hall.id)}
        post = hall.post_at(number)
        return pages.render(
            request,
            "clerk/clerk.html",
            timezone=hall.timezone,
            hall=hall,
            counter=hall.counters[number],
            caller=caller,
            works=caller.role == "clerk",
            post=post,
            holders=None if post is None else _holders(post, names),
            capacities=_capacities(post, caller),
            desk=_desk(hall, number, caller, names)
            | {"services": services_of(pages.server, hall), "version": version_of(hall, names)},
        )

    async def set_up(request: Request) -> Response:
        """`{"version": …}`: another one when the page would be made with another set-up, or other names."""
        runner = await pages.hall(request)
        if runner.hall is None:
            raise ProblemError("hall_unknown")
        names = {account.id: account.name for account in await pages.server.records.accounts.all(runner.hall.id)}
        return JSONResponse({"version": version_of(runner.hall, names)}, headers={"cache-control": "no-store"})

    return [
        pages.route("/counter/{hall}/{counter}", clerk, WHO),
        pages.route("/counter/{hall}/{counter}/set-up", set_up, WHO),
    ]


def _capacities(post: Post | None, caller: Caller) -> tuple[Capacity, ...]:
    """In which capacities they may sign on: relief may be anybody, and at a counter without a post everybody is."""
    claimed: tuple[Capacity, ...] = ("A", "B")
    return (*(c for c in claimed if post is not None and post.holds(caller.id, c)), "relief")


def _holders(post: Post, names: dict[str, str]) -> dict[str, Any]:
    """The names of the post's A (None while nobody is named) and Bs."""
    return {
        "a": None if post.a is None else names.get(post.a),
        "b": [names[account] for account in post.b if account in names],
    }


def _others(hall: Hall, number: int, caller: Caller, names: dict[str, str]) -> list[dict[str, Any]]:
    """The posts of other counters, and in which capacity the caller would cover each: the best that they hold."""
    return [
        {
            "id": post.id,
            "name": post.name,
            "counter": post.counter,
            "holder": _holders(post, names)["a"] or "—",
            "capacity": _capacities(post, caller)[0],
        }
        for post in hall.posts.values()
        if post.counter != number
    ]


def _desk(hall: Hall, number: int, caller: Caller, names: dict[str, str]) -> dict[str, Any]:
    """What the page's script needs to put the desk's topic into words."""
    return {
        "hall": {"id": hall.id, "place": hall.place, "phone": hall.phone},
        "counter": number,
        "me": caller.id,
        "posts": _others(hall, number, caller, names),
        "works": caller.role == "clerk",
        "names": names,
        "rules": {
            "call_lock_s": hall.rules.call_lock_s,
            "recalls_max": hall.rules.recalls_max,
            "absences_until_void": hall.rules.absences_until_void,
        },
        "queues": queues_of(hall),
    }
