"""The main job through HTTP, call by call, as the wire contract words it; every answer is held to its shape."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain.post import Post
from queue_server.domain.service import Guide
from queue_server.web import complaining, complaints, follow_ups, losses, rectifications
from queue_server.web.first_run import offer_first_account
from queue_server.web.routes import OPERATIONS
from queue_server.web.server import StaffNames
from tests.web.pages.conftest import NEVER_OPEN, QUEUES, TOWN
from tests.web.portraits import a_photo
from tests.web.rig import Town

ONE, TWO = "/halls/town/counters/1", "/halls/town/counters/2"
TICKETS, RATINGS = "/halls/town/tickets", "/halls/town/ratings"


async def test_one_visit_asks_every_call(town: Town) -> None:
    """From the first account to the statistics: every operation is accepted at least once."""
    code = await offer_first_account(town.site.server)
    admin_account = {"user": "admin", "name": "管理员", "password": "correct horse 1"}
    made = await town.public.post("/setup", {"code": code, **admin_account})
    assert made == {"user": "admin", "name": "管理员"}
    kiosk, evaluator, screen = (
        await town.device("kiosk"),
        await town.device("evaluator", 1),
        await town.device("screen"),
    )
    guide, head = await town.person("guide"), await town.person("head")
    await town.site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    await town.site.person("clerk", user="wang", password="correct horse 9", counter=1)
    session = await town.public.post("/session", {"user": "wang", "password": "correct horse 9"}, idempotency_key=None)
    assert session | {"token": ""} == {"token": "", "role": "clerk", "name": "王芳", "halls": ["town"], "counter": 1}
    clerk = town.api(session["token"])

    on = await clerk.post(f"{ONE}/sign-on", {"capacity": "relief"})
    assert on == {
        "counter": {
            "number": 1,
            "name": "综合受理",
            "kind": "comprehensive",
            "state": "open",
            "queues": ["comprehensive"],
        }
    }
    first = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    by_phone = await town.public.post(
        TICKETS, {"queue": "comprehensive", "code": (await screen.get("/halls/town/code"))["code"]}
    )
    assert (first["number"], by_phone["number"]) == ("A001", "A002")
    assert (await clerk.post(f"{ONE}/next"))["ticket"]["id"] == first["id"]
    assert (await clerk.post(f"{ONE}/recall"))["ticket"]["legs"][0]["recalls"] == 1
    assert (await clerk.post(f"{ONE}/no-show"))["ticket"]["state"] == "absent"
    assert (await guide.post(f"{TICKETS}/{first['id']}/return"))["state"] == "waiting"
    prioritised = await guide.post(f"{TICKETS}/{first['id']}/priority", {"class": "elderly", "confirmed": True})
    assert (prioritised["priority"], prioritised["priority_confirmed"]) == ("elderly", True)
    assert (await guide.post(f"{TICKETS}/{first['id']}/urgent", {"reason": "孕妇不适"}))["urgent"] is True
    assert (await clerk.post(f"{ONE}/call", {"number": "A001", "reason": "急事"}))["ticket"]["id"] == first["id"]
    assert (await clerk.post(f"{ONE}/start"))["ticket"]["state"] == "serving"
    assert (await clerk.post(f"{ONE}/hold", {"reason": "等一份证明"}))["ticket"]["state"] == "held"
    assert (await clerk.post(f"{ONE}/resume-ticket", {"number": "A001"}))["ticket"]["state"] == "serving"
    assert (await clerk.post(f"{ONE}/finish", {"services": [1]}))["ticket"]["state"] == "finished"
    assert await clerk.post(f"{ONE}/invite") == {"number": "A001", "leg": 3, "evaluators": 0}
    assert await evaluator.post(RATINGS, {"counter": 1, "level": "satisfied"}) == {
        "number": "A001", "leg": 3, "level": "satisfied",
    }  # fmt: skip
    assert (await clerk.post(f"{ONE}/serve-now", {"queue": "comprehensive"}))["ticket"]["state"] == "serving"
    await clerk.post(f"{ONE}/finish")
    assert await evaluator.post("/halls/town/unrated", {"counter": 1, "cause": "timed_out"}) == {
        "number": "A003", "leg": 1, "cause": "timed_out",
    }  # fmt: skip
    await clerk.post(f"{ONE}/serve-now", {"queue": "comprehensive"})
    assert (await clerk.post(f"{ONE}/transfer", {"queue": "express", "reason": "转即办"}))["ticket"][
        "queue"
    ] == "express"
    assert (await town.public.do("DELETE", f"{TICKETS}/{by_phone['id']}"))["state"] == "cancelled"
    assert (await town.public.get(f"{TICKETS}/{by_phone['id']}"))["state"] == "cancelled"
    assert (await clerk.post(f"{ONE}/pause", {"reason": "喝口水"}))["counter"]["state"] == "paused"
    assert (await clerk.post(f"{ONE}/resume"))["counter"]["state"] == "open"
    assert (await clerk.post(f"{ONE}/sign-off"))["counter"]["state"] == "closed"

    for path in ("/halls", "/halls/town", "/halls/town/services", "/halls/town/board"):
        await town.public.get(path)
    today = (await town.public.get("/halls/town/board"))["state"]["business_day"]
    rows = (await head.get(f"/halls/town/statistics?from={today}&to={today}"))["rows"]
    assert (await clerk.get("/halls/town/my-ratings"))["rated"] == 0  # today's may still come
    assert (rows[0]["issued"], rows[0]["rated"]) == (4, 1)
    district = await town.person("district")
    (hall,) = (await district.get(f"/statistics?from={today}&to={today}"))["rows"]
    assert (hall["key"], hall["issued"]) == ("town", 4)
    a_minute_ago = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    missed = (await kiosk.post(TICKETS, {"queue": "comprehensive"}))["number"]
    await clerk.post(f"{ONE}/sign-on", {"capacity": "relief"})
    await clerk.post(f"{ONE}/next")
    await clerk.post(f"{ONE}/no-show")
    assert (await kiosk.post("/halls/town/returns", {"number": missed.lower()}))["state"] == "waiting"
    await kiosk.refuse("not_absent", "POST", "/halls/town/returns", {"number": missed})
    await kiosk.refuse("number_unknown", "POST", "/halls/town/returns", {"number": "A999"})
    on_paper = {"queue": "express", "number": "B007", "issued_at": a_minute_ago}
    assert (await guide.post("/halls/town/paper", on_paper))["number"] == "B007"
    withdrawn = await head.post("/halls/town/services", {"no": 1, "offered": False})
    assert (withdrawn["no"], withdrawn["offered"]) == (1, False)
    assert len((await head.post("/halls/town/voice/test"))["test"]) == 16
    assert await head.post("/halls/town/day/close") == {"business_day": today, "closed": True}
    assert await clerk.do("DELETE", "/session", idempotency_key=None) == {}
    await _keep_the_hall(town)
    elsewhere = {"/staffing", "/absences", "/handovers"}  # test_staffing.py
    assert {
        f"{o.method} {o.path}" for o in OPERATIONS if not any(part in o.path for part in elsewhere)
    } - town.accepted == {
        "POST /halls/{hall}/day/confirm",  # needs a leap of the clock: below
        "POST /halls/{hall}/tickets/{ticket}/phone",  # needs a webhook: test_reminders.py
        "POST /halls/{hall}/tickets/{ticket}/print",  # these need a printer: test_printing.py
        "POST /halls/{hall}/services/{service}/print",
        "POST /halls/{hall}/printers/{printer}/test",
        *(f"{o.method} {o.path}" for o in (*complaining.OPERATIONS, *complaints.OPERATIONS)),  # test_complaints.py
        "GET /halls/{hall}/ratings.csv",  # these are files: test_rating_export.py
        "GET /halls/{hall}/setup.toml",  # and these: test_setup_files.py
        "POST /halls/{hall}/setup.toml",
        "GET /halls/{hall}/services.xlsx",
        "POST /halls/{hall}/services.xlsx",
        *(f"{o.method} {o.path}" for o in losses.OPERATIONS),  # needs a loss: test_losses.py
        "GET /halls/{hall}/webhook",  # these need a webhook: test_webhook.py
        "POST /halls/{hall}/webhook/test",
        "POST /halls/{hall}/webhook/secret",
        "GET /halls/{hall}/staff/{account}/photo",  # and this a picture: test_staff_photos.py
        *(
            f"{o.method} {o.path}" for o in (*rectifications.OPERATIONS, *follow_ups.OPERATIONS)
        ),  # test_rectifications.py
    }


async def test_a_number_that_lapsed_is_made_good_by_staff_and_kiosk_alone(town: Town) -> None:
    """Nobody has lapsed here; a phone may not even ask."""
    await town.site.hall(TOWN, rules=replace(TOWN.rules, phone_ticketing=True))
    asked = {"queue": "comprehensive", "lapsed": "A001"}
    await (await town.device("kiosk")).refuse("not_lapsed", "POST", TICKETS, asked)
    code = (await (await town.device("screen")).get("/halls/town/code"))["code"]
    await town.public.refuse("not_allowed", "POST", TICKETS, asked | {"code": code})


async def _keep_the_hall(town: Town) -> None:
    """Every call of those who set halls up and keep their people and devices."""
    site = town.site
    admin = town.api(await site.session(await site.person("admin")))
    found = await admin.get("/halls/town/setup")
    changed = found["setup"] | {"phone": "0379-99999"}
    after = await admin.post("/halls/town/setup", {"version": found["version"], "setup": changed})
    assert after["setup"]["phone"] == "0379-99999"
    assert (await admin.post("/halls", {"id": "west", "setup": changed}))["setup"]["name"] == changed["name"]
    person = await admin.post("/halls/town/staff", {"user": "li", "name": "李雷", "role": "clerk"})
    await admin.get("/halls/town/staff")
    assert (await admin.post(f"/halls/town/staff/{person['id']}", {"name": "李强"}))["name"] == "李强"
    assert "password" in await admin.post(f"/halls/town/staff/{person['id']}/password")
    photo = f"/halls/town/staff/{person['id']}/photo"
    assert "photo" in await admin.post(photo, {"photo": a_photo()})
    assert "photo" not in await admin.do("DELETE", photo)
    pairing = await town.public.post("/pairings", {"hall": "town", "role": "kiosk"})
    device = await admin.post("/halls/town/devices", {"code": pairing["code"], "label": "门口"})
    assert (await town.public.get(f"/pairings/{pairing['id']}"))["state"] == "paired"
    assert device in (await admin.get("/halls/town/devices"))["devices"]
    assert (await admin.do("DELETE", f"/halls/town/devices/{device['id']}"))["id"] == device["id"]
    assert (await admin.get("/halls/town/changes"))["changes"][0]["what"] == "device_revoked"


async def test_the_head_confirms_a_date_that_leapt_ahead(town: Town) -> None:
    """An old machine's clock leaps: numbers go on until the head has vouched for the date, then they start over."""
    head, kiosk = await town.person("head"), await town.device("kiosk")
    await town.clerk(1)
    assert (await kiosk.post(TICKETS, {"queue": "express"}))["number"] == "B001"
    runner = await town.site.server.hall("town")
    before = runner.day.business_day
    assert before is not None
    leapt = timedelta(days=30)
    real_wall = runner.clock.wall_now
    runner.clock.wall_now = lambda: real_wall() + leapt  # type: ignore[method-assign]
    assert (await kiosk.post(TICKETS, {"queue": "express"}))["number"] == "B002"
    day = {"business_day": (before + leapt).isoformat()}
    await head.refuse("day_not_over", "POST", "/halls/town/day/confirm", {"business_day": "2099-01-01"})
    for _ in range(2):
        assert await head.post("/halls/town/day/confirm", day, idempotency_key="sure") == day | {"closed": False}
    assert (await kiosk.post(TICKETS, {"queue": "express"}))["number"] == "B001"


async def test_a_new_ticket_says_what_is_known_and_no_more(town: Town) -> None:
    """Optional members are absent rather than null; times are UTC with Z; the track is a path."""
    kiosk = await town.device("kiosk")
    ticket = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    assert set(ticket) == {"id", "number", "queue", "business_day", "issued_at", "state", "ahead", "legs", "track"}
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", ticket["id"])
    assert (ticket["state"], ticket["ahead"], ticket["legs"]) == ("waiting", 0, [])
    assert ticket["track"] == f"/t/town.{ticket['id']}"
    await town.clerk(1)
    second = await kiosk.post(
        TICKETS, {"service": 1, "priority": "military", "appointment": "2026-01-02T09:00:00+08:00"}
    )
    assert set(second) - set(ticket) >= {"service", "priority", "priority_confirmed", "appointment"}
    assert second["appointment"] == "2026-01-02T01:00:00.000Z"
    third = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    assert third["estimate"].keys() == {"p50_s", "p90_s"}
    assert third["estimate"]["p50_s"] <= third["estimate"]["p90_s"]


async def test_a_waiting_ticket_is_read_with_the_estimate_of_now(town: Town) -> None:
    """None while nobody serves its queue, and less when those ahead have gone; what was promised stays in its event."""
    kiosk = await town.device("kiosk")
    ids = [(await kiosk.post(TICKETS, {"queue": "comprehensive"}))["id"] for _ in range(3)]
    assert "estimate" not in await town.public.get(f"{TICKETS}/{ids[2]}")
    clerk = await town.clerk(1)
    before = (await town.public.get(f"{TICKETS}/{ids[2]}"))["estimate"]
    assert before.keys() == {"p50_s", "p90_s"}
    await town.public.do("DELETE", f"{TICKETS}/{ids[0]}")
    await town.public.do("DELETE", f"{TICKETS}/{ids[1]}")
    assert (await town.public.get(f"{TICKETS}/{ids[2]}"))["estimate"]["p50_s"] < before["p50_s"]
    await clerk.post(f"{ONE}/sign-off")
    assert "estimate" not in await town.public.get(f"{TICKETS}/{ids[2]}")


async def test_an_empty_next_is_the_one_null(town: Town) -> None:
    """`{"ticket": null}`, and not remembered: the same key calls whoever has come meanwhile."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    assert await clerk.post(f"{ONE}/next", idempotency_key="again") == {"ticket": None}
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    assert (await clerk.post(f"{ONE}/next", idempotency_key="again"))["ticket"]["number"] == "A001"


async def test_a_leg_names_its_clerk_to_staff_only(town: Town) -> None:
    """Staff see who served; the holder, who has the id too, does not."""
    clerk, kiosk = await town.clerk(1, name="李红"), await town.device("kiosk")
    ticket = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    called = (await clerk.post(f"{ONE}/next"))["ticket"]
    leg = {"leg": 1, "counter": 1, "capacity": "relief", "recalls": 0, "clerk": "李红"}
    assert called["legs"] == [leg | {"called_at": called["legs"][0]["called_at"]}]
    assert "clerk" not in (await town.public.get(f"{TICKETS}/{ticket['id']}"))["legs"][0]
    assert "clerk" not in (await kiosk.get(f"{TICKETS}/{ticket['id']}"))["legs"][0]
    elsewhere = town.api(await town.site.session(await town.site.person("clerk", "village")))
    assert "clerk" not in (await elsewhere.get(f"{TICKETS}/{ticket['id']}"))["legs"][0]
    done = await served(clerk, ONE)
    assert done["legs"][0].keys() == {*leg, "called_at", "started_at", "finished_at", "outcome"}
    assert done["legs"][0]["outcome"] == "served"


async def test_a_clerk_who_was_renamed_is_shown_so_within_a_minute(town: Town) -> None:
    """Though it was done from the command line, by another process."""
    now, records = 1000.0, town.site.server.records
    town.site.server.names = StaffNames(records, lambda: now)
    clerk = await town.clerk(1, name="李红")
    path = f"{TICKETS}/{(await clerk.post(f'{ONE}/serve-now', {'queue': 'comprehensive'}))['ticket']['id']}"
    (account,) = [account for account in await records.accounts.all() if account.name == "李红"]
    await records.accounts.update(replace(account, name="李宏"))
    for now, name in ((1059.0, "李红"), (1061.0, "李宏")):  # noqa: B007 - read by the clock above
        assert (await clerk.get(path))["legs"][0]["clerk"] == name


async def served(clerk: Any, counter: str) -> Any:
    """Serve the ticket that was called."""
    await clerk.post(f"{counter}/start")
    return (await clerk.post(f"{counter}/finish"))["ticket"]


async def test_the_counter_refuses_what_its_state_forbids(town: Town) -> None:
    """Each obstacle has its code, and the refused call changes nothing."""
    kiosk, wang = await town.device("kiosk"), await town.person("clerk")
    for verb in ("next", "recall", "start", "finish", "no-show", "sign-off", "resume"):
        await wang.refuse("not_on_duty", "POST", f"{ONE}/{verb}")
    await wang.post(f"{ONE}/sign-on", {"capacity": "relief"})
    await wang.refuse("already_on_duty", "POST", f"{ONE}/sign-on", {"capacity": "relief"})
    await wang.refuse("on_duty_elsewhere", "POST", f"{TWO}/sign-on", {"capacity": "relief"})
    await wang.refuse("post_unknown", "POST", f"{ONE}/sign-on", {"capacity": "relief", "post": "nobody"})
    other = await town.person("clerk")
    await other.refuse("counter_taken", "POST", f"{ONE}/sign-on", {"capacity": "relief"})
    for verb in ("recall", "start", "no-show", "finish"):
        await wang.refuse("no_ticket", "POST", f"{ONE}/{verb}")
    await wang.refuse("not_paused", "POST", f"{ONE}/resume")
    await wang.refuse("number_unknown", "POST", f"{ONE}/call", {"number": "A001", "reason": "x"})
    await wang.refuse("number_unknown", "POST", f"{ONE}/resume-ticket", {"number": "A001"})
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await kiosk.post(TICKETS, {"queue": "express"})
    await wang.refuse("queue_not_served", "POST", f"{ONE}/call", {"number": "B001", "reason": "x"})
    await wang.refuse("not_held", "POST", f"{ONE}/resume-ticket", {"number": "A001"})
    await wang.post(f"{ONE}/pause", {"reason": "x"})
    await wang.refuse("counter_paused", "POST", f"{ONE}/next")
    await wang.post(f"{ONE}/resume")
    await wang.post(f"{ONE}/next")
    before = await town.fingerprint()
    open_ticket = await wang.refuse("ticket_open", "POST", f"{ONE}/next")
    assert (open_ticket["number"], open_ticket["state"], open_ticket["retry"]) == ("A001", "called", "new_key")
    await wang.refuse("ticket_open", "POST", f"{ONE}/serve-now", {"queue": "express"})
    await wang.refuse("ticket_open", "POST", f"{ONE}/sign-off")
    for verb, body in (("finish", {}), ("hold", {}), ("transfer", {"queue": "express", "reason": "x"})):
        await wang.refuse("not_serving", "POST", f"{ONE}/{verb}", body)
    assert await town.fingerprint() == before
    await wang.post(f"{ONE}/start")
    for verb in ("recall", "start", "no-show"):
        await wang.refuse("not_called", "POST", f"{ONE}/{verb}")
    await wang.refuse("same_queue", "POST", f"{ONE}/transfer", {"queue": "comprehensive", "reason": "x"})
    await wang.refuse("queue_unknown", "POST", f"{ONE}/transfer", {"queue": "nowhere", "reason": "x"})
    await wang.refuse("service_not_offered", "POST", f"{ONE}/finish", {"services": [9999]})


async def test_issuing_is_refused_where_the_hall_says_so(town: Town) -> None:
    """Unknown queues and services, both or neither of them, quotas, hours, and a day that was closed."""
    kiosk, head = await town.device("kiosk"), await town.person("head")
    await kiosk.refuse("queue_unknown", "POST", TICKETS, {"queue": "nowhere"})
    await kiosk.refuse("service_not_offered", "POST", TICKETS, {"service": 9999})
    await kiosk.refuse("wrong_shape", "POST", TICKETS, {})
    for phone in ("13812345678\n", "1381234567a", "+", "1" * 30):
        await kiosk.refuse("wrong_shape", "POST", TICKETS, {"queue": "express", "phone": phone})
    await kiosk.refuse("wrong_shape", "POST", TICKETS, {"queue": "express", "service": 1})
    none_left = replace(QUEUES["express"], quota=type(QUEUES["express"].quota)(morning=0, afternoon=0))
    await town.site.hall(TOWN, queues=QUEUES | {"express": none_left})
    await kiosk.refuse("quota_reached", "POST", TICKETS, {"queue": "express"})
    await town.site.hall(TOWN, hours=NEVER_OPEN)
    await kiosk.refuse("ticketing_closed", "POST", TICKETS, {"queue": "comprehensive"})
    hall = await town.public.get("/halls/town")
    assert (hall["open_now"], hall["ticketing_now"]) == (False, False)
    await town.site.hall(TOWN)
    await head.post("/halls/town/day/close")
    await head.refuse("day_closed", "POST", "/halls/town/day/close")
    await kiosk.refuse("day_closed", "POST", TICKETS, {"queue": "comprehensive"})
    assert (await town.public.get("/halls/town"))["ticketing_now"] is False


async def test_the_third_absence_is_the_last(town: Town) -> None:
    """Absent twice, it comes back; the third time it is void, which closes it."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    path = f"{TICKETS}/{(await kiosk.post(TICKETS, {'queue': 'comprehensive'}))['id']}"
    await kiosk.refuse("not_absent", "POST", f"{path}/return")
    for _ in range(2):
        await clerk.post(f"{ONE}/next")
        assert (await clerk.post(f"{ONE}/no-show"))["ticket"]["state"] == "absent"
        assert (await kiosk.post(f"{path}/return"))["state"] == "waiting"
    await clerk.post(f"{ONE}/next")
    void = (await clerk.post(f"{ONE}/no-show"))["ticket"]
    assert (void["state"], [leg["outcome"] for leg in void["legs"]]) == ("void", ["absent"] * 3)
    await kiosk.refuse("not_absent", "POST", f"{path}/return")
    await clerk.refuse("ticket_closed", "POST", f"{path}/priority", {"class": "elderly", "confirmed": True})
    await town.public.refuse("not_waiting", "DELETE", path)


async def test_after_the_close_nobody_comes_back(town: Town) -> None:
    """An absent one cannot report back to a day that was closed."""
    clerk, kiosk, head = await town.clerk(1), await town.device("kiosk"), await town.person("head")
    ticket = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await clerk.post(f"{ONE}/next")
    await clerk.post(f"{ONE}/no-show")
    await head.post("/halls/town/day/close")
    await kiosk.refuse("day_closed", "POST", f"{TICKETS}/{ticket['id']}/return")


async def test_recalls_run_out(town: Town) -> None:
    """Five by the hall's rules; the sixth is refused with the limit."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await clerk.post(f"{ONE}/next")
    for recalls in range(1, 6):
        assert (await clerk.post(f"{ONE}/recall"))["ticket"]["legs"][0]["recalls"] == recalls
    assert (await clerk.refuse("recall_limit", "POST", f"{ONE}/recall"))["limit"] == 5


async def test_a_held_ticket_comes_back_elsewhere(town: Town) -> None:
    """To any counter of its queue, without queueing, as a new leg; a reason may be given and need not be."""
    one, two, kiosk = await town.clerk(1), await town.clerk(2), await town.device("kiosk")
    for _ in range(2):
        await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await one.post(f"{ONE}/next")
    await one.post(f"{ONE}/start")
    held = (await one.post(f"{ONE}/hold"))["ticket"]
    assert (held["state"], held["legs"][0]["outcome"]) == ("held", "held")
    back = (await two.post(f"{TWO}/resume-ticket", {"number": "A001"}))["ticket"]
    assert (back["state"], [leg["counter"] for leg in back["legs"]]) == ("serving", [1, 2])


async def test_a_transferred_ticket_keeps_its_number_and_its_place(town: Town) -> None:
    """Same number, same issue time, another queue, a second leg, and each leg rated for itself."""
    one, two, kiosk = await town.clerk(1), await town.clerk(2), await town.device("kiosk")
    ticket = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await kiosk.post(TICKETS, {"queue": "express"})
    await one.post(f"{ONE}/next")
    await one.post(f"{ONE}/start")
    moved = (await one.post(f"{ONE}/transfer", {"queue": "express", "reason": "应在即办窗口"}))["ticket"]
    kept = {"number", "issued_at", "id", "track", "business_day"}
    assert {name: moved[name] for name in kept} == {name: ticket[name] for name in kept}
    assert (moved["state"], moved["ahead"]) == ("waiting", 0)  # it came before B001
    assert (await two.post(f"{TWO}/next"))["ticket"]["number"] == "A001"
    await served(two, TWO)
    for leg in (1, 2):
        rating = {"ticket": ticket["id"], "leg": leg, "level": "very_satisfied", "reasons": ["510"]}
        assert await town.public.post(RATINGS, rating) == {"number": "A001", "leg": leg, "level": "very_satisfied"}
        await town.public.refuse("already_rated", "POST", RATINGS, rating)


async def test_ratings_of_holders_and_evaluators(town: Town) -> None:
    """Once for each finished leg; an evaluator rates the last one at its own counter, before the next begins."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    mine, other = await town.device("evaluator", 1), await town.device("evaluator", 2)
    await mine.refuse("not_finished", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    ids = [(await kiosk.post(TICKETS, {"queue": "comprehensive"}))["id"] for _ in range(3)]
    by_id = {"ticket": ids[0], "leg": 1, "level": "dissatisfied"}
    await town.public.refuse("not_finished", "POST", RATINGS, by_id)
    await clerk.post(f"{ONE}/next")
    await served(clerk, ONE)
    await town.public.refuse("not_finished", "POST", RATINGS, by_id | {"leg": 2})
    await town.public.refuse("reason_unknown", "POST", RATINGS, by_id | {"reasons": ["510"]})
    await town.public.refuse("ticket_unknown", "POST", RATINGS, by_id | {"ticket": "x" * 22})
    await town.public.refuse("token_missing", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    await other.refuse("not_allowed", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    await clerk.refuse("not_allowed", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    for body in ({}, {"ticket": ids[0]}, {"counter": 1, "leg": 1}, {"counter": 1, "ticket": ids[0], "leg": 1}):
        await mine.refuse("wrong_shape", "POST", RATINGS, {"level": "satisfied"} | body)
    await mine.post(RATINGS, {"counter": 1, "level": "very_dissatisfied", "reasons": ["115"]})
    await town.public.refuse("already_rated", "POST", RATINGS, by_id)
    await clerk.post(f"{ONE}/next")
    await mine.refuse("already_rated", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    await clerk.post(f"{ONE}/start")
    await mine.refuse("not_finished", "POST", RATINGS, {"counter": 1, "level": "satisfied"})
    await clerk.post(f"{ONE}/finish")
    assert (await mine.post(RATINGS, {"counter": 1, "level": "satisfied"}))["number"] == "A002"


async def test_why_there_is_no_rating(town: Town) -> None:
    """Told by the counter's evaluator alone, once for a leg, of the leg that it names; a rating may follow."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    mine, other, unrated = await town.device("evaluator", 1), await town.device("evaluator", 2), "/halls/town/unrated"
    ids = [(await kiosk.post(TICKETS, {"queue": "comprehensive"}))["id"] for _ in range(3)]
    asked = {"counter": 1, "cause": "refused"}
    await mine.refuse("not_finished", "POST", unrated, asked)
    for _ in range(2):
        await clerk.post(f"{ONE}/next")
        await served(clerk, ONE)
    first = {"number": "A001", "leg": 1}
    await other.refuse("not_allowed", "POST", unrated, asked)
    await clerk.refuse("not_allowed", "POST", unrated, asked)
    await town.public.refuse("token_missing", "POST", unrated, asked)
    for half in ({"number": "A001"}, {"leg": 1}):
        await mine.refuse("wrong_shape", "POST", unrated, asked | half)
        await mine.refuse("wrong_shape", "POST", RATINGS, {"counter": 1, "level": "satisfied"} | half)
    await town.public.refuse("wrong_shape", "POST", RATINGS, first | {"ticket": ids[0], "level": "satisfied"})
    assert await mine.post(unrated, asked | first) == first | {"cause": "refused"}
    await mine.refuse("already_unrated", "POST", unrated, asked | first | {"cause": "timed_out"})
    await clerk.post(f"{ONE}/next")
    await clerk.post(f"{ONE}/start")
    late: dict[str, Any] = {"counter": 1, "level": "satisfied", "number": "A002", "leg": 1}
    await mine.refuse("not_finished", "POST", RATINGS, late | {"finished_at": "2026-05-29T03:00:00.000Z"})
    late["finished_at"] = (await clerk.get(f"{TICKETS}/{ids[1]}"))["legs"][0]["finished_at"]
    assert await mine.post(RATINGS, late) == {"number": "A002", "leg": 1, "level": "satisfied"}
    await mine.refuse("already_rated", "POST", unrated, asked | {"number": "A002", "leg": 1})
    await town.public.post(RATINGS, {"ticket": ids[0], "leg": 1, "level": "dissatisfied"})
    await mine.refuse("not_finished", "POST", unrated, asked | {"number": "A003", "leg": 1})


async def test_reasons_of_two_versions(town: Town) -> None:
    """A page opened before the list changed still speaks in the old codes; each rating says of which version."""
    clerk, kiosk, mine = await town.clerk(1), await town.device("kiosk"), await town.device("evaluator", 1)
    server = town.site.server
    shipped = server.offered_reasons
    latest = shipped.version
    changed = replace(shipped, version="2099", levels=shipped.levels | {"satisfied": {"499": "新说法"}})
    server.reasons = {**server.reasons, "2099": changed}
    for number, asked, kept in (
        ("A001", {"reasons": ["413"], "reasons_version": latest}, latest),
        ("A002", {"reasons": ["499"]}, "2099"),
        ("A003", {"reasons_version": "2099"}, "2099"),
    ):
        ticket = await kiosk.post(TICKETS, {"queue": "comprehensive"})
        await clerk.post(f"{ONE}/next")
        await served(clerk, ONE)
        rating = {"counter": 1, "level": "satisfied"}
        await mine.refuse("reason_unknown", "POST", RATINGS, rating | {"reasons": ["413"]})
        await mine.refuse("reason_unknown", "POST", RATINGS, rating | {"reasons_version": "1999"})
        assert (await mine.post(RATINGS, rating | asked))["number"] == number
        stored = (await town.site.server.hall("town")).day.ratings[ticket["id"], 1]
        assert (stored.reasons, stored.reasons_version) == (tuple(asked.get("reasons", ())), kept)


async def test_a_priority_is_confirmed_and_withdrawn(town: Town) -> None:
    """A claim counts at once; withdrawn, the ticket goes back to its place; said twice, nothing changes."""
    guide, kiosk = await town.person("guide"), await town.device("kiosk")
    plain = await kiosk.post(TICKETS, {"queue": "comprehensive"})
    claimed = await kiosk.post(TICKETS, {"queue": "comprehensive", "priority": "disabled"})
    assert (claimed["ahead"], claimed["priority_confirmed"]) == (0, False)
    path = f"{TICKETS}/{claimed['id']}/priority"
    for _ in range(2):
        confirmed = await guide.post(path, {"class": "disabled", "confirmed": True})
        assert (confirmed["priority_confirmed"], confirmed["ahead"]) == (True, 0)
    assert (await town.public.get(f"{TICKETS}/{plain['id']}"))["ahead"] == 1
    for _ in range(2):
        withdrawn = await guide.post(path, {"class": "disabled", "confirmed": False})
        assert ("priority" in withdrawn, withdrawn["ahead"]) == (False, 1)


async def test_urgent_goes_first_and_once(town: Town) -> None:
    """特别紧急: called next whoever waits; a second time is refused, and so is one that does not wait."""
    clerk, kiosk, head = await town.clerk(1), await town.device("kiosk"), await town.person("head")
    ids = [(await kiosk.post(TICKETS, {"queue": "comprehensive", "priority": p}))["id"] for p in ("elderly", None)]
    urgent = f"{TICKETS}/{ids[1]}/urgent"
    assert (await head.post(urgent, {"reason": "突发疾病"}))["ahead"] == 0
    await head.refuse("already_urgent", "POST", urgent, {"reason": "再来一次"})
    assert (await clerk.post(f"{ONE}/next"))["ticket"]["id"] == ids[1]
    await head.refuse("not_waiting", "POST", urgent, {"reason": "再来一次"})
    await head.refuse("wrong_shape", "POST", urgent, {})


async def test_light_mode(town: Town) -> None:
    """One touch: a ticket that is being served, its leg begun, nobody called."""
    clerk = await town.clerk(2)
    ticket = (await clerk.post(f"{TWO}/serve-now", {"queue": "express"}))["ticket"]
    assert (ticket["number"], ticket["state"], len(ticket["legs"])) == ("B001", "serving", 1)
    assert ticket["legs"][0]["started_at"] == ticket["legs"][0]["called_at"] == ticket["issued_at"]
    await clerk.post(f"{TWO}/finish")
    service = (await clerk.post(f"{TWO}/serve-now", {"service": 1}))["ticket"]
    assert service["service"] == 1
    await clerk.refuse("ticket_open", "POST", f"{TWO}/serve-now", {"service": 1})
    for wrong in ({}, {"queue": "express", "service": 1}):
        await clerk.refuse("wrong_shape", "POST", f"{TWO}/serve-now", wrong)


async def test_a_number_given_on_paper(town: Town) -> None:
    """Staff enter it afterwards; the kiosk goes on above it, and no number is used twice."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    at = datetime.now(UTC).isoformat()
    paper = "/halls/town/paper"
    ticket = await clerk.post(paper, {"queue": "comprehensive", "number": "A007", "issued_at": at})
    assert (ticket["number"], ticket["state"]) == ("A007", "waiting")
    assert (await kiosk.post(TICKETS, {"queue": "comprehensive"}))["number"] == "A008"
    again = {"queue": "comprehensive", "number": "A007", "issued_at": at}
    await clerk.refuse("number_taken", "POST", paper, again)
    await clerk.refuse("number_invalid", "POST", paper, again | {"number": "7"})
    past = {"number": "A009", "issued_at": "2020-01-01T00:00:00Z"}
    await clerk.refuse("issued_at_invalid", "POST", paper, again | past)


async def test_covering_a_post_from_ones_own_counter(town: Town) -> None:
    """A B covers the absent A's post from where she is: her counter serves its queues too, and the leg says as what."""
    wang = await town.site.person("clerk", name="王芳")
    li = await town.site.person("clerk", name="李红")
    posts = {
        "window": Post(id="window", name="综合岗", counter=1, a=wang.id, b=(li.id,)),
        "quick": Post(id="quick", name="即办岗", counter=2, a=li.id),
    }
    await town.site.hall(TOWN, posts=posts)
    a, b = town.api(await town.site.session(wang)), town.api(await town.site.session(li))
    await b.refuse("post_elsewhere", "POST", f"{TWO}/sign-on", {"capacity": "B", "post": "window"})
    await b.refuse("not_post_holder", "POST", f"{ONE}/sign-on", {"capacity": "A"})
    await b.post(f"{TWO}/sign-on", {"capacity": "A"})
    covering = (await b.post(f"{TWO}/sign-on", {"capacity": "B", "post": "window"}))["counter"]
    assert covering["queues"] == ["express", "comprehensive"]
    await b.refuse("already_on_duty", "POST", f"{TWO}/sign-on", {"capacity": "B", "post": "window"})
    kiosk = await town.device("kiosk")
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    leg = (await b.post(f"{TWO}/next"))["ticket"]["legs"][0]
    assert (leg["counter"], leg["post"], leg["capacity"]) == (2, "window", "B")
    assert (await a.post(f"{ONE}/sign-on", {"capacity": "A"}))["counter"]["state"] == "open"
    back = (await b.post(f"{TWO}/sign-off", {"post": "window"}))["counter"]
    assert (back["state"], back["queues"]) == ("open", ["express"])
    await b.refuse("not_covered", "POST", f"{TWO}/sign-off", {"post": "window"})


async def test_stepping_away_and_coming_back(town: Town) -> None:
    """With an expected return it is 暂离 `away`, and the return is UTC whatever zone it was said in."""
    clerk = await town.clerk(1)
    back_at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    away = await clerk.post(f"{ONE}/pause", {"reason": "复印", "back_at": back_at.isoformat()})
    assert away["counter"]["state"] == "away"
    said = away["counter"]["back_at"]
    local = back_at.astimezone(tz=None).astimezone(datetime.strptime("+0800", "%z").tzinfo)
    again = await clerk.post(f"{ONE}/pause", {"reason": "复印", "back_at": local.isoformat()})
    assert again["counter"]["back_at"] == said == back_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    paused = await clerk.post(f"{ONE}/pause", {"reason": "复印"})
    assert (paused["counter"]["state"], "back_at" in paused["counter"]) == ("paused", False)


@pytest.mark.parametrize("wrong", ["2026-01-01T09:00:00", "2026-01-01", "0001-01-01T00:00:00+14:00", "soon", 5])
async def test_a_time_must_be_one(town: Town, wrong: Any) -> None:
    """With its offset, and one that can be told in UTC."""
    kiosk = await town.device("kiosk")
    await kiosk.refuse("wrong_shape", "POST", TICKETS, {"queue": "express", "appointment": wrong})


async def test_a_hall_as_everybody_sees_it(town: Town) -> None:
    """Its queues with who waits, its counters with whom they serve, and nothing that is not known."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    for _ in range(2):
        await kiosk.post(TICKETS, {"queue": "comprehensive"})
    await clerk.post(f"{ONE}/next")
    hall = await town.public.get("/halls/town")
    assert hall == (await town.public.get("/halls"))["halls"][0]
    assert (hall["id"], hall["level"], hall["timezone"]) == ("town", "township", "Asia/Shanghai")
    assert (hall["open_now"], hall["ticketing_now"], "opens_at" in hall) == (True, True, False)
    assert [(queue["id"], queue["prefix"], queue["waiting"]) for queue in hall["queues"]] == [
        ("comprehensive", "A", 1), ("express", "B", 0),
    ]  # fmt: skip
    assert [(c["number"], c["state"], c.get("ticket", {}).get("number")) for c in hall["counters"]] == [
        (1, "open", "A001"), (2, "closed", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("query", "count"), [("社保卡", None), ("shebaoka", None), ("sbk", None), ("", 154)])
async def test_services_are_found_by_characters_pinyin_and_initials(town: Town, query: str, count: int | None) -> None:
    """The same items however one types; all that the hall offers for an empty query."""
    found = (await town.public.get(f"/halls/town/services?q={query}"))["services"]
    assert all(service["queue"] in QUEUES and service["handling"] in ("instant", "promised") for service in found)
    if count is None:
        assert any("社会保障卡" in service["name"] or "社保卡" in service["name"] for service in found)
    else:
        assert len(found) == len(TOWN.services) <= count
    assert (await town.public.get("/halls/town/services?q=没有这样的事项"))["services"] == []


async def test_a_services_guide(town: Town) -> None:
    """What the hall stated, steps as one text; the kind from the catalogue; what is not known is absent."""
    guide = Guide(materials=("身份证", "照片"), steps=("取号", "受理", "领证"), fee="不收费")
    await town.site.hall(TOWN, guides={1: guide})
    services = {service["no"]: service for service in (await town.public.get("/halls/town/services"))["services"]}
    kind = town.site.server.catalogue.by_number[1].item_kind
    assert services[1]["guide"] == {
        "item_kind": kind, "materials": ["身份证", "照片"], "steps": "取号\n受理\n领证", "fee": "不收费",
    }  # fmt: skip
    assert services[2]["guide"].keys() == {"item_kind"}


async def test_statistics_refuse_a_question_that_makes_no_sense(town: Town) -> None:
    """Both dates, in order, at most a year, and a grouping that exists."""
    head = await town.person("head")
    day = "from=2026-01-01&to=2026-01-01"
    for query in (
        "",
        "from=2026-01-01",
        "from=x&to=y",
        "from=2026-01-02&to=2026-01-01",
        "from=2020-01-01&to=2026-01-01",
    ):
        await head.refuse("query_invalid", "GET", f"/halls/town/statistics?{query}")
    await head.refuse("query_invalid", "GET", f"/halls/town/statistics?{day}&by=moon")
    await head.get(f"/halls/town/statistics?{day}&by=hour")
    await (await town.person("district")).get(f"/halls/town/statistics?{day}")


async def test_the_board_is_the_topics_state(town: Town) -> None:
    """The position it was read at, hall time, and maps by id."""
    kiosk = await town.device("kiosk")
    before = await town.public.get("/halls/town/board")
    await kiosk.post(TICKETS, {"queue": "express"})
    after = await town.public.get("/halls/town/board")
    assert after["epoch"] == before["epoch"]
    assert after["seq"] == before["seq"] + 1
    assert (before["state"]["queues"]["express"]["waiting"], after["state"]["queues"]["express"]["waiting"]) == (0, 1)
    assert set(after["state"]["counters"]) == {"1", "2"}
