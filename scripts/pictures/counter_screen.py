"""The screens over the counters."""

from typing import Any

from playwright.async_api import ViewportSize

from scripts.pictures.studio import TABLET, TALL, WALL, Studio, click, network_is_idle, shown

__all__ = ["pictures"]

STRIP: ViewportSize = {"width": 1920, "height": 540}
SMALL: ViewportSize = {"width": 1024, "height": 600}
CODE = "https://example.gov.cn/rate?window=2"


async def pictures(studio: Studio) -> None:
    """Each state, every shape of window, a photo being chosen, and without the server."""
    clerk, kiosk = await studio.staff("town-2"), studio.server.hall()["kiosk"]
    await studio.put_photos()
    page = "/screen/town/2"

    async def desk(verb: str, body: Any = None) -> None:
        await studio.post(f"/counters/2/{verb}", clerk, body)

    async def take(name: str, kind: str, size: ViewportSize = WALL, query: str = "") -> None:
        state = shown(f'[data-link="live"] .face[data-kind="{kind}"]')
        signed = () if kind == "closed" else (shown("#photo:not([hidden])"),)
        await studio.take(f"counter-screen{name}", page + query, size, state, *signed, network_is_idle)

    await take("-closed", "closed")
    await studio.set_up(province_code=CODE)
    await desk("sign-on", {"capacity": "A"})
    await take("-open", "open")
    for _ in range(4):
        await studio.post("/tickets", kiosk, {"queue": "comprehensive"})
    await desk("next")
    await take("", "called")
    await take("-portrait", "called", TALL)
    await take("-strip", "called", STRIP)
    await take("-small", "called", SMALL)
    await take("-dark", "called", query="?theme=dark")
    await take("-english", "called", query="?lang=en")
    await desk("recall")
    await take("-again", "called")
    await desk("start")
    await take("-serving", "serving")
    await desk("finish")
    await take("-finished", "finished")
    await desk("pause", {"reason": "取资料", "back_at": "2099-01-01T02:30:00Z"})
    await take("-away", "away")
    await desk("pause", {"reason": "午休"})
    await take("-paused", "paused")
    await desk("resume")
    await desk("next")
    await studio.take(
        "admin-photo", "/admin/town/people", TABLET, network_is_idle, click("[data-photo] >> nth=2"), network_is_idle,
        user="town-head",
    )  # fmt: skip
    await studio.take("counter-screen-lost", page, WALL, shown("#photo:not([hidden])"), studio.lose_the_server)
