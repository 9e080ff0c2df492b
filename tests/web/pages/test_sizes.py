"""The measure itself: what is too small is found, wherever it hides, and nothing else is."""

import pytest

from tests.web.pages.conftest import OpenPage, Site
from tests.web.pages.sizes import assert_readable_and_touchable

pytestmark = pytest.mark.browser

SMALL = {
    "a text": "<p style='font-size: 17px'>等候</p>",
    "a text deep within": "<p><strong><em style='font-size: 0.9em'>等候</em></strong></p>",
    "a text beside larger ones": "<p style='font-size: 17px'>等候 <strong style='font-size: 20px'>3</strong></p>",
    "what is typed": "<input style='font-size: 14px; width: 200px; height: 60px'>",
    "what a style writes": "<style>#x::after { content: '等候'; font-size: 12px }</style><p id='x'>A</p>",
    "a low button": "<button style='width: 80px; height: 43px'>好</button>",
    "a narrow button": "<button style='width: 43px; padding: 0; height: 60px'>好</button>",
    "a main button": "<button class='button-primary' style='width: 80px; height: 59px'>好</button>",
    "what the page calls a main button": "<button id='main' style='width: 80px; height: 59px'>好</button>",
    "a link that stands alone": "<p><a href='/'>好</a></p>",
    "a choice with a small label": "<input type=checkbox id=x><label for=x style='display: block'>好</label>",
}
LARGE = """
    <p style='font-size: 18px'>等候 <a href='/'>查看</a></p><p style='font-size: 9px; display: none'>等候</p>
    <p style='font-size: 9px; visibility: hidden'>等候</p><p style='font-size: 9px; clip-path: inset(50%)'>等候</p>
    <button style='width: 44px; padding: 0; height: 44px'>好</button>
    <button class='button-primary' style='width: 60px; height: 60px'>好</button>
    <label style='display: block; width: 100px; height: 44px'><input type=radio> 好</label>
"""
PAGE = "<body style='font-size: 18px'><style>* {{ font-size: inherit }}</style>{}</body>"


@pytest.mark.parametrize("what", SMALL)
async def test_what_is_too_small_is_found(site: Site, open_page: OpenPage, what: str) -> None:
    """One such thing on a page, and it fails."""
    page = await open_page("/healthz")
    await page.goto("about:blank")  # which has no Content-Security-Policy
    await page.set_content(PAGE.format(SMALL[what]))
    with pytest.raises(AssertionError, match="px"):
        await assert_readable_and_touchable(page, "#main")


async def test_what_is_large_enough_passes(site: Site, open_page: OpenPage) -> None:
    """So does what nobody sees, and a link in the middle of a sentence."""
    page = await open_page("/healthz")
    await page.goto("about:blank")  # which has no Content-Security-Policy
    await page.set_content(PAGE.format(LARGE))
    await assert_readable_and_touchable(page)
