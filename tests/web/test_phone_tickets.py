"""Tickets by phone: where the hall allows them, with the code that it shows, and only so many from one place."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace

from queue_server.records.notes import Doubtful
from queue_server.web.hall_code import hall_code
from queue_server.web.routes import application
from tests.web.limits import phone_limits
from tests.web.pages.conftest import NEVER_OPEN, TOWN, Site

Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def ask(site: Site) -> Ask:
    """`await ask(address, n, code=…, token=None)`: the nth ticket asked for from there, with the code that is shown."""
    await site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    app = application(site.server)
    shown = (await site.call("GET", "/halls/town/code", None, await site.device("screen"))).json()["code"]

    async def ask(address: str, n: int, code: str | None = shown, token: str | None = None) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 50_000))
        headers = {"Idempotency-Key": f"{address}-{n}"} | ({"Authorization": f"Bearer {token}"} if token else {})
        async with httpx.AsyncClient(transport=transport, base_url="http://hall") as phone:
            body = {"queue": "express"} | ({"code": code} if code else {})
            return await phone.post("/api/v1/halls/town/tickets", json=body, headers=headers)

    return ask


async def test_whoever_shows_wrong_codes_waits(site: Site, ask: Ask) -> None:
    """Ten in ten minutes from one address, then no code is looked at; other addresses and devices are not held up."""
    assert [(await ask("10.0.0.1", n, "WRONG")).status_code for n in range(11)] == [403] * 10 + [429]
    refused = (await ask("10.0.0.1", 11)).json()
    assert (refused["code"], refused["retry"]) == ("too_many", "same_key")
    assert 0 < refused["wait_s"] <= 601
    for address in ("10.0.0.2", "fe80::1", "2001:db8:1111:2222:3333:4444:5555:6666"):
        assert (await ask(address, 0)).status_code == 201
    assert (await ask("10.0.0.1", 12, None, await site.device("kiosk"))).status_code == 201


async def test_a_code_of_this_morning_is_refused_and_not_counted(site: Site, ask: Ask) -> None:
    """Pages that were left open lock nobody out; a code of last week is as good as made up."""
    now = site.server.now()
    old = [hall_code(site.server.code_secret, "town", now - timedelta(hours=hours)) for hours in (1, 8, 23)]
    for n in range(12):
        assert (await ask("10.0.0.1", n, old[n % 3])).json()["code"] == "code_wrong"
    assert (await ask("10.0.0.1", 12)).status_code == 201
    week = hall_code(site.server.code_secret, "town", now - timedelta(days=7))
    assert [(await ask("10.0.0.1", 20 + n, week)).status_code for n in range(11)] == [403] * 10 + [429]


async def test_the_phones_on_a_halls_wifi_do_not_hold_each_other_up(site: Site, ask: Ask) -> None:
    """A hall behind one address takes sixty tickets in ten minutes; the next one waits, and a repeat gets its own."""
    site.server.phone_limits = phone_limits(waiting=1000)
    tickets = [await ask("10.0.0.1", n) for n in range(61)]
    assert [ticket.status_code for ticket in tickets] == [201] * 60 + [429]
    assert (await ask("10.0.0.1", 3)).json() == tickets[3].json()
    assert (await ask("10.0.0.2", 0)).status_code == 201


async def test_one_address_cannot_fill_a_queue(site: Site, ask: Ask) -> None:
    """Twenty of it wait at most; given up or called, they make room. The kiosk goes on."""
    tickets = [await ask("10.0.0.1", n) for n in range(21)]
    assert [ticket.status_code for ticket in tickets] == [201] * 20 + [409]
    assert (tickets[20].json()["code"], tickets[20].json()["retry"]) == ("too_many_waiting", "new_key")
    assert (await ask("10.0.0.1", 21, None, await site.device("kiosk"))).status_code == 201
    await site.call("DELETE", f"/halls/town/tickets/{tickets[5].json()['id']}")
    assert [(await ask("10.0.0.1", n)).status_code for n in (22, 23)] == [201, 409]


async def test_whoever_has_no_code_leaves_nothing_behind(site: Site) -> None:
    """A telephone number is not even kept for a while, or anybody could fill the disk with them."""
    await site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    asked = {"queue": "express", "phone": "0379-12345", "code": "WRONG"}
    assert (await site.call("POST", "/halls/town/tickets", asked)).json()["code"] == "code_wrong"

    async def none_of(notes: Sequence[Doubtful]) -> list[str]:
        return []

    swept = await site.server.records.tidy(site.server.now() + timedelta(days=1), none_of)
    assert swept.deleted == 0
    shown = hall_code(site.server.code_secret, "town", site.server.now())
    assert (await site.call("POST", "/halls/town/tickets", asked | {"code": shown})).status_code == 201


async def test_a_refused_ticket_does_not_count(site: Site, ask: Ask) -> None:
    """Whoever presses before the hall opens is told so each time, and then gets the ticket."""
    site.server.phone_limits = phone_limits(taken=1)
    await site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True), hours=NEVER_OPEN)
    for n in range(3):
        assert (await ask("10.0.0.1", n)).json()["code"] == "ticketing_closed"
    await site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    assert [(await ask("10.0.0.1", n)).status_code for n in (3, 4)] == [201, 429]


async def test_a_phone_takes_a_ticket_with_the_halls_code_only_where_that_is_allowed(site: Site) -> None:
    """Off by default; with the code that the hall shows now; not with an old or made-up one."""
    runner = await site.hall()
    ask = {"queue": "comprehensive", "code": "ABCDEFGH"}
    assert (await site.call("POST", "/halls/town/tickets", ask)).json()["code"] == "not_allowed"
    hall = runner.hall
    assert hall is not None
    await site.hall(TOWN, rules=replace(hall.rules, phone_ticketing=True))
    assert (await site.call("POST", "/halls/town/tickets", ask)).json()["code"] == "code_wrong"
    assert (await site.call("POST", "/halls/town/tickets", {"queue": "comprehensive"})).json()[
        "code"
    ] == "token_missing"
    shown = (await site.call("GET", "/halls/town/code", None, await site.device("screen"))).json()["code"]
    answer = await site.call("POST", "/halls/town/tickets", {"queue": "comprehensive", "code": shown})
    assert answer.status_code == 201
    assert answer.json()["number"] == "A001"
