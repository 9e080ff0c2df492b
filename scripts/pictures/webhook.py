"""Where a hall's alerts are sent, as its head sets it up: before anything, with messages of every kind, on a phone."""

from playwright.async_api import Page

from scripts.pictures.studio import PHONE, TABLET, Studio, network_is_idle, shown
from tests.webhooks.receiver import receiving

__all__ = ["pictures"]

MESSAGES = shown("#messages li:nth-child(4)")


async def pictures(studio: Studio) -> None:
    """The first day, then a busy one: some messages arrived, one did not."""
    address = "/admin/town/webhook"
    await studio.take("admin-webhook-first", address, TABLET, network_is_idle, user="town-head")
    async with receiving() as receiver:
        head, kiosk, clerk = (
            await studio.staff("town-head"),
            studio.server.hall()["kiosk"],
            await studio.staff("town-1"),
        )
        await studio.set_up(webhook={"url": receiver.url, "kinds": ["alarm", "bad_rating", "complaint", "turn_near"]})
        await studio.post("/webhook/secret", head)
        await studio.post("/webhook/test", head)
        await studio.post("/counters/1/sign-on", clerk, {"capacity": "A"})
        served = await studio.post("/counters/1/serve-now", clerk, {"queue": "comprehensive"})
        await studio.post("/counters/1/finish", clerk)
        rating = {"ticket": served["ticket"]["id"], "leg": 1, "level": "dissatisfied"}
        await studio.post("/ratings", clerk, rating)
        await studio.post("/tickets", kiosk, {"queue": "comprehensive", "phone": "138 0000 0000"})
        while "turn.near" not in [(await receiver.next()).told["type"]]:
            pass
        receiver.answers = ["503 Service Unavailable"] * 9
        await studio.post("/webhook/test", head)
        await receiver.next()
        await studio.take("admin-webhook", address, TABLET, MESSAGES, _messages, user="town-head")
        await studio.take("admin-webhook-phone", address, PHONE, MESSAGES, _messages, user="town-head")


async def _messages(page: Page) -> None:
    """What became of the messages is in sight."""
    await page.locator("#secret-title").evaluate("heading => heading.scrollIntoView()")
