"""The OpenAPI document is valid, and the server does what it says, asked with whatever it allows and forbids."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from queue_server import __version__
from queue_server.web.openapi import document
from queue_server.web.problems import PROBLEMS
from queue_server.web.routes import OPERATIONS, PREFIX
from tests.web.rig import Api, Town, operation_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
LAST = ("/halls/{hall}/counters/{counter}/sign-off", "/halls/{hall}/day/close")
"""After these there is little to do in the hall: they are asked last."""
FRAMING = ("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade")
"""Headers that HTTP itself is made of: when made up they tear a request in two before an operation sees it."""


def described() -> dict[str, Any]:
    """The document."""
    found: dict[str, Any] = json.loads(json.dumps(document(OPERATIONS, PREFIX, __version__)))
    return found


def test_the_document_is_valid_openapi() -> None:
    """3.1, by its own schema; each operation has an id of its own."""
    schema = schemathesis.openapi.from_dict(described())
    schema.validate()
    assert described()["openapi"].startswith("3.1")
    ids = [operation["operationId"] for path in described()["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) == len(OPERATIONS)


def test_every_operation_is_described_with_its_codes() -> None:
    """What is not answered with success is a problem, under the status of its codes; nothing else is said."""
    paths = described()["paths"]
    for operation in OPERATIONS:
        found = paths[PREFIX + operation.path][operation.method.lower()]
        assert found["summary"] == operation.summary
        assert str(operation.status) in found["responses"]
        for status, response in found["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]
                assert {PROBLEMS[code].status for code in response["description"].split(", ")} == {int(status)}
        keys = [parameter["name"] for parameter in found["parameters"]]
        assert ("Idempotency-Key" in keys) == (operation.method != "GET" and operation.path != "/session")


async def test_the_server_gives_the_document(town: Town) -> None:
    """At the address that the contract names."""
    answer = await town.client.get("/api/v1/openapi.json")
    assert answer.json() == described()
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.slow
@pytest.mark.timeout(600)  # half a second of work for each of a hundred operations, on a machine that is busy otherwise
async def test_the_server_does_what_the_document_says(town: Town) -> None:
    """No operation answers 500, or anything that is not described: to its own callers, to others, and to rubbish."""
    clerk, kiosk, head = await town.clerk(1), await town.device("kiosk"), await town.person("head")
    guide, evaluator, screen = (
        await town.person("guide"),
        await town.device("evaluator", 1),
        await town.device("screen"),
    )
    for _ in range(5):
        ticket = await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    answered: set[int] = set()
    await clerk.post("/halls/town/complaints", {"channel": "phone", "about": "service", "text": "排队太久"})
    (complaint,) = (await head.get("/halls/town/complaints"))["complaints"]
    inside = {"hall": "town", "counter": 1, "ticket": ticket["id"], "complaint": complaint["id"]}
    callers = {"clerk": clerk, "kiosk": kiosk, "head": head, "guide": guide, "screen": screen, "evaluator": evaluator}

    def asked(operation: APIOperation[Any, Any, Any, Any]) -> None:
        ours = operation_of(operation.method.upper(), operation.path.removeprefix(PREFIX))
        allowed = [caller for role, caller in callers.items() if role in ours.who]
        if ours.path == "/session":
            allowed = [kiosk, town.public]  # those whom signing out does not rob of their session
        there = {name: value for name, value in inside.items() if f"{{{name}}}" in operation.path}
        answered.update(probe(town, operation, allowed[:2], there, GenerationMode.POSITIVE, 12))
        if ours.takes_key or ours.body is not None or ours.query:  # else there is nothing to send wrong
            answered.update(probe(town, operation, allowed[:1], there, GenerationMode.NEGATIVE, 12))
        answered.update(probe(town, operation, [*allowed[:1], town.public], {}, GenerationMode.POSITIVE, 4))

    def everything() -> None:
        schema = schemathesis.openapi.from_dict(described())
        operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        assert len(operations) == len(OPERATIONS)
        for operation in sorted(operations, key=lambda operation: operation.path.removeprefix(PREFIX) in LAST):
            asked(operation)

    await asyncio.to_thread(everything)
    assert answered >= {200, 400, 401, 404, 409, 422}, "it was not asked what matters"
    assert (await town.client.get("/readyz")).status_code == 200


def probe(
    town: Town,
    operation: APIOperation[Any, Any, Any, Any],
    callers: Sequence[Api],
    path: dict[str, Any],
    mode: GenerationMode,
    examples: int,
) -> set[int]:
    """Ask an operation with generated requests, from each of these callers. path: parts that are not made up.

    Gives back every status that was answered.
    """
    answered: set[int] = set()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=path or None))
    def ask(case: Case[Any]) -> None:
        for name in FRAMING:
            case.headers.pop(name, None)
        for caller in callers:
            headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
            answer = case.call_and_validate(base_url=town.site.url, headers=headers, checks=CHECKS)
            answered.add(answer.status_code)

    ask()
    return answered
