"""The tablet at the counter."""

from playwright.async_api import Page, ViewportSize

from scripts.pictures.studio import LIVE, TABLET, Studio, click, shown, typed

__all__ = ["pictures"]

UPRIGHT: ViewportSize = {"width": 800, "height": 1280}
LEVELS = shown('[data-step="levels"]:not([hidden])')


async def pictures(studio: Studio) -> None:
    """Between citizens, from the levels to the thanks, a call, a tablet not let in, a lost server."""
    await studio.take("evaluator-unready", "/evaluator/town/2", TABLET, shown("#pairing-code:not(:empty)"))
    await studio.busy_morning()
    await studio.put_photos()
    tablets = studio.server.hall()["evaluators"]
    evaluator = f"/evaluator/town/1#token={tablets['1']}"
    clerk = await studio.staff("town-1")

    async def finish(page: Page) -> None:
        await studio.post("/counters/1/finish", clerk)
        await LEVELS(page)

    await studio.take("evaluator-plate", evaluator, TABLET, LIVE, shown("#who:not(:empty)"))
    await studio.take("evaluator-plate-upright", evaluator, UPRIGHT, LIVE, shown("#who:not(:empty)"))
    await studio.take(
        "evaluator-called", f"/evaluator/town/6#token={tablets['6']}", TABLET, LIVE, shown("#who:not(:empty)")
    )
    await studio.take("evaluator", evaluator, TABLET, LIVE, finish)
    await studio.take("evaluator-upright", evaluator, UPRIGHT, LIVE, LEVELS)
    await studio.take("evaluator-english", evaluator.replace("#", "?lang=en#"), TABLET, LIVE, LEVELS)
    chosen = (LIVE, LEVELS, click('.level[data-level="satisfied"]'), click(".reason >> nth=0"))
    words = typed("#comment", "讲得很清楚，还帮我复印了材料。")
    await studio.take("evaluator-reasons", evaluator, TABLET, *chosen, words)
    thanks = shown('[data-step="thanks"]:not([hidden])')
    await studio.take("evaluator-thanks", evaluator, TABLET, *chosen, words, click("#send"), thanks)
    await studio.take("evaluator-lost", evaluator, TABLET, LIVE, studio.lose_the_server)
