"""A device is let in by the code on its own screen, and shut out for good."""

import asyncio
from datetime import timedelta

import pytest

from queue_server.engine.clock import monotonic, wall
from queue_server.peers.slate import LocalSlate
from queue_server.web import pairings
from queue_server.web.pairings import LASTS, Pairings
from tests.web.rig import Town

DEVICES = "/halls/town/devices"


async def test_from_the_code_on_the_screen_to_the_first_ticket(town: Town) -> None:
    """Whoever types the code never sees the token; the device gets it by its own secret."""
    head = await town.person("head")
    asked = await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    assert await town.public.get(f"/pairings/{asked['id']}") == {"state": "waiting"}
    spaced = f"{asked['code'][:3]} {asked['code'][3:]}"
    device = await head.post(DEVICES, {"code": spaced, "label": "门口"}, idempotency_key="let-in")
    assert (device["role"], device["label"]) == ("kiosk", "门口")
    assert "token" not in device
    assert await head.post(DEVICES, {"code": spaced, "label": "门口"}, idempotency_key="let-in") == device
    paired = await town.public.get(f"/pairings/{asked['id']}")
    kiosk = town.api(paired["token"])
    assert (await kiosk.post("/halls/town/tickets", {"queue": "express"}))["number"] == "B001"
    assert len((await head.get(DEVICES))["devices"]) == 1


async def test_an_evaluator_belongs_to_its_counter(town: Town) -> None:
    """To one that there is."""
    head = await town.person("head")
    for body, code in (
        ({"role": "evaluator"}, "wrong_shape"),
        ({"role": "kiosk", "counter": 1}, "wrong_shape"),
        ({"role": "evaluator", "counter": 99}, "counter_unknown"),
    ):
        await town.public.refuse(code, "POST", "/pairings", {"hall": "town"} | body)
        await head.refuse(code, "POST", DEVICES, body)
    asked = await town.public.post("/pairings", {"hall": "town", "role": "evaluator", "counter": 2})
    assert (await head.post(DEVICES, {"code": asked["code"]}))["counter"] == 2


async def test_a_code_is_good_once_and_in_its_own_hall(town: Town) -> None:
    """A mistyped one lets nobody in."""
    head = await town.person("head")
    await head.refuse("pairing_unknown", "POST", DEVICES, {"code": "000000"})
    asked = await town.public.post("/pairings", {"hall": "town", "role": "screen"})
    await head.post(DEVICES, {"code": asked["code"]})
    await head.refuse("pairing_unknown", "POST", DEVICES, {"code": asked["code"]})
    await town.public.refuse("pairing_unknown", "GET", "/pairings/somebody-elses")
    for named in ("pairing code", "code"):
        await town.public.refuse("pairing_unknown", "GET", f"/pairings/{named} town {asked['code']}")
    await town.public.refuse("hall_unknown", "POST", "/pairings", {"hall": "nowhere", "role": "kiosk"})


async def test_a_program_gets_its_token_without_a_screen(town: Town) -> None:
    """The same one again for the same request, and no other."""
    head = await town.person("head")
    made = await head.post(DEVICES, {"role": "announcer", "label": "音箱"}, idempotency_key="one")
    assert await head.post(DEVICES, {"role": "announcer", "label": "音箱"}, idempotency_key="one") == made
    other = await head.post(DEVICES, {"role": "announcer", "label": "音箱"})
    assert other["token"] != made["token"]
    await head.refuse("wrong_shape", "POST", DEVICES, {"label": "什么也不是"})


async def test_one_that_is_shut_out_stays_out(town: Town) -> None:
    """It is in the list no more, and its token is nobody's."""
    head = await town.person("head")
    made = await head.post(DEVICES, {"role": "kiosk"})
    kiosk = town.api(made["token"])
    await head.do("DELETE", f"{DEVICES}/{made['id']}")
    await kiosk.refuse("token_invalid", "POST", "/halls/town/tickets", {"queue": "express"})
    assert (await head.get(DEVICES))["devices"] == []
    await head.refuse("device_unknown", "DELETE", f"{DEVICES}/none")
    changes = (await head.get("/halls/town/changes"))["changes"]
    assert [change["what"] for change in changes[:2]] == ["device_revoked", "device_added"]
    assert changes[0]["by_name"] == "王芳"


async def test_too_many_that_ask_are_told_to_wait(town: Town) -> None:
    """So that nobody fills the list with strangers."""
    for _ in range(20):
        await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    problem = await town.public.refuse("too_many", "POST", "/pairings", {"hall": "town", "role": "kiosk"})
    assert problem["wait_s"] > 0


async def test_one_who_asks_too_often_keeps_nobody_else_from_asking(town: Town) -> None:
    """Only a hundred from anywhere do, in their own hall."""
    for n in range(20):
        assert await town.site.server.pairing_calls.attempt("10.0.0.1", "town") == 0, n
    await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    for n in range(79):
        assert await town.site.server.pairing_calls.attempt(f"10.0.1.{n}", "town") == 0
    assert await town.site.server.pairing_calls.attempt("10.0.2.1", "village") == 0
    await town.public.refuse("too_many", "POST", "/pairings", {"hall": "town", "role": "kiosk"})


async def test_two_who_type_the_same_code_at_once_let_one_device_in(town: Town) -> None:
    """Not two, of which one is nowhere."""
    head, admin = await town.person("head"), await town.person("admin")
    asked = await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    answers = await asyncio.gather(*(who.send("POST", DEVICES, {"code": asked["code"]}) for who in (head, admin)))
    assert sorted(answer.status_code for answer in answers) == [201, 404]
    assert len((await head.get(DEVICES))["devices"]) == 1
    paired = await town.public.get(f"/pairings/{asked['id']}")
    assert (await town.api(paired["token"]).post("/halls/town/tickets", {"queue": "express"}))["number"] == "B001"


async def test_who_let_a_device_in_is_told_so_again_when_its_code_is_gone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart of the server, or ten minutes; and a stranger who shows the same code by then gets nothing."""
    head = await town.person("head")
    asked = await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    device = await head.post(DEVICES, {"code": asked["code"]}, idempotency_key="let-in")
    server = town.site.server
    server.pairings = Pairings(LocalSlate(monotonic), wall)
    assert await head.post(DEVICES, {"code": asked["code"]}, idempotency_key="let-in") == device
    monkeypatch.setattr(pairings, "_codes", lambda: iter([asked["code"]]))
    stranger = await server.pairings.ask("town", "kiosk", None)
    assert await head.post(DEVICES, {"code": asked["code"]}, idempotency_key="let-in") == device
    assert await server.pairings.find(stranger.id) == stranger
    assert (await head.post(DEVICES, {"code": asked["code"]}))["id"] != device["id"]


async def test_a_code_can_be_typed_again_after_a_key_that_was_used_before(town: Town) -> None:
    """What was refused has let nobody in."""
    head = await town.person("head")
    await head.post("/halls/town/tickets", {"queue": "express"}, idempotency_key="of-the-day")
    person = {"user": "li", "name": "李雷", "role": "guide"}
    await head.post("/halls/town/staff", person, idempotency_key="of-the-book")
    asked = await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    for key in ("of-the-day", "of-the-book"):
        await head.refuse("key_reused", "POST", DEVICES, {"code": asked["code"]}, idempotency_key=key)
    await head.post(DEVICES, {"code": asked["code"]})


async def test_a_key_is_its_halls_own(town: Town) -> None:
    """The same one in two halls makes two devices and two people, each with secrets of its own."""
    admin = await town.person("admin")
    setup = (await admin.get("/halls/town/setup"))["setup"]
    await admin.post("/halls", {"id": "west", "setup": setup})
    devices, people = [], []
    for hall in ("town", "west"):
        devices.append(await admin.post(f"/halls/{hall}/devices", {"role": "kiosk"}, idempotency_key="1"))
        person = {"user": f"li-{hall}", "name": "李雷", "role": "guide"}
        people.append(await admin.post(f"/halls/{hall}/staff", person, idempotency_key="2"))
    assert len({device["id"] for device in devices}) == len({device["token"] for device in devices}) == 2
    assert [person["user"] for person in people] == ["li-town", "li-west"]
    assert len({person["password"] for person in people}) == 2


async def test_codes_expire_and_none_is_shown_twice_in_a_hall(monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes; another hall may show the same."""
    now = 0.0
    asking = Pairings(LocalSlate(lambda: now), lambda: wall() + timedelta(seconds=now))
    monkeypatch.setattr(pairings, "_codes", lambda: iter(["111111", "222222"]))
    first, second = [await asking.ask("town", "kiosk", None) for _ in range(2)]
    assert [first.code, second.code] == ["111111", "222222"]
    other = await asking.ask("village", "kiosk", None)
    now = LASTS.total_seconds() - 1
    assert await asking.find(first.id) == await asking.with_code("town", "111 111") == first
    assert await asking.with_code("village", "111111") == other
    assert await asking.with_code("village", "222222") is None
    now += 1
    assert (await asking.find(first.id), await asking.with_code("town", "111111")) == (None, None)


@pytest.mark.parametrize("code", [" ", "１２３４５６", "' OR 1=1", "0" * 16])
async def test_absurd_codes_let_nobody_in(town: Town, code: str) -> None:
    """Nor break anything."""
    head = await town.person("head")
    await head.refuse("pairing_unknown", "POST", DEVICES, {"code": code})
