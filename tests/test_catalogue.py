"""The shipped data: complete, unchanged, and as its document says."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from queue_server import catalogue
from queue_server.domain.hall import Level
from queue_server.domain.queue import Queue
from queue_server.domain.service import handling_rule, is_offered, offered_by_default, service_rules

_HERE = Path(__file__).parent
_DOCUMENT = (_HERE.parent / "docs" / "catalogue.md").read_text(encoding="utf-8")


def test_the_catalogue_is_complete_and_in_order() -> None:
    """154 items, numbered without a gap, no two of one name, nothing left empty."""
    services = catalogue.services()
    assert [service.no for service in services] == list(range(1, 155))
    assert len({service.name for service in services}) == 154
    assert all((s.name, s.main_item, s.sub_item, s.item_kind, s.department) for s in services)
    assert all(part == part.strip() for s in services for part in (s.name, s.main_item, s.sub_item, s.department))


def test_control_totals() -> None:
    """Levels, kinds and departments count as in the printed catalogue."""
    services = catalogue.services()
    assert Counter(service.level for service in services) == {"D": 121, "DE": 33}
    assert Counter(service.item_kind for service in services) == {
        "行政确认": 52,
        "公共服务": 45,
        "行政许可": 27,
        "其他行政权力": 16,
        "行政给付": 14,
    }
    assert Counter(service.department for service in services) == {
        "偃师区公安局": 59,
        "偃师区人力资源和社会保障局": 28,
        "偃师区医疗保障局": 24,
        "偃师区民政局": 18,
        "偃师区市场监督管理局": 12,
        "偃师区卫生健康委员会": 6,
        "偃师区自然资源和规划局": 2,
        "偃师区残疾人联合会": 2,
        "武装部": 1,
        "偃师区农业农村局": 1,
        "洛阳市卫生健康委员会": 1,
    }


def test_villages_do_what_the_catalogue_gives_them() -> None:
    """The items of level DE are the printed ones."""
    villages = [service.no for service in catalogue.services() if service.level == "DE"]
    assert villages == [*range(11, 20), 21, *range(37, 41), *range(42, 56), *range(58, 63)]


def test_three_entries_are_in_doubt() -> None:
    """What is lost or doubtful in print is marked, with what the head should check."""
    assert [service.no for service in catalogue.services() if service.doubtful] == [82, 83, 91]


@pytest.mark.parametrize(("level", "offered"), [("township", 151), ("village", 33)])
def test_what_halls_offer_by_default(level: Level, offered: int) -> None:
    """A township offers 151, a village 33, and never one in doubt."""
    chosen = [service.no for service in catalogue.services() if offered_by_default(service, level)]
    assert len(chosen) == offered
    assert not {82, 83, 91} & {*chosen}


def test_the_catalogue_is_read_once_and_cannot_be_changed() -> None:
    """Everyone gets the same values, and nobody can alter them."""
    assert catalogue.services() is catalogue.services()
    assert catalogue.search_index() is catalogue.search_index()
    with pytest.raises(TypeError):
        catalogue.by_number()[1] = catalogue.by_number()[2]  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalogue.services()[0].name = "别的"  # type: ignore[misc]


def test_handling_of_every_item_is_as_recorded() -> None:
    """A changed rule shows here, item by item: if the change is meant, change the record with it."""
    handling = catalogue.default_handling()
    lines = [f"{service.no},{handling[service.no]},{service.name}" for service in catalogue.services()]
    assert lines == (_HERE / "golden" / "handling.csv").read_text(encoding="utf-8").splitlines()[1:]


def test_every_handling_rule_decides_something() -> None:
    """No rule stands in the table for nothing, and the last one leaves no item without an answer."""
    rules = catalogue.handling_rules()
    deciding = {handling_rule(service, rules) for service in catalogue.services()}
    assert [rule for rule in rules if rule not in deciding] == []
    assert (rules[-1].kinds, rules[-1].name) == ((), "")


def test_every_everyday_word_finds_something() -> None:
    """What a synonym means is in the catalogue, and no word is listed twice."""
    printed = "\n".join(text for s in catalogue.services() for text in (s.name, s.main_item, s.sub_item, s.department))
    said: list[str] = []
    for synonym in catalogue.vocabulary().synonyms:
        said += synonym.say
        assert [text for text in synonym.mean if text not in printed] == []
        for word in synonym.say:
            assert catalogue.search_index().search(word), word
    assert [word for word, times in Counter(said).items() if times > 1] == []


def test_a_township_with_an_express_queue_splits_its_items() -> None:
    """Instant items go to the express queue, the others to the comprehensive one."""
    queues = {
        "comprehensive": Queue(id="comprehensive", name="综合受理", kind="comprehensive", prefix="A"),
        "express": Queue(id="express", name="无差别即办", kind="express", prefix="B"),
    }
    rules = service_rules(catalogue.services(), "township", queues, catalogue.default_handling())
    assert len(rules) == 151
    assert {(rule.handling, rule.queue) for rule in rules.values()} == {
        ("instant", "express"),
        ("promised", "comprehensive"),
    }
    assert all(is_offered(catalogue.by_number()[no], "township") for no in rules)


def test_the_document_counts_right() -> None:
    """The table of handling rules in docs/catalogue.md is that of the data, with the true counts."""
    rules = catalogue.handling_rules()
    counts = Counter(handling_rule(service, rules) for service in catalogue.services())
    rows = [
        (reason, handling, int(count))
        for reason, handling, count in re.findall(r"^\| \d+ \|[^|]*\| (.*?) \| `(\w+)` \| (\d+) \|$", _DOCUMENT, re.M)
    ]
    assert rows == [(rule.reason, rule.handling, counts[rule]) for rule in rules]
    totals = Counter(catalogue.default_handling().values())
    assert f"**{totals['instant']} instant, {totals['promised']} promised**" in _DOCUMENT


def test_pinyin_is_loaded_only_when_letters_are_typed() -> None:
    """Starting up and searching by characters do without pypinyin, which takes longer than all else together."""
    program = """
import sys
from queue_server import catalogue
assert 141 in catalogue.search_index().search("身份证")
assert "pypinyin" not in sys.modules
assert 141 in catalogue.search_index().search("sfz")
assert "pypinyin" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
