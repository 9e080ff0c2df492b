"""The same key with the same request: the same answer, and nothing more happens."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from queue_server.app import running
from queue_server.settings import Settings
from queue_server.web.routes import application
from tests.web.pages.conftest import TOWN, Site
from tests.web.rig import Api, Town

ONE, TICKETS, RATINGS = "/halls/town/counters/1", "/halls/town/tickets", "/halls/town/ratings"


async def test_every_kind_of_command_is_repeated_in_vain(town: Town) -> None:
    """At once, and again when much more has happened: the same bytes, and the journal stands where it stood."""
    kiosk, guide, head = await town.device("kiosk"), await town.person("guide"), await town.person("head")
    clerk, evaluator = await town.person("clerk", counter=1), await town.device("evaluator", 1)
    done: list[tuple[Api, str, str, Any, str, httpx.Response]] = []

    async def twice(caller: Api, path: str, body: Any = None, method: str = "POST") -> Any:
        key = f"once-{len(done)}"
        first = await caller.send(method, path, body, idempotency_key=key)
        assert first.is_success, first.text
        before = await town.fingerprint()
        again = await caller.send(method, path, body, idempotency_key=key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert await town.fingerprint() == before
        done.append((caller, method, path, body, key, first))
        return first.json()

    await twice(clerk, f"{ONE}/sign-on", {"capacity": "relief"})
    tickets = [await twice(kiosk, TICKETS, {"queue": "comprehensive", "phone": "13812345678"}) for _ in range(4)]
    second, third, fourth = [f"{TICKETS}/{ticket['id']}" for ticket in tickets[1:]]
    await twice(town.public, second, method="DELETE")
    await twice(guide, f"{third}/priority", {"class": "elderly", "confirmed": True})
    await twice(head, f"{fourth}/urgent", {"reason": "突发疾病"})
    await twice(clerk, f"{ONE}/next")
    await twice(clerk, f"{ONE}/recall")
    await twice(clerk, f"{ONE}/no-show")
    await twice(kiosk, f"{fourth}/return")
    await twice(clerk, f"{ONE}/call", {"number": "A001", "reason": "赶车"})
    await twice(clerk, f"{ONE}/start")
    await twice(clerk, f"{ONE}/hold", {"reason": "取证明"})
    await twice(clerk, f"{ONE}/resume-ticket", {"number": "A001"})
    await twice(clerk, f"{ONE}/finish", {"services": [1, 2]})
    await twice(evaluator, RATINGS, {"counter": 1, "level": "satisfied", "comment": "很好"})
    await twice(clerk, f"{ONE}/serve-now", {"service": 1})
    await twice(clerk, f"{ONE}/finish")
    await twice(evaluator, "/halls/town/unrated", {"counter": 1, "cause": "refused"})
    await twice(clerk, f"{ONE}/serve-now", {"service": 1})
    moved = await twice(clerk, f"{ONE}/transfer", {"queue": _other_queue(town), "reason": "转办"})
    await twice(
        town.public, RATINGS, {"ticket": moved["ticket"]["id"], "leg": 1, "level": "satisfied", "comment": "好"}
    )
    await twice(clerk, f"{ONE}/pause", {"reason": "喝水", "back_at": "2030-01-01T00:00:00Z"})
    await twice(clerk, f"{ONE}/resume")
    await twice(clerk, f"{ONE}/sign-off")
    await twice(head, "/halls/town/day/close")

    before = await town.fingerprint()
    for caller, method, path, body, key, answer in reversed(done):
        again = await caller.send(method, path, body, idempotency_key=key)
        assert (again.status_code, again.content) == (answer.status_code, answer.content), f"{method} {path}"
    assert await town.fingerprint() == before


async def test_a_day_that_was_closed_is_so_still_when_the_next_has_begun(town: Town) -> None:
    """The head's repeated word on one day is not answered with what the next one is like."""
    head, runner = await town.person("head"), await town.site.server.hall("town")
    closed = await head.post("/halls/town/day/close", idempotency_key="close")
    real = runner.clock.wall_now
    runner.clock.wall_now = lambda: real() + timedelta(days=1)  # type: ignore[method-assign]
    await runner.turn_day()
    assert (await town.public.get("/halls/town/board"))["state"]["business_day"] > closed["business_day"]
    assert await head.post("/halls/town/day/close", idempotency_key="close") == closed
    assert (await town.public.get("/halls/town/board"))["state"]["closed"] is False


def _other_queue(town: Town) -> str:
    """A queue that service 1 does not go to."""
    return next(queue for queue in TOWN.queues if queue != TOWN.services[1].queue)


async def test_a_repeat_after_a_restart(tmp_path: Path) -> None:
    """What was answered before the server ended is answered again by the one that follows."""
    settings = Settings(data=str(tmp_path / "again"))
    answers = []
    token = ""
    for _ in range(2):
        async with running(settings) as server:
            site = Site(server)
            if not token:
                await site.hall()
                token = await site.device("kiosk")
            transport = httpx.ASGITransport(application(server))
            async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
                answers += [
                    await client.post(
                        f"/api/v1{TICKETS}",
                        json={"queue": "comprehensive", "phone": "13812345678"},
                        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
                    )
                    for key in ("one", "two")
                ]
    assert [answer.json()["number"] for answer in answers] == ["A001", "A002"] * 2
    assert answers[2].content == answers[0].content


async def test_the_same_request_many_times_at_once(town: Town) -> None:
    """A kiosk whose button is hammered: one ticket."""
    kiosk = await town.device("kiosk")
    answers = await asyncio.gather(
        *(kiosk.send("POST", TICKETS, {"queue": "express"}, idempotency_key="hammered") for _ in range(8))
    )
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert (await town.public.get("/halls/town/board"))["state"]["queues"]["express"]["waiting"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", TICKETS, {"queue": "express"}),
        ("POST", TICKETS, b'{"queue": "comprehensive" }'),  # the request is its bytes
        ("POST", f"{TICKETS}/{{ticket}}/priority", {"class": "elderly", "confirmed": True}),
        ("DELETE", f"{TICKETS}/{{ticket}}", None),
    ],
)
async def test_a_key_that_came_with_another_request(town: Town, method: str, path: str, body: Any) -> None:
    """Another body, path or method under a used key is refused, and does nothing."""
    guide = await town.person("guide")
    ticket = await guide.post(TICKETS, {"queue": "comprehensive"}, idempotency_key="used")
    before = await town.fingerprint()
    refused = await guide.refuse("key_reused", method, path.format(ticket=ticket["id"]), body, idempotency_key="used")
    assert refused["retry"] == "never"
    assert await town.fingerprint() == before


async def test_a_key_of_the_day_is_none_of_the_book_and_the_other_way_round(town: Town) -> None:
    """What the head says of the hall is kept in another stream than what happens today; her keys are hers in both."""
    head = await town.person("head")
    offer, ticket = {"no": 1, "offered": False}, {"queue": "express"}
    await head.post(TICKETS, ticket, idempotency_key="day")
    await head.refuse("key_reused", "POST", "/halls/town/services", offer, idempotency_key="day")
    offered = await head.post("/halls/town/services", offer, idempotency_key="book")
    await head.refuse("key_reused", "POST", TICKETS, ticket, idempotency_key="book")
    await head.refuse("key_reused", "POST", "/halls/town/day/close", idempotency_key="book")
    assert await head.post("/halls/town/services", offer, idempotency_key="book") == offered


async def test_a_refusal_is_not_remembered(town: Town) -> None:
    """What changed nothing is decided again: the same key does it once the obstacle is gone, even another request."""
    clerk, kiosk = await town.person("clerk"), await town.device("kiosk")
    await clerk.refuse("not_on_duty", "POST", f"{ONE}/next", idempotency_key="later")
    await clerk.post(f"{ONE}/sign-on", {"capacity": "relief"}, idempotency_key="on")
    assert await clerk.post(f"{ONE}/next", idempotency_key="later") == {"ticket": None}
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    assert (await clerk.post(f"{ONE}/next", idempotency_key="later"))["ticket"]["number"] == "A001"
    await clerk.refuse("ticket_open", "POST", f"{ONE}/next", idempotency_key="another")
    assert (await clerk.post(f"{ONE}/start", idempotency_key="another"))["ticket"]["state"] == "serving"


async def test_the_keys_of_two_callers_and_of_two_halls_are_their_own(town: Town) -> None:
    """A key belongs to its caller and the hall."""
    await town.site.hall(TOWN, id="village", level="village")
    one, two = await town.device("kiosk"), await town.device("kiosk")
    both = town.api(await town.site.session(await town.site.person("guide", "town", "village")))
    tickets = [await caller.post(TICKETS, {"queue": "express"}, idempotency_key="k") for caller in (one, two, both)]
    tickets.append(await both.post("/halls/village/tickets", {"queue": "express"}, idempotency_key="k"))
    assert [ticket["number"] for ticket in tickets] == ["B001", "B002", "B003", "B001"]
    assert len({ticket["id"] for ticket in tickets}) == 4


async def test_two_phones_that_draw_the_same_key(town: Town) -> None:
    """Each gets its own ticket from its own address, and its holder gives up that one; nobody gets another's."""
    await town.site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    code = (await (await town.device("screen")).get("/halls/town/code"))["code"]
    body = {"queue": "express", "code": code}
    tickets = [(await town.send_from(address, "POST", TICKETS, body)).json() for address in ("::1", "::2")]
    assert [ticket["number"] for ticket in tickets] == ["B001", "B002"]
    for ticket in tickets:  # from one address now: both have come into the hall's network
        answer = await town.send_from("::1", "DELETE", f"{TICKETS}/{ticket['id']}")
        assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (200, ticket["id"], "cancelled")


async def test_holders_that_draw_the_same_key_rate_their_own(town: Town) -> None:
    """The ticket in the body makes the caller, as the one in the path does."""
    clerk = await town.clerk(1)
    served = []
    for _ in range(2):
        served.append((await clerk.post(f"{ONE}/serve-now", {"queue": "comprehensive"}))["ticket"])
        await clerk.post(f"{ONE}/finish")
    for ticket in served:
        body = {"ticket": ticket["id"], "leg": 1, "level": "satisfied"}
        assert (await town.public.post(RATINGS, body, idempotency_key="1"))["number"] == ticket["number"]


async def test_a_phone_repeats_its_key_from_another_address(town: Town) -> None:
    """It has left the hall's Wi-Fi: the second rating and the complaint taken back are answered as before."""
    clerk, head = await town.clerk(1), await town.person("head")
    served = (await clerk.post(f"{ONE}/serve-now", {"queue": "comprehensive"}))["ticket"]
    await clerk.post(f"{ONE}/finish")
    rated = await town.public.post(RATINGS, {"ticket": served["id"], "leg": 1, "level": "dissatisfied"})
    await (await town.site.server.hall("town")).settle()
    (bad,) = (await head.get("/halls/town/rectifications"))["rectifications"]
    await head.post(f"/halls/town/rectifications/{bad['id']}/finish", {"note": "已办妥"})
    follow_up = rated["follow_up"].replace("/follow-up/town/", "/halls/town/follow-ups/")
    code = (await town.public.post("/halls/town/complain", {"about": "service", "text": "等了太久"}))["code"]
    withdraw = f"/halls/town/complaint/{code}/withdraw"
    for path, body in ((follow_up, {"level": "satisfied"}), (withdraw, {"reason": "已解决"})):
        first, again = [await town.send_from(address, "POST", path, body) for address in ("::1", "::2")]
        assert first.is_success, first.text
        assert (again.status_code, again.json()) == (first.status_code, first.json())


async def test_a_phone_asks_again_when_the_code_has_changed(town: Town) -> None:
    """It has shown its code: the same key gives it the ticket that it was given, and another key gives it none."""
    await town.site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    body = {"queue": "express", "code": (await (await town.device("screen")).get("/halls/town/code"))["code"]}
    ticket = await town.public.post(TICKETS, body, idempotency_key="mine")
    server, real = town.site.server, town.site.server.now
    server.now = lambda: real() + timedelta(hours=1)
    assert await town.public.post(TICKETS, body, idempotency_key="mine") == ticket
    await town.public.refuse("code_wrong", "POST", TICKETS, body, idempotency_key="another")


@pytest.mark.parametrize("key", ["!", "~" * 128, "a b".replace(" ", "_"), '"quoted"', "\\"])
async def test_a_key_is_1_to_128_visible_ascii_characters(town: Town, key: str) -> None:
    """Its bounds are taken."""
    assert (await (await town.device("kiosk")).post(TICKETS, {"queue": "express"}, idempotency_key=key))["number"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "key_missing"),
        ("", "key_missing"),
        ("x" * 129, "key_invalid"),
        ("a b", "key_invalid"),
        ("a\tb", "key_invalid"),
        ("钥匙", "key_invalid"),
    ],
)
async def test_any_other_key_is_refused_by_every_command(town: Town, key: str | None, code: str) -> None:
    """Of every command, and before its body is looked at."""
    guide, head, clerk = await town.person("guide"), await town.person("head"), await town.clerk(1)
    before = await town.fingerprint()
    kiosk = town.api(await town.site.device("kiosk"))
    for caller, method, path in (
        (kiosk, "POST", TICKETS),
        (town.public, "DELETE", f"{TICKETS}/x"),
        (guide, "POST", f"{TICKETS}/x/return"),
        (head, "POST", "/halls/town/day/close"),
        (clerk, "POST", f"{ONE}/next"),
        (town.public, "POST", RATINGS),
    ):
        raw = None if key is None else key.encode()
        await caller.refuse(code, method, path, b"not json", idempotency_key=raw)
    assert await town.fingerprint() == before
