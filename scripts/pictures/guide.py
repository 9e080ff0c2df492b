"""The enquiry desk."""

from scripts.pictures.studio import LIVE, PHONE, WALL, Studio, shown, typed

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """On a busy morning."""
    await studio.busy_morning()
    found = (typed("#find", "身份证"), shown("#found li"))
    await studio.take("guide", "/guide/town", WALL, LIVE, *found, user="town-head")
    await studio.take("guide-phone", "/guide/town", PHONE, LIVE, user="town-head")
