"""Page: the first-run wizard, from an empty folder to a hall that issues tickets."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.web.access import EVERYONE, Role
from queue_server.web.first_run import first_account_missing
from queue_server.web.pages.page import Pages, SignInFirst
from queue_server.web.romanised import romanised

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"public", "admin"})
"""The public while nobody has an account."""

PLANS = {"township": "town.toml", "village": "village.toml"}
"""The demo's halls, as the rules of their level ask for them: what the wizard proposes."""


def routes(pages: Pages) -> list[Route]:
    """`/setup` and the names that it suggests."""

    async def setup(request: Request) -> Response:
        """For whoever has the printed code while nobody has an account; for administrators afterwards."""
        first = await first_account_missing(pages.server)
        caller = await pages.caller(request)
        if not first and caller.role == "public":
            raise SignInFirst
        return pages.render(
            request, "setup/setup.html", first=first, caller=caller, setup={"first": first, "plans": _plans()}
        )

    async def name(request: Request) -> Response:
        """`{"name": …}`: a text in letters."""
        text = request.query_params.get("of", "")[:100]
        return JSONResponse({"name": romanised(text)}, headers={"cache-control": "no-store"})

    return [pages.route("/setup", setup, WHO), pages.route("/setup/name", name, EVERYONE)]


@cache
def _plans() -> dict[str, Any]:
    """Queues and counters to begin with, by the hall's level."""
    folder = files("queue_server") / "data" / "demo"
    found = {level: tomllib.loads((folder / file).read_text(encoding="utf-8")) for level, file in PLANS.items()}
    return {level: {"queues": plan["queues"], "counters": plan["counters"]} for level, plan in found.items()}
