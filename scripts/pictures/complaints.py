"""Complaints: whoever brings one up, what becomes of it, and those who answer it."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from playwright.async_api import Page, ViewportSize

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown, typed
from tests.faults.process import Process

__all__ = ["pictures"]

PUBLIC = {"JIAOHAO_PUBLIC_URL": "https://jiaohao.example.cn"}
SHEET: ViewportSize = {"width": 1000, "height": 1250}
BROUGHT_UP: tuple[dict[str, Any], ...] = (
    {"channel": "phone", "about": "service", "text": "办老年证跑了三趟，每次都说材料不全，请一次说清要带什么。",
     "name": "李建国", "phone": "13803790001"},
    {"channel": "paper", "about": "other", "severity": "complex",
     "text": "大厅东门的坡道太陡，轮椅上不去，请与城建部门一起解决。", "name": "张桂兰", "phone": "13803790002"},
    {"channel": "counter", "about": "service", "severity": "major", "text": "有人在大厅门口冒充工作人员收取代办费。",
     "counter": 4},
    {"channel": "counter", "about": "service", "text": "饮水机没有热水。", "reply": "已当场报修，今天下午修好。"},
)  # fmt: skip
ANSWER = "您好！经核实，一次性告知单上漏写了近期照片一项，现已更正并张贴在窗口。给您带来不便，我们诚恳致歉。"


async def pictures(studio: Studio) -> None:
    """The first day, some days later, one complaint from its beginning to its letter, a busy year, a lost server."""
    server = Process(studio.folder / "phones", os.environ | PUBLIC)  # where its phones reach it
    await server.start()
    try:
        await _pictures(Studio(server, studio.browser, studio.folder))
    finally:
        await server.kill()


async def _pictures(studio: Studio) -> None:
    await studio.take("complaints-first-day", "/complaints/town", WALL, shown("#never:visible"), user="town-head")
    await studio.take("complain-poster", "/complain/town/poster", SHEET)
    await studio.take("complain-phone", "/complain/town", PHONE)
    await studio.take("complain-sent", "/complain/town", PHONE, *_written(), shown("#done:visible"))
    clerk, head = await studio.staff("town-4"), await studio.staff("town-head")
    codes = [(await studio.post("/complaints", clerk, body)).get("code", "") for body in BROUGHT_UP]
    found = (await studio.get("/complaints", head))["complaints"]
    of = {one["channel"]: f"/complaints/{one['id']}" for one in found if one["state"] == "open"}
    until = (date.today() + timedelta(days=30)).isoformat()
    told = {"until": until, "reason": "要等城建部门排期，月底前施工。", "told": True}
    await studio.post(f"{of['paper']}/extend", head, told)
    await studio.post(f"{of['paper']}/notes", head, {"text": "已与城建所现场看过，先铺临时坡道。"})
    opened = (shown("#open-list li"), click('#open-list li:has-text("复杂") button'), shown("#one-shown:visible"))
    contact = (click("#contact"), shown('#contact-shown:has-text("张桂兰")'))
    await studio.take("complaints", "/complaints/town", WALL, *opened, *contact, user="town-head")
    await studio.take("complaints-phone", "/complaints/town", PHONE, shown("#open-list li"), user="town-head")
    await studio.take("complaints-clerk", "/complaints/town", WALL, _entering, user="town-4")
    await studio.take("complaints-receipt", "/complaints/town", WALL, _entering, _entered, user="town-4")
    await studio.post(f"{of['phone']}/reply", head, {"text": ANSWER, "written": True})
    await studio.take("complaint-answered", f"/complaint/town/{codes[0]}", PHONE)
    await studio.take("complaint-extended", f"/complaint/town/{codes[1]}", PHONE)
    letter = of["phone"].replace("/complaints/", "/complaints/town/") + "/letter"
    await studio.take("complaints-letter", letter, SHEET, user="town-head")
    for body in _many():
        await studio.post("/complaints", clerk, body)
    await studio.take("complaints-busy", "/complaints/town", WALL, *opened, user="town-discipline")
    await studio.take("complaints-lost", "/complaints/town", WALL, *opened, studio.lose_the_server, user="town-head")


def _written() -> tuple[Any, ...]:
    text = "自助机旁边没有人指导，老人不会用。"
    return (click('[name="about"][value="service"]'), typed("#text", text), click("#complain button"))


def _many() -> Iterator[dict[str, Any]]:
    for n in range(24):
        severity = ("general", "general", "complex", "major")[n % 4]
        yield {"channel": "phone", "about": ("service", "staff")[n % 2], "severity": severity, "text": "等候时间太长。"}


async def _entering(page: Page) -> None:
    await page.click("#enter")
    await page.fill("#enter-text", "咨询电话打了几次没有人接。")
    await page.fill("#enter-name", "王秀英")


async def _entered(page: Page) -> None:
    await page.click("#enter-form [data-submit]")
    await page.wait_for_selector("#taken-qr img")
