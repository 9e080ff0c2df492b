"""Draws the PNGs of `static/icons/mark.svg`, for phones that install a page: `python -m scripts.icons`."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.conftest import chromium_options

FOLDER = Path(__file__).parents[1] / "static" / "icons"


async def draw(browser: Browser, name: str, size: int, svg: str) -> None:
    """One PNG, transparent where the drawing leaves room."""
    page = await browser.new_page(viewport={"width": size, "height": size})
    await page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; inline-size: {size}px }}</style>{svg}")
    await page.screenshot(path=FOLDER / f"{name}.png", omit_background=True)
    await page.close()


async def main() -> None:
    """Rounded for a desk; to the edges for systems that cut a shape of their own, and take a tenth each way."""
    mark = (FOLDER / "mark.svg").read_text("utf-8")
    square = re.sub(r' rx="112"', "", mark)
    cut = square.replace("rotate(-8 256 256)", "rotate(-8 256 256) translate(31 31) scale(0.88)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_options())
        await draw(browser, "mark-192", 192, mark)
        await draw(browser, "mark-512", 512, mark)
        await draw(browser, "mark-cut-512", 512, cut)
        await draw(browser, "mark-touch-180", 180, square)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
