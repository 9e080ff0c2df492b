"""The base style keeps its promises to hands and eyes, measured in a real browser."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.static.pages import open_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.browser


async def test_buttons_are_large_enough_for_every_hand(browser: "Browser", tmp_path: Path) -> None:
    """The smallest button, and a link that looks like one, measure at least 60 × 60 px."""
    page = await open_page(browser, tmp_path, '<button>是</button> <a class="button" href="#">否</a>')
    for selector in ("button", ".button"):
        box = await page.locator(selector).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 60


async def test_text_follows_the_readers_size(browser: "Browser", tmp_path: Path) -> None:
    """Running text is 18 px, and 24 or 30 when the reader asks for it; nothing is set smaller."""
    page = await open_page(browser, tmp_path, "<p>请稍候</p><kbd>R</kbd><table><tr><td>1</td></tr></table><input>")
    for size, pixels in (("", 18), ("large", 24), ("largest", 30)):
        await page.evaluate("size => document.documentElement.dataset.textSize = size", size)
        sizes: list[float] = await page.eval_on_selector_all(
            "p, kbd, td, input", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert len(sizes) == 4
        assert min(sizes) == pixels


async def test_a_ticket_number_looks_the_same_everywhere(browser: "Browser", tmp_path: Path) -> None:
    """Face, weight, figures and spacing in proportion do not depend on where the number stands or how large it is."""
    number = '<span class="ticket-number">A001</span>'
    body = f'<h1>{number}</h1><p>{number}</p><button>{number}</button><i style="font-size:200px">{number}</i>'
    page = await open_page(browser, tmp_path, body)
    looks: list[list[str]] = await page.eval_on_selector_all(
        ".ticket-number",
        """all => all.map(one => {
            const style = getComputedStyle(one);
            const spacing = (parseFloat(style.letterSpacing) / parseFloat(style.fontSize)).toFixed(4);
            return [style.fontFamily, style.fontWeight, style.fontStyle, style.fontVariantNumeric, spacing];
        })""",
    )
    assert len(looks) == 4
    assert looks.count(looks[0]) == 4


async def test_motion_stops_for_who_asks_for_less(browser: "Browser", tmp_path: Path) -> None:
    """With prefers-reduced-motion nothing moves for longer than a millisecond, and nothing goes round for ever."""
    page = await open_page(
        browser, tmp_path, '<div class="arrives">A001</div><button aria-busy="true">正在打印</button>'
    )
    ask = """() => [getComputedStyle(document.querySelector('.arrives')).animationDuration,
                    getComputedStyle(document.querySelector('button'), '::after').animationIterationCount]"""
    assert await page.evaluate(ask) == ["0.42s", "infinite"]
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(ask) == ["0.001s", "1"]


async def test_hidden_text_is_for_ears_alone(browser: "Browser", tmp_path: Path) -> None:
    """It takes no room and shows nothing, and a screen reader still finds it."""
    page = await open_page(browser, tmp_path, '<button><span class="visually-hidden">重呼</span>R</button>')
    box = await page.locator(".visually-hidden").bounding_box()
    assert box
    assert box["width"] <= 1
    assert await page.get_by_role("button", name="重呼").count() == 1


async def test_the_automatic_theme_follows_the_device_and_no_other_does(browser: "Browser", tmp_path: Path) -> None:
    """A wall stays as it was set up, whatever its operating system prefers."""
    page = await open_page(browser, tmp_path, "<p>请稍候</p>")
    await page.emulate_media(color_scheme="dark")
    grounds = []
    for theme in ("", "light", "dark", "auto"):
        await page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        grounds.append(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] == grounds[1] != grounds[2] == grounds[3]
