"""The tablet at the counter."""

from playwright.async_api import Page

from scripts.pictures.studio import LIVE, TABLET, Studio

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """When a citizen has been served."""
    await studio.busy_morning()
    evaluator = f"/evaluator/town/1#token={studio.server.hall()['evaluators']['1']}"
    clerk = await studio.staff("town-1")

    async def finish(page: Page) -> None:
        await studio.post("/counters/1/finish", clerk)
        await page.wait_for_selector(".level")

    await studio.take("evaluator", evaluator, TABLET, LIVE, finish)
