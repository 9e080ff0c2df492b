"""The kiosk, as it stands at the door."""

from scripts.pictures.studio import LIVE, TALL, WALL, Studio, click, shown

__all__ = ["pictures"]


async def pictures(studio: Studio) -> None:
    """On a busy morning."""
    await studio.busy_morning()
    kiosk = f"/kiosk/town#token={studio.server.hall()['kiosk']}"
    await studio.take("kiosk", kiosk, TALL, LIVE)
    await studio.take("kiosk-wide", kiosk, WALL, LIVE)
    await studio.take("kiosk-large", kiosk, TALL, LIVE, click("#larger"))
    await studio.take("kiosk-english", kiosk.replace("#", "?lang=en#"), TALL, LIVE)
    await studio.take("kiosk-departments", kiosk, TALL, LIVE, click("#to-departments"), shown("#listed .choice"))
    await studio.take("kiosk-search", kiosk, TALL, LIVE, click("#to-search"), shown("#services .choice"))
    await studio.take("kiosk-return", kiosk, TALL, LIVE, click("#to-return"), click("#return-letters button"))
    await studio.take("kiosk-unready", "/kiosk/village", TALL, shown("#pairing-code:not(:empty)"))
    await studio.take("kiosk-ticket", kiosk, TALL, LIVE, click("#queues .choice >> nth=0"),
                      click('[data-priority="elderly"]'), shown("#number:not(:empty)"))  # fmt: skip
