"""What messages say, and what they never say."""

from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from queue_server.domain.book_events import RectificationOpened
from queue_server.domain.ticket import Ticket
from queue_server.records.outbox import Message
from queue_server.webhooks.messages import bad_rating, body_of, major_complaint, trial, turn_near
from tests.domain.halls import local, township

HALL = township(name="示范镇便民服务中心", name_en="Model Township Centre")
NOW = local("10:00")
TICKET = Ticket(
    id="t_secret",
    number="A012",
    queue="comprehensive",
    business_day=date(2026, 3, 2),
    issued_at=NOW,
    state="waiting",
    effective=NOW,
    order=12,
    phone_ref="n_phone",
)
OPENED = RectificationOpened(
    at=NOW,
    by="u_rater",
    rectification="r_1",
    ticket="t_secret",
    number="A012",
    leg=1,
    business_day=date(2026, 3, 2),
    level="very_dissatisfied",
    queue="comprehensive",
    counter=3,
    clerk="u_clerk",
    capacity="A",
    due_on=date(2026, 3, 9),
    comment_ref="n_words",
    phone_ref="n_phone",
)


def data_of(message: Message) -> Any:
    """What a message tells beside its type and time."""
    return body_of(message)["data"]


def test_a_message_has_the_envelope_of_the_standard_and_a_sentence_in_two_languages() -> None:
    """And names its hall, so that one receiver can serve many."""
    assert body_of(trial(HALL, "town key", NOW)) == {
        "type": "test",
        "timestamp": "2026-06-01T02:00:00.000Z",
        "data": {
            "hall": HALL.id,
            "hall_name": "示范镇便民服务中心",
            "text": {"zh": "这是一条测试消息。", "en": "This is a test."},
        },
    }


def test_the_same_thing_is_told_under_the_same_id_whenever_it_is_found_out() -> None:
    """And another thing, or another hall's, under another."""
    later, elsewhere = NOW + timedelta(hours=3), replace(HALL, id="elsewhere")
    ids = {
        message.id
        for message in (
            turn_near(HALL, TICKET, 3, NOW),
            turn_near(HALL, TICKET, 2, later),
            bad_rating(HALL, OPENED, NOW),
            bad_rating(HALL, OPENED, later),
            major_complaint(HALL, "c_1", "T1", NOW, NOW),
            major_complaint(HALL, "c_1", "T1", later, later),
            trial(HALL, "town key", NOW),
        )
    }
    assert len(ids) == 4
    assert all(len(id) == 36 and id.startswith("msg_") for id in ids)
    assert turn_near(elsewhere, TICKET, 3, NOW).id not in ids
    assert turn_near(HALL, replace(TICKET, id="t_other"), 3, NOW).id not in ids


def test_a_turn_that_is_near_goes_to_the_note_with_the_number_and_is_soon_old() -> None:
    """The message itself has no number in it, nor the ticket's id, by which it could be rated or given up."""
    message = turn_near(HALL, TICKET, 3, NOW)
    assert (message.kind, message.phone_ref, message.until) == ("turn_near", "n_phone", NOW + timedelta(minutes=10))
    assert data_of(message)["text"] == {
        "zh": "您在示范镇便民服务中心的号 A012 前面还有 3 人，请回到大厅等候叫号。",
        "en": "Model Township Centre: ticket A012 is behind 3 more. Please come back.",
    }
    assert data_of(turn_near(HALL, TICKET, 0, NOW))["text"] == {
        "zh": "您在示范镇便民服务中心的号 A012 是下一个，请回到大厅等候叫号。",
        "en": "Model Township Centre: ticket A012 is next. Please come back.",
    }
    assert "t_secret" not in message.body.decode()
    assert "phone" not in message.body.decode()


def test_a_bad_rating_says_where_and_by_when_and_not_what_was_said_nor_of_whom() -> None:
    """Who may know more looks it up."""
    message = bad_rating(HALL, OPENED, NOW)
    assert (message.kind, message.phone_ref, message.until) == ("bad_rating", None, NOW + timedelta(days=1))
    data = data_of(message)
    assert data["text"] == {
        "zh": "3 号窗口收到“非常不满意”评价（号票 A012），请在 2026-03-09 前整改。",
        "en": "Counter 3 was rated “very dissatisfied” (ticket A012). To be put right by 2026-03-09.",
    }
    assert {name: data[name] for name in ("rectification", "number", "counter", "level", "due_on")} == {
        "rectification": "r_1",
        "number": "A012",
        "counter": 3,
        "level": "very_dissatisfied",
        "due_on": "2026-03-09",
    }
    hidden = (OPENED.by, OPENED.ticket, OPENED.clerk, OPENED.comment_ref, OPENED.phone_ref)
    assert not [text for text in hidden if text is None or text in message.body.decode()]


def test_a_major_complaint_says_its_number_and_by_when_in_the_halls_time() -> None:
    """Nothing else is known here."""
    message = major_complaint(HALL, "c_1", "T20260302-01", local("17:30"), NOW)
    assert message.kind == "complaint"
    assert data_of(message)["text"]["zh"] == "收到重大诉求 T20260302-01，请在 2026-06-01 17:30 前答复。"
    assert data_of(message)["due_at"] == "2026-06-01T09:30:00.000Z"


def test_a_body_is_json_in_utf_8() -> None:
    """So that what is signed is what is read."""
    assert "示范镇" in trial(HALL, "", NOW).body.decode()
    assert msgspec.json.decode(trial(HALL, "", NOW).body)["type"] == "test"
