"""Callers of the running server for the tests of the wire contract, and what every answer is held to."""

import itertools
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec

from queue_server.web.api import Operation
from queue_server.web.problems import PROBLEMS
from queue_server.web.routes import OPERATIONS, PREFIX, application
from queue_server.web.schemas import ProblemShape
from tests.web.pages.conftest import Site

__all__ = ["Api", "Town", "assert_problem", "operation_of", "without_nulls"]

PROBLEM_MEMBERS = {"type", "title", "status", "code", "retry", "detail"}


class Api:
    """Somebody who calls the server over one connection, with one token and a fresh key for every command.

    Every answer is held to the operation that was asked: its status, its shape, and the codes that it is said to have.
    `accepted` collects the operations that were answered with success.
    """

    def __init__(self, client: httpx.AsyncClient, described: Mapping[str, Any], token: str | None = None) -> None:
        self.token = token
        self.accepted: set[str] = set()
        self._client = client
        self._described = described
        self._keys = (f"key-{id(self)}-{n}" for n in itertools.count())

    async def send(self, method: str, path: str, body: Any = None, **headers: str | bytes | None) -> httpx.Response:
        """One call, path below /api/v1. headers: with _ for -; None leaves one out that is sent otherwise."""
        sent: dict[str, str | bytes | None] = {"idempotency-key": next(self._keys)}
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        given = [
            (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in sent.items()
            if value is not None
        ]
        return await self._client.request(method, PREFIX + path, content=content, headers=given)

    async def do(self, method: str, path: str, body: Any = None, **headers: str | bytes | None) -> Any:
        """A call that must be accepted; its answer."""
        answer = await self.send(method, path, body, **headers)
        operation = operation_of(method, path)
        assert answer.status_code == operation.status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        found = answer.json()
        without_nulls(found)
        same_members(found, msgspec.to_builtins(msgspec.convert(found, operation.result)))
        self.accepted.add(f"{operation.method} {operation.path}")
        return found

    async def refuse(self, code: str, method: str, path: str, body: Any = None, **headers: str | bytes | None) -> Any:
        """A call that must be refused with that code; the problem document."""
        answer = await self.send(method, path, body, **headers)
        problem = assert_problem(answer, code)
        operation = operation_of(method, path)
        responses = self._described["paths"][PREFIX + operation.path][method.lower()]["responses"]
        assert code in responses[str(answer.status_code)]["description"].split(", "), f"{method} {path}: undocumented"
        return problem

    async def get(self, path: str) -> Any:
        """What is to be read there."""
        return await self.do("GET", path)

    async def post(self, path: str, body: Any = None, **headers: str | bytes | None) -> Any:
        """A command that must be accepted."""
        return await self.do("POST", path, body, **headers)


class Town:
    """The hall "town" on a running server, and callers of every kind."""

    def __init__(self, site: Site, client: httpx.AsyncClient, described: Mapping[str, Any]) -> None:
        self.site = site
        self.client = client
        self.callers: list[Api] = []
        self._described = described
        self.public = self.api()

    @property
    def accepted(self) -> set[str]:
        """The operations that anybody was answered with success, as "GET /halls"."""
        return set().union(*(caller.accepted for caller in self.callers))

    def api(self, token: str | None = None) -> Api:
        """A caller with that token."""
        self.callers.append(Api(self.client, self._described, token))
        return self.callers[-1]

    async def send_from(
        self, address: str, method: str, path: str, body: Any = None, *, key: str = "1"
    ) -> httpx.Response:
        """What a phone at a network address of its own is answered."""
        transport = httpx.ASGITransport(application(self.site.server), client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://hall{PREFIX}") as phone:
            return await phone.request(method, path, json=body, headers={"Idempotency-Key": key})

    async def device(self, role: Any, counter: int | None = None) -> Api:
        """A device of the hall."""
        return self.api(await self.site.device(role, "town", counter))

    async def person(self, role: Any, **about: Any) -> Api:
        """Somebody who has signed in."""
        return self.api(await self.site.session(await self.site.person(role, **about)))

    async def clerk(self, counter: int, name: str = "王芳") -> Api:
        """A clerk on duty at a counter."""
        clerk = await self.person("clerk", name=name, counter=counter)
        await clerk.post(f"/halls/town/counters/{counter}/sign-on", {"capacity": "relief"})
        return clerk

    async def fingerprint(self) -> tuple[Any, Any]:
        """What a call that changed nothing leaves as it was: the heads of both streams, and the board."""
        runner = await self.site.server.hall("town")
        board = await self.public.get("/halls/town/board")
        return (runner.days.head, runner.books.head), (board["epoch"], board["seq"], board["state"])


def operation_of(method: str, path: str) -> Operation:
    """The operation that answers there."""
    parts = path.partition("?")[0].split("/")
    for operation in OPERATIONS:
        pattern = operation.path.split("/")
        fits = len(pattern) == len(parts) and all(
            a in (b, f"{{{a[1:-1]}}}") for a, b in zip(pattern, parts, strict=True)
        )
        if operation.method == method and fits:
            return operation
    raise AssertionError(f"no operation: {method} {path}")


def assert_problem(answer: httpx.Response, code: str, english: bool = False) -> Any:
    """The answer is a problem document of that code, in the one shape that all have."""
    problem = answer.json()
    assert problem["code"] == code, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert problem.keys() >= PROBLEM_MEMBERS
    msgspec.convert(problem, ProblemShape)
    text = PROBLEMS[code]
    assert (answer.status_code, problem["status"]) == (text.status, text.status)
    assert problem["title"] == (text.en if english else text.zh)
    assert problem["type"].endswith(f"/{code}")
    without_nulls(problem)
    return problem


def without_nulls(value: Any, at: str = "$") -> None:
    """Nothing is null but the ticket of an empty *next*; every time is RFC 3339 in UTC."""
    if isinstance(value, dict):
        for name, member in value.items():
            if (at, name, member) != ("$", "ticket", None):
                assert member is not None, f"{at}.{name} is null"
            if name.endswith("_at") and isinstance(member, str):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", member), f"{at}.{name}: {member}"
                assert datetime.fromisoformat(member).tzinfo is not None
            without_nulls(member, f"{at}.{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            without_nulls(member, f"{at}[{place}]")


def same_members(found: Any, described: Any, at: str = "$") -> None:
    """What was answered has the members that the shape says, and no others."""
    if isinstance(found, dict):
        assert found.keys() == described.keys(), at
        for name, member in found.items():
            same_members(member, described[name], f"{at}.{name}")
    elif isinstance(found, list):
        for place, (a, b) in enumerate(zip(found, described, strict=True)):
            same_members(a, b, f"{at}[{place}]")
