"""Page: a hall's bad ratings, for its head, who puts them right, and for discipline and district, who decide."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.deadlines import local_date
from queue_server.web.pages.made_with import queues_of, services_of
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.rating_export import EXPORTERS
from queue_server.web.rectifications import DECIDERS, READERS

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """Its route."""
    server = pages.server

    async def ratings(request: Request) -> Response:
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        names = {account.id: account.name for account in await server.records.accounts.all(hall.id)}
        authors = {event.by for one in runner.books.durable.rectifications for event in one.log} - names.keys()
        others = await server.names.of(authors) if authors else {}
        return pages.render(
            request,
            "ratings/ratings.html",
            timezone=hall.timezone,
            hall=hall,
            here="ratings",
            caller=caller,
            works=caller.role == "head",
            decides=caller.role in DECIDERS,
            exports=caller.role in EXPORTERS,
            forms=server.rating_forms,
            today=local_date(runner.now(), hall.timezone).isoformat(),
            reasons={version: known.levels for version, known in server.reasons.items()},
            ratings={
                "hall": hall.id,
                "me": caller.id,
                "works": caller.role == "head",
                "decides": caller.role in DECIDERS,
                "names": names | {author: others[author] for author in authors if author in others},
                "queues": queues_of(hall),
                "posts": {post.id: post.name for post in hall.posts.values()},
                "services": services_of(server, hall),
            },
        )

    return [pages.route("/manager/{hall}/ratings", ratings, READERS)]
