"""What all pages share: templates, who is looking, and how a page is refused."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Unavailable
from queue_server.records.errors import RecordsUnavailable
from queue_server.web.access import EVERYONE, PUBLIC, Caller, Role, caller_of
from queue_server.web.languages import COOKIE, Language, language_of, languages
from queue_server.web.problems import PROBLEMS, Problem, ProblemError
from queue_server.web.server import Server

__all__ = ["Handler", "PageRoute", "Pages", "SignInFirst", "static_folder"]

Handler = Callable[[Request], Awaitable[Response]]


A_YEAR_S = 365 * 24 * 3600


class SignInFirst(Exception):
    """The page is for somebody who has not signed in."""


def static_folder() -> Path:
    """Where the pages' scripts and styles are: in the package once installed, beside it in a clone."""
    package = Path(__file__).parents[2]
    installed = package / "static"
    return installed if installed.is_dir() else package.parent / "static"


class PageRoute(Route):
    """A page's address, and who may see it: the one place that says so."""

    def __init__(self, path: str, endpoint: Handler, who: frozenset[Role]) -> None:
        super().__init__(path, endpoint)
        self.who = who


class Pages:
    """Renders pages for one server.

    Every template gets `_` (gettext; the texts in the templates are Chinese, their source language), the filter
    `translated` (for texts that come as data), `lang` (the page's), `other_languages` (`[{tag, name, href}]`, for the
    switch), `version` (for the addresses of scripts and styles), and what the page passes.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._templates = {code: _templates(language) for code, language in languages().items()}

    def route(self, path: str, handler: Handler, who: frozenset[Role]) -> PageRoute:
        """A page's route; whatever refuses it is told as a page too.

        who: roles that may see it, the hall's own ones where the path names a hall. Whoever else comes is turned away
        before the handler runs.
        """

        @wraps(handler)
        async def guarded(request: Request) -> Response:
            try:
                if who != EVERYONE:
                    await self._admit(request, who)
                return await handler(request)
            except SignInFirst:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/sign-in?next={quote(here)}", HTTPStatus.SEE_OTHER)
            except ProblemError as error:
                return self.refuse(request, error.problem)
            except (Unavailable, RecordsUnavailable):
                return self.refuse(request, Problem("store_unavailable"))

        return PageRoute(path, guarded, who)

    def render(
        self, request: Request, template: str, status: int = 200, *, public_device: bool = False, **values: Any
    ) -> Response:
        """A page from `templates/`, in its reader's language.

        public_device: it stands in the hall for everybody, so that nobody's choice of a language outlasts its address.
        """
        language = language_of(request, public_device=public_device)
        text = (
            self._templates[language.code]
            .get_template(template)
            .render(
                lang=language.tag,
                other_languages=_others(request, language),
                version=self.server.version,
                **values,
            )
        )
        answer = HTMLResponse(text, status, {"cache-control": "no-cache", "vary": "accept-language, cookie"})
        if not public_device and request.query_params.get("lang") == language.code:
            secure = self.server.secure_cookie
            answer.set_cookie(COOKIE, language.code, max_age=A_YEAR_S, secure=secure, httponly=True, samesite="lax")
        return answer

    def refuse(self, request: Request, problem: Problem) -> Response:
        """A page that says what stands in the way and where to go from here."""
        text = PROBLEMS[problem.code]
        titles = {"zh": text.zh, "en": text.en.rstrip(".")}
        title = titles.get(language_of(request).code, text.zh)
        return self.render(request, "problem/problem.html", problem.status, title=title, code=problem.code)

    async def hall(self, request: Request) -> HallRunner:
        """The hall in the path, with today's business day. Raises ProblemError."""
        runner = await self.server.hall(request.path_params["hall"])
        await runner.turn_day()
        if runner.hall is None:
            raise ProblemError("hall_unknown")
        return runner

    def counter(self, request: Request, runner: HallRunner) -> int:
        """The counter in the path. Raises ProblemError."""
        text = request.path_params["counter"]
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) in runner.day.hall.counters):
            raise ProblemError("counter_unknown")
        return int(text)

    async def _admit(self, request: Request, who: frozenset[Role]) -> None:
        """Let nobody go on but these. Raises SignInFirst, ProblemError."""
        hall = request.path_params.get("hall")
        if hall is not None:
            await self.server.hall(hall)
        caller = await self.caller(request)
        if caller.role not in who:
            raise SignInFirst if caller.role == "public" else ProblemError("not_allowed")
        if hall is not None and not caller.of_hall(hall):
            raise ProblemError("not_allowed")

    async def caller(self, request: Request) -> Caller:
        """Whoever looks; the public when their session is over."""
        try:
            return await caller_of(self.server.records, "GET", dict(request.headers), self.server.now())
        except ProblemError:
            return PUBLIC


def _templates(language: Language) -> Environment:
    """The templates in one language."""
    environment = Environment(
        loader=PackageLoader("queue_server"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {}  # not sorted: the order of a hall's queues is the kiosk's
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["translated"] = partial(_translated, language)
    return environment


def _translated(language: Language, value: Any) -> Any:
    """A text, or all texts in a mapping, in that language."""
    if isinstance(value, str):
        return language.translations.gettext(value)
    return {key: _translated(language, part) for key, part in value.items()}


def _others(request: Request, language: Language) -> list[dict[str, str]]:
    """The languages that this page may be read in besides the present one, and where."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [
        {"tag": other.tag, "name": other.name, "href": "?" + urlencode([*query, ("lang", other.code)])}
        for other in languages().values()
        if other is not language
    ]
