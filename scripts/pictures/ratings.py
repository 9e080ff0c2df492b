"""Bad ratings: the head puts them right, another decides, the citizen reads what was done; and a clerk's own sum."""

import asyncio
from typing import Any

from scripts.pictures.studio import PHONE, WALL, Studio, click, shown
from tests.faults.process import Process

__all__ = ["pictures"]

SAID: tuple[dict[str, Any], ...] = (
    {"level": "dissatisfied", "reasons": ["210", "213"], "comment": "跑了三趟，每次说的材料都不一样。",
     "phone": "138 0379 0001"},
    {"level": "very_dissatisfied", "reasons": ["113"], "comment": "从 2 号窗口让到 5 号，又让回来。",
     "phone": "138 0379 0002"},
    {"level": "dissatisfied", "reasons": ["207"], "comment": "墙上没有填表的样本，老人不会填。"},
    {"level": "dissatisfied", "reasons": ["214"]},
    {"level": "very_dissatisfied", "reasons": ["115"], "comment": "点错了，应该是非常满意。"},
)  # fmt: skip
DONE = "您好！一次性告知单已补上“近期照片”一项，窗口人员重新学习了材料清单。给您带来不便，我们诚恳致歉。"
ALL = "/manager/town/ratings"


async def pictures(studio: Studio) -> None:
    """The first day, a busy one, one bad rating from the head's side and the citizen's, and a lost server."""
    head = await studio.staff("town-head")
    await studio.take("ratings-first-day", ALL, WALL, shown(".is-live"), user="town-head")
    addresses = [await _rated(studio, counter, said) for counter, said in enumerate(SAID, 1)]
    waiting: dict[int, str] = {}
    while len(waiting) < len(SAID):  # each follows its rating at once, and yet after it
        await asyncio.sleep(0.1)
        found = await studio.get("/rectifications", head)
        waiting = {one["counter"]: one["id"] for one in found["rectifications"]}
    first, asked, finished = (f"/rectifications/{waiting[counter]}" for counter in (1, 5, 3))
    await studio.post(f"{first}/start", head)
    await studio.post(f"{first}/note", head, {"note": "调看了当天的叫号记录，与窗口人员谈话。"})
    await studio.post(f"{first}/call-back", head, {"reached": True, "note": "已致歉；本人说第二次来时没有人一次说清。"})
    await studio.post(f"{asked}/review", head, {"what": "invalid", "note": "本人来电说明是误点，有通话记录。"})
    await studio.post(f"{finished}/finish", head, {"note": "已张贴填表样本，配了大字版。"})
    looked_at = f"{ALL}#{waiting[1]}"
    await studio.take("ratings", looked_at, WALL, shown("#log li"), user="town-head")
    await studio.take("ratings-phone", looked_at, PHONE, shown("#log li"), user="town-head")
    calling = (shown("#log li"), click("[data-ask=call]"), click('#call-dialog [value="yes"]'))
    await studio.take("ratings-call-back", looked_at, WALL, *calling, user="town-head")
    deciding = (shown("#log li"), click("[data-ask=decision]"))
    await studio.take("ratings-decision", f"{ALL}#{waiting[5]}", WALL, *deciding, user="town-discipline")
    await studio.take("follow-up", addresses[0], PHONE)
    await studio.post(f"{first}/finish", head, {"note": DONE})
    await studio.take("follow-up-answer", addresses[0], PHONE, shown(".rating"))
    await studio.take("ratings-lost", looked_at, WALL, shown("#log li"), studio.lose_the_server, user="town-head")
    await _own(studio)


async def _own(studio: Studio) -> None:
    """What a clerk's ratings of a month add up to."""
    server = Process(studio.folder / "past", past=40)
    await server.start()
    try:
        await Studio(server, studio.browser, studio.folder).take("my-ratings", "/my-ratings/town", PHONE, user="town-1")
    finally:
        await server.kill()


async def _rated(studio: Studio, counter: int, said: dict[str, Any]) -> str:
    """Somebody is served and says that; where they read what was done."""
    clerk = await studio.staff(f"town-{counter}")
    await studio.post(f"/counters/{counter}/sign-on", clerk, {"capacity": "A"})
    served = await studio.post(f"/counters/{counter}/serve-now", clerk, {"service": 141})
    await studio.post(f"/counters/{counter}/finish", clerk)
    rated = await studio.post(
        "/ratings", studio.server.hall()["kiosk"], {"ticket": served["ticket"]["id"], "leg": 1, **said}
    )
    path: str = rated["follow_up"]
    return path
