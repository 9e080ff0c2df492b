"""The figures of statistics as people read them: name, meaning, unit; docs/statistics.md tells the same.

Texts are Chinese, the source language; whoever shows one translates it.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from queue_server.exchange.sheet import Value

__all__ = ["FIGURES", "TOPICS", "Figure", "Topic", "Unit", "value_of"]

Unit = Literal["count", "seconds", "share"]


class Figure(NamedTuple):
    """path: where a row of statistics has it, "waiting.mean_s"."""

    path: str
    unit: Unit
    name: str
    meaning: str


class Topic(NamedTuple):
    """Figures that are read together. main: the one that is drawn first."""

    id: str
    name: str
    main: str
    figures: tuple[Figure, ...]


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


TOPICS = (
    Topic(
        "tickets",
        _("取号情况"),
        "issued",
        (
            Figure("issued", "count", _("取号数"), _("取出的号。")),
            Figure("priority", "count", _("优先"), _("其中有优先类别的，自报或已核实，没有撤销。")),
            Figure("urgent", "count", _("特别紧急"), _("其中经工作人员批准特别紧急的。")),
            Figure("cancelled", "count", _("取消"), _("等候中自己取消的。")),
            Figure("void", "count", _("作废"), _("过号次数用完而作废的。")),
            Figure("lapsed", "count", _("日终作废"), _("当天没有轮到的，不算过号。")),
            Figure("abandoned", "count", _("弃号数"), _("叫到没有来、也没有回来的：作废的，或仍是过号的。")),
            Figure("abandonment_rate", "share", _("弃号率"), _("弃号数÷取号数。")),
        ),
    ),
    Topic(
        "waiting",
        _("等候情况"),
        "waiting.median_s",
        (
            Figure("waiting.count", "count", _("叫到的号"), _("叫到过的号，每个算一次，算在第一次叫到的地方。")),
            Figure("waiting.mean_s", "seconds", _("平均等候"), _("从取号到第一次叫号，扣除不开放的时间；各号的平均。")),
            Figure("waiting.median_s", "seconds", _("等候中位数"), _("一半的号等得不比它久。")),
            Figure("waiting.p90_s", "seconds", _("九成等候"), _("十个号里有九个等得不比它久。")),
            Figure("waiting.max_s", "seconds", _("最长等候"), _("等得最久的那个号。")),
            Figure("within_target", "count", _("达标数"), _("等候没有超过当时该队列目标的。")),
            Figure("within_target_rate", "share", _("等候达标率"), _("达标数÷叫到的号。")),
            Figure("promised", "count", _("有预计"), _("叫到的号里，取号时告知过预计等候的。")),
            Figure("promise_error_s", "seconds", _("预计误差"), _("实际等候与告知的中间值相差多少，取中位数。")),
            Figure("promise_kept_rate", "share", _("预计兑现率"), _("有预计的号里，没有等得比告知的最长时间更久的。")),
        ),
    ),
    Topic(
        "service",
        _("办理量和时长"),
        "served",
        (
            Figure("called", "count", _("呼叫量"), _("叫号次数；重呼和挂起后回来的不算。")),
            Figure("chosen", "count", _("指定呼叫"), _("其中窗口人员写明理由、不按顺序叫的。")),
            Figure("absent", "count", _("过号"), _("其中叫到没有来的；一个号可能有几次。")),
            Figure("served", "count", _("办理量"), _("办结的环节。")),
            Figure("transferred", "count", _("转办"), _("转到别的队列接着办的环节。")),
            Figure("service.mean_s", "seconds", _("平均办理"), _("从开始到办结或转办，扣除挂起；各次的平均。")),
            Figure("service.median_s", "seconds", _("办理中位数"), _("一半的办理不比它久。")),
            Figure("service.p90_s", "seconds", _("九成办理"), _("十次办理里有九次不比它久。")),
            Figure("service.max_s", "seconds", _("最长办理"), _("办得最久的那一次。")),
        ),
    ),
    Topic(
        "ratings",
        _("评价情况"),
        "ratings.very_satisfied",
        (
            Figure("rated", "count", _("评价数"), _("群众自己给出的评价；系统从不代评。")),
            Figure("ratings.very_satisfied", "count", _("非常满意"), _("给这一级的评价。")),
            Figure("ratings.satisfied", "count", _("满意"), _("给这一级的评价。")),
            Figure("ratings.basically_satisfied", "count", _("基本满意"), _("给这一级的评价。")),
            Figure("ratings.dissatisfied", "count", _("不满意"), _("给这一级的评价。")),
            Figure("ratings.very_dissatisfied", "count", _("非常不满意"), _("给这一级的评价。")),
            Figure("unrated.not_invited", "count", _("未邀评"), _("办结而没有评价的：没有请过群众评价。")),
            Figure("unrated.timed_out", "count", _("评价超时"), _("办结而没有评价的：请了，到时没有回答。")),
            Figure("unrated.refused", "count", _("不愿评价"), _("办结而没有评价的：群众不愿评价。")),
            Figure("rating_rate", "share", _("评价率"), _("办结又有评价的环节÷办理量。")),
            Figure("good_rate_top3", "share", _("好评率"), _("前三级÷评价数，官方口径。")),
            Figure("satisfied_rate_top2", "share", _("满意率"), _("前两级÷评价数。")),
            Figure("bad_rate", "share", _("差评率"), _("后两级÷评价数。")),
        ),
    ),
    Topic(
        "duty",
        _("当班情况"),
        "utilisation",
        (
            Figure("on_duty_s", "seconds", _("当班时长"), _("登录窗口的时间，只算开放时间。")),
            Figure("paused_s", "seconds", _("暂停时长"), _("其中暂停或暂离、又没有在办理的。")),
            Figure("serving_s", "seconds", _("办理中"), _("其中正在办理的。")),
            Figure("utilisation", "share", _("窗口忙闲"), _("办理中÷（当班时长－暂停时长）。")),
        ),
    ),
    Topic(
        "posts",
        _("在岗情况"),
        "coverage",
        (
            Figure("post_expected_s", "seconds", _("应在岗时长"), _("按排班应有人的半天里，开放的时间。")),
            Figure("post_staffed_s", "seconds", _("在岗时长"), _("其中有人在该岗位登录，或在别的窗口代为办理的。")),
            Figure("coverage", "share", _("在岗率"), _("在岗时长÷应在岗时长。")),
        ),
    ),
    Topic(
        "rectifications",
        _("差评整改情况"),
        "rectifications",
        (
            Figure("rectifications", "count", _("差评数"), _("后两级的评价，每个都要整改。")),
            Figure("rectifications_invalid", "count", _("无效差评"), _("其中经审核认定无效的，后面的指标都不算它。")),
            Figure("rectified", "count", _("整改完成"), _("已经整改完成的。")),
            Figure("rectified_in_time", "count", _("按期整改"), _("其中在期限内完成的，批准的延期算在内。")),
            Figure("rectifications_named", "count", _("实名差评"), _("有效差评里，留了电话可以回访的。")),
            Figure("called_back", "count", _("回访"), _("其中最近一次回访联系上的。")),
            Figure("called_back_satisfied", "count", _("回访满意"), _("其中对整改满意的。")),
            Figure("followed_up", "count", _("追评"), _("有效差评里，整改后又评价了一次的。")),
            Figure("rectified_rate", "share", _("差评整改率"), _("整改完成÷有效差评。")),
            Figure("rectified_in_time_rate", "share", _("按期整改率"), _("按期整改÷有效差评。")),
            Figure("called_back_rate", "share", _("回访率"), _("回访÷实名差评。")),
            Figure("called_back_satisfied_rate", "share", _("回访满意率"), _("回访满意÷回访。")),
        ),
    ),
    Topic(
        "complaints",
        _("诉求情况"),
        "complaints",
        (
            Figure("complaints", "count", _("诉求数"), _("有诉即办的诉求；关于工作人员的由纪委办理，不在其中。")),
            Figure("complaints_withdrawn", "count", _("撤回"), _("其中群众撤回的。")),
            Figure("complaints_replied", "count", _("已答复"), _("其中已经答复的。")),
            Figure("complaints_in_time", "count", _("按期答复"), _("其中在期限内答复的。")),
            Figure("complaints_in_time_rate", "share", _("按期答复率"), _("按期答复÷没有撤回的诉求。")),
        ),
    ),
    Topic(
        "spread",
        _("分布"),
        "spread.waits",
        (
            Figure("spread.waits", "count", _("等候这么久的号"), _("等候时长落在这一段的号。")),
            Figure("spread.waits_share", "share", _("占叫到的号"), _("等候这么久的号÷叫到的号。")),
            Figure("spread.waits_upto", "share", _("等候累计"), _("等候不超过这一段的号÷叫到的号。")),
            Figure("spread.services", "count", _("办理这么久的次数"), _("办理时长落在这一段的次数。")),
            Figure("spread.services_share", "share", _("占办理次数"), _("办理这么久的次数÷所有办完或转办的次数。")),
            Figure("spread.services_upto", "share", _("办理累计"), _("办理不超过这一段的次数÷所有办完或转办的次数。")),
        ),
    ),
)
"""Every figure, by what it is about."""

FIGURES: Mapping[str, Figure] = {figure.path: figure for topic in TOPICS for figure in topic.figures}


def value_of(row: Mapping[str, Any], path: str) -> Value:
    """A figure in a row of statistics; None when it is not known there."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name)
        if found is None:
            return None
    value: Value = found
    return value
