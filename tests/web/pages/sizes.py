"""What eyes and hands need, measured in the browser: the size of every visible text and of all that is pressed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

__all__ = ["assert_readable_and_touchable"]

SMALL = """
([text, main, other, mains]) => {
    const forEars = new Map([[null, false]]);  // read out only, like a skip link that has no focus
    const unseen = (element) => {
        if (!forEars.has(element)) {
            forEars.set(element, getComputedStyle(element).clipPath === "inset(50%)" || unseen(element.parentElement));
        }
        return forEars.get(element);
    };
    const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !unseen(element);
    const letters = (element, part = null) => parseFloat(getComputedStyle(element, part).fontSize);
    const said = (element) => element.outerHTML.slice(0, 160);
    const small = [];

    // Texts: every node that has letters and a place, what is typed or stands for it, and what a style writes
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!node.textContent.trim() || !shown(node.parentElement)) continue;
        range.selectNodeContents(node);
        const { width, height } = range.getBoundingClientRect();
        if (width * height > 0 && letters(node.parentElement) < text - 0.01) {
            small.push(`${letters(node.parentElement)} px: ${said(node.parentElement)}`);
        }
    }
    for (const element of document.body.querySelectorAll("*")) {
        const typed = element.matches("input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea");
        if (typed && shown(element) && letters(element) < text) small.push(`${letters(element)} px: ${said(element)}`);
        for (const part of ["::before", "::after"]) {
            const { content } = getComputedStyle(element, part);
            if (/[\\p{L}\\p{N}]/u.test(content.replace(/^(none|normal|counter.*)$/, "")) && shown(element)) {
                if (letters(element, part) < text) small.push(`${letters(element, part)} px: ${part} ${said(element)}`);
            }
        }
    }

    // Targets: one that has a label can be pressed there too; a link within a sentence is as high as its line
    const within = (link) => getComputedStyle(link).display === "inline"
        && link.parentElement.textContent.replace(/\\s+/g, "").length > link.textContent.replace(/\\s+/g, "").length;
    const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link]";
    for (const target of document.body.querySelectorAll(pressed)) {
        if (!shown(target) || (target.matches("a") && within(target))) continue;
        const ticked = target.matches("[type=checkbox], [type=radio], [type=file]");
        const boxes = [target, ...(ticked ? target.labels : [])].map((each) => each.getBoundingClientRect());
        const least = target.matches(mains) ? main : other;
        if (!boxes.some(({ width, height }) => width > least - 0.5 && height > least - 0.5)) {
            const sizes = boxes.map(({ width, height }) => `${Math.round(width)}×${Math.round(height)}`);
            small.push(`${sizes.join(", ")} of ${least} px: ${said(target)}`);
        }
    }
    return [...new Set(small)];
}
"""


async def assert_readable_and_touchable(
    page: "Page", *mains: str, text_px: float = 18, main_px: float = 60, other_px: float = 44
) -> None:
    """No visible text is smaller than text_px, no target smaller than other_px each way, no main one than main_px.

    mains: selectors of main targets besides .button-primary. Links in running text are left out, as WCAG 2.5.8 does.
    """
    small: list[str] = await page.evaluate(SMALL, [text_px, main_px, other_px, ", ".join((".button-primary", *mains))])
    assert small == [], "\n".join((page.url, *small))
