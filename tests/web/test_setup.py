"""A hall's set-up over HTTP: read whole, replaced whole, never over another's change; and the very first account."""

import asyncio
from typing import Any

import pytest

from queue_server.web.first_run import offer_first_account
from tests.web.pages.conftest import Site
from tests.web.rig import Town

SETUP = "/halls/town/setup"
ADMIN = {"user": "admin", "name": "管理员", "password": "correct horse 1"}


async def test_a_change_counts_at_once_and_is_written_down(town: Town) -> None:
    """With who, when, and which parts."""
    head = await town.person("head", name="赵敏")
    found = await head.get(SETUP)
    found["setup"]["counters"]["3"] = {"number": 3, "name": "统一出证", "kind": "certificate", "queues": ["express"]}
    found["setup"]["rules"]["recalls_max"] = 2
    after = await head.post(SETUP, found, idempotency_key="three")
    assert after["setup"]["counters"].keys() == {"1", "2", "3"}
    assert await head.post(SETUP, found, idempotency_key="three") == after
    assert [counter["number"] for counter in (await town.public.get("/halls/town"))["counters"]] == [1, 2, 3]
    newest = (await head.get("/halls/town/changes"))["changes"][0]
    assert (newest["what"], newest["by_name"], newest["fields"]) == ("setup", "赵敏", ["counters", "rules"])


async def test_nobody_overwrites_what_another_changed_meanwhile(town: Town) -> None:
    """The second of two who looked at the same version is told."""
    one, two = await town.person("head"), await town.person("admin", name="钱进")
    seen = await one.get(SETUP)
    for phone in ("2", "1"):
        now = await two.get(SETUP)
        await two.post(SETUP, {"version": now["version"], "setup": now["setup"] | {"phone": phone}})
    await two.post("/halls/town/staff", {"user": "li", "name": "李雷", "role": "clerk"})
    problem = await one.refuse("hall_changed", "POST", SETUP, {"version": seen["version"], "setup": seen["setup"]})
    assert [(change["by_name"], change["fields"]) for change in problem["changes"]] == [("钱进", ["phone"])] * 2
    assert problem["version"] == (await one.get(SETUP))["version"]
    never = await one.refuse("hall_changed", "POST", SETUP, {"version": 999, "setup": seen["setup"]})
    assert never["changes"] == []
    assert (await one.get(SETUP))["setup"]["phone"] == "1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "hall_invalid"),
        ({"timezone": "Mars/Base"}, "hall_invalid"),
        ({"queues": {}}, "hall_invalid"),
        ({"counters": {"1": {"number": 1, "name": "一", "kind": "express", "queues": ["nowhere"]}}}, "hall_invalid"),
        ({"level": "empire"}, "wrong_shape"),
        ({"counters": 7}, "wrong_shape"),
        ({"id": "other"}, "wrong_shape"),
        ({"guides": {}}, "wrong_shape"),
    ],
)
async def test_an_unsound_set_up_is_refused(town: Town, change: dict[str, Any], code: str) -> None:
    """And the old one stays."""
    head = await town.person("head")
    found, before = await head.get(SETUP), await town.fingerprint()
    await head.refuse(code, "POST", SETUP, {"version": found["version"], "setup": found["setup"] | change})
    assert await town.fingerprint() == before


async def test_a_queue_with_people_in_it_cannot_go(town: Town) -> None:
    """Before they were served, or the day is over."""
    head = await town.person("head")
    await (await town.device("kiosk")).post("/halls/town/tickets", {"queue": "comprehensive"})
    found = await head.get(SETUP)
    del found["setup"]["queues"]["comprehensive"]
    found["setup"]["counters"] = {"2": found["setup"]["counters"]["2"] | {"helps": []}}
    await head.refuse("queue_in_use", "POST", SETUP, found)


async def test_a_new_hall_opens_its_first_day(town: Town) -> None:
    """Once; another of the same id is refused, and one that is unsound leaves no trace."""
    admin = await town.person("admin")
    setup = (await admin.get(SETUP))["setup"]
    await admin.post("/halls", {"id": "west", "setup": setup}, idempotency_key="west")
    assert (await town.public.get("/halls/west"))["ticketing_now"]
    await admin.post("/halls", {"id": "west", "setup": setup}, idempotency_key="west")
    await admin.refuse("hall_exists", "POST", "/halls", {"id": "west", "setup": setup | {"name": "别的"}})
    await admin.refuse("hall_invalid", "POST", "/halls", {"id": "North Pole", "setup": setup})
    await town.public.refuse("hall_unknown", "GET", "/halls/North Pole")
    assert [hall["id"] for hall in (await town.public.get("/halls"))["halls"]] == ["town", "west"]


async def test_the_first_account_is_made_by_whoever_reads_the_printed_code(site: Site, town: Town) -> None:
    """Once, and only while there is none."""
    code = await offer_first_account(site.server)
    assert code is not None
    await town.public.refuse("first_code_wrong", "POST", "/setup", {"code": "guess", **ADMIN})
    await town.public.refuse("weak_password", "POST", "/setup", {"code": code, **ADMIN, "password": "admin"})
    await town.public.refuse("bad_user", "POST", "/setup", {"code": code, **ADMIN, "user": " "})
    await town.public.post("/setup", {"code": f" {code} ", **ADMIN})
    await town.public.refuse("already_set_up", "POST", "/setup", {"code": code, **ADMIN, "user": "second"})
    session = await town.public.post("/session", {"user": "admin", "password": ADMIN["password"]}, idempotency_key=None)
    assert session["role"] == "admin"
    assert await offer_first_account(site.server) is None


async def test_the_first_account_is_told_again_to_the_same_request(site: Site, town: Town) -> None:
    """Its answer may have been lost; somebody else's request with the same code is worth nothing any more."""
    asked = {"code": await offer_first_account(site.server), **ADMIN}
    made = await town.public.post("/setup", asked, idempotency_key="first")
    assert await town.public.post("/setup", asked, idempotency_key="first") == made
    await town.public.refuse("already_set_up", "POST", "/setup", asked | {"name": "别人"}, idempotency_key="first")
    await town.public.refuse("already_set_up", "POST", "/setup", asked)


async def test_two_readers_of_the_code_at_once_make_one_administrator(site: Site, town: Town) -> None:
    """It is good once."""
    asked = {"code": await offer_first_account(site.server), **ADMIN}
    answers = await asyncio.gather(*(town.public.send("POST", "/setup", asked | {"user": u}) for u in ("one", "two")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await site.server.records.accounts.all()) == 1


async def test_the_code_is_worth_nothing_once_the_command_line_made_an_account(site: Site, town: Town) -> None:
    """Which another process does."""
    code = await offer_first_account(site.server)
    await site.server.records.accounts.create("li", "李华", "head", halls=("town",))
    await town.public.refuse("already_set_up", "POST", "/setup", {"code": code, **ADMIN})


async def test_guessing_the_code_is_slowed_down(site: Site, town: Town) -> None:
    """As with passwords."""
    await offer_first_account(site.server)
    for _ in range(10):
        await town.public.refuse("first_code_wrong", "POST", "/setup", {"code": "guess", **ADMIN})
    await town.public.refuse("too_many", "POST", "/setup", {"code": "guess", **ADMIN})


async def test_a_fault_is_told_with_its_place_in_both_languages(town: Town) -> None:
    """So that a form can tell it at its field."""
    head = await town.person("head")
    found = await head.get(SETUP)
    found["setup"]["queues"]["express"]["prefix"] = "b"
    problem = await head.refuse("hall_invalid", "POST", SETUP, found)
    assert (problem["place"], problem["fault"]) == ("queues.express.prefix", "prefix_wrong")
    assert problem["detail"] == "“b”要用一个或两个大写字母"
    english = await head.send("POST", SETUP, found, accept_language="en")
    assert english.json()["detail"] == "'b' must be one or two capital letters"


@pytest.mark.parametrize(
    ("voice", "place", "chinese", "english"),
    [
        (
            {"templates": {"zh": {"call": "请{number}号到{window}号{counter}"}}},
            "voice.templates.zh.call",
            "没有“{window}”这一项，可以用 {number} {counter} {counter_name} {area}",
            "there is no {window}; it may have {number} {counter} {counter_name} {area}",
        ),
        (
            {"languages": ["zh", "bo"]},
            "voice.languages",
            "没有语言“bo”的用语文件",
            "there is no language file for 'bo'",
        ),
    ],
)
async def test_what_nobody_could_say_is_refused(
    town: Town, voice: dict[str, Any], place: str, chinese: str, english: str
) -> None:
    """Before a call fails for it; from a form and from a file."""
    head = await town.person("head")
    found = await head.get(SETUP)
    found["setup"]["voice"] |= voice
    problem = await head.refuse("hall_invalid", "POST", SETUP, found)
    assert (problem["place"], problem["detail"]) == (place, chinese)
    assert (await head.send("POST", SETUP, found, accept_language="en")).json()["detail"] == english


async def test_somebody_new_does_not_make_a_set_up_old(town: Town) -> None:
    """What was looked at is what counts: people and devices are no part of it."""
    head = await town.person("head")
    found = await head.get(SETUP)
    await head.post("/halls/town/staff", {"user": "li", "name": "李雷", "role": "clerk"})
    await head.post(SETUP, found | {"setup": found["setup"] | {"phone": "1"}})
