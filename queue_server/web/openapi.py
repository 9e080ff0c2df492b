"""The OpenAPI document, worked out from the table of operations, so that it cannot say what the server does not do."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from queue_server.web.access import EVERYONE, Role
from queue_server.web.api import Operation
from queue_server.web.problems import PROBLEMS
from queue_server.web.schemas import ProblemShape

__all__ = ["document"]

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key with the same request gets the same answer and changes nothing more.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}
FILE = {"type": "string", "format": "binary"}
PATH_SCHEMAS: dict[str, dict[str, Any]] = {
    "hall": {"type": "string", "minLength": 1},
    "handover": {"type": "string", "minLength": 1},
    "ticket": {"type": "string", "minLength": 1},
    "absence": {"type": "string", "minLength": 1},
    "account": {"type": "string", "minLength": 1},
    "complaint": {"type": "string", "minLength": 1},
    "loss": {"type": "string", "minLength": 1},
    "code": {"type": "string", "minLength": 1},
    "device": {"type": "string", "minLength": 1},
    "rectification": {"type": "string", "minLength": 1},
    "follow_up": {"type": "string", "minLength": 1},
    "pairing": {"type": "string", "minLength": 1},
    "printer": {"type": "string", "minLength": 1},
    "service": {"type": "integer", "minimum": 1, "maximum": 9999},
    "counter": {"type": "integer", "minimum": 1, "maximum": 999},
}


def document(operations: Sequence[Operation], prefix: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these operations."""
    types = {shape for o in operations for shape in (o.body, o.result) if shape is not None} | {ProblemShape}
    ordered = sorted(types, key=lambda shape: shape.__name__)
    refs, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    shapes = dict(zip(ordered, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = _operation(operation, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jiaohao 叫号", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A device's token or a session's."}
            },
        },
    }


def _operation(operation: Operation, shapes: dict[Any, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", operation.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": PATH_SCHEMAS[name]} for name in names
    ]
    parameters += [
        {"name": q.name, "in": "query", "required": q.required, "schema": dict(q.schema)} for q in operation.query
    ]
    if operation.takes_key:
        parameters.append(KEY)
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": re.sub(r"\W+", "_", f"{operation.method.lower()}{operation.path}").strip("_"),
        "parameters": parameters,
        "responses": _responses(operation, names, shapes),
        "security": [{"token": []}] if "public" not in operation.who else [{}, {"token": []}],
        "x-roles": sorted(operation.who) if operation.who != EVERYONE else ["everyone"],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": bool(_required(operation.body)),
            "content": {"application/json": {"schema": shapes[operation.body]}},
        }
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": {operation.takes: {"schema": FILE}}}
    return described


def _required(shape: Any) -> list[str]:
    return [field.name for field in msgspec.structs.fields(shape) if field.required]


def _responses(operation: Operation, names: list[str], shapes: dict[Any, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(operation.status): {
            "description": "Accepted" if operation.method != "GET" else "Found",
            "content": {
                operation.gives or "application/json": {"schema": FILE if operation.gives else shapes[operation.result]}
            },
        }
    }
    by_status: dict[int, list[str]] = {}
    for code in sorted(_codes(operation, names)):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    for status, codes in sorted(by_status.items()):
        responses[str(status)] = {
            "description": ", ".join(codes),
            "content": {"application/problem+json": {"schema": shapes[ProblemShape]}},
        }
    return responses


def _codes(operation: Operation, names: list[str]) -> set[str]:
    """Every code that the operation may answer: its own, and those of the steps that every call takes."""
    codes = {*operation.codes, "token_invalid", "store_unavailable", "stopping", "internal", "not_found"}
    if "hall" in names:
        codes.add("hall_unknown")
    public: Role = "public"
    if public not in operation.who:
        codes.add("token_missing")
    if operation.who != EVERYONE:
        codes |= {"not_allowed", "token_missing"}
    if operation.method != "GET":
        codes |= {"too_large", "cross_site"}
    if operation.takes_key:
        codes |= {"key_missing", "key_invalid", "key_reused"}
    if operation.body is not None:
        codes |= {"not_json", "wrong_shape"}
    if operation.query:
        codes.add("query_invalid")
    return codes
