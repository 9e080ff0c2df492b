"""The clerk's page."""

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown

__all__ = ["pictures"]


DESK = shown("#desk:not([hidden])")


async def pictures(studio: Studio) -> None:
    """From signing on to a busy morning."""
    await studio.take("clerk-sign-on", "/counter/town/1", WALL, user="town-1")
    await studio.busy_morning()
    await studio.take("clerk", "/counter/town/1", WALL, DESK, user="town-1")
    await studio.take("clerk-pause", "/counter/town/1", WALL, DESK, click('[data-command="pause"]'), user="town-1")
    await studio.take("clerk-phone", "/counter/town/1", PHONE, DESK, user="town-1")
