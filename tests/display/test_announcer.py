"""What comes in is read aloud, one at a time, and reported as heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from display import announcer as module
from display.announcements import Announcements, Board, Scope
from display.announcer import Announcer
from display.hall_voice import Wishes
from display.memory import Memory
from display.server_clock import ServerClock
from queue_server.voice.child import Request
from queue_server.voice.chime import chime
from queue_server.voice.speaking import Manner, Speaker
from queue_server.wire.frames import Health
from queue_server.wire.resume import Position
from tests.display.fakes import NOON, Ear, announcement
from tests.voice.fakes import ToneEngine

CHIME_S = chime(22050, 0.85).duration_s
SILENCES_S = 0.1 + 0.6  # before and after
SERVING = {"counters": {"1": {"ticket": {"number": "A001", "state": "serving"}}}}


class Room:
    """An announcer with everything around it."""

    def __init__(self, ear: Ear, engine: ToneEngine, state: Path | None, wishes: Wishes, scope: Scope) -> None:
        self.ear = ear
        self.engine = engine
        self.clock = ServerClock()
        self.board: Board | None = None
        self.shown: dict[str, Any] | None = {}  # the newest board
        self.acks: list[int] = []  # of calls, each once
        self.healths: list[Health] = []
        self.voice = Speaker([engine], Manner())
        self.memory = Memory(state)
        self.announcer = Announcer(
            Announcements(),
            voice=self.voice,
            player=ear,
            clock=self.clock,
            board=lambda: self.board,
            state=lambda: self.shown,
            acknowledge=self._acknowledge,
            memory=self.memory,
            wishes=wishes,
            scope=scope,
        )

    async def _acknowledge(self, seq: int, health: Health) -> None:
        self.healths.append(health)
        if seq and seq not in self.acks[-1:]:
            self.acks.append(seq)

    def say_time(self, after_s: float = 0.0) -> None:
        """The server says that it is so many seconds past NOON."""
        text = (NOON + timedelta(seconds=after_s)).isoformat()
        self.clock.heard(text, asyncio.get_running_loop().time())
        self.announcer.wake()


@asynccontextmanager
async def room(
    ear: Ear | None = None,
    engine: ToneEngine | None = None,
    state: Path | None = None,
    *,
    repeat: int | None = None,
    scope: Scope | None = None,
    **wishes: Any,
) -> AsyncIterator[Room]:
    """An announcer at work. It does not know the time yet."""
    wished = Wishes(repeat=repeat, **wishes)
    here = Room(ear or Ear(), engine or ToneEngine(), state, wished, scope or Scope())
    async with here.voice:
        task = asyncio.create_task(here.announcer.run())
        try:
            yield here
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_calls_are_read_one_after_the_other_with_their_repeats() -> None:
    """And acknowledged once each, when they were heard."""
    async with room() as here:
        here.say_time()
        here.announcer.add(announcement(1, "A001", 1))
        here.announcer.add(announcement(2, "B002", 2))
        heard = await here.ear.until(4)
        assert heard == ["A001-counter-1-1", "A001-counter-1-2", "B002-counter-2-1", "B002-counter-2-2"]
        here.announcer.add(announcement(3, "A001", 1, recall=1))
        await here.ear.until(6)
        assert here.acks == [1, 2, 3]


async def test_a_call_opens_with_the_chime_and_its_repeat_does_not() -> None:
    """Chime, sentence; sentence."""
    async with room() as here:
        here.say_time()
        here.announcer.add(announcement(1))
        await here.ear.until(2)
        first, second = here.ear.sounds
        assert first.duration_s - second.duration_s == pytest.approx(CHIME_S + 0.2, abs=0.001)
        wake = round(0.1 * 22050)
        opening = first.samples[wake : wake + round(CHIME_S * 22050)]
        assert opening == chime(22050, 0.85).samples


async def test_two_languages_are_one_reading() -> None:
    """In the order asked for; the voice gets the words made for it."""
    async with room(repeat=1, languages=("en", "zh"), yao=True) as here:
        here.say_time()
        here.announcer.add(announcement(1, "A001", 3))
        assert await here.ear.until(1) == ["A001-counter-3-1"]
        assert [request["text"] for request in here.engine.requests] == [
            "Ticket A, zero zero one, please go to counter 3.",
            "请，诶零零幺号，到三号窗口办理",
        ]


async def test_a_language_without_a_file_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The hall's server may know it; here the rest is read, and the manager sees a failure."""
    async with room(repeat=1, languages=("yue", "zh")) as here:
        here.say_time()
        here.announcer.add(announcement(1))
        here.announcer.add(announcement(2, "A002", 2))
        await here.ear.until(2)
    assert [request["text"][:6] for request in here.engine.requests] == ["请，诶零零一", "请，诶零零二"]
    assert caplog.text.count("language_unknown language=yue") == 1


async def test_nothing_is_read_before_the_hall_s_time_is_known() -> None:
    """What has expired is dropped then, and never heard."""
    async with room(repeat=1) as here:
        here.announcer.add(announcement(1, life_s=5))
        here.announcer.add(announcement(2, "A002"))
        await asyncio.sleep(0)
        assert here.ear.heard == []
        here.say_time(after_s=5)
        assert await here.ear.until(1) == ["A002-counter-1-1"]
        assert here.acks == [2]


async def test_a_ticket_that_was_started_is_dropped_while_it_waits() -> None:
    """Its call is neither read nor acknowledged."""
    async with room(repeat=1) as here:
        here.board = Board(Position("e1", 3), SERVING)
        here.announcer.add(announcement(1, "A001", 1))
        here.announcer.add(announcement(9, "A002", 2))
        here.say_time()
        assert await here.ear.until(1) == ["A002-counter-2-1"]
        assert here.acks == [9]


async def test_a_ticket_that_is_started_during_a_reading_is_not_repeated() -> None:
    """The board is looked at before every reading."""

    def start(label: str) -> None:
        here.board = Board(Position("e1", 2), SERVING)

    async with room(Ear(start)) as here:
        here.say_time()
        here.announcer.add(announcement(1, "A001", 1))
        here.announcer.add(announcement(9, "A002", 2))
        assert (await here.ear.until(2))[:2] == ["A001-counter-1-1", "A002-counter-2-1"]


async def test_a_ticket_that_is_started_while_the_voice_works_is_not_read() -> None:
    """Synthesis may take seconds when an engine hangs."""

    class Slow(ToneEngine):
        async def save(self, request: Request) -> None:
            here.board = Board(Position("e1", 2), SERVING)
            await super().save(request)

    async with room(engine=Slow()) as here:
        here.say_time()
        here.announcer.add(announcement(1, "A001", 1))
        here.announcer.add(announcement(9, "A002", 2))
        assert (await here.ear.until(1))[0] == "A002-counter-2-1"


async def test_a_player_that_fails_is_tried_again_until_the_call_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was heard is acknowledged."""
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    async with room(Ear(fail=3), repeat=1) as here:
        here.say_time()
        here.announcer.add(announcement(1))
        assert await here.ear.until(1) == ["A001-counter-1-1"]
        assert here.acks == [1]


async def test_without_a_voice_the_chime_is_left() -> None:
    """On every reading."""
    async with room(engine=ToneEngine("tones", *["broken"] * 4)) as here:
        here.say_time()
        here.announcer.add(announcement(1))
        await here.ear.until(2)
        for sound in here.ear.sounds:
            assert sound.duration_s == pytest.approx(CHIME_S + SILENCES_S + 0.2, abs=0.001)


async def test_how_far_it_came_is_kept(tmp_path: Path) -> None:
    """After a call's last reading, not before."""
    positions: list[Position | None] = []
    async with room(Ear(lambda label: positions.append(here.memory.recall())), state=tmp_path / "state.json") as here:
        here.say_time()
        here.announcer.add(announcement(1))
        here.announcer.add(announcement(2))
        await here.ear.until(4)
        assert positions == [None, None, Position("e1", 1), Position("e1", 1)]


async def test_a_strange_number_makes_a_plain_label() -> None:
    """Labels become file names."""
    async with room(repeat=1) as here:
        here.say_time()
        here.announcer.add(announcement(1, "../A 1"))
        assert await here.ear.until(1) == ["___A_1-counter-1-1"]


async def test_nothing_is_read_before_the_board_says_how() -> None:
    """Then the hall's own word holds: so many readings."""
    async with room() as here:
        here.shown = None
        here.announcer.add(announcement(1))
        here.say_time()
        await asyncio.sleep(0)
        assert here.ear.heard == []
        here.shown = {"voice": {"repeat": 3}}
        here.announcer.wake()
        assert await here.ear.until(3) == [f"A001-counter-1-{nth}" for nth in (1, 2, 3)]


async def test_an_area_s_announcer_reads_the_calls_to_its_counters_alone() -> None:
    """The board tells where a counter stands; also one that is not live at the moment."""
    async with room(repeat=1, scope=Scope(areas=frozenset({"一楼东厅"}))) as here:
        here.shown = {"counters": {"1": {"area": "二楼"}, "2": {"area": "一楼东厅"}, "3": {}}}
        for seq in (1, 2, 3):
            here.announcer.add(announcement(seq, f"A00{seq}", seq))
        here.say_time()
        assert await here.ear.until(1) == ["A002-counter-2-1"]
        here.announcer.add(announcement(4, "A004", 2))
        assert await here.ear.until(2) == ["A002-counter-2-1", "A004-counter-2-1"]
        assert here.acks == [2, 4]
        assert all(health.part for health in here.healths)  # nobody waits for its word on the others


async def test_the_hour_sets_the_volume() -> None:
    """By the hall's own clock: 4 in UTC is noon in Shanghai, and half as loud as made."""
    async with room() as here:
        volumes = [["12:00", "14:00", 40], ["14:00", "24:00", 0]]
        here.shown = {"hall": {"timezone": "Asia/Shanghai"}, "voice": {"repeat": 1, "spans": volumes}}
        here.say_time()
        here.announcer.add(announcement(1))
        await here.ear.until(1)
        assert here.ear.sounds[0].peak == pytest.approx(0.425 * 40 / 85, abs=0.01)


async def test_in_silent_hours_nothing_is_read_but_a_test(caplog: pytest.LogCaptureFixture) -> None:
    """What was called then is settled and never comes late; a person who asks for a test hears it."""
    caplog.set_level("INFO")
    async with room() as here:
        here.shown = {"voice": {"repeat": 1, "volume": 60, "spans": [["00:00", "24:00", 0]]}}
        here.announcer.add(announcement(1))
        here.say_time()
        here.announcer.test("t1")
        here.announcer.test("t1")
        assert await here.ear.until(1) == ["test"]
        assert here.ear.sounds[0].peak == pytest.approx(0.425 * 60 / 85, abs=0.01)
        here.shown = {"voice": {"repeat": 1}}
        here.announcer.add(announcement(2, "A002"))
        assert await here.ear.until(2) == ["test", "A002-counter-1-1"]
        assert "not_read why=silent readings=0 seq=1" in caplog.text
        assert here.acks == [2]


async def test_the_server_hears_how_the_voice_fares(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, after a failure, and after every reading; what failed is counted."""
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    async with room(Ear(fail=2), repeat=2) as here:
        here.say_time()
        here.announcer.add(announcement(7))
        await here.ear.until(2)
        here.announcer.report()
        here.announcer.add(announcement(8, "A002"))
        await here.ear.until(3)
        failures = [health.failures for health in here.healths]
        assert failures[:5] == [0, 1, 2, 2, 2]
        assert {health.voice for health in here.healths[1:]} == {"tones · voice-zh"}
        spoken = [health.spoken_at for health in here.healths]
        assert spoken[:3] == [None] * 3 and spoken[3] is not None and spoken[3] >= NOON
        assert here.acks == [7, 8][: len(here.acks)]
        assert not any(health.part for health in here.healths)


async def test_a_mute_voice_is_a_failure_too() -> None:
    """The chime is heard; the manager learns that no voice is."""
    async with room(engine=ToneEngine("tones", *["broken"] * 4), repeat=1) as here:
        here.say_time()
        here.announcer.add(announcement(1))
        here.announcer.add(announcement(2, "A002"))
        await here.ear.until(2)
        assert (here.healths[-1].voice, here.healths[-1].failures >= 1) == ("", True)
