"""A hall's set-up, as its head changes it."""

from scripts.pictures.studio import PHONE, TABLET, Studio, network_is_idle

__all__ = ["pictures"]


SECTIONS = (
    "hours", "queues", "counters", "people", "services", "screens", "devices", "printers", "phrases", "files",
    "changes",
)  # fmt: skip


async def pictures(studio: Studio) -> None:
    """Each section."""
    await studio.take("admin-hall", "/admin/town", TABLET, network_is_idle, user="town-head")
    for section in SECTIONS:
        await studio.take(f"admin-{section}", f"/admin/town/{section}", TABLET, network_is_idle, user="town-head")
    await studio.take("admin-phone", "/admin/town/queues", PHONE, network_is_idle, user="town-head")
