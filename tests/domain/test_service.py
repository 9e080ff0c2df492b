"""What a hall offers, how it handles it, and where its tickets go."""

import msgspec
import pytest

from queue_server.domain.hall import ServiceRule
from queue_server.domain.queue import Queue, QueueKind
from queue_server.domain.service import (
    Choices,
    Guide,
    Handling,
    HandlingRule,
    Service,
    as_offered,
    faults,
    guide_of,
    handling_rule,
    is_offered,
    offered_by_default,
    queue_for,
    service_rules,
)


def _service(no: int = 1, **changes: object) -> Service:
    plain = Service(
        no=no, name=f"事项{no}", main_item="主项", sub_item="子项", item_kind="公共服务", level="D", department="民政局"
    )
    return msgspec.structs.replace(plain, **changes)


def _queues(*kinds: QueueKind) -> dict[str, Queue]:
    return {f"q{i}": Queue(id=f"q{i}", name=kind, kind=kind, prefix="ABCDEFG"[i]) for i, kind in enumerate(kinds)}


TOWN_ITEM = _service(1)
VILLAGE_ITEM = _service(2, level="DE")
DOUBTFUL_ITEM = _service(3, doubtful="名称缺损")
DOUBTFUL_VILLAGE_ITEM = _service(4, level="DE", doubtful="名称缺损")
ITEMS = (TOWN_ITEM, VILLAGE_ITEM, DOUBTFUL_ITEM, DOUBTFUL_VILLAGE_ITEM)


def test_levels_decide_what_is_offered_by_default() -> None:
    """A township offers every item, a village those of its level, neither one in doubt."""
    assert [s.no for s in ITEMS if offered_by_default(s, "township")] == [1, 2]
    assert [s.no for s in ITEMS if offered_by_default(s, "village")] == [2]
    assert all(is_offered(s, "village") == offered_by_default(s, "village") for s in ITEMS)
    assert all(is_offered(s, "township") == offered_by_default(s, "township") for s in ITEMS)


def test_a_head_adds_an_item_to_a_village() -> None:
    """What the level does not give, the head may add."""
    assert is_offered(TOWN_ITEM, "village", Choices(added=frozenset({1})))


def test_a_doubtful_item_waits_for_its_confirmation() -> None:
    """Confirming suffices where the level gives the item; adding alone never does."""
    assert is_offered(DOUBTFUL_ITEM, "township", Choices(confirmed=frozenset({3})))
    assert not is_offered(DOUBTFUL_ITEM, "township", Choices(added=frozenset({3})))
    assert not is_offered(DOUBTFUL_ITEM, "village", Choices(confirmed=frozenset({3})))
    assert is_offered(DOUBTFUL_ITEM, "village", Choices(confirmed=frozenset({3}), added=frozenset({3})))
    assert is_offered(DOUBTFUL_VILLAGE_ITEM, "village", Choices(confirmed=frozenset({4})))


def test_withdrawing_is_stronger_than_all_else() -> None:
    """A withdrawn item is not offered, whether by level, added or confirmed."""
    everything = frozenset({1, 2, 3, 4})
    choices = Choices(added=everything, confirmed=everything, withdrawn=everything)
    assert not any(is_offered(service, "township", choices) for service in ITEMS)


def test_a_confirmed_item_is_shown_under_its_right_name() -> None:
    """The head's wording replaces the damaged one, and the doubt is gone."""
    choices = Choices(confirmed=frozenset({3}), names={3: "单位参保证明打印"})
    shown = as_offered(DOUBTFUL_ITEM, choices)
    assert (shown.name, shown.doubtful) == ("单位参保证明打印", None)
    assert shown == msgspec.structs.replace(DOUBTFUL_ITEM, name="单位参保证明打印", doubtful=None)
    assert as_offered(TOWN_ITEM, choices) is TOWN_ITEM


def test_a_name_alone_settles_no_doubt() -> None:
    """A corrected name that nobody confirmed leaves the item in doubt."""
    assert as_offered(DOUBTFUL_ITEM, Choices(names={3: "新名称"})).doubtful == "名称缺损"


@pytest.mark.parametrize(
    ("handling", "kinds", "queue"),
    [
        ("instant", ("comprehensive", "express"), "q1"),
        ("instant", ("express", "comprehensive"), "q0"),
        ("instant", ("agency", "comprehensive"), "q1"),
        ("promised", ("express", "comprehensive"), "q1"),
        ("promised", ("comprehensive", "comprehensive"), "q0"),
        ("promised", ("express",), None),
        ("instant", ("agency", "complaint", "certificate", "dedicated"), None),
        ("promised", ("agency", "complaint", "certificate", "dedicated"), None),
        ("instant", (), None),
    ],
)
def test_queues_by_handling(handling: Handling, kinds: tuple[QueueKind, ...], queue: str | None) -> None:
    """Express takes instant items where there is one, comprehensive the rest, and no other kind takes any."""
    assert queue_for(TOWN_ITEM, handling, _queues(*kinds)) == queue


@pytest.mark.parametrize("kind", ["dedicated", "agency", "complaint", "certificate"])
def test_a_head_may_send_an_item_to_any_queue(kind: QueueKind) -> None:
    """The head's choice of queue is followed for the items it names alone."""
    queues, choices = _queues("comprehensive", kind), Choices(queues={1: "q1"})
    assert queue_for(TOWN_ITEM, "promised", queues, choices) == "q1"
    assert queue_for(VILLAGE_ITEM, "promised", queues, choices) == "q0"


def test_a_choice_of_a_queue_that_is_gone_is_passed_over() -> None:
    """A removed queue does not take its items with it."""
    assert queue_for(TOWN_ITEM, "promised", _queues("comprehensive"), Choices(queues={1: "summer"})) == "q0"


def test_rules_of_a_hall() -> None:
    """All that is offered, with the head's handling before the table's, and the queue that follows from it."""
    handling: dict[int, Handling] = dict.fromkeys(range(1, 5), "promised")
    choices = Choices(confirmed=frozenset({3}), withdrawn=frozenset({1}), handling={2: "instant"})
    assert service_rules(ITEMS, "township", _queues("comprehensive", "express"), handling, choices) == {
        2: ServiceRule(queue="q1", handling="instant"),
        3: ServiceRule(queue="q0", handling="promised"),
    }


def test_an_item_that_no_queue_takes_is_left_out() -> None:
    """A hall without a comprehensive queue offers no promised item."""
    assert service_rules(ITEMS, "township", _queues("express"), {1: "promised", 2: "instant"}) == {
        2: ServiceRule(queue="q0", handling="instant")
    }


def test_the_first_rule_that_fits_decides() -> None:
    """A rule fits by kind and by a pattern in the name; the order of the table settles the rest."""
    closing = HandlingRule(handling="instant", reason="注销", name="注销")
    licence = HandlingRule(handling="promised", reason="许可", kinds=("行政许可",))
    printing = HandlingRule(handling="instant", reason="打印", name="查询|打印$", kinds=("公共服务",))
    rest = HandlingRule(handling="promised", reason="其他")
    rules = (closing, licence, printing, rest)
    assert handling_rule(_service(name="个体工商户注销登记", item_kind="行政许可"), rules) is closing
    assert handling_rule(_service(name="证明打印", item_kind="行政许可"), rules) is licence
    assert handling_rule(_service(name="证明打印"), rules) is printing
    assert handling_rule(_service(name="打印申请"), rules) is rest


def test_a_table_must_answer_for_every_item() -> None:
    """An item that no rule speaks of is an error of the table."""
    with pytest.raises(LookupError, match="service 1"):
        handling_rule(TOWN_ITEM, ())


def test_a_guide_leaves_out_what_is_not_stated() -> None:
    """Only the item's kind is known without the hall; on the wire the rest is absent."""
    assert msgspec.json.encode(guide_of(TOWN_ITEM, {})) == '{"item_kind":"公共服务"}'.encode()
    stated = guide_of(TOWN_ITEM, {1: Guide(materials=("身份证", "户口簿"), fee="不收费")})
    assert (stated.item_kind, stated.materials, stated.fee) == ("公共服务", ("身份证", "户口簿"), "不收费")
    assert guide_of(TOWN_ITEM, {1: Guide(item_kind="依申请")}).item_kind == "依申请"


def test_sound_choices_have_no_faults() -> None:
    """Choices about items and queues that exist pass."""
    choices = Choices(added=frozenset({1}), names={3: "名称"}, handling={1: "instant"}, queues={1: "q0"})
    assert list(faults(choices, frozenset({1, 2, 3}), _queues("dedicated"))) == []


def test_faults_name_the_field() -> None:
    """Unknown items, unknown queues and empty names are each reported."""
    choices = Choices(
        added=frozenset({9}), withdrawn=frozenset({8}), names={1: " "}, handling={7: "instant"}, queues={1: "gone"}
    )
    assert [*map(str, faults(choices, frozenset({1}), _queues("dedicated")))] == [
        "choices.added: 9 is not in the catalogue",
        "choices.withdrawn: 8 is not in the catalogue",
        "choices.handling: 7 is not in the catalogue",
        "choices.names.1: must not be empty",
        "choices.queues.1: queue 'gone' is not one of the hall's",
    ]


def test_choices_survive_the_wire() -> None:
    """Encoded and decoded choices are equal, and choosing nothing encodes to nothing."""
    choices = Choices(added=frozenset({1}), names={3: "名称"}, handling={1: "instant"}, queues={1: "q0"})
    assert msgspec.json.decode(msgspec.json.encode(choices), type=Choices) == choices
    assert msgspec.json.encode(Choices()) == b"{}"
