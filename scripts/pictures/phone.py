"""A ticket on its holder's phone."""

from scripts.pictures.studio import LIVE, PHONE, Studio

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """On a busy morning."""
    await studio.busy_morning()
    ticket = await studio.post("/tickets", studio.server.hall()["kiosk"], {"queue": "comprehensive"})
    await studio.take("phone", ticket["track"], PHONE, LIVE)
