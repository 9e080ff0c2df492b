"""The whole announcer against a server: what the hall hears, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from display.player import FilePlayer
from display.program import NoSuchVoice, Setup, announce
from queue_server.live_client import live_address
from queue_server.voice.audio import read_wav
from queue_server.voice.chime import chime
from queue_server.voice.engines import engines
from queue_server.voice.length import expected_s
from queue_server.voice.speaking import Manner
from queue_server.wire.numbers import cardinal
from tests.display.fake_hall import TOKEN, FakeHall, fake_hall
from tests.display.fakes import Ear
from tests.voice.fakes import PACE, ToneEngine, names_in


def _setup(hall: FakeHall, *, token: str = TOKEN, state: Path | None = None, greeting: str | None = None) -> Setup:
    return Setup(
        hall="town",
        address=live_address(hall.address, "town"),
        token=token,
        manner=Manner(),
        state=state,
        greeting=greeting,
    )


@asynccontextmanager
async def announcing(setup: Setup, ear: Ear | FilePlayer, engine: ToneEngine | None = None) -> AsyncIterator[None]:
    """The announcer at work; with engine None, in its real voice."""
    task = asyncio.create_task(announce(setup, ear, engines(setup.phrasebook) if engine is None else [engine]))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_every_call_is_heard_once_with_its_repeat_and_in_order() -> None:
    """A recall is heard too; the server is told what was spoken."""
    async with fake_hall() as hall:
        ear = Ear()
        await hall.call("A001", 1)
        async with announcing(_setup(hall), ear, ToneEngine()):
            await ear.until(2)
            await hall.call("B002", 2)
            await hall.call("A001", 1, recall=1)
            await hall.until(lambda: hall.acks == [1, 2, 3])
            assert await ear.until(6) == [
                f"{number}-counter-{counter}-{nth}"
                for number, counter in [("A001", 1), ("B002", 2), ("A001", 1)]
                for nth in (1, 2)
            ]


async def test_the_hall_s_clock_decides_what_has_expired() -> None:
    """This PC's clock is three hours behind the hall's, and nothing is lost or late for it."""
    async with fake_hall(ahead=timedelta(hours=3)) as hall:
        ear = Ear()
        async with announcing(_setup(hall), ear, ToneEngine()):
            await hall.until_followed()
            await hall.call("A001", 1, life_s=0)
            await hall.call("A002", 2)
            assert (await ear.until(2))[0] == "A002-counter-2-1"


async def test_what_was_missed_is_spoken_unless_it_was_answered_meanwhile() -> None:
    """Both cables are cut; two calls are made, one of them is started; they come back."""
    async with fake_hall() as hall:
        ear = Ear()
        async with announcing(_setup(hall), ear, ToneEngine()):
            await hall.until_followed()
            await hall.call("A001", 1)
            await ear.until(2)
            await hall.call("A002", 2, life_s=0)
            await hall.drop("calls")
            await hall.call("A003", 3)
            await hall.call("A004", 4)
            await hall.start(3)
            await hall.until(lambda: 5 in hall.acks or 4 in hall.acks)
            heard = await ear.until(4)
            assert not [label for label in heard if label.startswith("A002")]
            assert heard[-2:] == ["A004-counter-4-1", "A004-counter-4-2"]


async def test_a_restart_repeats_no_call(tmp_path: Path) -> None:
    """It goes on with the first call that had not been read."""
    async with fake_hall() as hall:
        setup, first, second = _setup(hall, state=tmp_path / "state.json"), Ear(), Ear()
        async with announcing(setup, first, ToneEngine()):
            await hall.call("A001", 1)
            await first.until(2)
            await hall.call("A002", 2)
            await first.until(4)
        await hall.call("A003", 3)
        async with announcing(setup, second, ToneEngine()):
            heard = await second.until(2)
            assert set(heard) <= {"A002-counter-2-2", "A003-counter-3-1", "A003-counter-3-2"}
            assert "A003-counter-3-1" in await second.until(2)


async def test_an_unreadable_call_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """It is reported."""
    async with fake_hall() as hall:
        ear = Ear()
        async with announcing(_setup(hall), ear, ToneEngine()):
            await hall.until_followed()
            await hall.call("A001", 1, expires_at="soon")
            await hall.call("A002", 2)
            assert (await ear.until(2))[0] == "A002-counter-2-1"
        assert "call_unreadable seq=1" in caplog.text


async def test_the_greeting_is_a_sound_check() -> None:
    """Said once, when the hall is reached."""
    async with fake_hall() as hall:
        ear, engine = Ear(), ToneEngine()
        async with announcing(_setup(hall, greeting="语音播报已就绪"), ear, engine):
            await hall.until_followed()
            await hall.call("A001", 1)
            assert (await ear.until(3))[0] == "greeting"
        assert "语音播报已就绪" in [request["text"] for request in engine.requests]


async def test_the_first_line_says_who_speaks_where(capsys: pytest.CaptureFixture[str]) -> None:
    """Voice, engine, server, hall and player."""
    async with fake_hall() as hall:
        stop = await announce(_setup(hall, token="wrong"), Ear(), [ToneEngine()])
        assert stop.code == 4501
        line = capsys.readouterr().out
        for part in ("town", hall.address.removeprefix("http"), "voice-zh", "tones", "an ear"):
            assert part in line


async def test_a_missing_voice_is_found_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for by name it is an error; otherwise the chime must do, and the first line says so."""
    async with fake_hall() as hall:
        setup = _setup(hall, token="wrong")
        await announce(setup, Ear(), [ToneEngine(languages=())])
        assert "zh by the chime alone" in capsys.readouterr().out
        asked = Setup(
            hall="town",
            address=setup.address,
            token="wrong",
            manner=Manner(voices={"zh": "nobody"}),
        )
        with pytest.raises(NoSuchVoice, match="nobody"):
            await announce(asked, Ear(), [ToneEngine("tones", "no", "no")])


async def test_the_hall_says_how_it_is_to_be_spoken() -> None:
    """Languages and readings come from its board, also when they change meanwhile."""
    async with fake_hall() as hall:
        ear, engine = Ear(), ToneEngine()
        await hall.speak(languages=["zh", "en"], repeat=1, yao=True, volume=85, spans=[])
        async with announcing(_setup(hall), ear, engine):
            await hall.until_followed()
            await hall.call("A001", 1)
            await hall.until(lambda: hall.acks == [2])
            texts = [request["text"] for request in engine.requests]
            assert "请，诶零零幺号，到一号窗口办理" in texts and any(text.startswith("Ticket A") for text in texts)
            await hall.speak(languages=["zh"], repeat=3, yao=False, volume=85, spans=[])
            await hall.call("A002", 2)
            assert await ear.until(4) == ["A001-counter-1-1", *(f"A002-counter-2-{nth}" for nth in (1, 2, 3))]


async def test_a_test_is_said_once_and_the_server_hears_how_the_voice_fares() -> None:
    """Also before the first call; a hint that comes twice is one test."""
    async with fake_hall() as hall:
        ear = Ear()
        async with announcing(_setup(hall), ear, ToneEngine()):
            await hall.until_followed()
            await hall.until(lambda: hall.health is not None and hall.health.spoken_at is None)
            assert hall.health is not None and hall.health.voice == "tones · voice-zh"
            await hall.test("one")
            await hall.test("one")
            await hall.test("two")
            assert await ear.until(2) == ["test", "test"]
            await hall.until(lambda: hall.health is not None and hall.health.spoken_at is not None)
            assert hall.acks == []
            await hall.call("A001", 1)
            await hall.until(lambda: hall.acks == [1])
            assert (await ear.until(4))[2:] == ["A001-counter-1-1", "A001-counter-1-2"]


async def test_an_error_of_ours_ends_the_program() -> None:
    """It is not swallowed: whoever starts the announcer starts it again."""

    class Broken(Ear):
        async def play(self, clip: object, label: str) -> None:
            raise ZeroDivisionError

    async with fake_hall() as hall:
        await hall.call("A001", 1)
        with pytest.raises(ZeroDivisionError):
            await announce(_setup(hall), Broken(), [ToneEngine()])


async def test_the_real_voice_is_heard(tmp_path: Path) -> None:
    """pyttsx3 and espeak-ng, into files: as many as readings, in order, each with chime and speech as long as it is."""
    async with fake_hall() as hall:
        async with announcing(_setup(hall), FilePlayer(tmp_path)):
            await hall.until_followed()
            await hall.call("A003", 3)
            await hall.call("B017", 12)
            await hall.until(lambda: hall.acks == [1, 2])
            await hall.call("A003", 3, recall=1)
            await hall.until(lambda: hall.acks == [1, 2, 3])
        assert names_in(tmp_path)[:5] == [
            "0001-A003-counter-3-1.wav",
            "0002-A003-counter-3-2.wav",
            "0003-B017-counter-12-1.wav",
            "0004-B017-counter-12-2.wav",
            "0005-A003-counter-3-1.wav",
        ]
        for name in names_in(tmp_path):
            clip = read_wav((tmp_path / name).read_bytes())
            counter = {"A003": 3, "B017": 12}[name[5:9]]
            spoken_s = expected_s(f"请，诶零零三号，到{cardinal(counter)}号窗口办理", PACE["zh"], 135)
            chime_s = chime(22050, 0.85).duration_s + 0.2 if name.endswith("-1.wav") else 0.0
            assert clip.duration_s == pytest.approx(0.7 + chime_s + spoken_s, rel=0.25)
            assert clip.peak > 0.2
