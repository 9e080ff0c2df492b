"""The kiosk, as it stands at the door, in every state that somebody may find it in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page, ViewportSize

from scripts.pictures.studio import LIVE, TALL, WALL, Step, Studio, click, shown, typed
from tests.faults.process import free_port
from tests.printing.socket_printer import socket_printer

__all__ = ["pictures"]

SQUARE: ViewportSize = {"width": 1280, "height": 1024}
HALL = ZoneInfo("Asia/Shanghai")
FIRST = "#queues .choice >> nth=0"
TAKE = '[data-priority=""]'
GUIDE = {
    "conditions": "年满十六周岁的本省户籍居民",
    "materials": ["居民户口簿原件", "申请人近期免冠照片（可现场拍摄）", "换领的，交回原居民身份证"],
    "promised_limit": "20 个工作日",
    "legal_limit": "60 日",
    "fee": "首次申领不收费，换领 20 元，补领 40 元",
    "consult_phone": "0379-67712345",
}


async def pictures(studio: Studio) -> None:
    """Before the first ticket, on a busy morning, then one thing after another that is not as usual."""
    kiosk = f"/kiosk/town#token={studio.server.hall()['kiosk']}"
    await studio.take("kiosk-first", kiosk, TALL, LIVE, click("#to-popular"), shown("#list-empty:not([hidden])"))
    await studio.set_up(hours=_today(20, 240))
    await studio.take("kiosk-early", kiosk, TALL, LIVE, shown(".choice-time:text('开始办理')"))
    await studio.set_up(hours={"always": True})
    await studio.busy_morning()
    await _the_way_to_a_ticket(studio, kiosk)
    await _reporting_back(studio, kiosk)
    await _paper(studio, kiosk)
    await _reminder(studio, kiosk)
    await _hours(studio, kiosk)


async def _the_way_to_a_ticket(studio: Studio, kiosk: str) -> None:
    found = await studio.get("/services?q=居民身份证", await studio.staff("town-head"))
    item = found["services"][0]
    await studio.post("/services", await studio.staff("town-head"), {"no": item["no"], "offered": True, "guide": GUIDE})
    await studio.post("/tickets", studio.server.hall()["kiosk"], {"service": item["no"]})
    search, services = click("#to-search"), shown("#services .choice")
    an_item = (search, services, typed("#query", item["name"]), click(f"#services .choice:has-text('{item['name']}')"))
    await studio.take("kiosk", kiosk, TALL, LIVE)
    await studio.take("kiosk-wide", kiosk, WALL, LIVE)
    await studio.take("kiosk-square", kiosk, SQUARE, LIVE)
    await studio.take("kiosk-large", kiosk, TALL, LIVE, click("#larger"))
    await studio.take("kiosk-english", kiosk.replace("#", "?lang=en#"), TALL, LIVE)
    await studio.take("kiosk-departments", kiosk, TALL, LIVE, click("#to-departments"), shown("#listed .choice"))
    await studio.take("kiosk-popular", kiosk, TALL, LIVE, click("#to-popular"), shown("#listed .choice"))
    await studio.take("kiosk-search", kiosk, TALL, LIVE, search, services)
    await studio.take("kiosk-search-wide", kiosk, WALL, LIVE, search, services)
    nothing = (typed("#query", "火星签证"), shown("#found:text('没有找到')"))
    await studio.take("kiosk-not-found", kiosk, TALL, LIVE, search, services, *nothing)
    await studio.take("kiosk-ask", kiosk, TALL, LIVE, *an_item, shown("#about li"))
    await studio.take("kiosk-ask-wide", kiosk, WALL, LIVE, *an_item, shown("#about li"))
    await studio.take("kiosk-unready", "/kiosk/village", TALL, shown("#pairing-code:not(:empty)"))
    await studio.take("kiosk-leaving", kiosk, TALL, LIVE, _nobody_touches_it)
    ticket = (click(FIRST), click('[data-priority="elderly"]'), shown("#number:not(:empty)"))
    await studio.take("kiosk-ticket", kiosk, TALL, LIVE, *ticket)
    await studio.take("kiosk-ticket-wide", kiosk, WALL, LIVE, *ticket)


async def _nobody_touches_it(page: Page) -> None:
    await page.clock.install()
    await page.reload()
    await page.locator("#queues .choice:enabled").first.click()
    await page.clock.run_for(50_000)


async def _reporting_back(studio: Studio, kiosk: str) -> None:
    clerk = await studio.staff("town-2")
    called = (await studio.get("/board", clerk))["state"]["counters"]["2"]["ticket"]
    typed_in = [click(f'[data-step="return"] .letters button:text-is("{key}")') for key in called["number"]]
    steps: tuple[Step, ...] = (LIVE, click("#to-return"), *typed_in)
    await studio.take("kiosk-return", kiosk, TALL, *steps)
    confirm = click("#return-confirm")
    await studio.take("kiosk-return-refused", kiosk, TALL, *steps, confirm, shown("#problem:not([hidden])"))
    await studio.post("/counters/2/no-show", clerk)
    await studio.take("kiosk-returned", kiosk, TALL, *steps, confirm, shown('[data-step="returned"]:not([hidden])'))


async def _paper(studio: Studio, kiosk: str) -> None:
    printer = {"id": "front", "name": "取号机打印机", "connection": "network", "host": "127.0.0.1", "width_mm": 80}
    ticket = (LIVE, click(FIRST), click(TAKE))
    async with socket_printer() as device:
        await studio.set_up(printers={"front": printer | {"port": device.port}})
        await studio.take("kiosk-printed", kiosk, TALL, *ticket, shown("#slip .is-good:text('请取走')"))
        device.mood = "paper_out"
        await studio.take("kiosk-paper-out", kiosk, TALL, *ticket, shown("#slip .is-bad"))
    await studio.set_up(printers={"front": printer | {"port": free_port()}})
    await studio.take("kiosk-print-failed", kiosk, TALL, *ticket, shown("#slip .is-bad"))
    await studio.set_up(printers={})


async def _reminder(studio: Studio, kiosk: str) -> None:
    await studio.set_up(webhook={"url": "https://example.gov.cn/jiaohao"})
    digits = [click(f'#remind-digits button:text-is("{digit}")') for digit in "13812345678"]
    steps: tuple[Step, ...] = (LIVE, click(FIRST), click(TAKE), click("#to-remind"), *digits)
    await studio.take("kiosk-remind", kiosk, TALL, *steps)
    await studio.take("kiosk-reminded", kiosk, TALL, *steps, click("#remind-confirm"), shown("#reminded:not([hidden])"))
    await studio.set_up(webhook={})


async def _hours(studio: Studio, kiosk: str) -> None:
    """Of today, as they would have to be for each of these to be seen now."""
    await studio.set_up(hours=_today(-120, 60, 150, 300), quotas={"comprehensive": {"morning": 0}})
    full = shown("#queues .is-full")
    await studio.take("kiosk-full", kiosk, TALL, LIVE, full)
    await studio.take(
        "kiosk-full-why", kiosk, TALL, LIVE, full, click(FIRST), shown('[data-step="full"]:not([hidden])')
    )
    await studio.set_up(hours=_today(-120, 12))
    await studio.take("kiosk-late", kiosk, TALL, LIVE, click(FIRST), click(TAKE), shown("#warning:not([hidden])"))
    tomorrow = (datetime.now(HALL) + timedelta(days=1)).date().isoformat()
    await studio.set_up(hours={"weekly": {}, "exceptions": {tomorrow: [["08:30", "12:00"]]}})
    await studio.take("kiosk-closed", kiosk, TALL, LIVE, shown('[data-step="closed"]:not([hidden])'))
    await studio.set_up(hours={"always": True})
    await studio.take("kiosk-lost", kiosk, TALL, LIVE, studio.lose_the_server)
    await studio.server.start()


def _today(*edges_min: int) -> dict[str, object]:
    """Hours of today alone: from, until, from, until … in minutes from now."""
    now = datetime.now(HALL)
    clocks = [(now + timedelta(minutes=edge)).strftime("%H:%M") for edge in edges_min]
    spans = [list(pair) for pair in zip(clocks[::2], clocks[1::2], strict=True)]
    return {"weekly": {}, "exceptions": {now.date().isoformat(): spans}}
