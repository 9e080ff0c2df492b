"""Where everybody begins, and where nobody gets in."""

from scripts.pictures.studio import PHONE, WALL, Studio

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """Nothing is needed but a server."""
    await studio.take("start", "/", WALL)
    await studio.take("sign-in", "/sign-in", PHONE)
    await studio.take("no-such-hall", "/screen/nowhere", WALL)
