"""A hall screen that speaks: the sound that it asks for, and what is heard in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest

from queue_server.domain.screen import Screen
from queue_server.domain.voice import Voice
from queue_server.voice.audio import read_wav
from queue_server.voice.synthesis import Engine, EspeakCommand, Pyttsx3
from tests.scripts_in_node import assert_passes
from tests.voice.fakes import ToneEngine, tone_pack
from tests.waiting import until
from tests.web.pages.conftest import Site, serving
from tests.web.pages.heard import hearing

if TYPE_CHECKING:
    from playwright.async_api import Browser

SPEAKING = {"lobby": Screen(id="lobby", voice=True)}
MUTE = {"lobby": Screen(id="lobby")}
ZH, EN = "请，诶零零一号，到一号窗口办理", "Ticket A, zero zero one, please go to counter 1."


class Town:
    """A hall with people at work, and a browser's way to its sounds."""

    def __init__(self, site: Site, client: httpx.AsyncClient, kiosk: str) -> None:
        self.site = site
        self._client = client
        self._kiosk = kiosk
        self._clerks: dict[int, str] = {}

    async def called(self, at: int = 1) -> tuple[str, int]:
        """The next number is called to this counter; the call's epoch and seq."""
        if at not in self._clerks:
            self._clerks[at] = await self.site.clerk(at)
        await self.site.ticket(self._kiosk)
        await self.site.post(f"/halls/town/counters/{at}/next", {}, self._clerks[at])
        head = (await self.site.server.hall("town")).days.head
        return head.epoch, head.seq

    async def recall(self) -> None:
        """Nobody came to counter 1 yet."""
        await self.site.post("/halls/town/counters/1/recall", {}, self._clerks[1])

    async def done(self) -> None:
        """The citizen has been served."""
        for step in ("start", "finish"):
            await self.site.post(f"/halls/town/counters/1/{step}", {}, self._clerks[1])

    async def sound(self, name: str, hall: str = "town") -> httpx.Response:
        """`{name}.wav` of the screen's."""
        return await self._client.get(f"/screen/{hall}/voice/{name}.wav")


@asynccontextmanager
async def town(folder: Path, *engines: Engine, **hall: Any) -> AsyncIterator[Town]:
    """A hall whose voice is made by these engines; without any, by those of every server."""
    async with (
        serving(folder / "data", engines or None) as site,
        httpx.AsyncClient(base_url=site.url, trust_env=False) as client,
    ):
        await site.hall(**hall)
        yield Town(site, client, await site.device("kiosk"))


# The sounds


async def test_the_sound_is_ready_when_the_screens_ask_and_made_once_for_all(tmp_path: Path) -> None:
    """Synthesis begins with the call; two screens get the same bytes; a restart finds it on disk."""
    engine, voice = ToneEngine(), Voice(languages=("zh", "en"))
    async with town(tmp_path, engine, screens=SPEAKING, voice=voice) as here:
        assert (await here.sound("test")).status_code == 200  # a screen comes up
        engine.requests.clear()
        epoch, seq = await here.called()
        await until(lambda: len(engine.requests) == 2)
        assert [request["text"] for request in engine.requests] == [ZH, EN]
        first, second = await asyncio.gather(*(here.sound(f"{epoch}/{seq}") for _ in range(2)))
        assert first.status_code == 200 and first.content == second.content
        assert first.headers["content-type"] == "audio/wav"
        assert first.headers["jiaohao-voice"] == "tones%20%C2%B7%20voice-zh%2C%20tones%20%C2%B7%20voice-en"
        assert first.headers["jiaohao-sentence-at"] == "1.700"
        assert read_wav(first.content).duration_s > 1.7 + 5
        assert len(engine.requests) == 2
    again = ToneEngine()
    async with serving(tmp_path / "data", [again]) as site, httpx.AsyncClient(base_url=site.url) as client:
        assert (await client.get(f"/screen/town/voice/{epoch}/{seq}.wav")).content == first.content
        assert again.requests == []


async def test_nothing_is_spoken_that_the_hall_has_not_called(tmp_path: Path) -> None:
    """Another history, another event, what is no seq, another hall: 404, and no work for the engine."""
    engine = ToneEngine()
    async with town(tmp_path, engine, screens=MUTE) as here:
        epoch, seq = await here.called()
        names = [f"e2/{seq}", f"{epoch}/{seq - 1}", f"{epoch}/{seq + 1}", f"{epoch}/0", f"{epoch}/-1", f"{epoch}/x"]
        names += [f"{epoch}/{'9' * 5000}", f"{epoch}/１", f"%2e%2e/{seq}", f"{epoch}/{seq}.wav", "other", f"{epoch}"]
        for name in names:
            assert (await here.sound(name)).status_code == 404, name
        assert (await here.sound(f"{epoch}/{seq}", "nowhere")).status_code == 404
        refused = await here._client.post(f"/screen/town/voice/{epoch}/{seq}.wav")
        assert refused.status_code == 405
        assert engine.requests == []


async def test_a_hall_without_a_speaking_screen_makes_no_sound_until_one_asks(tmp_path: Path) -> None:
    """However its screens are set up: one that is off costs nothing. From then on sounds are made in advance."""
    engine = ToneEngine()
    async with town(tmp_path, engine, screens=SPEAKING) as here:
        first = await here.called()
        await here.done()
        second = await here.called()
        assert engine.requests == []
        assert (await here.sound(f"{first[0]}/{first[1]}")).status_code == 200
        assert (await here.sound(f"{second[0]}/{second[1]}")).status_code == 200
        await here.done()
        await here.called()
        await until(lambda: len(engine.requests) == 3)


async def test_without_an_engine_there_is_the_chime(tmp_path: Path) -> None:
    """No espeak, no pyttsx3: the screen hears it in a header, and people hear a call at least."""
    nobody = Pyttsx3(("/no/such/python",)), EspeakCommand("no-such-espeak")
    async with town(tmp_path, *nobody, screens=SPEAKING) as here:
        epoch, seq = await here.called()
        for name in (f"{epoch}/{seq}", "test"):
            answer = await here.sound(name)
            assert answer.status_code == 200
            assert answer.headers["jiaohao-voice"] == "" and "jiaohao-sentence-at" not in answer.headers
            assert read_wav(answer.content).duration_s == pytest.approx(2.3, abs=0.01)


async def test_the_sound_check_is_in_the_hall_s_languages(tmp_path: Path) -> None:
    """For whoever pressed the manager's button."""
    engine = ToneEngine()
    async with town(tmp_path, engine, voice=Voice(languages=("en",))) as here:
        answer = await here.sound("test")
        assert answer.status_code == 200
        assert [request["voice"] for request in engine.requests] == ["voice-en"]


async def test_a_recorded_voice_in_the_data_folder_speaks_first(tmp_path: Path) -> None:
    """It is not kept on disk a second time: whoever records it anew wants to hear that."""
    tone_pack(tmp_path / "data" / "packs" / "wang")
    async with town(tmp_path, screens=SPEAKING) as here:
        epoch, seq = await here.called()
        answer = await here.sound(f"{epoch}/{seq}")
        assert unquote(answer.headers["jiaohao-voice"]) == "recorded · 王芳"
    assert not (tmp_path / "data" / "voice").exists()


async def test_the_real_voice_speaks_for_the_screens(tmp_path: Path) -> None:
    """pyttsx3 and espeak-ng in a child process of the server; it ends with the server."""
    engine = Pyttsx3()
    async with town(tmp_path, engine, EspeakCommand(), screens=SPEAKING) as here:
        epoch, seq = await here.called()
        answer = await here.sound(f"{epoch}/{seq}")
        assert answer.headers["jiaohao-voice"].startswith("pyttsx3%20%28espeak-ng")
        clip = read_wav(answer.content)
        assert clip.peak > 0.2 and 4 < clip.duration_s < 9
        assert engine.pid is not None
    assert engine.pid is None


# The browser


def test_the_chime_of_a_screen_that_does_not_speak() -> None:
    """Run by node."""
    assert_passes(Path(__file__).with_name("hall_screen_chime_test.mjs"))


@pytest.mark.browser
async def test_each_call_is_heard_once_in_a_real_browser(tmp_path: Path, browser: "Browser") -> None:
    """Also one made before the page was there; a page loaded anew repeats none; a recall, and a test, are heard."""
    voice = Voice(repeat=1, volume=60)
    async with town(tmp_path, Pyttsx3(), EspeakCommand(), screens=SPEAKING, voice=voice) as here:
        device, head = await here.site.device("screen"), await here.site.session(await here.site.person("head"))
        _, seq = await here.called()
        page = await browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        heard = await hearing(page)
        await page.goto(f"{here.site.url}/screen/town?screen=lobby#token={device}")
        await page.mouse.click(9, 9)  # no sound without a touch, where the browser was not told otherwise
        await until(lambda: len(heard) == 1)
        assert heard == [{"seq": seq, "number": "A001", "counter": 1, "recall": 0, "nth": 1, "volume": 60}]
        await page.reload()
        await page.mouse.click(9, 9)
        await here.recall()
        await here.called(at=2)
        await until(lambda: len(heard) == 3)
        assert [(each["number"], each["recall"], each["nth"]) for each in heard[1:]] == [("A001", 1, 1), ("A002", 0, 1)]
        test = (await here.site.post("/halls/town/voice/test", {}, head))["test"]
        await until(lambda: len(heard) == 4)
        assert heard[3] == {"test": test, "volume": 60}
        (present,) = here.site.server.presence.snapshot("town", here.site.server.now())
        assert present.role == "screen" and present.health is not None and present.health.spoken_at is not None
        assert present.health.voice.startswith("pyttsx3 (espeak-ng") and present.health.failures == 0
