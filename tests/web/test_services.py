"""…/services: the head confirms what is doubtful, adds what the level leaves out, and withdraws."""

from typing import Any

from queue_server import catalogue
from queue_server.domain.service import service_rules
from tests.web.pages.conftest import QUEUES, TOWN
from tests.web.rig import Town

SERVICES = "/halls/town/services"


async def offered(town: Town) -> dict[int, dict[str, Any]]:
    """What the hall offers, by number."""
    return {service["no"]: service for service in (await town.public.get(SERVICES))["services"]}


async def test_a_doubtful_entry_is_hidden_until_the_head_confirms_it_by_name(town: Town) -> None:
    """151 are offered; the head finds out what 82 is called, and it is offered under that name; tickets are issued."""
    head, kiosk = await town.person("head"), await town.device("kiosk")
    assert len(await offered(town)) == 151
    await kiosk.refuse("service_not_offered", "POST", "/halls/town/tickets", {"service": 82})
    await head.refuse("name_needed", "POST", SERVICES, {"no": 82, "offered": True})
    await head.post(SERVICES, {"no": 82, "offered": True, "name": "单位参保证明打印", "handling": "instant"})
    now = await offered(town)
    assert len(now) == 152
    assert {"name": "单位参保证明打印", "handling": "instant", "queue": "express"}.items() <= now[82].items()
    assert (await kiosk.post("/halls/town/tickets", {"service": 82}))["number"] == "B001"
    await head.post(SERVICES, {"no": 82, "offered": False})
    assert 82 not in await offered(town)
    await head.post(SERVICES, {"no": 82, "offered": True})  # the name is known by now
    assert (await offered(town))[82]["name"] == "单位参保证明打印"


async def test_nobody_overwrites_what_another_said_of_the_same_item(town: Town) -> None:
    """Of other items everybody may; whoever was told may go over it."""
    one, two = await town.person("head"), await town.person("head", name="钱进")
    version = (await one.get("/halls/town/setup"))["version"]
    await two.post(SERVICES, {"no": 1, "offered": True, "guide": {"fee": "免费"}, "version": version})
    await one.post(SERVICES, {"no": 2, "offered": False, "version": version})
    mine = {"no": 1, "offered": True, "guide": {"fee": "5 元"}}
    problem = await one.refuse("hall_changed", "POST", SERVICES, mine | {"version": version})
    assert [change["by_name"] for change in problem["changes"]] == ["王芳", "钱进"]
    assert (await offered(town))[1]["guide"]["fee"] == "免费"
    await one.post(SERVICES, mine | {"version": problem["version"]})
    assert (await offered(town))[1]["guide"]["fee"] == "5 元"


async def test_a_village_adds_what_its_level_leaves_out(town: Town) -> None:
    """33 by default, and any other by the head's word."""
    rules = service_rules(catalogue.services(), "village", QUEUES, catalogue.default_handling())
    await town.site.hall(TOWN, level="village", services=rules)
    head = await town.person("head")
    assert len(await offered(town)) == 33
    assert 1 not in await offered(town)
    await head.post(SERVICES, {"no": 1, "offered": True, "queue": "express"})
    assert (await offered(town))[1]["queue"] == "express"
    assert len(await offered(town)) == 34


async def test_what_cannot_be_chosen_is_refused_and_changes_nothing(town: Town) -> None:
    """An item that the catalogue does not have, a queue that the hall does not have, somebody who is not the head."""
    head, clerk = await town.person("head"), await town.person("clerk")
    await head.refuse("service_unknown", "POST", SERVICES, {"no": 999, "offered": True})
    await head.refuse("queue_unknown", "POST", SERVICES, {"no": 1, "offered": True, "queue": "nowhere"})
    await clerk.refuse("not_allowed", "POST", SERVICES, {"no": 1, "offered": False})
    assert len(await offered(town)) == 151


async def test_a_guide_is_stated_whole(town: Town) -> None:
    """By the head or an administrator; what is left out of the next one is stated no more."""
    admin = await town.person("admin")
    guide = {"materials": ["身份证", "户口簿"], "steps": ["申请", "受理"], "fee": "不收费"}
    await admin.post("/halls/town/services", {"no": 1, "offered": True, "guide": guide})
    found = next(service for service in (await admin.get("/halls/town/services"))["services"] if service["no"] == 1)
    assert found["guide"]["materials"] == ["身份证", "户口簿"]
    assert found["guide"]["steps"] == "申请\n受理"
    await admin.post("/halls/town/services", {"no": 1, "offered": True})
    await admin.post("/halls/town/services", {"no": 2, "offered": True, "guide": {}})
    found = next(service for service in (await admin.get("/halls/town/services"))["services"] if service["no"] == 1)
    assert found["guide"]["fee"] == "不收费"
    await admin.post("/halls/town/services", {"no": 1, "offered": True, "guide": {"fee": "5 元"}})
    found = next(service for service in (await admin.get("/halls/town/services"))["services"] if service["no"] == 1)
    assert found["guide"] == {"item_kind": found["item_kind"], "fee": "5 元"}
