"""A hall with bad ratings, for the tests of the pages that show them."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from queue_server.domain.hall import Rules
from queue_server.domain.rectification import Rectification
from queue_server.engine.hall_runner import HallRunner
from queue_server.records.accounts import Account
from tests.web.pages.conftest import TOWN, Site

__all__ = ["BadRatings", "bad_ratings"]


class BadRatings:
    """Its people, and what was rated: `rate` serves one more ticket, whose holder says what is given."""

    def __init__(self, site: Site, runner: HallRunner, clerk: str, head: Account, discipline: Account) -> None:
        self.site, self.runner, self.clerk = site, runner, clerk
        self.head, self.discipline = head, discipline

    async def rate(self, **said: Any) -> dict[str, Any]:
        """One more bad rating; what its holder is answered, with the ticket's `id`."""
        served = await self.site.post("/halls/town/counters/1/serve-now", {"service": 1}, self.clerk)
        await self.site.post("/halls/town/counters/1/finish", token=self.clerk)
        ticket = served["ticket"]["id"]
        said = {"ticket": ticket, "leg": 1, "level": "dissatisfied", "reasons": ["213"], **said}
        answer: dict[str, Any] = await self.site.post("/halls/town/ratings", said)
        await self.runner.settle()
        return answer | {"id": ticket}

    @property
    def all(self) -> list[Rectification]:
        """The rectifications, in the order of rating."""
        return list(self.runner.books.durable.rectifications)

    async def turn(self) -> None:
        """The next business day; where nobody is on duty, no date is doubted."""
        now = self.runner.clock.wall_now
        self.runner.clock.wall_now = lambda: now() + timedelta(days=1)  # type: ignore[method-assign]
        await self.runner.turn_day()

    async def do(self, who: Account, one: Rectification, step: str, **body: Any) -> None:
        """Let somebody take a step."""
        path = f"/halls/town/rectifications/{one.id}/{step}"
        await self.site.post(path, body, await self.site.session(who))


async def bad_ratings(site: Site) -> BadRatings:
    """The hall "town", where a clerk serves and nobody has rated yet."""
    runner = await site.hall(replace(TOWN, rules=Rules(call_lock_s=0)))
    clerk = await site.clerk(1, name="王芳")
    head = await site.person("head", name="李主任")
    return BadRatings(site, runner, clerk, head, await site.person("discipline", name="赵书记"))
