"""Bad ratings through HTTP: told at once, put right by a day, and nobody reads of them who must not."""

from datetime import date, timedelta
from typing import Any

import pytest

from queue_server.web.follow_up_link import path_of
from tests.web.rig import Api, Town

ALL, RATINGS = "/halls/town/rectifications", "/halls/town/ratings"
BAD: dict[str, Any] = {
    "level": "dissatisfied",
    "reasons": ["213"],
    "comment": "窗口让我跑了三趟",
    "phone": "138 1234 5678",
}


class Story:
    """A hall where one citizen rated badly by phone, and those who look after it."""

    def __init__(self, town: Town, clerk: Api) -> None:
        self.town, self.clerk = town, clerk
        self.rated: dict[str, Any] = {}
        self.one = ""

    async def begin(self) -> "Story":
        """Serve a ticket, and let its holder rate."""
        self.head = await self.town.person("head", name="李主任")
        self.discipline = await self.town.person("discipline", name="赵书记")
        await self.rate()
        return self

    async def rate(self, **said: Any) -> None:
        """One more service, rated badly."""
        served = await self.clerk.post("/halls/town/counters/1/serve-now", {"service": 1})
        await self.clerk.post("/halls/town/counters/1/finish")
        ticket = served["ticket"]["id"]
        self.rated = await self.town.public.post(RATINGS, {"ticket": ticket, "leg": 1, **BAD, **said})
        await (await self.town.site.server.hall("town")).settle()
        self.one = f"{ALL}/{(await self.head.get(ALL))['rectifications'][-1]['id']}"

    @property
    def public(self) -> str:
        """Where the citizen reads and rates."""
        path: str = self.rated["follow_up"]
        return path.replace("/follow-up/town/", "/halls/town/follow-ups/")

    async def state(self) -> str:
        """Where it stands."""
        found: str = (await self.head.get(self.one))["rectification"]["state"]
        return found


@pytest.fixture
async def story(town: Town) -> Story:
    """A bad rating that was just given."""
    return await Story(town, await town.clerk(1)).begin()


async def test_the_head_sees_at_once_what_was_rated_and_by_when_it_is_due(story: Story) -> None:
    """With the words, of which each look is recorded; the number only where it is asked for."""
    (shown,) = (await story.head.get(ALL))["rectifications"]
    assert (shown["number"], shown["counter"], shown["capacity"]) == ("B001", 1, "relief")
    assert (shown["level"], shown["reasons"], shown["service"]) == ("dissatisfied", ["213"], 1)
    assert (shown["state"], shown["overdue"], shown["comment"], shown["phone"]) == ("pending", False, True, True)
    assert date.fromisoformat(shown["due_on"]) > date.fromisoformat(shown["business_day"])
    found = await story.head.get(story.one)
    assert found["rectification"] == shown
    (opened,) = found["log"]
    assert (opened["step"], opened["words"], opened["by"]) == ("opened", BAD["comment"], "")
    assert BAD["phone"] not in str(found)
    assert await story.head.get(f"{story.one}/phone") == {"phone": BAD["phone"]}
    runner = await story.town.site.server.hall("town")
    opening = next(iter(runner.books.durable.rectifications)).opened
    notes = story.town.site.server.records.notes
    for ref in (opening.comment_ref, opening.phone_ref):
        assert ref is not None
        (look,) = await notes.looks(ref)
        assert look.reader.startswith("u_")


async def test_it_is_put_right_and_rated_once_more(story: Story) -> None:
    """Every step by who may take it, each with its words in the log; the citizen reads what was done."""
    head, public = story.head, story.town.public
    told = await public.get(story.public)
    assert (told["number"], told["state"], "answer" in told) == ("B001", "pending", False)
    await public.refuse("not_rectified", "POST", story.public, {"level": "satisfied"})
    assert (await head.post(f"{story.one}/start"))["state"] == "under_way"
    await head.refuse("already_under_way", "POST", f"{story.one}/start")
    await head.post(f"{story.one}/note", {"note": "看了当天的叫号记录"})
    await head.post(f"{story.one}/call-back", {"reached": True, "note": "已致歉"})
    assert (await head.post(f"{story.one}/finish", {"note": "已补发材料清单"}))["state"] == "finished"
    await head.post(f"{story.one}/call-back", {"reached": True, "satisfied": True})
    told = await public.get(story.public)
    assert (told["state"], told["answer"]) == ("finished", "已补发材料清单")
    rated = {"level": "satisfied", "reasons": ["413"], "comment": "这次办得快"}
    assert await public.post(story.public, rated) == {"number": "B001", "level": "satisfied"}
    await public.refuse("already_followed_up", "POST", story.public, rated)
    await head.refuse("already_followed_up", "POST", f"{story.one}/follow-up", rated)
    assert (await public.get(story.public))["rated"] == "satisfied"
    found = await head.get(story.one)
    assert [step["step"] for step in found["log"]] == [
        *("opened", "started", "noted", "called_back", "finished", "called_back", "followed_up")
    ]
    assert found["log"][-1] | {"at": ""} == {
        "at": "", "by": "holder", "step": "followed_up", "words": "这次办得快", "level": "satisfied",
        "source": "phone", "reasons": ["413"], "reasons_version": "2020",
    }  # fmt: skip
    shown = found["rectification"]
    assert (shown["in_time"], shown["called_back"]["satisfied"], shown["follow_up"]["level"]) == (
        True,
        True,
        "satisfied",
    )


async def test_the_second_rating_may_be_told_at_the_call_back(story: Story) -> None:
    """By whoever calls, in the citizen's name; it says so."""
    await story.head.post(f"{story.one}/finish", {"note": "已办妥"})
    await story.discipline.post(f"{story.one}/follow-up", {"level": "very_satisfied", "comment": "可以了"})
    found = await story.head.get(story.one)
    assert found["rectification"]["follow_up"]["source"] == "callback"
    assert found["log"][-1]["by"].startswith("u_")


async def test_a_review_is_asked_by_the_head_and_decided_by_another(story: Story) -> None:
    """To leave the rating out, or for more time, which must be before the limit and later than it."""
    head, discipline, district = story.head, story.discipline, await story.town.person("district")
    due = date.fromisoformat((await head.get(story.one))["rectification"]["due_on"])
    for days in (0, 400):
        asked = {"what": "extension", "note": "要外调档案", "until": (due + timedelta(days=days)).isoformat()}
        await head.refuse("until_invalid", "POST", f"{story.one}/review", asked)
    until = (due + timedelta(days=3)).isoformat()
    asked = {"what": "extension", "note": "要外调档案", "until": until}
    assert (await head.post(f"{story.one}/review", asked))["state"] == "extension_review"
    assert (await head.get(story.one))["rectification"]["review"]["until"] == until
    await head.refuse("review_pending", "POST", f"{story.one}/finish", {"note": "好了"})
    await head.refuse("not_allowed", "POST", f"{story.one}/decision", {"granted": True})
    granted = await discipline.post(f"{story.one}/decision", {"granted": True, "note": "同意"})
    assert (granted["state"], granted["due_on"]) == ("pending", until)
    await discipline.refuse("no_review", "POST", f"{story.one}/decision", {"granted": True})
    await head.post(f"{story.one}/review", {"what": "invalid", "note": "当事人点错了"})
    assert (await district.post(f"{story.one}/decision", {"granted": True}))["state"] == "invalid"
    await head.refuse("rectification_closed", "POST", f"{story.one}/start")
    await head.refuse("rectification_closed", "POST", f"{story.one}/call-back", {"reached": True})
    assert (await story.town.public.get(story.public))["state"] == "invalid"


async def test_what_makes_no_sense_is_refused(story: Story) -> None:
    """And changes nothing."""
    head, public = story.head, story.town.public
    before = await head.get(story.one)
    await head.refuse("wrong_shape", "POST", f"{story.one}/call-back", {"reached": False, "satisfied": True})
    await head.refuse("not_rectified", "POST", f"{story.one}/call-back", {"reached": True, "satisfied": True})
    for step, asked in (("note", {}), ("finish", {}), ("review", {"what": "invalid"})):
        for blank in ("", " \n "):
            await head.refuse("wrong_shape", "POST", f"{story.one}/{step}", asked | {"note": blank})
    await head.refuse("rectification_unknown", "POST", f"{ALL}/r_none/start")
    await head.refuse("rectification_unknown", "GET", f"{ALL}/r_none")
    for version in ("2020", "1999"):
        wrong = {"level": "satisfied", "reasons": ["213"], "reasons_version": version}
        await head.refuse("reason_unknown", "POST", f"{story.one}/follow-up", wrong)
        await public.refuse("reason_unknown", "POST", story.public, wrong)
    assert (await head.get(story.one))["log"] == before["log"]


async def test_a_number_is_for_bad_ratings_and_need_not_be_left(story: Story) -> None:
    """A good rating takes none, because nobody would call; without one there is nothing to be read."""
    served = await story.clerk.post("/halls/town/counters/1/serve-now", {"service": 1})
    await story.clerk.post("/halls/town/counters/1/finish")
    rating = {"ticket": served["ticket"]["id"], "leg": 1, "level": "satisfied"}
    await story.town.public.refuse("wrong_shape", "POST", RATINGS, rating | {"phone": "13812345678"})
    assert "follow_up" not in await story.town.public.post(RATINGS, rating)
    await story.rate(phone=None, comment=None)
    assert (await story.head.get(story.one))["rectification"]["phone"] is False
    await story.head.refuse("phone_unknown", "GET", f"{story.one}/phone")


async def test_who_works_with_tickets_rates_none(story: Story) -> None:
    """They know the tickets' ids, as holders do; a rating comes from who was served, at the evaluator or by phone."""
    served = await story.clerk.post("/halls/town/counters/1/serve-now", {"service": 1})
    await story.clerk.post("/halls/town/counters/1/finish")
    rating = {"ticket": served["ticket"]["id"], "leg": 1, "level": "very_satisfied"}
    for who in (story.clerk, await story.town.person("guide"), story.head):
        await who.refuse("not_allowed", "POST", RATINGS, rating)
        await who.refuse("not_allowed", "POST", story.public, {"level": "satisfied"})
    await story.town.public.post(RATINGS, rating)


async def test_at_the_counter_nobody_is_given_the_address(town: Town) -> None:
    """The evaluator is everybody's; its rating asks to be put right all the same, and may leave a number."""
    clerk, evaluator, head = await town.clerk(1), await town.device("evaluator", 1), await town.person("head")
    await clerk.post("/halls/town/counters/1/serve-now", {"service": 1})
    await clerk.post("/halls/town/counters/1/finish")
    rated = await evaluator.post(RATINGS, {"counter": 1, **BAD, "level": "very_dissatisfied", "reasons": ["115"]})
    assert rated == {"number": "B001", "leg": 1, "level": "very_dissatisfied"}
    await (await town.site.server.hall("town")).settle()
    (shown,) = (await head.get(ALL))["rectifications"]
    assert (shown["level"], shown["phone"]) == ("very_dissatisfied", True)


async def test_the_address_cannot_be_made_up(story: Story) -> None:
    """Nor does one hall's open another's; what the staff are shown is what the citizen was given."""
    public, name = story.town.public, story.one.rpartition("/")[2]
    for wrong in (name, f"{name}.", f"{name}.{'A' * 20}", f"r_0.{story.public.rpartition('.')[2]}", "x" * 3000):
        await public.refuse("rectification_unknown", "GET", f"/halls/town/follow-ups/{wrong}")
    secret = story.town.site.server.follow_up_secret
    assert (await story.head.get(story.one))["path"] == story.rated["follow_up"] == path_of(secret, "town", name)
    assert path_of(secret, "west", name).rpartition(".")[2] != path_of(secret, "town", name).rpartition(".")[2]


async def test_clerks_see_nothing_of_it(story: Story) -> None:
    """Not that there is one, nor what was said, nor a number, and they have no hand in it."""
    for who in (story.clerk, await story.town.person("guide"), await story.town.person("admin")):
        for method, path in (("GET", ALL), ("GET", story.one), ("GET", f"{story.one}/phone")):
            await who.refuse("not_allowed", method, path)
        await who.refuse("not_allowed", "POST", f"{story.one}/note", {"note": "不是我的错"})
    other = story.town.api(await story.town.site.session(await story.town.site.person("head", "west")))
    await other.refuse("not_allowed", "GET", ALL)


async def test_nothing_that_a_clerk_reads_moves_with_it(story: Story) -> None:
    """Neither with a bad rating nor with a complaint: whoever looks again and again must not find out when one came."""
    week = await story.clerk.get("/halls/town/staffing")
    await story.rate()
    await story.town.public.post("/halls/town/complain", {"about": "staff", "text": "态度生硬"})
    assert await story.clerk.get("/halls/town/staffing") == week


async def test_every_step_is_repeated_in_vain(story: Story) -> None:
    """The same key with the same request: the same bytes, and the book stands where it stood."""
    runner = await story.town.site.server.hall("town")
    steps: list[tuple[Api, str, Any]] = [
        (story.head, f"{story.one}/start", {}),
        (story.head, f"{story.one}/note", {"note": "记一笔"}),
        (story.head, f"{story.one}/review", {"what": "invalid", "note": "点错了"}),
        (story.discipline, f"{story.one}/decision", {"granted": False, "note": "不同意"}),
        (story.head, f"{story.one}/finish", {"note": "已办妥"}),
        (story.head, f"{story.one}/call-back", {"reached": True, "satisfied": False, "note": "还不满意"}),
        (story.town.public, story.public, {"level": "dissatisfied", "comment": "还要再来"}),
    ]
    for done, (caller, path, body) in enumerate(steps):
        first = await caller.send("POST", path, body, idempotency_key=f"once-{done}")
        assert first.is_success, first.text
        head = runner.books.head
        again = await caller.send("POST", path, body, idempotency_key=f"once-{done}")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert runner.books.head == head
    assert await story.state() == "finished"


async def test_the_most_urgent_comes_first_and_what_is_over_last(story: Story) -> None:
    """Of those that are over, the newest first."""
    first = story.one
    for _ in range(3):
        await story.rate()
    numbers = [one["number"] for one in (await story.head.get(ALL))["rectifications"]]
    assert numbers == ["B001", "B002", "B003", "B004"]
    for one in (first, story.one):
        await story.head.post(f"{one}/finish", {"note": "好了"})
    shown = (await story.head.get(ALL))["rectifications"]
    assert [(one["number"], one["state"]) for one in shown] == [
        *(("B002", "pending"), ("B003", "pending"), ("B004", "finished"), ("B001", "finished"))
    ]
