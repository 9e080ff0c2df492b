"""The wall."""

from scripts.pictures.studio import TALL, WALL, Studio, shown

__all__ = ["pictures"]


CALL = shown("#call .ticket-number")


async def pictures(studio: Studio) -> None:
    """Before the first call, with calls, and without the server."""
    await studio.take("hall-screen-first", "/screen/town", WALL)
    await studio.busy_morning()
    await studio.take("hall-screen", "/screen/town", WALL, CALL)
    await studio.take("hall-screen-portrait", "/screen/town", TALL, CALL)
    await studio.take("hall-screen-dark", "/screen/town?theme=dark", WALL, CALL)
    await studio.take("hall-screen-lost", "/screen/town", WALL, CALL, studio.lose_the_server)
