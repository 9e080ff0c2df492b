"""The enquiry desk."""

from scripts.pictures.studio import LIVE, PHONE, WALL, Studio, click, shown, typed

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """On a busy morning."""
    await studio.busy_morning()
    found = (typed("#find", "身份证"), shown("#found li"))
    await studio.take("guide", "/guide/town", WALL, LIVE, *found, user="town-head")
    await studio.take("guide-phone", "/guide/town", PHONE, LIVE, user="town-head")
    a_ticket = (click("#waiting button >> nth=0"), shown("#ticket-dialog[open]"))
    await studio.take("guide-ticket", "/guide/town", WALL, LIVE, *a_ticket, user="town-head")
    await studio.take(
        "guide-paper", "/guide/town", WALL, LIVE, click("#paper"), shown("#paper-dialog[open]"), user="town-head"
    )
    await studio.take("guide-lost", "/guide/town", WALL, LIVE, studio.lose_the_server, user="town-head")
