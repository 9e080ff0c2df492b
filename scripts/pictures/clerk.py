"""The clerk's page."""

from playwright.async_api import ViewportSize

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown

__all__ = ["pictures"]

OFFICE: ViewportSize = {"width": 1366, "height": 768}
DESK = shown("#desk:not([hidden])")


async def pictures(studio: Studio) -> None:
    """From signing on to a busy morning."""
    await studio.take("clerk-sign-on", "/counter/town/1", WALL, user="town-1")
    await studio.busy_morning()
    await studio.take(
        "clerk", "/counter/town/1", WALL, DESK, shown('button[data-command="next"]:enabled'), user="town-1"
    )
    await studio.take("clerk-pause", "/counter/town/1", WALL, DESK, click('[data-command="pause"]'), user="town-1")
    await studio.take("clerk-office", "/counter/town/1", OFFICE, DESK, user="town-1")
    await studio.take(
        "clerk-transfer", "/counter/town/1", WALL, DESK, click('[data-command="transfer"]'), user="town-1"
    )
    await studio.take("clerk-english", "/counter/town/1?lang=en", WALL, DESK, user="town-1")
    await studio.take("clerk-phone", "/counter/town/1", PHONE, DESK, user="town-1")
    await studio.take("clerk-not-allowed", "/counter/village/1", WALL, user="town-1")
    await studio.take("clerk-lost", "/counter/town/1", WALL, DESK, studio.lose_the_server, user="town-1")
