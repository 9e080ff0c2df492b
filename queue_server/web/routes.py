"""All addresses of the server."""

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from queue_server.web import (
    changes,
    complaining,
    complaints,
    counters,
    devices,
    first_run,
    follow_ups,
    halls,
    health,
    invitations,
    live,
    losses,
    own_ratings,
    printing,
    rating_export,
    ratings,
    rectifications,
    services,
    sessions,
    setup,
    setup_files,
    staff,
    staff_photos,
    staffing,
    statistics,
    tickets,
    voice,
    webhook,
)
from queue_server.web.api import Operation, wants_english
from queue_server.web.openapi import document
from queue_server.web.pages import page_routes
from queue_server.web.pages.page import Pages
from queue_server.web.problems import Problem
from queue_server.web.router import Router
from queue_server.web.security_headers import SecurityHeaders
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "PREFIX", "application"]

log = structlog.get_logger()

PREFIX = "/api/v1"

OPERATIONS: tuple[Operation, ...] = (
    *counters.OPERATIONS,
    *tickets.OPERATIONS,
    *ratings.OPERATIONS,
    *invitations.OPERATIONS,
    *rating_export.OPERATIONS,
    *own_ratings.OPERATIONS,
    *rectifications.OPERATIONS,
    *follow_ups.OPERATIONS,
    *halls.OPERATIONS,
    *services.OPERATIONS,
    *statistics.OPERATIONS,
    *sessions.OPERATIONS,
    *first_run.OPERATIONS,
    *setup.OPERATIONS,
    *changes.OPERATIONS,
    *setup_files.OPERATIONS,
    *staff.OPERATIONS,
    *staff_photos.OPERATIONS,
    *staffing.OPERATIONS,
    *devices.OPERATIONS,
    *printing.OPERATIONS,
    *voice.OPERATIONS,
    *webhook.OPERATIONS,
    *complaining.OPERATIONS,
    *complaints.OPERATIONS,
    *losses.OPERATIONS,
)


def application(server: Server) -> ASGIApp:
    """The ASGI application.

    Calls of the wire contract go to their router at once; Starlette's layers, which serve everything else well, would
    cost each of them as much again.
    """
    openapi = document(OPERATIONS, PREFIX, server.version)

    async def openapi_json(request: Request) -> Response:
        return JSONResponse(openapi)

    calls = Router(server, OPERATIONS, PREFIX)
    pages = Pages(server)
    every: list[BaseRoute] = [
        live.route(server, PREFIX),
        Route(PREFIX + "/openapi.json", openapi_json),
        *health.routes(server),
        *page_routes(pages),
    ]
    refusing = _refusing(pages)
    # Around it all: Starlette answers a bug outside of its middleware.
    rest = SecurityHeaders(Starlette(routes=every, exception_handlers={HTTPException: refusing, Exception: refusing}))
    calls.add("/openapi.json", rest)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever is asked."""
        is_call = scope["type"] == "http" and scope["path"].startswith(PREFIX + "/")
        await (calls if is_call else rest)(scope, receive, send)

    return answer


def _refusing(pages: Pages) -> ExceptionHandler:
    """What Starlette refuses, and bugs: a page for a browser, for a program the same shape as everything else."""

    async def refuse(request: Request, error: Exception) -> Response:
        problem = _problem_of(request, error)
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(PREFIX):
            return pages.refuse(request, problem)
        return _response(request, problem, dict(getattr(error, "headers", None) or {}))

    return refuse


def _problem_of(request: Request, error: Exception) -> Problem:
    if isinstance(error, HTTPException):
        return Problem({404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "internal"))
    # A bug: recorded with its traceback, answered without. Paths hold tickets' ids and are not logged.
    log.error("request.broke", method=request.method, exc_info=error)
    return Problem("internal")


def _response(request: Request, problem: Problem, headers: dict[str, str]) -> Response:
    return Response(
        problem.body(wants_english(request.scope)),
        problem.status,
        {**headers, "cache-control": "no-store"},
        media_type="application/problem+json",
    )
