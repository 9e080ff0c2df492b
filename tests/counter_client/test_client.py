"""The library against a real server: a clerk's day, and the desk as it changes."""

from datetime import UTC, datetime, timedelta

import pytest

from counter_client import CounterClient, Desk, Refused
from queue_server.live_client import BadAddress
from queue_server.wire.subscriber import Status
from tests.counter_client.conftest import PASSWORD
from tests.waiting import until
from tests.web.pages.conftest import Site

pytestmark = pytest.mark.server


async def test_a_day_at_the_counter(client: CounterClient, site: Site) -> None:
    """Every command, each with what it answers."""
    kiosk = await site.device("kiosk")
    for _ in range(4):
        await site.ticket(kiosk)
    await client.sign_on("relief")
    called = await client.next()
    assert called is not None
    assert (called["number"], called["state"]) == ("A001", "called")
    recalled = await client.recall()
    assert recalled is not None
    assert recalled["legs"][-1]["recalls"] == 1
    await client.start()
    held = await client.hold("回家取材料")
    assert held is not None
    assert held["state"] == "held"
    await client.next()
    missed = await client.no_show()
    assert missed is not None
    assert (missed["number"], missed["state"]) == ("A002", "absent")
    assert (await client.put_back(missed["id"]))["state"] == "waiting"
    await client.resume_ticket("A001")
    assert (await client.finish([1]) or {})["state"] == "finished"
    await client.call("A004", "有急事")
    await client.start()
    moved = await client.transfer("express", "当场可办")
    assert moved is not None
    assert (moved["queue"], moved["state"]) == ("express", "waiting")
    await client.pause("开会", datetime.now(UTC) + timedelta(minutes=10))
    with pytest.raises(Refused) as refused:
        await client.next()
    assert refused.value.code == "counter_paused"
    await client.resume()
    walked_in = await client.serve_now(queue="comprehensive")
    assert walked_in is not None
    assert walked_in["state"] == "serving"
    await client.finish()
    await client.sign_off()


async def test_nobody_waits(client: CounterClient) -> None:
    """Then *next* is None, and no error."""
    await client.sign_on("relief")
    assert await client.next() is None


async def test_the_desk_is_followed_from_before_signing_on_until_after_signing_off(
    client: CounterClient, site: Site
) -> None:
    """Off duty everybody's view of the counter, on duty the desk's own."""
    kiosk = await site.device("kiosk")
    seen: list[Desk] = []
    async with client.follow(seen.append):
        await until(lambda: client.desk.status is Status.LIVE)
        assert (client.desk.on_duty, client.desk.counter["state"]) == (False, "closed")
        await client.sign_on("relief")
        await until(lambda: client.desk.on_duty and client.desk.status is Status.LIVE)
        await site.ticket(kiosk)
        await until(lambda: client.desk.waiting == 1)
        await client.next()
        await until(lambda: client.desk.ticket is not None)
        assert client.desk.ticket is not None
        assert client.desk.ticket["number"] == "A001"
        assert client.desk.leg is not None
        await client.start()
        await client.finish()
        await client.sign_off()
        await until(lambda: not client.desk.on_duty and client.desk.status is Status.LIVE)
        await client.sign_on("relief")
        await until(lambda: client.desk.on_duty and client.desk.status is Status.LIVE)
    assert all(isinstance(desk, Desk) for desk in seen)


async def test_a_lost_server_is_told_and_its_return_too(client: CounterClient, site: Site) -> None:
    """What was known stays on view; a command given meanwhile happens once it is back, and once."""
    kiosk = await site.device("kiosk")
    for _ in range(3):
        await site.ticket(kiosk)
    await client.sign_on("relief")
    async with client.follow():
        await until(lambda: client.desk.waiting == 3)
        await site.cut()
        await until(lambda: client.desk.status is not Status.LIVE)
        assert client.desk.waiting == 3
        await site.mend()
        called = await client.next()
        await until(lambda: client.desk.status is Status.LIVE and client.desk.waiting == 2)
    assert called is not None
    assert called["number"] == "A001"


async def test_a_session_that_ends_ends_the_following(client: CounterClient, site: Site) -> None:
    """Coming back would be useless: the task says why."""
    await client.sign_on("relief")
    async with client.follow() as following:
        await until(lambda: client.desk.on_duty)
        await client.session.sign_out()
        await until(following.done)
        assert following.result().code == 4501


async def test_wrong_credentials_and_addresses_are_told(site: Site) -> None:
    """At once, and by their names."""
    await site.hall()
    async with CounterClient(site.url, "town", 1, language="en") as client:
        with pytest.raises(Refused, match="user or the password") as refused:
            await client.sign_in("wang", PASSWORD)
    assert refused.value.code == "wrong_credentials"
    with pytest.raises(BadAddress):
        CounterClient("127.0.0.1:8000", "town", 1)
