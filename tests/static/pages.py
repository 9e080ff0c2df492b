"""Opens a page that has nothing but the project's base styles."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

STATIC = Path(__file__).resolve().parents[2] / "static"


async def open_page(browser: "Browser", folder: Path, body: str) -> "Page":
    """A page with tokens.css, base.css and this body, its fonts loaded. It is written into the folder."""
    links = "".join(f'<link rel="stylesheet" href="{(STATIC / name).as_uri()}">' for name in ("tokens.css", "base.css"))
    file = folder / "page.html"
    file.write_text(f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">{links}{body}', encoding="utf-8")
    page = await browser.new_page()
    await page.goto(file.as_uri())
    await page.evaluate("document.fonts.ready")
    return page
