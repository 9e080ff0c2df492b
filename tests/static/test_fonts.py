"""What a browser really draws with: the numerals of the vendored face, and Chinese from a font that has it."""

import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.static.pages import STATIC, open_page

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SIGNS = string.digits + string.ascii_uppercase  # what a ticket number is made of


async def _fonts(page: "Page", selector: str) -> list[tuple[str, bool, int]]:
    """The fonts that drew this element: (family, shipped with the page, how many glyphs)."""
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    document = await session.send("DOM.getDocument")
    node = await session.send("DOM.querySelector", {"nodeId": document["root"]["nodeId"], "selector": selector})
    used = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    return [(font["familyName"], font["isCustomFont"], int(font["glyphCount"])) for font in used["fonts"]]


@pytest.mark.browser
async def test_every_sign_of_a_ticket_number_comes_from_the_vendored_face(browser: "Browser", tmp_path: Path) -> None:
    """0–9 and A–Z are drawn with Overpass, none with a substitute."""
    page = await open_page(browser, tmp_path, f'<p class="ticket-number">{SIGNS}</p>')
    assert await _fonts(page, ".ticket-number") == [("Overpass", True, len(SIGNS))]


@pytest.mark.browser
async def test_digits_are_tabular(browser: "Browser", tmp_path: Path) -> None:
    """All digits are equally wide, so a number keeps its place when the next one comes."""
    body = "".join(
        f'<span class="ticket-number" style="font-size:100px">{digit * 4}</span><br>' for digit in "0123456789"
    )
    page = await open_page(browser, tmp_path, body)
    widths: list[float] = await page.eval_on_selector_all(
        ".ticket-number", "spans => spans.map(span => span.getBoundingClientRect().width)"
    )
    assert len(widths) == 10
    assert max(widths) - min(widths) < 0.01


@pytest.mark.browser
async def test_the_chain_has_every_chinese_sign_that_the_pages_use(browser: "Browser", tmp_path: Path) -> None:
    """Each Han sign and each mark of punctuation in the templates and scripts has a glyph in a font of the chain."""
    sources = [path for path in STATIC.glob("*.js")]
    sources += [path for path in (ROOT / "queue_server").rglob("*") if path.suffix in {".html", ".py", ".csv", ".po"}]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    signs = "".join(sorted(set(re.findall(r"[\u2010-\u2027\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]", text))))
    assert len(signs) > 100, "found hardly any Chinese: have the sources moved?"
    page = await open_page(browser, tmp_path, f'<p id="signs">{signs}</p>')
    chain = re.search(r"--font-chinese:([^;]*);", (STATIC / "tokens.css").read_text(encoding="utf-8"))
    assert chain
    families = re.findall(r'"([^"]+)"', chain[1])
    strangers = [font for font in await _fonts(page, "#signs") if not font[0].startswith(tuple(families))]
    assert not strangers, f"drawn with fonts that --font-chinese does not name: {strangers}"


@pytest.mark.browser
async def test_english_quotation_marks_are_narrow(browser: "Browser", tmp_path: Path) -> None:
    """Chinese faces draw them as wide as a character, which tears words apart: Today ’ s."""
    page = await open_page(browser, tmp_path, '<span id="marks" style="font-size:100px">’“”</span>')
    width = "document.querySelector('#marks').getBoundingClientRect().width"
    assert await page.evaluate(width) > 200
    await page.evaluate("document.documentElement.lang = 'en'")
    await page.evaluate("document.fonts.ready")
    assert await page.evaluate(width) < 160
