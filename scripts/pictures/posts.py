"""The posts: a week of them, the desk's part in it, and a handover on paper."""

from datetime import date, timedelta
from typing import Any

from playwright.async_api import Page

from scripts.pictures.studio import LIVE, PHONE, WALL, Studio, click, shown

__all__ = ["pictures"]

WEEK = "/manager/town/week"
OFFICE_HOURS = {day: [["08:30", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def pictures(studio: Studio) -> None:
    """Without a post; a quiet week; one that breaks, as head, clerk and phone see it; the questions; on paper; lost."""
    head = await studio.staff("town-head")
    posts = (await studio.get("/setup", head))["setup"]["posts"]
    hours = {"always": False, "weekly": OFFICE_HOURS}
    await studio.set_up(posts={}, hours=hours)
    await studio.take("posts-first", WEEK, WALL, LIVE, user="town-head")
    await studio.set_up(posts=posts)
    monday = await _next_monday(studio, head)
    week = f"{WEEK}?from={monday}"
    await studio.take("posts-quiet", week, WALL, LIVE, user="town-head")
    handover = await _a_week(studio, monday)
    await studio.take("posts", week, WALL, LIVE, shown("#break-list li"), user="town-head")
    await studio.take("posts-lists", week, WALL, LIVE, _lists, user="town-head")
    await studio.take("posts-phone", week, PHONE, LIVE, shown("#break-list li"), user="town-head")
    await studio.take("posts-clerk", week, WALL, LIVE, shown("#absences li"), user="town-1")
    await studio.take("posts-english", week + "&lang=en", WALL, LIVE, shown("#break-list li"), user="town-head")
    await studio.take("posts-absence", week, WALL, LIVE, click("#report"), user="town-head")
    await studio.take("posts-handover", week, WALL, LIVE, click("#hand-over"), user="town-head")
    await studio.take("posts-sign-on", "/counter/town/2", WALL, shown("#posts-wait:not([hidden])"), user="town-2")
    await studio.take(
        "posts-desk", "/counter/town/2", WALL, click('[data-command="posts"]'), shown("#handovers li"), user="town-2"
    )
    await studio.take("posts-paper", f"/handover/town/{handover}", WALL, user="town-head")
    await studio.take("posts-not-allowed", "/manager/village/week", WALL, user="town-1")
    await studio.take("posts-lost", week, WALL, LIVE, studio.lose_the_server, user="town-head")


async def _lists(page: Page) -> None:
    """Absences and handovers are in sight."""
    await page.locator(".posts-lists").scroll_into_view_if_needed()


async def _next_monday(studio: Studio, head: str) -> date:
    today = date.fromisoformat((await studio.get("/staffing", head))["current"]["day"])
    return today + timedelta(days=7 - today.weekday())


async def _a_week(studio: Studio, monday: date) -> str:
    """One absence that is covered, one to be confirmed, A and B both away; two handovers, of which this is one."""
    head = await studio.staff("town-head")
    people = {person["user"]: person["id"] for person in (await studio.get("/staff", head))["staff"]}
    setup = (await studio.get("/setup", head))["setup"]
    post = {row["a"]: name for name, row in setup["posts"].items()}

    async def absent(who: str, first: int, last: int, kind: str) -> Any:
        whole = {"first": (first, "morning"), "last": (last, "afternoon")}
        span = {end: {"day": str(monday + timedelta(days=n)), "half": half} for end, (n, half) in whole.items()}
        body = span | {"kind": kind, "reason": "家里有事"}
        return await studio.post("/absences", await studio.staff(who), body)

    covered = await absent("town-1", 0, 1, "personal")
    deputy = {"post": post[people["town-1"]], "deputy": people["town-2"]}
    await studio.post(f"/absences/{covered['id']}/deputy", head, deputy)
    await absent("town-3", 2, 2, "annual")
    await absent("town-5", 3, 4, "sick")
    await absent("town-6", 4, 4, "business")
    given = {
        "post": post[people["town-1"]],
        "taker": people["town-2"],
        "note": "公章在左边抽屉；张大爷的材料等村里补证明。",
    }
    handover = await studio.post("/handovers", await studio.staff("town-1"), given)
    await studio.post(
        "/handovers", await studio.staff("town-4"), {"post": post[people["town-4"]], "taker": people["town-3"]}
    )
    return str(handover["id"])
