"""What the head of the hall sees."""

from scripts.pictures.studio import LIVE, PHONE, WALL, Studio

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """On a busy morning."""
    await studio.take("manager-first", "/manager/town", WALL, LIVE, user="town-head")
    await studio.busy_morning()
    await studio.take("manager", "/manager/town", WALL, LIVE, user="town-head")
    await studio.take("manager-phone", "/manager/town", PHONE, LIVE, user="town-head")
    await studio.take("manager-lost", "/manager/town", WALL, LIVE, studio.lose_the_server, user="town-head")
