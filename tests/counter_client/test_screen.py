"""What the terminal shows, in every state."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counter_client.desk import Desk
from counter_client.screen import Hall, screen
from counter_client.words import LANGUAGES
from queue_server.wire.subscriber import Status

NOW = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
HALL = Hall(
    name="示范镇便民服务中心",
    timezone=ZoneInfo("Asia/Shanghai"),
    queues={"comprehensive": "综合受理", "express": "无差别即办"},
    prefixes={"comprehensive": "A", "express": "B"},
)
BEFORE = (NOW - timedelta(minutes=12)).isoformat()
COUNTER = {"number": 1, "name": "综合受理一", "state": "open", "queues": ["comprehensive"]}
LINE = {
    "a": {"place": 1, "number": "A002", "queue": "comprehensive", "issued_at": BEFORE, "why": "arrival"},
    "b": {"place": 2, "number": "A003", "queue": "comprehensive", "issued_at": BEFORE, "why": "arrival",
          "priority": "elderly", "priority_confirmed": False},
}  # fmt: skip
BUSY: dict[str, Any] = {
    "counter": COUNTER,
    "waiting": {"comprehensive": 2},
    "line": LINE,
    "held": {"c": {"number": "A009", "queue": "comprehensive", "counter": 1}},
    "absent": {},
    "ticket": {
        "number": "A001", "state": "serving", "queue": "comprehensive",
        "legs": {"1": {"called_at": BEFORE, "started_at": (NOW - timedelta(seconds=65)).isoformat(), "recalls": 0}},
    },
}  # fmt: skip


def shown(desk: Desk, language: str = "zh", **about: Any) -> str:
    """The page as plain text."""
    lines = screen(desk, HALL, LANGUAGES[language], NOW, who="王芳", **about)
    return "\n".join("".join(text for _, text in line) for line in lines)


def on_duty(**changes: Any) -> Desk:
    return Desk(on_duty=True, state=BUSY | changes, status=Status.LIVE, as_of=NOW.isoformat())


def test_a_busy_desk() -> None:
    """The number and its clock, who waits and how long, what was put aside, and the keys."""
    text = shown(on_duty())
    for part in ("示范镇便民服务中心", "1 号窗口 综合受理一", "王芳", "10:30", "实时更新"):
        assert part in text
    for part in ("A 0 0 1", "正在办理", "1:05", "等候 2 人", "A002", "12 分钟", "优先待核实", "挂起  A009"):
        assert part in text
    assert "空格 0 呼叫下一位" in text


def test_english() -> None:
    """Every word of it, the hall's own names aside."""
    text = shown(on_duty(), "en")
    assert "Counter 1" in text
    assert "2 waiting" in text
    assert "Space 0 Next" in text


@pytest.mark.parametrize(
    ("desk", "part"),
    [
        (Desk(state={}), "○ 正在连接"),
        (Desk(state=COUNTER | {"state": "closed"}, status=Status.LIVE), "尚未签到"),
        (Desk(state=COUNTER | {"on_duty": {"since": BEFORE}}, status=Status.LIVE), "本窗口已有人当班"),
        (on_duty(ticket=None, counter=COUNTER | {"state": "paused"}), "已暂停"),
        (
            on_duty(ticket=None, counter=COUNTER | {"state": "away", "back_at": "2026-11-26T02:45:00Z"}),
            "请稍候，预计 10:45 回来",
        ),
        (on_duty(ticket=None, line={}, waiting={}), "没有人等候"),
    ],
)
def test_states(desk: Desk, part: str) -> None:
    """Each in words."""
    assert part in shown(desk)


def test_nothing_is_claimed_before_anything_is_known() -> None:
    """Nobody on duty would be a guess."""
    assert "尚未签到" not in shown(Desk(state={}))


def test_old_data_does_not_look_live() -> None:
    """It says since when, and the clock of the service does not go on."""
    old = Desk(on_duty=True, state=BUSY, status=Status.LOST, as_of="2026-11-26T02:29:00Z")
    text = shown(old)
    assert "连接中断，以下为 10:29 的情况" in text
    assert "1:05" not in text


def test_why_the_server_ended_it_is_told() -> None:
    """Instead of how fresh the data is."""
    assert "■ 登录已失效" in shown(on_duty(), meaning="登录已失效")


def test_both_languages_have_every_word() -> None:
    """With the same places to fill in."""
    zh, en = LANGUAGES["zh"], LANGUAGES["en"]
    assert zh.keys() == en.keys()
    for name in zh:
        assert sorted(part for part in zh[name].split("{")[1:]) == [] or "{" in en[name], name
