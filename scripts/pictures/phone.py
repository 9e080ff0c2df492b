"""A ticket on its holder's phone."""

from playwright.async_api import Page

from scripts.pictures.studio import LIVE, PHONE, Step, Studio, click, shown, typed

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """From waiting on a busy morning to the rating; missed; without its server, and without a network."""
    await studio.busy_morning()
    kiosk, clerk = studio.server.hall()["kiosk"], await studio.staff("town-1")

    def done(*verbs: str) -> Step:
        """What the clerk of counter 1 does, seen by the page."""

        async def act(page: Page) -> None:
            for verb in verbs:
                await studio.post(f"/counters/1/{verb}", clerk)

        return act

    await studio.take("phone-none", "/t/", PHONE, shown("#none:visible"))
    ticket = await studio.post("/tickets", kiosk, {"service": 141})
    track = ticket["track"]
    await studio.set_up(webhook={"url": "https://example.gov.cn/jiaohao"})
    await studio.take("phone-remind", track, PHONE, LIVE, typed("#remind-phone", "13812345678"))
    await studio.set_up(webhook={})
    await studio.take("phone", track, PHONE, LIVE, click("#alert-button"), shown("#alert-button[aria-pressed=true]"))
    await studio.take("phone-english", track + "?lang=en", PHONE, LIVE)
    await studio.take("phone-lost", track, PHONE, LIVE, studio.lose_the_server)
    await studio.server.start()
    called = {"number": ticket["number"], "reason": "拍照"}
    await studio.post("/counters/1/finish", clerk)
    await studio.post("/counters/1/call", clerk, called)
    await studio.take("phone-called", track, PHONE, LIVE)
    await studio.take("phone-old", track, PHONE, LIVE, _worker_is_ready, studio.lose_the_server, _reloaded)
    await studio.server.start()
    await studio.take("phone-serving", track, PHONE, LIVE, done("start"), shown('[data-standing="serving"]'))
    await studio.take("phone-rating", track, PHONE, LIVE, done("finish"), click('[data-level="satisfied"]'))
    missed = await studio.post("/tickets", kiosk, {"queue": "comprehensive"})
    await studio.post("/counters/1/call", clerk, called | {"number": missed["number"]})
    await studio.take("phone-absent", missed["track"], PHONE, LIVE, done("no-show"), shown('[data-standing="absent"]'))


async def _worker_is_ready(page: Page) -> None:
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")


async def _reloaded(page: Page) -> None:
    await page.reload()
    await page.wait_for_selector("#old:visible")
