"""A hall's set-up, as its head changes it."""

from playwright.async_api import Page

from scripts.pictures.studio import PHONE, TABLET, Studio, network_is_idle

__all__ = ["pictures"]


SECTIONS = (
    "hours", "queues", "counters", "people", "services", "screens", "devices", "printers", "phrases", "alarms",
    "files", "changes",
)  # fmt: skip


async def pictures(studio: Studio) -> None:
    """Each section."""
    await studio.put_photos()
    await studio.take("admin-hall", "/admin/town", TABLET, network_is_idle, user="town-head")
    for section in SECTIONS:
        await studio.take(f"admin-{section}", f"/admin/town/{section}", TABLET, network_is_idle, user="town-head")
    await studio.take("admin-voice", "/admin/town/screens", TABLET, network_is_idle, _voice, user="town-head")
    await studio.take("admin-phone", "/admin/town/queues", PHONE, network_is_idle, user="town-head")


async def _voice(page: Page) -> None:
    """How calls are spoken is in sight."""
    await page.get_by_role("heading", name="怎样播报").evaluate("heading => heading.scrollIntoView()")
