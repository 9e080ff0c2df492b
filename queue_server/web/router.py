"""Finding the operations of a path."""

from collections.abc import Sequence
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from queue_server.web.api import Endpoint, Operation, answer_problem
from queue_server.web.problems import Problem
from queue_server.web.server import Server

__all__ = ["Router"]

log = structlog.get_logger()


class Router:
    """The ASGI application of all operations, for paths below `prefix`.

    A table of paths rather than a list of patterns: thirty patterns tried in turn cost as much as issuing a ticket.
    """

    def __init__(self, server: Server, operations: Sequence[Operation], prefix: str) -> None:
        by_path: dict[str, list[Operation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, []).append(operation)
        self._prefix = len(prefix)
        self._tree: dict[str, Any] = {}
        for path, group in by_path.items():
            self.add(path, Endpoint(server, group))

    def add(self, path: str, app: ASGIApp) -> None:
        """Let an application answer a path; its parts in braces become `path_params`."""
        node, names = self._tree, []
        for part in _parts(path):
            if part.startswith("{"):
                names.append(part[1:-1])
                part = "{}"
            node = node.setdefault(part, {})
        node[""] = (app, names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        node, values = self._tree, []
        for part in _parts(scope["path"][self._prefix :]):
            found = node.get(part) if part else None
            if found is None and part and "{}" in node:
                found = node["{}"]
                values.append(part)
            if found is None:
                await answer_problem(scope, send, Problem("not_found"))
                return
            node = found
        if "" not in node:
            await answer_problem(scope, send, Problem("not_found"))
            return
        app, names = node[""]
        scope["path_params"] = dict(zip(names, values, strict=True))
        try:
            await app(scope, receive, send)
        except Exception as error:
            # A bug: recorded with its traceback, answered without. Paths hold tickets' ids and are not logged.
            log.error("request.broke", method=scope["method"], exc_info=error)
            await answer_problem(scope, send, Problem("internal"))


def _parts(path: str) -> list[str]:
    return path.removeprefix("/").split("/")
