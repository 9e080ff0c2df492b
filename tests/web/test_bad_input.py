"""Whatever is sent gets its documented answer, changes nothing, and the server goes on."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import structlog

from queue_server.web.api import LIMIT_BYTES, Operation
from queue_server.web.routes import OPERATIONS
from tests.web.rig import Api, Town, assert_problem

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
DEEP = 5000


@pytest.fixture
async def town(shared_town: Town) -> AsyncIterator[Town]:
    """One server for all; after each test the hall is as it was before, and a good request is answered."""
    before = await shared_town.fingerprint()
    yield shared_town
    assert await shared_town.fingerprint() == before
    assert (await shared_town.client.get("/readyz")).status_code == 200


@pytest.fixture(scope="module")
async def callers(shared_town: Town) -> dict[str, Api]:
    """Somebody of each role that the operations need."""
    found = {role: await shared_town.person(role) for role in ("clerk", "guide", "head", "admin", "discipline")}
    found |= {"public": shared_town.public, "screen": await shared_town.device("screen")}
    return found | {"kiosk": await shared_town.device("kiosk"), "evaluator": await shared_town.device("evaluator", 1)}


ORDER = ["clerk", "guide", "head", "admin", "kiosk", "screen", "public", "evaluator", "discipline"]


def may(callers: dict[str, Api], operation: Operation) -> Api:
    """A caller who may ask the operation; staff before the public, who would be asked for a code."""
    return callers[min(operation.who & callers.keys(), key=ORDER.index)]


def address(operation: Operation, **parts: str) -> str:
    """Its path, with a hall that is there and a counter where nobody is on duty."""
    usual = {
        "hall": "town",
        "counter": "1",
        "ticket": "x" * 22,
        "absence": "none",
        "account": "nobody",
        "device": "none",
        "complaint": "none",
        "code": "none",
        "handover": "none",
        "pairing": "none",
        "printer": "none",
        "service": "1",
        "rectification": "r_none",
        "follow_up": "r_none.none",
        "loss": "none",
    }
    return operation.path.format(**usual | parts)


NOT_JSON = {
    "cut short": b'{"queue": "express"',
    "rubbish": b"\x00\x01\x02",
    "words": "取号".encode(),
    "single quotes": b"{'queue': 'express'}",
    "a comma too many": b'{"queue": "express",}',
    "two values": b"{} {}",
    "no number": b'{"x": NaN}',
    "infinity": b'{"x": -Infinity}',
    "leading zero": b'{"x": 012}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"queue": "express"}'.encode("utf-16"),
    "GB 18030": '{"x": "取号"}'.encode("gb18030"),
    "not UTF-8": b'{"x": "\xff"}',
    "a surrogate in UTF-8": b'{"x": "\xed\xa0\x80"}',
    "a lone high surrogate": b'{"x": "\\ud800"}',
    "a lone low surrogate": b'{"x": "\\udc00 "}',
    "a raw control character": b'{"x": "a\x01b"}',
    "a raw newline": b'{"x": "a\nb"}',
    "nested lists": b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "nested objects": b'{"x":' * DEEP + b"1" + b"}" * DEEP,
    "a form": b"queue=express&reason=x",
    "gzip": gzip.compress(b"{}"),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
async def test_what_is_not_json(town: Town, callers: dict[str, Api], body: bytes) -> None:
    """400 from every operation that takes a body, also when it stands in a field that nobody reads."""
    for operation in WITH_BODY:
        answer = await may(callers, operation).send(operation.method, address(operation), body)
        assert_problem(answer, "not_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"5", b"true", b"[[]]", b"1e999", b"9" * 4000])
async def test_what_is_json_and_no_object(town: Town, callers: dict[str, Api], body: bytes) -> None:
    """422 from every operation that takes a body."""
    for operation in WITH_BODY:
        answer = await may(callers, operation).send(operation.method, address(operation), body)
        assert_problem(answer, "wrong_shape")


GOOD: dict[str, Any] = {
    "user": "wang", "password": "correct horse 9", "queue": "express", "number": "A001", "reason": "x",
    "capacity": "relief", "class": "elderly", "confirmed": True, "level": "satisfied", "business_day": "2099-01-01",
    "no": 1, "offered": True, "issued_at": "2026-06-01T01:00:00Z", "code": "x", "name": "李雷", "role": "kiosk",
    "hall": "town", "id": "west", "version": 1, "setup": {}, "counter": 1, "cause": "refused",
    "about": "service", "text": "x", "channel": "phone", "severity": "general", "until": "2099-01-01", "written": True,
    "photo": "AAAA", "phone": "13812345678", "kind": "personal", "post": "one", "taker": "u_1",
    "note": "x", "reached": True, "what": "invalid", "granted": True,
    "first": {"day": "2099-01-01", "half": "morning"}, "last": {"day": "2099-01-01", "half": "afternoon"},
}  # fmt: skip
WRONG: dict[str, Any] = {
    "a list": [[]], "an object": {"x": {}}, "a fraction": 1.5, "huge": 10**30, "negative": -1, "true": True,
    "empty": "", "too long": "x" * 2000,
}  # fmt: skip
"""Values that no field of any shape takes but for FREE."""
FREE: list[tuple[str, Any]] = [
    ("password", ""), ("user", ""), ("confirmed", True), ("offered", True), ("disabled", True), ("label", ""),
    ("setup", {"x": {}}), ("copy", True), ("photo", "x" * 2000),
    ("reached", True), ("satisfied", True), ("granted", True),
    ("text", "x" * 2000), ("reply", "x" * 2000), ("scanned", True), ("told", True), ("written", True),
]  # fmt: skip


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.path)
async def test_every_field_mistyped(town: Town, callers: dict[str, Api], operation: Operation) -> None:
    """422 for each field alone, in a body that is good otherwise; the detail names the place, in words for programs."""
    caller = may(callers, operation)
    fields = msgspec.structs.fields(operation.body)
    good = {field.encode_name: GOOD[field.encode_name] for field in fields if field.required}
    if "role" in good and operation.path.endswith("/staff"):
        good["role"] = "clerk"  # one word for what people do and for what devices are
    for field in fields:
        for value in (*WRONG.values(), *([None] if field.required else [])):
            if any((field.encode_name, value) == free and type(value) is type(free[1]) for free in FREE):
                continue
            answer = await caller.send(operation.method, address(operation), good | {field.encode_name: value})
            problem = assert_problem(answer, "wrong_shape")
            assert f"$.{field.encode_name}" in problem["detail"], problem
    for name in good:
        left = {other: value for other, value in good.items() if other != name}
        answer = await caller.send(operation.method, address(operation), left)
        assert f"`{name}`" in assert_problem(answer, "wrong_shape")["detail"]


async def test_odd_and_yet_good_text(town: Town, callers: dict[str, Api]) -> None:
    """Emoji, escapes and doubled names are JSON: the words are taken, and the state decides."""
    clerk = callers["clerk"]
    for body in (
        '{"reason": "😀👩‍👩‍👧‍👦"}'.encode(),
        b'{"reason": "\\ud83d\\ude00 \\u0000 \\n"}',
        b'{"reason": "said twice", "reason": "the last one counts"}',
        json.dumps({"reason": "好" * 500, "unknown": [1, {"x": None}]}).encode(),
    ):
        await clerk.refuse("not_on_duty", "POST", "/halls/town/counters/1/pause", body)
    too_long = {"reason": "好" * 501}
    await clerk.refuse("wrong_shape", "POST", "/halls/town/counters/1/pause", too_long)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "😀"])
async def test_the_content_type_does_not_matter(town: Town, callers: dict[str, Api], kind: str) -> None:
    """A body is JSON, whatever its label says."""
    path = "/halls/town/counters/1/next"
    await callers["clerk"].refuse("not_on_duty", "POST", path, {}, content_type=kind.encode())
    await callers["clerk"].refuse("not_json", "POST", path, b"a=b", content_type=kind.encode())


async def test_bodies_around_the_limit(town: Town, callers: dict[str, Api]) -> None:
    """64 KiB is taken, one byte more is not, nor a megabyte, whether or not its length was announced."""
    for operation in WITH_BODY:
        caller = may(callers, operation)
        for size in (LIMIT_BYTES + 1, 1_000_000):
            assert_problem(await caller.send(operation.method, address(operation), b" " * size), "too_large")
    path = "/halls/town/counters/1/next"
    full = b"{}".ljust(LIMIT_BYTES)
    await callers["clerk"].refuse("not_on_duty", "POST", path, full)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 10_000

    headers = {"Authorization": f"Bearer {callers['clerk'].token}", "Idempotency-Key": "chunked"}
    answer = await town.client.post("/api/v1" + path, content=chunks(), headers=headers)
    assert_problem(answer, "too_large")


ABSURD = [
    "0", "-1", "1000000000", "01", "1.0", "+1", "1e0", "１", "A001", "x", "null", "undefined", "%00", "%0A",
    "%20", "%F0%9F%98%80", "%FF%FE", quote("号"), "x" * 5000, "1" * 5000, "';drop%20table%20batches;--", "%7Bhall%7D",
    "*", "$1", "~", "...", "%2E%2E%2E",
]  # fmt: skip


@pytest.mark.parametrize("part", ["counter", "ticket"])
async def test_absurd_ids(town: Town, callers: dict[str, Api], part: str) -> None:
    """404 `counter_unknown` or `ticket_unknown`, in every operation that names one."""
    for operation in OPERATIONS:
        if f"{{{part}}}" not in operation.path:
            continue
        for absurd in ABSURD:
            body = None
            if operation.body is not None:
                required = [f.encode_name for f in msgspec.structs.fields(operation.body) if f.required]
                body = {name: GOOD[name] for name in required}
                if operation.path.endswith("serve-now"):
                    body = {"queue": "express"}
            path = address(operation, **{part: absurd})
            answer = await may(callers, operation).send(operation.method, path, body)
            assert (absurd, answer.json()["code"]) == (absurd, f"{part}_unknown")
            assert_problem(answer, f"{part}_unknown")


async def test_slashes_and_dots_make_other_addresses(town: Town) -> None:
    """Encoded or not, they climb nowhere: nothing is there."""
    for path in (
        "/halls/town/tickets/a%2Fb",
        "/halls/town/tickets/..%2F..%2Fsession",
        "/halls/%2e%2e/halls/town/counters",
        "/halls/town/counters/1/next/",
        "/halls/town//board",
        "//halls/town",
    ):
        assert_problem(await town.public.send("GET", path), "not_found")


async def test_a_ticket_of_another_hall_is_not_here(town: Town, callers: dict[str, Api]) -> None:
    """Its id is good in its own hall alone, for reading, cancelling and rating."""
    await town.site.hall(town.site.server.registry.loaded()[0].hall, id="village")  # type: ignore[arg-type]
    ticket = await town.site.ticket(await town.site.device("kiosk", "village"), hall="village")
    for operation in OPERATIONS:
        if "{ticket}" in operation.path:
            body = {"class": "elderly", "confirmed": True, "reason": "x", "phone": "13812345678"}
            path = address(operation, ticket=ticket["id"])
            assert_problem(await may(callers, operation).send(operation.method, path, body), "ticket_unknown")
    rating = {"ticket": ticket["id"], "leg": 1, "level": "satisfied"}
    await town.public.refuse("ticket_unknown", "POST", "/halls/town/ratings", rating)
    assert (await town.public.get(f"/halls/village/tickets/{ticket['id']}"))["state"] == "waiting"


@pytest.mark.parametrize("q", ["😀", "%FF%FE", "%00", "a" * 5000, "(((((", "%25%27%22", "&&==", "号" * 500])
async def test_absurd_searches(town: Town, q: str) -> None:
    """Found or not, an answer."""
    assert isinstance((await town.public.get(f"/halls/town/services?q={q}"))["services"], list)


async def raw(town: Town, request: bytes, *, eof: bool = False, cut: bool = False) -> bytes:
    """What the server answers to these very bytes, until it closes.

    eof: whether the caller says that no more will come; cut: whether it leaves without reading.
    """
    host, port = town.site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    answer = b""
    if not cut:
        if eof:
            writer.write_eof()
        async with asyncio.timeout(10):
            answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


NEXT = b"POST /api/v1/halls/town/counters/1/next HTTP/1.1\r\nHost: x\r\nIdempotency-Key: raw\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS hello
        b"GET /api/v1/halls\r\n\r\n",
        b"GET  /api/v1/halls HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/halls HTTP/9.9\r\nHost: x\r\n\r\n",
        NEXT + b"Content-Length: -5\r\n\r\n",
        NEXT + b"Content-Length: x\r\n\r\n",
        NEXT + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        NEXT + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        NEXT + b"Bad Header\r\n\r\n",
        NEXT + b"X: a\x00b\r\n\r\n",
    ],
)
async def test_what_is_not_http(town: Town, request_bytes: bytes) -> None:
    """400, or the connection's end; nobody else notices."""
    answer = await raw(town, request_bytes, eof=True)
    assert answer == b"" or answer.split()[1] in (b"400", b"401")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /api/v1/halls HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /api/v1/halls HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /api/v1/halls HTTP/1.1\r\nHost: \xff\xfe\r\nX-\xff: y\r\nConnection: close\r\n\r\n", None),
        (b"GET /api/v1/halls?\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", None),
        (b"GET /\xe5\x8f\xb7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", None),
        (NEXT + b"Authorization: Bearer \xff\xfe\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b"401"),
        (NEXT + b"Cookie: jiaohao=\xff; ;;=;jiaohao\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b"401"),
        (NEXT + b"X-Long: " + b"x" * 30_000 + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b"401"),
    ],
)
async def test_odd_http(town: Town, request_bytes: bytes, status: bytes | None) -> None:
    """Answered by what it means; None where the parser may refuse it."""
    answer = await raw(town, request_bytes)
    assert answer.split()[1] in ((b"200", b"400", b"404") if status is None else (status,))


async def test_callers_who_leave_in_the_middle(town: Town, callers: dict[str, Api]) -> None:
    """Before their body is there: nobody is answered, nothing is done, and no error is logged."""
    token = f"Authorization: Bearer {callers['clerk'].token}\r\n".encode()
    with structlog.testing.capture_logs() as logs:
        for rest in (b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", b"Content-Le"):
            await raw(town, NEXT + token + rest, cut=True)
        for _ in range(5):  # the server has seen them go when it has answered others
            assert (await town.client.get("/healthz")).status_code == 200
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
