"""The voice, tried out: whoever speaks is asked for a sentence, and whoever asked learns how many there are."""

import asyncio
import json
from typing import Any

from tests.web.rig import Town
from tests.web.test_live import Reader, live

TEST = "/halls/town/voice/test"


async def _hint(reader: Reader) -> dict[str, Any]:
    """The next hint."""
    while True:
        async with asyncio.timeout(15):
            frame: dict[str, Any] = json.loads(await reader.socket.recv())
        if frame["type"] == "hint":
            return frame


async def test_whoever_follows_the_calls_is_asked_to_speak(town: Town) -> None:
    """The frame is a hint of the topic, so that nobody's position moves; the public's screens get it too."""
    head, announcer, screen = await town.person("head"), await town.device("announcer"), await town.device("screen")
    async with (
        live(town.site, "calls", announcer.token) as speaking,
        live(town.site, "calls", screen.token) as showing,
        live(town.site, "board", screen.token),
        live(town.site, "calls") as anybody,
    ):
        for reader in (speaking, showing, anybody):
            await reader.frame("snapshot")
        before = await town.fingerprint()
        said = await head.post(TEST)
        assert said == {"test": said["test"], "announcers": 1, "screens": 1}
        for reader in (speaking, showing, anybody):
            frame = await _hint(reader)
            assert (frame["topic"], frame["hint"]) == ("calls", {"test": said["test"]})
        assert await town.fingerprint() == before


async def test_the_same_key_is_the_same_test(town: Town) -> None:
    """A repeated request is not heard twice; another one is; a key of another command is refused."""
    admin, clerk = await town.person("admin"), await town.clerk(1)
    first = await admin.post(TEST, idempotency_key="one")
    assert first == {"test": first["test"], "announcers": 0, "screens": 0}
    assert await admin.post(TEST, idempotency_key="one") == first
    assert (await admin.post(TEST))["test"] != first["test"]
    head = await town.person("head")
    await head.post("/halls/town/day/close", idempotency_key="two")
    await head.refuse("key_reused", "POST", TEST, idempotency_key="two")
    await clerk.refuse("not_allowed", "POST", TEST)
    await town.public.refuse("token_missing", "POST", TEST)
    await admin.refuse("key_missing", "POST", TEST, idempotency_key=None)
