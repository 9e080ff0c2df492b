"""What a ticket's slip says."""

from datetime import timedelta

from msgspec.structs import replace

from queue_server.domain.ticket import Estimate
from queue_server.printing.slip import Line, Slip
from queue_server.printing.ticket_slip import wait_range
from tests.domain.halls import township
from tests.printing.slips import AT, TICKET, a_slip, english


def words(slip: Slip) -> str:
    """All of its text."""
    return "\n".join(line.text for line in (*slip.lines, *slip.below))


def test_the_number_is_the_largest_thing() -> None:
    """Four times the size, alone in that, in bold and in the middle."""
    slip = a_slip()
    assert [line for line in slip.lines if line.size == 4] == [Line("A012", 4, "center", True)]
    assert all(line.size <= 2 for line in (*slip.lines, *slip.below) if line.text != "A012")


def test_it_says_what_a_citizen_has_to_know() -> None:
    """Hall, queue with its letter, item, people ahead, wait, its counters, what happens after a missed call, time."""
    text = words(a_slip(service="居民身份证换领"))
    for part in (
        "青山镇便民服务中心", "A  综合受理", "居民身份证换领", "您前面还有 3 人在等候", "约 10–15 分钟", "1、2、7 号",
        "请在休息区等候，注意呼叫及大屏显示信息。", "排在 3 位之后", "2026-06-01 09:30",
    ):  # fmt: skip
        assert part in text
    assert "过号无效" not in text


def test_the_places_after_a_missed_call_are_the_halls() -> None:
    """Its set-up says how many."""
    hall = township()
    assert "排在 5 位之后" in words(a_slip(replace(hall, rules=replace(hall.rules, return_places=5))))


def test_a_code_only_where_phones_can_reach_it() -> None:
    """Without a public address neither the code nor the words about it."""
    assert a_slip().qr is None
    assert "扫一扫" not in words(a_slip())
    slip = a_slip(address="https://hall.example/t/town.t_1")
    assert slip.qr == "https://hall.example/t/town.t_1"
    assert "扫一扫" in words(slip)


def test_closing_is_said_when_nine_in_ten_would_not_be_called_before() -> None:
    """The longer end of the range decides; the hall's own clock is shown."""
    assert "即将结束" not in words(a_slip(closes=AT + timedelta(seconds=880)))
    assert "至 09:44" in words(a_slip(closes=AT + timedelta(seconds=879)))
    assert "即将结束" not in words(a_slip(closes=AT, estimate=None))


def test_a_reprint_says_so() -> None:
    """And a first print does not."""
    assert "补打" in words(a_slip(copy=True))
    assert "补打" not in words(a_slip())


def test_priority_is_shown() -> None:
    """As its class is called."""
    assert "优先：残疾人" in words(a_slip(ticket=replace(TICKET, priority="disabled")))


def test_in_english() -> None:
    """Every text but the names that have no English."""
    hall = township(name_en="Qingshan Township Service Centre")
    slip = a_slip(hall, _=english, english=True, copy=True, address="https://hall.example/t")
    chinese = [line.text for line in (*slip.lines, *slip.below) if any("一" <= char <= "龥" for char in line.text)]
    assert chinese == ["A  综合受理"]
    assert "Qingshan Township Service Centre" in words(slip)
    assert "Counters: 1, 2, 7" in words(slip)
    assert "Expected wait: about 10–15 min" in words(slip)


def test_a_wait_is_a_range_of_whole_minutes() -> None:
    """As the pages say it; in steps of five above half an hour; nothing when nobody can say."""
    said = {
        (0, 30): "约 1 分钟", (61, 179): "约 1–3 分钟", (600, 880): "约 10–15 分钟", (1300, 2000): "约 20–35 分钟",
    }  # fmt: skip
    assert {pair: wait_range(Estimate(p50_s=pair[0], p90_s=pair[1]), str) for pair in said} == said
    assert wait_range(None, str) is None
    assert wait_range(Estimate(p50_s=600, p90_s=10_801), str) is None  # as while a clerk is away until next year


def test_where_no_wait_is_known_it_says_when_the_counters_open_or_who_knows() -> None:
    """Never a lone dash."""
    assert "预计等候：请咨询工作人员" in words(a_slip(estimate=None))
    assert "预计等候：窗口 09:40 开始办理" in words(a_slip(estimate=None, opens=AT + timedelta(minutes=10)))
    assert "预计等候：约" in words(a_slip(opens=AT + timedelta(minutes=10)))
