"""…/webhook, and the way from what happens in a hall to a receiver: a running server, a real receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from queue_server import process_clock
from queue_server.domain.hall import Rules
from queue_server.domain.thresholds import Levels, Thresholds
from queue_server.domain.webhook import Webhook
from queue_server.engine import hall_registry
from queue_server.engine.hall_runner import HallRunner
from queue_server.web import alerts
from queue_server.web.server import Server
from queue_server.webhooks.alarms import Standing
from queue_server.webhooks.sender import READER
from tests.waiting import until
from tests.web.pages.conftest import Site, serving
from tests.web.rig import Town
from tests.webhooks.receiver import Receiver, receiving

WEBHOOK = "/halls/town/webhook"
TICKETS = "/halls/town/tickets"
PHONE = "13812345678"
COMMENT = "态度差"
QUIET_HALL = Thresholds(**dict.fromkeys(Thresholds.__struct_fields__, Levels()))
"""No alarm of the hall itself: these tests are about how one is told."""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who takes messages."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A running server whose clock ticks fast, and whom nobody's proxy is in the way of."""
    monkeypatch.setattr(process_clock, "TICK_S", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with serving(tmp_path / "data") as site:
        yield site


async def connect(town: Town, receiver: Receiver, **webhook: Any) -> str:
    """Have the hall's alerts sent to the receiver, signed; the secret."""
    head = await town.person("head")
    secret = (await head.post(f"{WEBHOOK}/secret"))["secret"]
    await town.site.hall(alarms=QUIET_HALL, webhook=Webhook(url=receiver.url, **webhook))
    return str(secret)


async def test_a_test_goes_the_way_of_everything_else(town: Town, receiver: Receiver) -> None:
    """Refused while it could go nowhere; asked for twice under one key, it is sent once."""
    head = await town.person("head")
    assert await head.get(WEBHOOK) == {"signed": False, "confidential": False, "messages": []}
    await head.refuse("webhook_unset", "POST", f"{WEBHOOK}/test")
    await town.site.hall(alarms=QUIET_HALL, webhook=Webhook(url=receiver.url))
    await head.refuse("webhook_unsigned", "POST", f"{WEBHOOK}/test")
    secret = (await head.post(f"{WEBHOOK}/secret"))["secret"]
    told = await head.post(f"{WEBHOOK}/test", idempotency_key="test-1")
    taken = await receiver.next()
    assert taken.is_signed_with(secret)
    assert taken.told["type"] == "test"
    assert taken.headers["webhook-id"] == told["id"]
    assert taken.headers["user-agent"].startswith("Jiaohao/")
    again = await head.post(f"{WEBHOOK}/test", idempotency_key="test-1")
    assert again["id"] == told["id"]
    await head.post(f"{WEBHOOK}/test")
    assert (await receiver.next()).headers["webhook-id"] != told["id"]
    seen = await head.get(WEBHOOK)
    assert (seen["signed"], seen["confidential"]) == (True, True)
    assert [message["kind"] for message in seen["messages"]] == ["test", "test"]
    assert seen["messages"][1] | {"state": "delivered", "attempts": 1} == seen["messages"][1]
    assert seen["messages"][1]["text"] == "这是一条测试消息。"


async def test_a_secret_is_told_once_and_renewed_for_good(town: Town, receiver: Receiver) -> None:
    """A repeated request gets its secret again, and does not undo what another one made since; who did it is written
    down, what it is is not.
    """
    first = await connect(town, receiver)
    head = await town.person("head", name="李华")
    second = (await head.post(f"{WEBHOOK}/secret", idempotency_key="renew"))["secret"]
    third = (await head.post(f"{WEBHOOK}/secret"))["secret"]
    assert (await head.post(f"{WEBHOOK}/secret", idempotency_key="renew"))["secret"] == second
    assert len({first, second, third}) == 3
    await head.post(f"{WEBHOOK}/test")
    assert (await receiver.next()).is_signed_with(third)
    changes = (await head.get("/halls/town/changes"))["changes"]
    renewed = [change["by_name"] for change in changes if change["what"] == "webhook_secret_renewed"]
    assert renewed[:2] == ["李华", "李华"]
    assert second not in json.dumps(changes) + json.dumps(await head.get(WEBHOOK))


async def test_a_citizen_who_left_a_number_is_told_once_when_three_people_are_ahead(
    town: Town, receiver: Receiver
) -> None:
    """And the look at the number is on record."""
    secret = await connect(town, receiver)
    kiosk, clerk = await town.device("kiosk"), await town.clerk(1)
    for _ in range(4):
        await kiosk.post(TICKETS, {"queue": "comprehensive"})
    mine = await kiosk.post(TICKETS, {"queue": "comprehensive", "phone": PHONE})
    await clerk.post("/halls/town/counters/1/next")
    taken = await receiver.next()
    assert taken.is_signed_with(secret)
    assert taken.told["type"] == "turn.near"
    data = taken.told["data"]
    assert (data["number"], data["ahead"], data["phone"]) == (mine["number"], 3, PHONE)
    assert mine["id"] not in taken.body.decode()
    await clerk.post("/halls/town/counters/1/no-show")
    await clerk.post("/halls/town/counters/1/next")
    await (await town.person("head")).post(f"{WEBHOOK}/test")
    assert (await receiver.next()).told["type"] == "test"  # with two people ahead, there is nothing new to tell
    ref = (await town.site.server.hall("town")).day.tickets[mine["id"]].phone_ref
    assert [look.reader for look in await town.site.server.records.notes.looks(ref or "")] == [READER]
    messages = await town.site.server.records.outbox.newest("town", 10)
    assert PHONE.encode() not in b"".join(message.body for message in messages)


async def rated_badly(site: Site, kiosk: str, clerk: str) -> str:
    """The number of somebody who was served, and dissatisfied."""
    ticket = await site.ticket(kiosk)
    for step in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{step}", token=clerk)
    said = {"ticket": ticket["id"], "leg": 1, "level": "dissatisfied", "comment": COMMENT}
    await site.post("/halls/town/ratings", said)
    await (await site.server.hall("town")).settle()
    return str(ticket["number"])


async def test_a_bad_rating_is_told_at_once_without_what_was_said(town: Town, receiver: Receiver) -> None:
    """Not one from before the webhook was set up."""
    kiosk, clerk = await town.site.device("kiosk"), await town.site.clerk(1, name="王芳")
    await rated_badly(town.site, kiosk, clerk)
    await connect(town, receiver)
    number = await rated_badly(town.site, kiosk, clerk)
    taken = await receiver.next()
    assert (taken.told["type"], taken.told["data"]["number"]) == ("rating.bad", number)
    assert not [hidden for hidden in (COMMENT, "王芳") if hidden in taken.body.decode()]
    assert receiver.came.empty()


async def test_what_is_not_chosen_is_not_told(town: Town, receiver: Receiver) -> None:
    """Nor is it later, when it is chosen."""
    kiosk, clerk = await town.site.device("kiosk"), await town.site.clerk(1)
    await connect(town, receiver, kinds=("turn_near",))
    await rated_badly(town.site, kiosk, clerk)
    await town.site.hall(alarms=QUIET_HALL, webhook=Webhook(url=receiver.url, kinds=("bad_rating",)))
    number = await rated_badly(town.site, kiosk, clerk)
    assert (await receiver.next()).told["data"]["number"] == number
    assert receiver.came.empty()


async def test_a_missing_device_is_told_and_told_to_be_over(
    town: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each, at any number of looks."""
    monkeypatch.setattr(alerts, "AFTER_START", alerts.QUIET * 0)
    monkeypatch.setattr(alerts, "QUIET", alerts.QUIET * 0)
    await connect(town, receiver)
    await town.site.device("kiosk", "town")
    webhook = Webhook(url=receiver.url)
    await town.site.hall(alarms=QUIET_HALL, webhook=webhook, rules=Rules(device_missing_s=1))
    raised = (await receiver.next()).told
    assert (raised["type"], raised["data"]["what"]) == ("alarm.raised", "device_missing")
    await town.site.server.records.devices.revoke(raised["data"]["device"], town.site.server.now())
    cleared = (await receiver.next()).told
    assert (cleared["type"], cleared["data"]["alarm"]) == ("alarm.cleared", raised["data"]["alarm"])
    assert receiver.came.empty()


async def test_what_happened_while_nobody_looked_is_told_after_the_next_start(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hall is loaded for it, though nobody asks for it; what was told before is not told again."""
    monkeypatch.setattr(process_clock, "TICK_S", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with monkeypatch.context() as dying:
        async with serving(tmp_path / "data") as site:
            await site.server.records.secrets.renew_webhook("town", b"secret")
            await site.hall(alarms=QUIET_HALL, webhook=Webhook(url=receiver.url, kinds=("bad_rating",)))
            kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
            told = await rated_badly(site, kiosk, clerk)
            assert (await receiver.next()).told["data"]["number"] == told
            dying.setattr(alerts.Alerts, "look", blind)
            missed = await rated_badly(site, kiosk, clerk)
    assert receiver.came.empty()
    monkeypatch.setattr(hall_registry, "FEW", 0)
    async with serving(tmp_path / "data"):
        assert (await receiver.next()).told["data"]["number"] == missed
    assert receiver.came.empty()


async def blind(self: alerts.Alerts, runner: HallRunner) -> None:
    """A server that dies before it looks."""


async def test_a_hall_whose_alarms_cannot_be_told_stops_nothing_else(
    town: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake there is logged; tickets go on, and so does everything else that is told."""
    asked = asyncio.Event()

    async def broken(server: Server, runner: HallRunner) -> list[Standing]:
        if asked.is_set():
            return []  # a traceback a tick is work
        asked.set()
        raise ZeroDivisionError

    monkeypatch.setattr(process_clock, "standing_alarms", broken)
    await connect(town, receiver)
    await asked.wait()
    kiosk, clerk = await town.site.device("kiosk"), await town.site.clerk(1)
    number = await rated_badly(town.site, kiosk, clerk)
    assert (await receiver.next()).told["data"]["number"] == number
    assert town.site.server.ready


async def test_metrics_tell_what_waits_and_how_attempts_ended(town: Town, receiver: Receiver) -> None:
    """In numbers alone."""
    receiver.answers = ["500 Oops"] * 50
    await connect(town, receiver)
    await (await town.person("head")).post(f"{WEBHOOK}/test")
    await receiver.next()
    await until(lambda: town.site.server.sender.outcomes["failed"] > 0)
    figures = (await town.client.get("/metrics")).text.splitlines()
    assert "jiaohao_webhook_waiting 1.0" in figures
    for name in ("jiaohao_webhook_oldest_seconds", 'jiaohao_webhook_attempts_total{outcome="failed"}'):
        (figure,) = (line.removeprefix(name) for line in figures if line.startswith(name))
        assert float(figure) > 0
