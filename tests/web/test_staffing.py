"""The posts' plan by HTTP: who may report, confirm and see what, and how signing on knows of it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from queue_server.domain.post import Post
from queue_server.records.accounts import Account
from tests.web.pages.conftest import TOWN
from tests.web.rig import Api, Town

HALL = "/halls/town"
ABSENCES, HANDOVERS, STAFFING = f"{HALL}/absences", f"{HALL}/handovers", f"{HALL}/staffing"


class Centre:
    """A hall with two posts, whose clerks stand in for each other; everybody has signed in."""

    def __init__(self, town: Town, accounts: dict[str, Account], callers: dict[str, Api], today: date) -> None:
        self.town = town
        self.accounts = accounts
        self.callers = callers
        self.today = today

    def id(self, who: str) -> str:
        """An account."""
        return self.accounts[who].id

    def absence(self, who: str | None = None, ahead: int = 1, days: int = 1, **told: Any) -> dict[str, Any]:
        """What is sent to report whole days, so many ahead."""
        first = self.today + timedelta(days=ahead)
        last = first + timedelta(days=days - 1)
        halves = {"first": {"day": str(first), "half": "morning"}, "last": {"day": str(last), "half": "afternoon"}}
        return halves | {"kind": "personal"} | ({"clerk": self.id(who)} if who else {}) | told


@pytest.fixture
async def centre(town: Town) -> AsyncIterator[Centre]:
    """Wang is A of counter 1 and B of 2, Li the other way round, Zhao holds nothing."""
    site = town.site
    accounts = {
        who: await site.person("clerk", name=name) for who, name in (("wang", "王芳"), ("li", "李雷"), ("zhao", "赵敏"))
    }
    accounts |= {role: await site.person(role, name="周主任") for role in ("head", "discipline", "district")}
    wang, li = accounts["wang"].id, accounts["li"].id
    posts = {
        "one": Post(id="one", name="综合岗", counter=1, a=wang, b=(li,)),
        "two": Post(id="two", name="即办岗", counter=2, a=li, b=(wang,)),
    }
    runner = await site.hall(TOWN, posts=posts)
    callers = {who: town.api(await site.session(account)) for who, account in accounts.items()}
    assert runner.day.business_day
    yield Centre(town, accounts, callers, runner.day.business_day)


def _cell(week: Any, post: str, day: date, half: str = "morning") -> Any:
    cells = next(row for row in week["posts"] if row["id"] == post)["cells"]
    return next(cell for cell in cells if (cell["day"], cell["half"]) == (str(day), half))


async def test_an_absence_from_the_report_to_the_return(centre: Centre) -> None:
    """Reported a day ahead, seen to break the plan, mended by a deputy, told to nobody who need not know, ended."""
    wang, head, li = centre.callers["wang"], centre.callers["head"], centre.callers["li"]
    absence = await wang.post(ABSENCES, centre.absence(reason="带孩子看病"))
    assert (absence["clerk"], absence["late"], absence["has_reason"]) == (centre.id("wang"), False, True)
    tomorrow = centre.today + timedelta(days=1)
    week = await head.get(f"{STAFFING}?from={tomorrow}")
    cell = _cell(week, "one", tomorrow)
    assert (cell["state"], [choice["clerk"] for choice in cell["choices"]]) == ("uncovered", [centre.id("li")])
    assert week["absences"] == [absence]
    assert week["names"][centre.id("li")] == "李雷"
    confirmed = await head.post(f"{ABSENCES}/{absence['id']}/deputy", {"post": "one", "deputy": centre.id("li")})
    assert [one["deputy"] for one in confirmed["deputies"]] == [centre.id("li")]
    cell = _cell(await li.get(f"{STAFFING}?from={tomorrow}"), "one", tomorrow)
    assert (cell["state"], cell["clerk"], cell["also"]) == ("covered", centre.id("li"), ["two"])
    assert (await head.get(f"{ABSENCES}/{absence['id']}/reason")) == {"reason": "带孩子看病"}
    taken_back = await head.post(f"{ABSENCES}/{absence['id']}/deputy", {"post": "one"})
    assert taken_back["deputies"] == []
    assert await wang.do("DELETE", f"{ABSENCES}/{absence['id']}") == {"id": absence["id"]}
    assert (await head.get(STAFFING))["absences"] == []


async def test_whoever_comes_back_early_was_absent_until_then(centre: Centre) -> None:
    """And a report on the day itself is late."""
    head = centre.callers["head"]
    absence = await head.post(ABSENCES, centre.absence("wang", ahead=-1, days=4, kind="sick"))
    assert (absence["late"], absence["by"]) == (True, centre.id("head"))
    ended = await centre.callers["wang"].do("DELETE", f"{ABSENCES}/{absence['id']}")
    assert date.fromisoformat(ended["last"]["day"]) <= centre.today


async def test_who_sees_what_of_an_absence(centre: Centre) -> None:
    """A clerk her own, and of colleagues only that the post is left; those who look on all; each look is recorded."""
    absence = await centre.callers["wang"].post(ABSENCES, centre.absence(reason="住院", kind="sick"))
    path, day = f"{ABSENCES}/{absence['id']}", absence["first"]["day"]
    week = await centre.callers["li"].get(f"{STAFFING}?from={day}")
    assert week["absences"] == []
    assert "sick" not in str(week)
    assert _cell(week, "one", date.fromisoformat(day))["state"] == "uncovered"
    await centre.callers["li"].refuse("absence_unknown", "GET", f"{path}/reason")
    await centre.callers["li"].refuse("absence_unknown", "DELETE", path)
    for who in ("wang", "head", "discipline"):
        assert await centre.callers[who].get(f"{path}/reason") == {"reason": "住院"}
    await centre.callers["district"].refuse("not_allowed", "GET", f"{path}/reason")
    runner = await centre.town.site.server.hall("town")
    ref = runner.books.durable.staffing.absences[absence["id"]].reason_ref
    assert ref is not None
    looks = await centre.town.site.server.records.notes.looks(ref)
    assert [look.reader for look in looks] == [centre.id(who) for who in ("wang", "head", "discipline")]


async def test_what_cannot_be_reported(centre: Centre) -> None:
    """For others, for strangers, by a head who does not say for whom, or for a time that cannot be."""
    before = await centre.town.fingerprint()
    wang, head = centre.callers["wang"], centre.callers["head"]
    await wang.refuse("not_allowed", "POST", ABSENCES, centre.absence("li"))
    await head.refuse("wrong_shape", "POST", ABSENCES, centre.absence())
    await head.refuse("account_unknown", "POST", ABSENCES, centre.absence("head"))
    await head.refuse("account_unknown", "POST", ABSENCES, centre.absence() | {"clerk": "u_nobody"})
    await wang.refuse("absence_over", "POST", ABSENCES, centre.absence(ahead=-9))
    await wang.refuse("absence_too_long", "POST", ABSENCES, centre.absence(days=400))
    far = {"first": {"day": "0001-01-01", "half": "morning"}, "last": {"day": "9999-12-31", "half": "afternoon"}}
    await wang.refuse("absence_too_long", "POST", ABSENCES, centre.absence() | far)
    await wang.refuse("wrong_shape", "POST", ABSENCES, centre.absence(kind="party"))
    await head.refuse("absence_unknown", "POST", f"{ABSENCES}/a_0/deputy", {"post": "one", "deputy": centre.id("li")})
    for day in ("today", "2026-13-01", "1999-01-01", "9999-12-31", ""):
        await head.refuse("query_invalid", "GET", f"{STAFFING}?from={day}")
    assert await centre.town.fingerprint() == before


async def test_signing_on_knows_the_plan(centre: Centre) -> None:
    """A deputy or relief whom the head confirmed is confirmed, also for covering from the own counter; nobody is kept
    from signing on.
    """
    head, li, zhao = centre.callers["head"], centre.callers["li"], centre.callers["zhao"]
    runner = await centre.town.site.server.hall("town")
    absence = await head.post(ABSENCES, centre.absence("wang", ahead=0))
    await zhao.post(f"{HALL}/counters/1/sign-on", {"capacity": "relief"})
    assert runner.day.duties[1].confirmed is False
    await zhao.post(f"{HALL}/counters/1/sign-off")
    for deputy in ("li", "zhao"):
        await head.post(f"{ABSENCES}/{absence['id']}/deputy", {"post": "one", "deputy": centre.id(deputy)})
    await zhao.post(f"{HALL}/counters/1/sign-on", {"capacity": "relief"})
    assert runner.day.duties[1].confirmed is True
    await zhao.post(f"{HALL}/counters/1/sign-off")
    await li.post(f"{HALL}/counters/2/sign-on", {"capacity": "A"})
    await head.post(f"{ABSENCES}/{absence['id']}/deputy", {"post": "one", "deputy": centre.id("li")})
    events: list[Any] = []
    await li.post(f"{HALL}/counters/2/sign-on", {"capacity": "B", "post": "one"})
    async for _, happened in runner.days.events_after(0):
        events.extend(happened)
    assert (events[-1].post, events[-1].capacity, events[-1].confirmed) == ("one", "B", True)
    there = (await head.get(STAFFING))["on_duty"]
    assert {post: (one["clerk"], one["counter"]) for post, one in there.items()} == {
        "two": (centre.id("li"), 2),
        "one": (centre.id("li"), 2),
    }


async def test_a_handover_both_ways(centre: Centre) -> None:
    """Out with what is open, taken by the other's own hand; the note is for the two and those above them."""
    wang, li, zhao, head = (centre.callers[who] for who in ("wang", "li", "zhao", "head"))
    await wang.post(f"{HALL}/counters/1/sign-on", {"capacity": "A"})
    number = (await wang.post(f"{HALL}/counters/1/serve-now", {"queue": "comprehensive"}))["ticket"]["number"]
    given = {"post": "one", "taker": centre.id("li"), "numbers": [number.lower(), number], "note": "章在左边抽屉"}
    out = await wang.post(HANDOVERS, given)
    assert (out["direction"], out["numbers"], "taken_at" in out) == ("out", [number], False)
    path = f"{HANDOVERS}/{out['id']}"
    assert (await li.get(STAFFING))["handovers"] == [out]
    assert (await zhao.get(STAFFING))["handovers"] == []
    await zhao.refuse("handover_unknown", "GET", f"{path}/note")
    assert await li.get(f"{path}/note") == {"note": "章在左边抽屉"}
    await zhao.refuse("not_taker", "POST", f"{path}/take")
    taken = await li.post(f"{path}/take")
    assert taken["taken_at"] >= taken["given_at"]
    back = await head.post(HANDOVERS, {"post": "one", "giver": centre.id("li"), "taker": centre.id("wang")})
    assert (back["direction"], back["giver"], back["has_note"]) == ("back", centre.id("li"), False)
    assert await head.get(f"{HANDOVERS}/{back['id']}/note") == {}
    await wang.refuse("not_allowed", "POST", HANDOVERS, given | {"giver": centre.id("li")})
    await wang.refuse("number_unknown", "POST", HANDOVERS, given | {"numbers": ["A999"]})
    await wang.refuse("handover_to_self", "POST", HANDOVERS, given | {"taker": centre.id("wang")})
    await wang.refuse("handover_unknown", "POST", f"{HANDOVERS}/h_0/take")


async def test_every_command_of_the_plan_is_repeated_in_vain(centre: Centre) -> None:
    """With its key: the same answer, also when what it was about is gone by now."""
    wang, head, li = centre.callers["wang"], centre.callers["head"], centre.callers["li"]
    done: list[tuple[Api, str, str, Any, str, bytes]] = []

    async def do(caller: Api, path: str, body: Any = None, method: str = "POST") -> Any:
        key = f"plan-{len(done)}"
        answer = await caller.send(method, path, body, idempotency_key=key)
        assert answer.is_success, answer.text
        done.append((caller, method, path, body, key, answer.content))
        return answer.json()

    absence = await do(wang, ABSENCES, centre.absence(reason="体检"))
    await do(head, f"{ABSENCES}/{absence['id']}/deputy", {"post": "one", "deputy": centre.id("li")})
    given = await do(wang, HANDOVERS, {"post": "one", "taker": centre.id("li"), "note": "无"})
    await do(li, f"{HANDOVERS}/{given['id']}/take")
    await do(head, f"{ABSENCES}/{absence['id']}/deputy", {"post": "one", "deputy": None})
    await do(wang, f"{ABSENCES}/{absence['id']}", method="DELETE")
    before = await centre.town.fingerprint()
    for caller, method, path, body, key, content in done:
        assert (await caller.send(method, path, body, idempotency_key=key)).content == content
    assert await centre.town.fingerprint() == before


async def test_no_words_in_the_journal(centre: Centre) -> None:
    """Reasons and notes stay in records/."""
    wang = centre.callers["wang"]
    await wang.post(ABSENCES, centre.absence(reason="不可说的原因"))
    await wang.post(HANDOVERS, {"post": "one", "taker": centre.id("li"), "note": "不可说的备注"})
    runner = await centre.town.site.server.hall("town")
    async for batch, _ in runner.books.events_after(0):
        assert "不可说" not in batch.events.decode()
