"""Who may ask what: a table of role × call, generated from the operations, asked one by one."""

from typing import get_args

import httpx
import pytest

from queue_server.web.access import EVERYONE, Role
from queue_server.web.api import Operation
from queue_server.web.routes import OPERATIONS, PREFIX
from tests.web.pages.conftest import TOWN, Site

ROLES: tuple[Role, ...] = get_args(Role)
DEVICES = ("kiosk", "screen", "announcer", "evaluator")


async def token_of(site: Site, role: Role, hall: str) -> str | None:
    """A token of that role in that hall; None for the public."""
    if role == "public":
        return None
    if role in DEVICES:
        return await site.device(role, hall, counter=1 if role == "evaluator" else None)  # type: ignore[arg-type]
    account = await site.person(role, hall) if role not in ("district", "admin") else await site.person(role)  # type: ignore[arg-type]
    return await site.session(account)


def path_of(operation: Operation, hall: str = "town", ticket: str = "no-such-ticket") -> str:
    """An address of the operation."""
    names = {"account": "nobody", "device": "none", "pairing": "none", "printer": "none", "service": "1"}
    return PREFIX + operation.path.format(hall=hall, counter=1, ticket=ticket, **names)


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_gets_what_the_table_says(site: Site, role: Role) -> None:
    """A role that is not in the table is refused, 401 without a token and 403 with one; one that is gets further."""
    await site.hall()
    token = await token_of(site, role, "town")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with site.client() as client:
        for place, operation in enumerate(OPERATIONS):
            if operation.path == "/session":
                continue
            key = {"Idempotency-Key": f"access-{place}"}
            answer = await client.request(operation.method, path_of(operation), headers=headers | key)
            code = answer.json().get("code") if answer.is_error else ""
            told = f"{role} {operation.method} {operation.path}: {answer.status_code} {code}"
            if role not in operation.who:
                assert code == ("token_missing" if role == "public" else "not_allowed"), told
            elif role != "public":
                assert code not in ("token_missing", "token_invalid"), told


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("public", "district", "admin")])
async def test_nobody_reaches_into_another_hall(site: Site, role: Role) -> None:
    """What is not for everybody is for the hall's own people and devices."""
    await site.hall()
    await site.hall(TOWN, id="village", level="village")
    token = await token_of(site, role, "village")
    for operation in OPERATIONS:
        if "{hall}" not in operation.path or role not in operation.who or operation.who == EVERYONE:
            continue
        answer = await site.call(operation.method, path_of(operation).removeprefix(PREFIX), None, token)
        assert answer.status_code == 403, f"{operation.method} {operation.path}: {answer.text}"


@pytest.mark.parametrize("header", ["Bearer", "Bearer wrong", "Basic abc", "Bearer " + "x" * 10_000])
async def test_a_token_that_stands_for_nobody_is_refused(site: Site, header: str) -> None:
    """Also where no token would have been needed: a device that was revoked must notice."""
    await site.hall()
    async with site.client() as client:
        answer = await client.get("/api/v1/halls", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_device_is_refused_at_once(site: Site) -> None:
    """The next request after the revocation fails."""
    await site.hall()
    device, token = await site.server.records.devices.create("town", "kiosk", site.server.now())
    assert (await site.ticket(token))["number"] == "A001"
    await site.server.records.devices.revoke(device.id, site.server.now())
    answer = await site.call("POST", "/halls/town/tickets", {"queue": "comprehensive"}, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_signing_in_and_out(site: Site) -> None:
    """The right password opens a session, in the answer and in a cookie that no script reads; signing out ends it."""
    await site.hall()
    await site.person("clerk", user="wang", password="correct horse 9", counter=1)
    async with site.client() as client:
        wrong = await client.post("/api/v1/session", json={"user": "wang", "password": "wrong"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
        answer = await client.post("/api/v1/session", json={"user": "WANG", "password": "correct horse 9"})
        assert answer.status_code == 201
        assert {"role": "clerk", "halls": ["town"], "counter": 1, "name": "王芳"}.items() <= answer.json().items()
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        out = await client.delete("/api/v1/session", headers={"Authorization": f"Bearer {answer.json()['token']}"})
        assert out.status_code == 200
        again = await client.delete("/api/v1/session", headers={"Authorization": f"Bearer {answer.json()['token']}"})
        assert again.json()["code"] == "token_invalid"


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_site_signs_nobody_in(site: Site, headers: dict[str, str]) -> None:
    """A form of another site, which may send what looks like JSON, gets no cookie set under a stranger's name."""
    await site.person("clerk", user="wang", password="correct horse 9")
    body = b'{"user": "wang", "password": "correct horse 9", "x": "="}'
    async with site.client() as client:
        answer = await client.post("/api/v1/session", content=body, headers={"Content-Type": "text/plain", **headers})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        assert "set-cookie" not in answer.headers
        assert (await client.post("/api/v1/session", content=body, headers={"Origin": site.url})).status_code == 201


async def test_no_other_site_may_ask_for_a_key(site: Site) -> None:
    """What a browser asks before it sends another site's Idempotency-Key is answered without leave."""
    await site.hall()
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Headers": "idempotency-key"}
    async with site.client() as client:
        answer = await client.options("/api/v1/halls/town/tickets", headers=asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_guessing_passwords_is_slowed_down(site: Site) -> None:
    """After some failures even the right password waits."""
    await site.person("clerk", user="wang", password="correct horse 9")
    async with site.client() as client:
        codes = [
            (await client.post("/api/v1/session", json={"user": "wang", "password": str(n)})).status_code
            for n in range(12)
        ]
        last = await client.post("/api/v1/session", json={"user": "wang", "password": "correct horse 9"})
    assert codes[0] == 401
    assert last.status_code == 429
    assert last.json()["wait_s"] > 0
    assert last.headers["retry-after"] == str(last.json()["wait_s"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
async def test_another_site_cannot_use_the_cookie(site: Site, headers: dict[str, str], status: int) -> None:
    """A browser that another site makes send something sends the cookie in vain."""
    await site.hall()
    token = await site.session(await site.person("guide"))
    async with httpx.AsyncClient(base_url=site.url, trust_env=False, cookies={"jiaohao": token}) as client:
        answer = await client.post(
            "/api/v1/halls/town/tickets", json={"queue": "comprehensive"}, headers={"Idempotency-Key": "k", **headers}
        )
    assert answer.status_code == status, answer.text
