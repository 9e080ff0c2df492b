"""Pages: who are you, signing in, and the way to one's own page."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from queue_server.web.access import EVERYONE, Caller
from queue_server.web.halls import hall_json
from queue_server.web.pages.page import Pages

__all__ = ["home_of", "local_path", "routes"]


def routes(pages: Pages) -> list[Route]:
    """`/` who are you · `/sign-in` · `/home`, which leads everybody to the page of their role."""

    async def start(request: Request) -> Response:
        """All halls and the ways into each."""
        halls = [hall_json(runner) for runner in await pages.server.halls()]
        caller = await pages.caller(request)
        return pages.render(request, "start/start.html", halls=halls, caller=caller, home=home_of(caller))

    async def sign_in(request: Request) -> Response:
        """User and password; then on to `?next=`, if that is ours, or to one's own page."""
        then = local_path(request.query_params.get("next", "")) or "/home"
        return pages.render(request, "start/sign_in.html", then=then, caller=await pages.caller(request))

    async def home(request: Request) -> Response:
        """To the page of one's role."""
        return RedirectResponse(home_of(await pages.caller(request)), HTTPStatus.SEE_OTHER)

    return [
        pages.route("/", start, EVERYONE),
        pages.route("/sign-in", sign_in, EVERYONE),
        pages.route("/home", home, EVERYONE),
    ]


def home_of(caller: Caller) -> str:
    """The page that somebody works on: a clerk's counter, a head's hall, the enquiry desk's tickets; else the start."""
    if caller.role == "admin":
        return "/admin"
    if caller.role == "district":
        return "/district"
    if not caller.halls:
        return "/"
    hall = caller.halls[0]
    if caller.role == "clerk" and caller.counter is not None:
        return f"/counter/{hall}/{caller.counter}"
    pages = {"head": f"/manager/{hall}", "guide": f"/guide/{hall}", "discipline": f"/complaints/{hall}"}
    return pages.get(caller.role, "/")


def local_path(text: str) -> str | None:
    """The text if it is an address on this server, None otherwise.

    Browsers take a backslash for a slash and drop control characters: "/\\t/elsewhere" would lead to another site.
    """
    if not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or any(letter <= " " or letter == "\x7f" for letter in text):
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
