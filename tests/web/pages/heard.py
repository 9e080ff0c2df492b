"""What a page says aloud, written down."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Page

__all__ = ["hearing"]

# Real sound of a real AudioContext, forty times as fast: nobody listens.
HURRY = """
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  this.playbackRate.value = 40;
  return start.apply(this, when);
};
document.addEventListener("played", ({ detail }) => tell(detail));
"""


async def hearing(page: "Page") -> list[dict[str, Any]]:
    """A list that everything heard is added to, in order, as the event `played` tells it, from the next load on."""
    heard: list[dict[str, Any]] = []
    await page.expose_function("tell", lambda what: heard.append(what))
    await page.add_init_script(HURRY)
    return heard
