"""What the head of a hall, and the district, see of the days before: any days, a month on paper, all halls."""

from playwright.async_api import Page

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown
from tests.faults.process import Process

__all__ = ["pictures"]

DRAWN = shown('figure[data-chart="drawn"] canvas')
NOTHING = shown("#nothing")
AGAINST = "against=before"


async def _at_the_end(page: Page) -> None:
    """The meanings are in sight."""
    await page.locator("#meanings > p").scroll_into_view_if_needed()


async def pictures(studio: Studio) -> None:
    """On the first day, and after three months."""
    await studio.take("history-first", "/manager/town/history", WALL, NOTHING, user="town-head")
    await studio.take("report-first", "/manager/town/report?month=2001-01", WALL, NOTHING, user="town-head")
    server = Process(studio.folder / "past", past=92)
    await server.start()
    try:
        await _take(Studio(server, studio.browser, studio.folder))
    finally:
        await server.kill()


async def _take(studio: Studio) -> None:
    history = "/manager/town/history"
    for name, query in (
        ("history", AGAINST),
        ("history-heat", "by=weekday_hour&show=waiting"),
        ("history-spread", f"by=minutes&{AGAINST}"),
        ("history-queues", f"by=queue&show=waiting&{AGAINST}"),
        ("history-ratings", "by=clerk&show=ratings"),
        ("history-posts", "by=day_post&show=posts"),
    ):
        await studio.take(name, f"{history}?{query}", WALL, DRAWN, user="town-head")
    await studio.take("history-phone", f"{history}?by=hour", PHONE, DRAWN, user="town-head")
    await studio.take("history-english", f"{history}?by=service&lang=en", WALL, DRAWN, user="town-head")
    await studio.take(
        "history-meanings", history, WALL, DRAWN, click("#meanings summary"), _at_the_end, user="town-head"
    )
    await studio.take("report", "/manager/town/report", WALL, DRAWN, user="town-head")
    await studio.take("district", f"/district?{AGAINST}", WALL, DRAWN, user="district")
    await studio.take(
        "history-lost",
        history,
        WALL,
        DRAWN,
        lambda page: studio.server.kill(),
        click("#by-queue"),
        shown("#trouble:not([hidden])"),
        user="town-head",
    )
