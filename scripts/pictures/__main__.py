"""`make pictures` takes all of them, `make pictures ARGS="kiosk phone"` those of some pages."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import async_playwright

from scripts.pictures import (
    admin,
    clerk,
    complaints,
    counter_screen,
    evaluator,
    guide,
    hall_phone,
    hall_screen,
    history,
    kiosk,
    manager,
    phone,
    posts,
    ratings,
    setup,
    start,
    webhook,
)
from scripts.pictures.studio import FOLDER, Studio, open_studio
from tests.conftest import chromium_options

PAGES: dict[str, Callable[[Studio], Awaitable[None]]] = {
    "start": start.pictures,
    "kiosk": kiosk.pictures,
    "phone": phone.pictures,
    "hall_phone": hall_phone.pictures,
    "clerk": clerk.pictures,
    "evaluator": evaluator.pictures,
    "guide": guide.pictures,
    "complaints": complaints.pictures,
    "hall_screen": hall_screen.pictures,
    "counter_screen": counter_screen.pictures,
    "manager": manager.pictures,
    "posts": posts.pictures,
    "ratings": ratings.pictures,
    "history": history.pictures,
    "admin": admin.pictures,
    "webhook": webhook.pictures,
    "setup": setup.pictures,
}


async def main(*names: str) -> None:
    """Each page on a demo of its own, so that none depends on what another left behind."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_options())
        for name in names or PAGES:
            with tempfile.TemporaryDirectory() as folder:
                async with open_studio(browser, Path(folder)) as studio:
                    await PAGES[name](studio)
        await browser.close()


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(PAGES):
        sys.exit(f"no such page: {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}")
    asyncio.run(main(*sys.argv[1:]))
