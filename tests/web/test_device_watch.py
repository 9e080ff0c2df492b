"""What a hall's head is told of the devices."""

from datetime import timedelta
from typing import Any

from queue_server.domain.hall import Rules
from queue_server.domain.screen import Screen
from queue_server.domain.voice import Voice
from queue_server.engine.clock import wall
from queue_server.wire.frames import Health
from tests.web.pages.conftest import TOWN
from tests.web.rig import Town, without_nulls

HOUR = timedelta(hours=1)


class Manager:
    """A head who looks, in a hall where time can be made to pass."""

    def __init__(self, town: Town, token: str) -> None:
        self.town = town
        self.server = town.site.server
        self._headers = {"Authorization": f"Bearer {token}"}

    async def watch(self) -> dict[str, Any]:
        answer = await self.town.client.get("/manager/town/watch", headers=self._headers)
        found: dict[str, Any] = answer.json()
        without_nulls(found)
        return found

    async def alarms(self) -> list[tuple[str, str]]:
        """(role, kind) of each."""
        found = await self.watch()
        roles = {device["id"]: device["role"] for device in found["devices"]}
        return [(roles[alarm["device"]], alarm["kind"]) for alarm in found["alarms"]]

    async def device(self, role: Any, counter: int | None = None) -> str:
        """The id of a new device."""
        device, _ = await self.server.records.devices.create("town", role, wall(), counter=counter, label="一楼")
        return device.id

    def later(self, by: timedelta) -> None:
        self.server.now = lambda: wall() + by


async def manager(town: Town) -> Manager:
    return Manager(town, await town.site.session(await town.site.person("head")))


async def test_the_devices_with_the_calls_that_they_showed(town: Town) -> None:
    """In words that people know: the ticket and the counter, not a position in the journal."""
    head = await manager(town)
    speaker, evaluator = await head.device("announcer"), await head.device("evaluator", 2)
    server, now = head.server, wall()
    heard = server.presence.joined("town", "calls", speaker, "announcer", now)
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    for _ in range(2):
        await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    await clerk.post("/halls/town/counters/1/next")
    seq = (await town.public.get("/halls/town/board"))["seq"]
    sign = await head.device("screen")
    server.presence.joined("town", "counter.1", sign, "screen", now).acked(seq, now)
    await clerk.post("/halls/town/counters/1/recall")
    heard.acked(seq, now + HOUR, Health(voice="espeak", failures=1, spoken_at=now))
    found = await head.watch()
    told = {device["id"]: device for device in found["devices"]}
    known = told[speaker]
    assert (known["role"], known["label"], known["connections"], known["behind"]) == ("announcer", "一楼", 1, 1)
    assert {name: known["acked"][name] for name in ("number", "counter")} == {"number": "A001", "counter": 1}
    assert (known["voice"], known["failures"]) == ("espeak", 1)
    assert known["since"] < known["acked"]["at"] == known["seen_at"] > known["spoken_at"]
    assert (told[sign]["counter"], told[sign]["acked"]["number"], "behind" in told[sign]) == (1, "A001", False)
    assert told[evaluator].keys() == {"id", "role", "label", "connections", "counter"}
    assert (found["alarms"], found["strangers"]) == ([], {"screens": 0, "counter_screens": 0})


async def test_a_screen_of_some_queues_is_not_behind(town: Town) -> None:
    """Nobody knows which of the calls were for it; of an announcer all are."""
    head = await manager(town)
    for role in ("screen", "announcer"):
        head.server.presence.joined("town", "calls", await head.device(role), role, wall())
    assert ["behind" in device for device in (await head.watch())["devices"]] == [True, True]
    await town.site.hall(screens={"wall": Screen(id="wall", queues=("express",))})
    assert ["behind" in device for device in (await head.watch())["devices"]] == [False, True]


async def test_a_missing_device_is_told_after_the_hall_s_own_time(town: Town) -> None:
    """In opening hours; not where the hall does not want to be told, nor for a device that was shut out."""
    head = await manager(town)
    await head.device("screen")
    gone = await head.device("kiosk")
    head.server.presence.joined("town", "board", gone, "kiosk", wall()).left(wall())
    shut_out = await head.device("evaluator", 1)
    await head.server.records.devices.revoke(shut_out, wall())
    assert await head.alarms() == []
    head.later(HOUR)
    assert await head.alarms() == [("screen", "missing"), ("kiosk", "missing")]
    assert [alarm["device"] for alarm in (await head.watch())["alarms"] if "since" in alarm] == [gone]
    await town.site.hall(rules=Rules(device_missing_s=7200))
    assert await head.alarms() == []
    await town.site.hall(rules=Rules(device_missing_s=0))
    assert await head.alarms() == []
    await town.site.hall()
    assert len(await head.alarms()) == 2
    await town.api(await town.site.session(await town.site.person("head"))).post("/halls/town/day/close")
    assert await head.alarms() == []


async def test_who_is_there_and_lets_calls_pass_is_told(town: Town) -> None:
    """An announcer, unless it is to be mute; a screen, unless one of the hall's shows some of the calls alone."""
    head = await manager(town)
    for role in ("announcer", "screen"):
        head.server.presence.joined("town", "calls", await head.device(role), role, wall())
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    await clerk.post("/halls/town/counters/1/next")
    await clerk.post("/halls/town/counters/1/recall")
    assert await head.alarms() == []
    head.later(timedelta(seconds=TOWN.rules.call_expires_s + 31))
    assert await head.alarms() == [("announcer", "silent"), ("screen", "silent")]
    await town.site.hall(voice=Voice(volume=0))
    assert await head.alarms() == [("screen", "silent")]
    await town.site.hall(screens={"wall": Screen(id="wall", queues=("express",))})
    assert await head.alarms() == [("announcer", "silent")]
