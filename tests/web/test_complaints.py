"""Complaints 有诉即办 through HTTP: who may bring one up, who sees which, and that every look is on record."""

from datetime import date, timedelta
from typing import Any

import pytest

from queue_server.engine.clock import monotonic
from queue_server.peers.throttle import LocalThrottle
from queue_server.records.throttle import SignInThrottle
from tests.web.pages.conftest import Site
from tests.web.rig import Api, Town

COMPLAINTS = "/halls/town/complaints"
SAID = "窗口要我跑了三趟，每次都说材料不全"
ABOUT_SERVICE = {"about": "service", "text": SAID}
BY_PHONE = {"channel": "phone", "about": "service", "text": SAID, "name": "李建国", "phone": "13812345678"}
ANSWER = "已核实：材料清单有误，已更正，向您致歉。"


async def numbers(caller: Api) -> list[str]:
    """Numbers of the complaints that somebody is shown, in order."""
    return [one["number"] for one in (await caller.get(COMPLAINTS))["complaints"]]


async def only(caller: Api) -> str:
    """The path of the one complaint that somebody is shown."""
    (one,) = (await caller.get(COMPLAINTS))["complaints"]
    return f"{COMPLAINTS}/{one['id']}"


async def test_from_a_citizens_words_to_the_answer(town: Town) -> None:
    """Brought up online, read, told why it takes longer, answered in writing; its complainant follows it by a code."""
    head = await town.person("head", name="赵主任")
    taken = await town.public.post("/halls/town/complain", {**ABOUT_SERVICE, "counter": 1, "phone": "13812345678"})
    assert (taken["number"][4:], taken["state"], len(taken["code"])) == ("-0001", "open", 16)
    own = f"/halls/town/complaint/{taken['code']}"
    assert (await town.public.get(own)) | {"came_at": "", "due_at": ""} == {
        "number": taken["number"], "state": "open", "came_at": "", "due_at": "", "last_day": taken["last_day"],
        "late": False, "extensions": [], "text": SAID,
    }  # fmt: skip

    complaint = await only(head)
    read = await head.get(complaint)
    assert (read["text"], read["counter"], read["channel"], read["severity"]) == (SAID, 1, "online", "general")
    assert (read["named"], read["phone"], read["written"], read["late"]) == (False, True, True, False)
    assert [(entry["what"], entry["by"]) for entry in read["log"]] == [("registered", "public")]
    assert await head.get(f"{complaint}/contact") == {"phone": "13812345678"}

    until = (date.fromisoformat(taken["last_day"]) + timedelta(days=3)).isoformat()
    later = await head.post(f"{complaint}/extend", {"until": until, "reason": "要到县里核实"})
    assert later["last_day"] == until
    await head.post(f"{complaint}/notes", {"text": "已电话告知诉求人"})
    await head.refuse("reply_must_be_written", "POST", f"{complaint}/reply", {"text": ANSWER, "written": False})
    answered = await head.post(f"{complaint}/reply", {"text": ANSWER, "written": True})
    assert (answered["number"], answered["state"]) == (taken["number"], "replied")

    seen = await town.public.get(own)
    assert seen["extensions"][0]["reason"] == "要到县里核实"
    assert (seen["reply"]["text"], seen["reply"]["written"], seen["state"]) == (ANSWER, True, "replied")
    assert "已电话告知诉求人" not in str(seen) and "赵主任" not in str(seen)
    await town.public.refuse("complaint_closed", "POST", f"{own}/withdraw", {})
    log = (await head.get(complaint))["log"]
    assert [(entry["what"], entry.get("note", "")) for entry in log] == [
        ("registered", ""), ("extended", "要到县里核实"), ("noted", "已电话告知诉求人"), ("replied", ANSWER),
    ]  # fmt: skip
    assert all(entry["by_name"] == "赵主任" for entry in log[1:])


async def test_every_look_is_on_record(town: Town) -> None:
    """Whoever reads it, its complainant too, and apart from that whoever asks for name and phone; a list is no look."""
    head, discipline = await town.person("head", name="赵主任"), await town.person("discipline", name="钱书记")
    clerk = await town.person("clerk")
    code = (await clerk.post(COMPLAINTS, BY_PHONE))["code"]
    complaint = await only(head)
    looks = (await head.get(complaint))["looks"]
    assert [(look["reader_name"], look["what"]) for look in looks] == [("赵主任", "text")]
    await town.public.get(f"/halls/town/complaint/{code.lower()[:4]}-{code[4:]}")
    await discipline.get(f"{complaint}/contact")
    await numbers(discipline)
    looks = (await discipline.get(complaint))["looks"]
    assert sorted((look["reader_name"], look["reader"] == "holder", look["what"]) for look in looks) == [
        ("", True, "text"), ("赵主任", False, "text"), ("钱书记", False, "contact"), ("钱书记", False, "text"),
    ]  # fmt: skip


async def test_one_about_staff_is_for_discipline_alone(town: Town) -> None:
    """Also when the head entered it, and when it names the head: gone on submitting, without a code to look by."""
    head, clerk = await town.person("head"), await town.person("clerk")
    discipline = await town.person("discipline")
    for writer in (head, clerk):
        assert "code" not in await writer.post(COMPLAINTS, BY_PHONE | {"about": "staff"})
    named = (await town.site.server.records.accounts.all("town"))[0].id
    await clerk.post(COMPLAINTS, BY_PHONE | {"severity": "major", "subject": named})
    assert await numbers(head) == []
    shown = (await discipline.get(COMPLAINTS))["complaints"]
    assert [one["about"] for one in shown] == ["staff"] * 3
    assert (shown[0]["severity"], shown[0]["subject"]["id"]) == ("major", named)
    for one in shown:
        path = f"{COMPLAINTS}/{one['id']}"
        await head.refuse("complaint_unknown", "GET", path)
        await head.refuse("complaint_unknown", "GET", f"{path}/contact")
        await head.refuse("complaint_unknown", "POST", f"{path}/reply", {"text": ANSWER, "written": True})
        assert (await discipline.get(path))["text"] == SAID


async def test_the_head_who_finds_it_is_about_staff_loses_sight_of_it(town: Town) -> None:
    """At once; a repeat of the same request still gets its answer, and the clerk's code shows nothing any more."""
    head, clerk = await town.person("head"), await town.person("clerk", name="周敏")
    discipline = await town.person("discipline")
    code = (await clerk.post(COMPLAINTS, BY_PHONE))["code"]
    complaint = await only(head)
    subject = next(one.id for one in await town.site.server.records.accounts.all("town") if one.name == "周敏")
    kind = {"severity": "general", "about": "staff", "subject": subject}
    first = await head.post(f"{complaint}/reclassify", kind, idempotency_key="once")
    assert await head.post(f"{complaint}/reclassify", kind, idempotency_key="once") == first
    await head.refuse("complaint_unknown", "GET", complaint)
    await town.public.refuse("complaint_unknown", "GET", f"/halls/town/complaint/{code}")
    assert (await discipline.get(complaint))["subject"] == {"id": subject, "name": "周敏"}


async def test_it_names_somebody_of_the_hall(town: Town) -> None:
    """Clerk, guide or head: neither discipline nor somebody of another hall, nor nobody."""
    clerk = await town.person("clerk")
    stranger = await town.site.person("clerk", "village")
    watcher = await town.site.person("discipline")
    for subject in (stranger.id, watcher.id, "u_none"):
        await clerk.refuse("account_unknown", "POST", COMPLAINTS, BY_PHONE | {"subject": subject})
    await clerk.refuse("counter_unknown", "POST", COMPLAINTS, BY_PHONE | {"counter": 99})
    await town.public.refuse("counter_unknown", "POST", "/halls/town/complain", ABOUT_SERVICE | {"counter": 99})


async def test_the_complaint_counter_answers_on_the_spot(town: Town) -> None:
    """当场答复: taken in and answered at once; what has to go further is refused, and nothing of it is taken in."""
    clerk, head = await town.person("clerk"), await town.person("head")
    at_counter = BY_PHONE | {"channel": "counter", "reply": ANSWER}
    assert (await clerk.post(COMPLAINTS, at_counter))["state"] == "replied"
    await clerk.refuse("not_on_the_spot", "POST", COMPLAINTS, at_counter | {"severity": "major"})
    await clerk.refuse("not_on_the_spot", "POST", COMPLAINTS, at_counter | {"channel": "paper"})
    read = await head.get(await only(head))
    assert [entry["what"] for entry in read["log"]] == ["registered", "replied"]


async def test_a_complainant_gives_it_up(town: Town) -> None:
    """By the code, or by telling the staff."""
    head, clerk = await town.person("head"), await town.person("clerk")
    code = (await town.public.post("/halls/town/complain", ABOUT_SERVICE | {"scanned": True}))["code"]
    gone = await town.public.post(f"/halls/town/complaint/{code}/withdraw", {"reason": "问题已经解决"})
    assert gone["state"] == "withdrawn"
    await clerk.post(COMPLAINTS, BY_PHONE)
    waiting, closed = (await head.get(COMPLAINTS))["complaints"]
    assert (closed["channel"], closed["state"], waiting["state"]) == ("qr", "withdrawn", "open")
    await head.post(f"{COMPLAINTS}/{waiting['id']}/withdraw", {"text": "来电说不用了"})
    await head.refuse("complaint_closed", "POST", f"{COMPLAINTS}/{waiting['id']}/withdraw", {"text": "再来一次"})


async def test_a_command_that_is_repeated_is_done_once(town: Town) -> None:
    """The same complaint with the same number and the same code, however often it is sent in."""
    first = await town.public.post("/halls/town/complain", ABOUT_SERVICE, idempotency_key="once")
    again = await town.public.post("/halls/town/complain", ABOUT_SERVICE, idempotency_key="once")
    assert again == first
    await town.public.refuse(
        "key_reused", "POST", "/halls/town/complain", ABOUT_SERVICE | {"text": "别的"}, idempotency_key="once"
    )
    assert len(await numbers(await town.person("head"))) == 1


def two_in_ten_minutes() -> LocalThrottle:
    """A throttle that is soon felt."""
    return LocalThrottle(SignInThrottle(limit=2, window=600.0), monotonic)


async def test_nobody_floods_a_hall_with_complaints(town: Town) -> None:
    """Six from one address in ten minutes; who repeats a request is not counted again, and staff are not held up."""
    town.site.server.complaint_calls = two_in_ten_minutes()
    for n in (0, 1, 1):
        await town.public.post("/halls/town/complain", ABOUT_SERVICE, idempotency_key=f"key {n}".replace(" ", "-"))
    refused = await town.public.refuse("too_many", "POST", "/halls/town/complain", ABOUT_SERVICE)
    assert 0 < refused["wait_s"] <= 601
    await (await town.person("clerk")).post(COMPLAINTS, BY_PHONE)


async def test_nobody_fills_the_disk_with_looks(town: Town) -> None:
    """Each look at one's own is kept for years: so many in ten minutes, of each complaint for itself."""
    town.site.server.holder_looks = two_in_ten_minutes()
    codes = [(await town.public.post("/halls/town/complain", ABOUT_SERVICE))["code"] for _ in range(2)]
    for code in (*codes, *codes):
        await town.public.get(f"/halls/town/complaint/{code}")
    refused = await town.public.refuse("too_many", "GET", f"/halls/town/complaint/{codes[0]}")
    assert 0 < refused["wait_s"] <= 601
    async with town.site.client() as browser:
        assert (await browser.get(f"/complaint/town/{codes[0]}")).status_code == 429
    gone = await town.public.post(f"/halls/town/complaint/{codes[0]}/withdraw", {})
    assert gone["state"] == "withdrawn", "what was done is answered all the same"


async def test_a_phone_has_all_of_its_addresses_counted_together(town: Town) -> None:
    """All of an IPv6 /64 is one phone's, which would else use up what is left to everybody in the hall."""
    server = town.site.server
    for path, body in (("/halls/town/complain", ABOUT_SERVICE), ("/pairings", {"hall": "town", "role": "kiosk"})):
        server.complaint_calls, server.pairing_calls = (two_in_ten_minutes() for _ in range(2))
        answers = [
            (await town.send_from(address, "POST", path, body, key=address)).status_code
            for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
        ]
        assert answers == [201, 201, 429, 201], path


@pytest.mark.parametrize("wrong", [{}, {"text": ""}, {"text": " \n "}, {"text": "字" * 2001}, {"about": "weather"}])
async def test_what_is_no_complaint_is_refused(shared_town: Town, wrong: dict[str, Any]) -> None:
    """Without words, with too many, or of no kind."""
    await shared_town.public.refuse("wrong_shape", "POST", "/halls/town/complain", wrong and ABOUT_SERVICE | wrong)


async def test_a_code_of_nothing_shows_nothing(shared_town: Town) -> None:
    """Whatever it is made of."""
    for code in ("AAAABBBBCCCCDDDD", "%E5%8F%B7", "x" * 500):
        await shared_town.public.refuse("complaint_unknown", "GET", f"/halls/town/complaint/{code}")


async def test_words_and_names_are_in_notes_alone(town: Town) -> None:
    """Nothing of it is in the journal; each note is kept for as long as complaints are."""
    clerk, head = await town.person("clerk"), await town.person("head")
    await clerk.post(COMPLAINTS, BY_PHONE)
    complaint = await only(head)
    await head.post(f"{complaint}/reply", {"text": ANSWER, "written": False})
    runner = await town.site.server.hall("town")
    written = [event async for _, happened in runner.books.events_after(0) for event in happened]
    refs = [
        ref
        for event in written
        for name in event.__struct_fields__
        if name.endswith("_ref") and (ref := getattr(event, name)) is not None
    ]
    assert len(refs) == 4
    for secret in (SAID, "李建国", "13812345678", ANSWER):
        assert secret not in str(written)
    now = runner.now()
    notes = await town.site.server.records.notes.get_many(refs, "u_inspector", now)
    assert {note.text for note in notes.values()} == {SAID, "李建国", "13812345678", ANSWER}
    assert all(note.confirmed and note.expires_at > now + timedelta(days=700) for note in notes.values())


async def test_what_was_forgotten_is_left_out(town: Town) -> None:
    """After their time the words are gone; that there was a complaint, and when it was answered, is not."""
    head = await town.person("head")
    code = (await town.public.post("/halls/town/complain", {**ABOUT_SERVICE, "name": "李建国"}))["code"]
    complaint = await only(head)
    await head.post(f"{complaint}/reply", {"text": ANSWER, "written": True})
    state = (await _complaints(town.site)).all[complaint.rpartition("/")[2]]
    refs = [ref for ref in (state.text_ref, state.name_ref) if ref is not None]
    await town.site.server.records.notes.forget(refs)
    read = await head.get(complaint)
    assert "text" not in read and read["named"]
    assert await head.get(f"{complaint}/contact") == {}
    own = await town.public.get(f"/halls/town/complaint/{code}")
    assert "text" not in own and own["reply"]["text"] == ANSWER


async def _complaints(site: Site) -> Any:
    return (await site.server.hall("town")).books.durable.complaints
