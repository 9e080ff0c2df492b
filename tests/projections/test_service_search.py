"""Finding items as people type them."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queue_server import catalogue
from queue_server.domain.service import Service
from queue_server.projections.service_search import LETTERS_MAX, ServiceIndex, Synonym, Vocabulary

ID_CARDS = [141, 142, 143, 144, 145, 146, 147]

INDEX = catalogue.search_index()
SERVICES = catalogue.by_number()


def _index(*names: str, vocabulary: Vocabulary | None = None) -> ServiceIndex:
    services = [
        Service(no=no, name=name, main_item="主项", sub_item="子项", item_kind="公共服务", level="D", department="局")
        for no, name in enumerate(names, 1)
    ]
    return ServiceIndex(services, vocabulary)


@pytest.mark.parametrize(
    "query",
    [
        *("身份证", " 身 份 证 ", "《身份证》", "身份证\x00\n"),
        *("shenfenzheng", "Shen Fen Zheng", "shēn fèn zhèng", "shenfenzh"),
        *("sfz", "SFZ", "ｓｆｚ", "s'f'z"),
        *("shenfz", "sfzheng", "身份zheng", "身fz"),
    ],
)
def test_identity_cards(query: str) -> None:
    """Characters, pinyin, initials and mixtures of them find the identity cards and nothing else."""
    assert INDEX.search(query) == ID_CARDS


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("失业登记", 38),
        ("shiyedengji", 38),
        ("sydj", 38),
        ("居住证签注", 154),
    ],
)
def test_best_answer_first(query: str, best: int) -> None:
    """The item that a query names comes before those that merely contain it."""
    assert INDEX.search(query)[:1] == [best]


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("canbao", {1, 21, 66, 71}),
        ("chongdu", {59}),
        ("zhongdu", {59}),
        ("geifu", {46, 55, 57}),
        ("jifu", {46, 55, 57}),
        ("tiaojie", {18}),
        ("diaojie", {18}),
        ("gongzuodiaodong", {124}),
        ("dushengzinv", {11, 15}),
        ("dushengzinü", {11, 15}),
        ("dushengzinu", {11, 15}),
    ],
)
def test_readings(query: str, some: set[int]) -> None:
    """Characters with several readings are found by each that people use, and ü by any spelling of it."""
    assert some <= {*INDEX.search(query)}


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("医保", {1, 66, 68, 71}),
        ("yibao", {1, 66, 68, 71}),
        ("社保卡", {26, 27, 28, 29, 30}),
        ("低保", {56, 57, 62}),
        ("五保户", {54, 55}),
        ("老年证", {16}),
        ("户口本", {101}),
        ("暂住证", {148, 153, 154}),
        ("营业执照", {84, 85, 86}),
        ("食品经营许可证", {87, 92}),
        ("宅基地", {9}),
        ("改名", {97}),
        ("人社局", {18, 38}),
        ("派出所", {96, 154}),
    ],
)
def test_everyday_words(query: str, some: set[int]) -> None:
    """What people say finds what the catalogue calls it."""
    assert some <= {*INDEX.search(query)}


def test_the_catalogues_own_words_come_before_everyday_ones() -> None:
    """An item that has the query in its name is better than one that only means it."""
    assert INDEX.search("低保")[0] == 62
    assert INDEX.search("医保")[:2] == [68, 69]


def test_marriage_is_not_in_the_catalogue() -> None:
    """No word promises an item that nobody offers: 结婚 finds the two that speak of it, no registration."""
    assert INDEX.search("结婚") == [116, 118]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("身份证 补领", [143, 145]),
        ("补领 身份证", [143, 145]),
        ("补办身份证", [143, 145]),
        ("身份证补办", [143, 145]),
        ("医保 新生儿", [68, 69]),
        ("身份证 xyz", []),
        ("没有这样的事项", []),
    ],
)
def test_words_apart(query: str, found: list[int]) -> None:
    """Where nothing has the whole query, items that have each of its words are found."""
    assert INDEX.search(query)[: len(found) + 1] == found


def test_ranking() -> None:
    """Whole name, its beginning, its middle; then pinyin, initials and everyday words, each in the given order."""
    vocabulary = Vocabulary(version=1, synonyms=(Synonym(say=("低保",), mean=("最低生活保障",)),))
    index = _index(
        "最低生活保障",  # 1 by the everyday word
        "大病报告",  # 2 by its initials, d b
        "地堡",  # 3 by its sound
        "城镇低保",  # 4 holds it
        "低保申请",  # 5 begins with it
        "低保",  # 6 is it
        vocabulary=vocabulary,
    )
    assert index.search("低保") == [6, 5, 4, 1]
    assert index.search("dibao") == [3, 6, 5, 4, 1]
    assert index.search("db") == [3, 6, 2, 5, 4, 1]


def test_headings_and_departments_count_least() -> None:
    """A name beats a heading, and a heading is enough."""
    index = _index("办理", "主项办理")
    assert index.search("主项") == [2, 1]
    assert index.search("zx") == [2, 1]
    assert index.search("子项") == [1, 2]


@pytest.mark.parametrize("query", ["", "   ", "\t\u3000", "？！", "\x00\x1b", "\ud800", "😀"])
def test_a_query_without_letters_finds_all(query: str) -> None:
    """Nothing to look for is no obstacle: all items, in the catalogue's order."""
    assert INDEX.search(query) == list(range(1, 155))


def test_only_the_beginning_of_a_long_query_counts() -> None:
    """Ten thousand characters cost no more than a hundred."""
    name = SERVICES[69].name
    assert INDEX.search(name + " " * 10_000) == [69]
    assert INDEX.search(" " * 10_000 + name) == [69]
    assert INDEX.search("证" * 10_000) == INDEX.search("证" * LETTERS_MAX) == []


@pytest.mark.parametrize("no", SERVICES)
def test_every_item_is_found_by_its_name(no: int) -> None:
    """An item's own name finds it first, however it is typed."""
    assert INDEX.search(SERVICES[no].name)[0] == no


def test_letters_and_digits_in_a_name() -> None:
    """Names that a head writes may have Latin letters and digits in them."""
    index = _index("ETC卡办理", "二次补贴", "2次补贴", "")
    assert index.search("etck") == index.search("etcka") == index.search("ETC卡") == [1]
    assert index.search("2ci") == [3]


def test_nothing_to_search() -> None:
    """An empty catalogue answers as any other."""
    assert ServiceIndex([]).search("") == ServiceIndex([]).search("sfz") == ServiceIndex([]).search("身份 证") == []


def test_warming_changes_no_answer() -> None:
    """Preparing ahead is for speed alone."""
    index = _index("身份证", "户口簿")
    index.warm()
    assert index.search("sfz") == [1]


def test_a_query_is_quick() -> None:
    """A query takes well under a millisecond; more is allowed here, for a machine that is busy with other things."""
    INDEX.warm()
    queries = ["身份证", "sfz", "shenfenzheng", "s", "医保查询", "补办身份证", "zh" * 50, "一" * 100, "补办" * 50]
    for query in queries:
        quickest = min(_seconds(query) for _ in range(5))
        assert quickest < 0.010, query


def _seconds(query: str) -> float:
    start = time.perf_counter()
    INDEX.search(query)
    return time.perf_counter() - start


_TYPED = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz身份证医保户口登记补办查询 '1"), max_size=30)


@given(st.one_of(st.text(max_size=300), _TYPED))
@example("a b c d e f g h i j")
@example("补办" * 5_000)
@example("\ufdfa" * 300)  # one character that becomes eighteen
def test_any_query_has_an_answer(query: str) -> None:
    """Whatever is typed, the answer is a set of items of the catalogue, the same each time."""
    found = INDEX.search(query)
    assert len({*found}) == len(found)
    assert {*found} <= {*SERVICES}
    assert INDEX.search(query) == found


@given(_TYPED)
def test_case_and_spaces_around_do_not_matter(query: str) -> None:
    """Capitals and blanks at the ends change nothing."""
    assert INDEX.search(f"  {query.upper()}\n") == INDEX.search(query)


@given(st.data())
def test_a_part_of_a_name_finds_its_item(data: st.DataObject) -> None:
    """Any piece of a name with a letter in it finds the item, by whatever else it is found."""
    service = data.draw(st.sampled_from(catalogue.services()))
    start = data.draw(st.integers(0, len(service.name) - 1))
    end = data.draw(st.integers(start + 1, len(service.name)))
    assert service.no in INDEX.search(service.name[start:end])


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=12))
def test_any_names_can_be_indexed(names: list[str], query: str) -> None:
    """An index takes whatever a head calls an item, and finds it by that name."""
    index = _index(*names)
    index.warm()
    index.search(query)
    for no, name in enumerate(names, 1):
        assert no in index.search(name)
