"""One way through all calls: one error shape, one order of checks, over every operation."""

import re

import pytest
import structlog

from queue_server.web.api import LIMIT_BYTES, Operation
from queue_server.web.problems import PROBLEMS
from queue_server.web.routes import OPERATIONS
from tests.web.rig import Api, Town, assert_problem

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
PATHS = sorted({operation.path for operation in OPERATIONS})


@pytest.fixture
def town(shared_town: Town) -> Town:
    """One server for all: nothing here changes anything."""
    return shared_town


def address(path: str, hall: str = "town", counter: str = "1", ticket: str = "x" * 22) -> str:
    """A path with its parts filled in."""
    named = {"hall": hall, "counter": counter, "ticket": ticket, "service": "1"}
    return re.sub(r"{(\w+)}", lambda part: str(named.get(part[1], "none")), path)


async def somebody_for(town: Town, operation: Operation) -> Api:
    """A caller who may ask the operation."""
    if "public" in operation.who:
        return town.public
    role = sorted(operation.who - {"public"})[0]
    if role in ("kiosk", "screen", "announcer"):
        return await town.device(role)
    return await town.person(role)


async def test_an_address_that_is_not_there(town: Town) -> None:
    """404 with the same document everywhere, also outside /api/v1."""
    for path in (
        "/nothing",
        "/halls/town/nothing",
        "/halls/town/counters/1",
        "/halls/town/tickets/",
        "/halls//board",
        "/",
    ):
        assert_problem(await town.public.send("GET", path), "not_found")
    for path in ("/nothing", "/api", "/api/v1/", "/api/v2/halls"):
        assert_problem(await town.client.get(path), "not_found")


@pytest.mark.parametrize("path", PATHS)
async def test_a_method_that_the_address_does_not_take(town: Town, path: str) -> None:
    """405 with Allow, whoever asks, also of a hall that is not there."""
    taken = {operation.method for operation in OPERATIONS if operation.path == path}
    allow = ", ".join(sorted(taken | ({"HEAD"} if "GET" in taken else set())))
    for method in METHODS:
        if method not in taken:
            answer = await town.public.send(method, address(path, hall="nowhere"))
            assert_problem(answer, "method_not_allowed")
            assert answer.headers["allow"] == allow
    if "GET" not in taken:
        answer = await town.public.send("HEAD", address(path))
        assert (answer.status_code, answer.content) == (405, b"")


async def test_head_is_get_without_a_body(town: Town) -> None:
    """The same status and length, no content."""
    for path in ("/halls", "/halls/town", "/halls/town/services", "/halls/nowhere"):
        get, head = await town.public.send("GET", path), await town.public.send("HEAD", path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("hall", ["nowhere", "Town", "town ", "town%2F", "%E9%95%87", "..%2Ftown", "a" * 2000, "%00"])
async def test_a_hall_that_is_not_there(town: Town, hall: str) -> None:
    """404 `hall_unknown` from every call that names one (a slash in it makes another address), before anything else."""
    code = "not_found" if "%2F" in hall else "hall_unknown"
    for operation in OPERATIONS:
        if "{hall}" in operation.path:
            answer = await town.public.send(operation.method, address(operation.path, hall=hall), b"rubbish")
            assert_problem(answer, code)


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.takes_key and o.body is not None], ids=lambda o: o.path
)
async def test_the_order_of_checks(town: Town, operation: Operation) -> None:
    """With everything wrong the first check answers; put right, the next one does."""
    path, method = address(operation.path), operation.method
    big = b"[" * (LIMIT_BYTES + 1)
    nobody, allowed = town.api("no-such-token"), await somebody_for(town, operation)
    stranger = await town.device("announcer")
    wrong = dict.fromkeys(operation.body.__struct_fields__, 5.5) | {"class": 5.5}

    assert_problem(await nobody.send("POST", "/nothing", big, idempotency_key=None), "not_found")
    assert_problem(await nobody.send("PUT", path, big, idempotency_key=None), "method_not_allowed")
    elsewhere = address(operation.path, hall="nowhere")
    if elsewhere != path:
        assert_problem(await nobody.send(method, elsewhere, big, idempotency_key=None), "hall_unknown")
    assert_problem(await nobody.send(method, path, big, idempotency_key=None), "token_invalid")
    if "announcer" not in operation.who:
        assert_problem(await stranger.send(method, path, big, idempotency_key=None), "not_allowed")
    if "public" not in operation.who:
        assert_problem(await town.public.send(method, path, big, idempotency_key=None), "token_missing")
    assert_problem(await allowed.send(method, path, big, idempotency_key=None), "key_missing")
    assert_problem(await allowed.send(method, path, big, idempotency_key="a b"), "key_invalid")
    assert_problem(await allowed.send(method, path, big), "too_large")
    assert_problem(await allowed.send(method, path, b'{"queue": 5, "reason": 5,'), "not_json")
    assert_problem(await allowed.send(method, path, b"[]"), "wrong_shape")
    if operation.body.__struct_fields__:
        assert_problem(await allowed.send(method, path, wrong), "wrong_shape")


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (None, False),
        ("en", True),
        ("en-GB,en;q=0.9,zh;q=0.1", True),
        ("zh-CN,zh;q=0.9,en;q=0.8", False),
        ("fr", False),
        ("fr,en;q=0.5", True),
        ("*", False),
        ("ZH", False),
        ("EN-us", True),
        (";;;,,,", False),
        ("zh;q=0.2, en;q=0.8", True),
        ("en;q=0.2, zh;q=0.8", False),
        ("en;q=0", False),
        ("en ; q=x, zh;q=0.1", False),
        ("en, zh", True),
    ],
)
async def test_the_language_of_a_refusal(town: Town, said: str | None, english: bool) -> None:
    """Chinese unless English comes before it; Starlette's own refusals too."""
    assert_problem(await town.public.send("GET", "/halls/nowhere", accept_language=said), "hall_unknown", english)
    headers = {} if said is None else {"Accept-Language": said}
    assert_problem(await town.client.get("/nothing", headers=headers), "not_found", english)


async def test_a_bug_is_recorded_and_shows_nothing_of_itself(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page for a browser, a document for a program; one line in the log, with no path: it may hold an id."""
    secret = "k" * 22

    async def broken(*arguments: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(town.site.server.registry), "find", broken)
    with structlog.testing.capture_logs() as logs:
        problem = assert_problem(await town.public.send("GET", f"/halls/town/tickets/{secret}"), "internal")
        page = await town.client.get(f"/t/town.{secret}", headers={"Accept": "text/html"})
        plain = await town.client.get(f"/t/town.{secret}")
    assert problem["retry"] == "same_key"
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert PROBLEMS["internal"].zh in page.text
    assert page.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert_problem(plain, "internal")
    assert [entry["event"] for entry in logs] == ["request.broke"] * 3
    for told in (problem, page.text, plain.text):
        assert "a bug" not in str(told) and "Traceback" not in str(told)
    assert secret not in repr(logs)


async def test_security_headers_are_everywhere(town: Town) -> None:
    """On answers, refusals and pages alike."""
    for path in ("/api/v1/halls", "/api/v1/halls/nowhere", "/nothing", "/healthz", "/api/v1/openapi.json"):
        headers = (await town.client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_a_server_that_is_stopping_takes_nothing(town: Town) -> None:
    """503, to be sent again as it is; nothing happens."""
    kiosk = await town.device("kiosk")
    before = await town.fingerprint()
    town.site.server.stopping = True
    for method, path in (("GET", "/halls"), ("POST", "/halls/town/tickets"), ("POST", "/session")):
        problem = assert_problem(await kiosk.send(method, path, {"queue": "express"}), "stopping")
        assert problem["retry"] == "same_key"
    town.site.server.stopping = False
    assert await town.fingerprint() == before
