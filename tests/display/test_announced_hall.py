"""The announcer at a real server: it speaks as the hall's set-up wants it, and the server knows how it fares."""

import asyncio
from contextlib import suppress

from msgspec.structs import replace

from display.announcements import Scope
from display.program import Setup, announce
from queue_server.domain.voice import Voice
from queue_server.live_client import live_address
from queue_server.voice.speaking import Manner
from tests.display.fakes import Ear
from tests.voice.fakes import ToneEngine
from tests.web.pages.conftest import TOWN, Site


async def test_an_area_s_announcer_follows_the_hall(site: Site) -> None:
    """Its counters' calls alone, in the hall's languages and volume, changed while it runs; a test; its health."""
    areas = {1: "一楼东厅", 2: "一楼西厅"}
    counters = {number: replace(TOWN.counters[number], area=area) for number, area in areas.items()}
    await site.hall(counters=counters, voice=Voice(languages=("en", "zh"), repeat=1, volume=51))
    kiosk, clerks = await site.device("kiosk"), {number: await site.clerk(number) for number in counters}
    head, token = await site.session(await site.person("head")), await site.device("announcer")
    ear, engine = Ear(), ToneEngine()
    address = live_address(site.url, "town")
    scope = Scope(areas=frozenset({"一楼东厅"}))
    setup = Setup(hall="town", address=address, token=token, manner=Manner(), scope=scope)
    announcing = asyncio.create_task(announce(setup, ear, [engine]))

    async def call(*called: int) -> None:
        for counter in called:
            await site.ticket(kiosk)
            await site.post(f"/halls/town/counters/{counter}/next", {}, clerks[counter])

    try:
        await call(2, 1)
        assert await ear.until(1) == ["A002-counter-1-1"]
        assert [request["text"][:6] for request in engine.requests[-2:]] == ["Ticket", "请，诶零零二"]
        assert round(ear.sounds[0].peak, 2) == round(0.425 * 51 / 85, 2)
        said = await site.post("/halls/town/voice/test", {}, head)
        assert said == {"test": said["test"], "announcers": 1, "screens": 0}
        assert (await ear.until(2))[1] == "test"
        await site.hall(counters=counters, voice=Voice(repeat=2, volume=34))
        while round(ear.sounds[-1].peak, 2) != 0.17:  # the board and the calls are two sockets: either may be first
            before = len(ear.heard)  # a test may be heard before its answer is
            await site.post("/halls/town/voice/test", {}, head)
            await ear.until(before + 1)
        before = len(ear.heard)
        await site.post("/halls/town/counters/1/recall", {}, clerks[1])
        assert (await ear.until(before + 2))[before:] == ["A002-counter-1-1", "A002-counter-1-2"]
        present = {each.topic: each for each in site.server.presence.snapshot("town", site.server.now())}["calls"]
        assert present.role == "announcer" and present.health is not None
        assert present.health.voice == "tones · voice-zh"
        assert (present.health.failures, present.health.spoken_at is not None) == (0, True)
    finally:
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing
