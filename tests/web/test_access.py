"""Who may do what: every call and every page, asked as everybody; the tables are those that the server goes by."""

import re
from collections.abc import Iterator
from html import unescape
from typing import get_args

import httpx
import pytest
from msgspec.structs import replace
from starlette.routing import Mount

from queue_server.web.access import EVERYONE, HOLDERS, Role
from queue_server.web.pages import page_routes, setup
from queue_server.web.pages.page import PageRoute, Pages
from queue_server.web.routes import OPERATIONS, PREFIX
from queue_server.web.server import Server
from tests.web.pages.conftest import TOWN, Site
from tests.web.rig import Town

ROLES: tuple[Role, ...] = get_args(Role)
DEVICES = ("kiosk", "screen", "announcer", "evaluator")
OF_ONE_HALL = [role for role in ROLES if role not in ("public", "district", "admin")]
OF_STAFF: tuple[Role, ...] = ("clerk", "guide", "head", "discipline", "district", "admin")
PARTS = {"hall": "town", "counter": "1", "service": "1", "track": "town.none", "seq": "1"}
"""What stands in an address; every other part of one names nothing that there is."""


async def token_of(site: Site, role: Role, hall: str) -> str | None:
    """A token of that role in that hall; None for the public."""
    if role == "public":
        return None
    if role in DEVICES:
        return await site.device(role, hall, counter=1 if role == "evaluator" else None)  # type: ignore[arg-type]
    account = await site.person(role, hall) if role not in ("district", "admin") else await site.person(role)  # type: ignore[arg-type]
    return await site.session(account)


def address(path: str) -> str:
    """An address of the hall "town" that fits a path with parts in braces."""
    return re.sub(r"{(\w+)}", lambda part: PARTS.get(part[1], "none"), path)


def pages(site: Site) -> Iterator[PageRoute]:
    """Every page."""
    for route in page_routes(Pages(site.server)):
        if not isinstance(route, Mount):
            assert isinstance(route, PageRoute), f"{route} does not say who may see it"
            yield route


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_may_call_what_the_table_says(shared_town: Town, role: Role) -> None:
    """A role that is not in the table is refused, 401 without a token and 403 with one; one that is gets further."""
    site = shared_town.site
    await site.hall(rules=replace(TOWN.rules, phone_ticketing=True))
    token = await token_of(site, role, "town")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with site.client() as client:
        for place, operation in enumerate(OPERATIONS):
            if operation.path == "/session":
                continue  # signing in and out: for everybody, and without a token nobody is signed in
            key = {"Idempotency-Key": f"access-{role}-{place}"}
            path = PREFIX + address(operation.path)
            answer = await client.request(operation.method, path, headers=headers | key)
            code = answer.json().get("code") if answer.is_error else ""
            told = f"{role} {operation.method} {operation.path}: {answer.status_code} {code}"
            if role not in operation.who:
                assert code == ("token_missing" if role == "public" else "not_allowed"), told
            else:
                assert code not in ("token_missing", "token_invalid", "not_allowed"), told


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_may_see_the_pages_that_the_table_says(
    shared_town: Town, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is not in the table is led to the sign-in without a token, and refused with one."""
    site = shared_town.site
    await site.hall()

    async def nobody_has_an_account(server: Server) -> bool:
        return True  # so that the wizard is there for the public too

    monkeypatch.setattr(setup, "first_account_missing", nobody_has_an_account)
    token = await token_of(site, role, "town")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with site.client() as client:
        for page in pages(site):
            answer = await client.get(address(page.path), headers=headers)
            to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
            told = f"{role} {page.path}: {answer.status_code}"
            assert answer.status_code in (200, 303, 403, 404), told
            assert to_sign_in == (role not in page.who and role == "public"), told
            assert (answer.status_code == 403) == (role not in page.who and role != "public"), told


@pytest.mark.parametrize("role", OF_ONE_HALL)
async def test_nobody_reaches_into_another_hall(shared_town: Town, role: Role) -> None:
    """What is not for everybody is for the hall's own people and devices: calls and pages."""
    site = shared_town.site
    await site.hall(TOWN, id="village", level="village")
    token = await token_of(site, role, "village")
    assert token is not None
    asked = [(o.method, PREFIX + o.path) for o in OPERATIONS if role in o.who and not o.who >= HOLDERS]
    asked += [("GET", page.path) for page in pages(site) if role in page.who and page.who != EVERYONE]
    async with site.client() as client:
        for method, path in asked:
            if "{hall}" in path:
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": path}
                answer = await client.request(method, address(path), headers=headers)
                assert answer.status_code == 403, f"{method} {path}: {answer.text}"


@pytest.mark.parametrize("role", OF_STAFF)
async def test_nobody_is_led_where_they_are_refused(shared_town: Town, role: Role) -> None:
    """Every link on a page that is for some roles leads whoever reads it to a page that is for them."""
    site = shared_town.site
    await site.hall()
    headers = {"Authorization": f"Bearer {await token_of(site, role, 'town')}"}
    async with site.client() as client:
        found = dict[str, str]()
        for page in pages(site):
            if role in page.who and page.who != EVERYONE:
                answer = await client.get(address(page.path), headers=headers)
                links = re.findall(r'href="(/[^"]*)"', answer.text)
                found |= {unescape(link): page.path for link in links if not link.startswith("/static")}
        assert found, role
        for link, path in found.items():
            answer = await client.get(link, headers=headers)
            told = f"{role}: {path} leads to {link}: {answer.status_code}"
            assert answer.status_code in (200, 303, 422), told
            assert not answer.headers.get("location", "").startswith("/sign-in"), told


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
