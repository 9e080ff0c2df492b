"""Alarms in words."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from queue_server.domain.alarm import ALARM_KINDS, Alarm, AlarmKind
from queue_server.records.devices import Device
from queue_server.webhooks.alarm_words import device_said, said
from tests.domain.halls import township

HALL = township()
POST, QUEUE = next(iter(HALL.posts.values())), next(iter(HALL.queues.values()))
SUBJECTS = {"both_absent": POST.id, "post_uncovered": POST.id, "wait": QUEUE.id, "saturation": QUEUE.id}
AT = datetime(2026, 6, 1, 2, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("kind", ALARM_KINDS)
def test_every_alarm_is_said_with_what_it_is_about_and_its_figure(kind: AlarmKind) -> None:
    """In whole sentences, in both languages; whoever could act is not named."""
    alarm = Alarm(kind=kind, colour="red", subject=SUBJECTS.get(kind, "3"), figure=777, actors=("u_somebody",))
    name = {POST.id: POST.name, QUEUE.id: QUEUE.name}.get(alarm.subject, "")
    zh, en = said(HALL, alarm, "T-9")
    assert zh.endswith("。")
    assert en.endswith(".")
    assert name in zh
    if kind != "both_absent":
        told = "T-9" if kind.endswith("_due") else "777"
        assert told in zh and told in en
    assert "u_somebody" not in zh + en


@pytest.mark.parametrize("kind", ALARM_KINDS)
def test_what_the_set_up_does_not_know_any_more_is_called_by_its_id(kind: AlarmKind) -> None:
    """Rather than not told."""
    assert all(said(replace(HALL, posts={}, queues={}), Alarm(kind=kind, colour="red", subject="gone")))


@pytest.mark.parametrize(
    ("about", "kind", "since", "told"),
    [
        (
            {"role": "kiosk", "label": "门口"},
            "missing",
            AT,
            ("取号机 门口：10:05 起失去联系。", "The kiosk 门口 is missing, since 10:05."),
        ),
        (
            {"role": "evaluator", "counter": 3},
            "missing",
            None,
            ("评价器 3：失去联系。", "The evaluator 3 is missing."),
        ),
        (
            {"role": "announcer"},
            "failing",
            AT,
            ("语音播报：10:05 起没能出声。", "The announcer could not make a sound, since 10:05."),
        ),
    ],
)
def test_a_device_is_said_with_where_it_is_and_since_when(about: Any, kind: Any, since: Any, told: Any) -> None:
    """In the hall's time; nothing of a time where it never came."""
    assert device_said(Device(id="d_1", hall="town", created_at=AT, **about), kind, since, ZONE) == told
