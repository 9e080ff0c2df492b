"""Records that were lost, as the head is told of them, and the head's word that they were seen to."""

from collections.abc import Sequence
from typing import Any

from queue_server.domain.book_commands import ReportLoss
from queue_server.domain.hours import business_day
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import HallRunner
from queue_server.web.standing_alarms import standing_alarms
from tests.web.pages.conftest import TOWN
from tests.web.rig import Town, without_nulls

EPOCH = "00112233445566ff"


async def lose(runner: HallRunner, known: int = 121, issued: Sequence[str] = (), **fields: Any) -> None:
    """Some server tells that a part of the hall's history is gone, and with it the tickets with these numbers."""
    now = runner.now()
    fields["issued"] = {f"t_{number}": number for number in issued}
    told: dict[str, Any] = {"part": "day", "epoch": EPOCH, "kept": 118, "since": now, "until": now}
    report = ReportLoss(
        **(told | {"business_day": business_day(now, TOWN.day_starts, TOWN.timezone), "known": known} | fields)
    )
    outcome = await runner.run_book(report, f"lost:{EPOCH}:{known}", "", lambda book, events: None)
    assert not isinstance(outcome, Refusal)


async def standing(town: Town, token: str) -> list[dict[str, Any]]:
    """The alarms on the head's page."""
    answer = await town.client.get("/manager/town/watch", headers={"Authorization": f"Bearer {token}"})
    without_nulls(answer.json())
    return [*answer.json()["standing"]]


async def test_what_was_lost_is_told_until_the_head_has_seen_to_it(town: Town) -> None:
    """Head and district see it; the head alone ends it; more that becomes known is told anew."""
    runner = await town.site.hall(TOWN)
    head, district = await town.person("head"), await town.person("district")
    assert head.token is not None and district.token is not None
    await lose(runner, issued=("A013", "A014"), again=("A013",), back=("A009",))
    for reader in (head.token, district.token):
        (alarm,) = await standing(town, reader)
        assert (alarm["kind"], alarm["colour"], alarm["subject"], alarm["figure"]) == ("history_lost", "red", EPOCH, 3)
        lost = {"part": "day", "issued": ["A013", "A014"], "again": ["A013"], "back": ["A009"], "complaints": []}
        assert alarm["lost"] == lost
    path = f"/halls/town/losses/{EPOCH}/acknowledge"
    await district.refuse("not_allowed", "POST", path)
    await head.refuse("loss_unknown", "POST", "/halls/town/losses/e0/acknowledge")
    for key in ("one", "one", "another"):
        assert await head.post(path, idempotency_key=key) == {"loss": EPOCH}
    assert await standing(town, head.token) == []
    seq = runner.books.durable.seq
    assert await head.post(path) == {"loss": EPOCH} and runner.books.durable.seq == seq, "once is enough"
    await lose(runner, known=125, issued=("A015",))
    (alarm,) = await standing(town, head.token)
    assert alarm["figure"] == 7 and alarm["lost"]["issued"] == ["A013", "A014", "A015"]


async def test_what_was_lost_goes_out_to_the_webhook_like_any_alarm(town: Town) -> None:
    """In both languages, with the tickets; a hundred numbers are no text for a phone, and stand in the data alone."""
    runner = await town.site.hall(TOWN)
    numbers = tuple(f"A{n:03}" for n in range(1, 101))
    await lose(runner, issued=numbers)
    (alarm,) = [found for found in await standing_alarms(town.site.server, runner) if found.kind == "alarm"]
    assert (alarm.subject, alarm.level) == (f"history_lost {EPOCH}", "red")
    assert alarm.data["what"] == "history_lost" and alarm.data["numbers"] == [*numbers]
    for text in alarm.text:
        assert "A020" in text and "A021" not in text and "3" in text


async def test_of_the_book_it_is_told_without_tickets(town: Town) -> None:
    """With the complaints that came in, of which those about staff are discipline's alone."""
    runner = await town.site.hall(TOWN)
    await lose(runner, part="book", complaints=("2026-0007", "2026-J0001"))
    head = await town.person("head")
    assert head.token is not None
    (told,) = await standing(town, head.token)
    assert told["lost"]["complaints"] == ["2026-0007"]
    (alarm,) = [found for found in await standing_alarms(town.site.server, runner) if found.kind == "alarm"]
    assert alarm.text == (
        "最近 3 条已保存的记录丢失。请在现场管理页核对。",
        "The last 3 saved records were lost. See the hall's page.",
    )
