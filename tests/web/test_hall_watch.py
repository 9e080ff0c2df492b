"""What a hall's head, and the district, are told to see to."""

from typing import Any

from msgspec.structs import replace

from queue_server.domain.book_commands import BookCommand, RegisterComplaint
from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.counter import Counter
from queue_server.domain.post import Post
from queue_server.domain.refusals import Refusal
from queue_server.domain.thresholds import Flexible, Levels, Thresholds
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.records.accounts import Account
from tests.web.pages.conftest import NEVER_OPEN, TOWN
from tests.web.rig import Town, without_nulls


async def _watch(town: Town, who: Account) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {await town.site.session(who)}"}
    found: dict[str, Any] = (await town.client.get("/manager/town/watch", headers=headers)).json()
    without_nulls(found)
    return found


async def _write(runner: HallRunner, command: BookCommand, key: str) -> None:
    outcome = await runner.run_book(command, key, "", lambda book, events: None)
    assert not isinstance(outcome, Refusal)


async def test_what_stands_is_told_by_name(town: Town) -> None:
    """With whoever can act, also of a clerk who came today; a flexible counter only while the hall is open."""
    head = await town.site.person("head")
    holder = await town.site.person("clerk", name="李华")
    counters = TOWN.counters | {7: Counter(number=7, name="机动", kind="flexible", queues=("comprehensive",))}
    setup: dict[str, Any] = {
        "counters": counters,
        "posts": {"post-2": Post(id="post-2", name="即办岗", counter=2, a=holder.id)},
        "alarms": replace(Thresholds(), saturation=Levels(yellow=1)),
        "flexible": Flexible(open_at=1, close_at=0),
    }
    await town.site.hall(TOWN, **setup)
    assert (await _watch(town, head))["standing"] == []
    await town.clerk(1)
    kiosk = await town.device("kiosk")
    for _ in range(2):
        await kiosk.post("/halls/town/tickets", {"queue": "comprehensive"})
    found = await _watch(town, head)
    (clerk,) = {actor for alarm in found["standing"] for actor in alarm["actors"]}
    assert found["standing"] == [
        {
            "kind": "saturation",
            "colour": "yellow",
            "subject": "comprehensive",
            "name": "综合受理",
            "figure": 2,
            "limit": 1,
            "actors": [clerk],
        }
    ]
    assert found["proposals"] == [
        {"action": "open", "counter": 7, "queues": ["comprehensive"], "waiting": 2, "open": 1, "limit": 1, "actors": []}
    ]
    (post,) = found["posts"]
    assert (post["name"], post["expected"], post["planned"]) == ("即办岗", holder.id, holder.id)
    assert found["names"] == {clerk: "王芳", holder.id: "李华"}
    await town.site.hall(TOWN, **setup, hours=NEVER_OPEN)
    assert (await _watch(town, head))["proposals"] == []


async def test_a_complaint_is_told_to_the_head_and_never_one_about_staff(town: Town) -> None:
    """The district does not see it here."""
    head, district = await town.site.person("head"), await town.site.person("district")
    runner = await town.site.hall(TOWN, complaints=ComplaintRules(general_days=0))
    for about, subject in (("service", None), ("staff", head.id)):
        command = RegisterComplaint(
            by="public",
            complaint=f"c_{about}",
            channel="online",
            severity="general",
            about=about,  # type: ignore[arg-type]
            subject=subject,
            kind_of=day_kind,
            text_ref="n_1",
        )
        await _write(runner, command, about)
    (alarm,) = (await _watch(town, head))["standing"]
    headers = {"Authorization": f"Bearer {await town.site.session(head)}"}
    for place in ("/manager/town/week", "/manager/town/ratings", "/complaints/town"):
        answer = await town.client.get(place, headers=headers)
        assert answer.status_code == 200, f"an alarm leads to {place}"
    number = runner.books.durable.complaints.all["c_service"].number
    assert (alarm["kind"], alarm["name"], alarm["actors"]) == ("complaint_due", number, [])
    assert (await _watch(town, district))["standing"] == []
