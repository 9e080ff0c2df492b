"""Complaints: whoever brings one up, what becomes of it, and those who answer it."""

from typing import Any

from playwright.async_api import Page

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown, typed

__all__ = ["pictures"]

BROUGHT_UP: tuple[dict[str, Any], ...] = (
    {"channel": "phone", "about": "service", "text": "办老年证跑了三趟，每次都说材料不全，请一次说清要带什么。",
     "name": "李建国", "phone": "13803790001"},
    {"channel": "paper", "about": "other", "severity": "complex",
     "text": "大厅东门的坡道太陡，轮椅上不去，请与城建部门一起解决。",
     "name": "张桂兰", "phone": "13803790002"},
    {"channel": "counter", "about": "service", "severity": "major", "text": "有人在大厅门口冒充工作人员收取代办费。",
     "counter": 4},
    {"channel": "counter", "about": "service", "text": "饮水机没有热水。", "reply": "已当场报修，今天下午修好。"},
)  # fmt: skip
ANSWER = "您好！经核实，一次性告知单上漏写了近期照片一项，现已更正并张贴在窗口。给您带来不便，我们诚恳致歉。"


async def pictures(studio: Studio) -> None:
    """The first day, a busy one, and one complaint from its beginning to its letter."""
    await studio.take("complaints-first-day", "/complaints/town", WALL, shown("#never:visible"), user="town-head")
    clerk, head = await studio.staff("town-4"), await studio.staff("town-head")
    await studio.take("complain-phone", "/complain/town", PHONE)
    await studio.take("complain-sent", "/complain/town", PHONE, *_written(), click("#complain button"), shown("#done"))
    codes = [(await studio.post("/complaints", clerk, body)).get("code", "") for body in BROUGHT_UP]
    waiting = {one["number"]: one for one in (await studio.get("/complaints", head))["complaints"]}
    opened = (shown("#open-list li"), click("#open-list button >> nth=1"), shown("#one-shown:visible"))
    await studio.take("complaints", "/complaints/town", WALL, *opened, user="town-head")
    await studio.take("complaints-phone", "/complaints/town", PHONE, shown("#open-list li"), user="town-head")
    await studio.take("complaints-clerk", "/complaints/town", WALL, _entering, user="town-4")
    await studio.take("complaints-receipt", "/complaints/town", WALL, _entering, _entered, user="town-4")
    answered = next(one for one in waiting.values() if one["channel"] == "phone")
    await studio.post(f"/complaints/{answered['id']}/reply", head, {"text": ANSWER, "written": True})
    await studio.take("complaint-answered", f"/complaint/town/{codes[0]}", PHONE)
    await studio.take("complaints-letter", f"/complaints/town/{answered['id']}/letter", WALL, user="town-head")
    await studio.take("complaints-lost", "/complaints/town", WALL, *opened, studio.lose_the_server, user="town-head")


def _written() -> tuple[Any, ...]:
    return (click('[name="about"][value="service"]'), typed("#text", "自助机旁边没有人指导，老人不会用。"))


async def _entering(page: Page) -> None:
    await page.click("#enter")
    await page.fill("#enter-text", "咨询电话打了几次没有人接。")
    await page.fill("#enter-name", "王秀英")


async def _entered(page: Page) -> None:
    await page.click("#enter-form [data-submit]")
    await page.wait_for_selector("#taken-dialog[open]")
