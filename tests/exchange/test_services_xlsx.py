"""Services and guides out to a spreadsheet and in again: the same hall; and what is wrong is told row by row."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from queue_server import catalogue
from queue_server.domain.hall import Hall
from queue_server.domain.service import Choices, Guide, service_rules
from queue_server.exchange.services_xlsx import read_services, version_in, write_services
from queue_server.exchange.sheet_fault import BadSheet, CellFault
from tests.domain.halls import township, village

CATALOGUE, HANDLING = catalogue.by_number(), catalogue.default_handling()
NUMBERS = st.sampled_from(sorted(CATALOGUE))
DOUBTFUL = {no for no, service in CATALOGUE.items() if service.doubtful}


NOTHING = Choices()


def _hall(hall: Hall, choices: Choices = NOTHING, guides: dict[int, Guide] | None = None) -> Hall:
    services = service_rules(CATALOGUE.values(), hall.level, hall.queues, HANDLING, choices)
    return replace(hall, choices=choices, guides=guides or {}, services=services)


def _letters(most: int) -> st.SearchStrategy[str]:
    """Texts as people type them; spreadsheets know no others."""
    return st.text("A=+-@0 甲乙\U0001f600é,;\"'", min_size=1, max_size=most).map(str.strip).filter(bool)


LINES = st.lists(_letters(12), max_size=3).map(tuple)
GUIDES = st.builds(
    Guide,
    conditions=st.none() | _letters(40),
    materials=LINES,
    steps=LINES,
    fee=st.none() | _letters(8),
    consult_phone=st.none() | _letters(8),
)


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """A township or a village with some choices and guides."""
    hall = draw(st.sampled_from([township(), village()]))
    names = draw(st.dictionaries(NUMBERS, _letters(12), max_size=3))
    choices = Choices(
        added=draw(st.frozensets(NUMBERS, max_size=4)),
        confirmed=frozenset(names) & DOUBTFUL,
        withdrawn=draw(st.frozensets(NUMBERS, max_size=4)),
        names=names,
        handling=draw(st.dictionaries(NUMBERS, st.sampled_from(["instant", "promised"]), max_size=4)),
        queues=draw(st.dictionaries(NUMBERS, st.sampled_from(sorted(hall.queues)), max_size=4)),
    )
    guides = draw(st.dictionaries(NUMBERS, GUIDES.filter(lambda guide: guide != Guide()), max_size=4))
    return _hall(hall, choices, guides)


@given(halls())
@settings(max_examples=15, deadline=None)
def test_out_and_in_is_the_same(hall: Hall) -> None:
    """Put into a hall that has chosen nothing, it offers the same, under the same names, with the same guides."""
    bare = _hall(replace(hall, choices=Choices(), guides={}))
    there = read_services(write_services(hall, CATALOGUE, HANDLING), bare, CATALOGUE, HANDLING)
    assert there.services == hall.services
    assert there.guides == hall.guides
    assert {no: there.choices.names.get(no) for no in hall.services if no in hall.choices.names} == {
        no: name if name != CATALOGUE[no].name or CATALOGUE[no].doubtful else None
        for no, name in hall.choices.names.items()
        if no in hall.services
    }
    assert read_services(write_services(there, CATALOGUE, HANDLING), there, CATALOGUE, HANDLING) == there


def test_a_text_is_no_formula() -> None:
    """However it begins."""
    hall = _hall(township(), guides={1: Guide(fee='=HYPERLINK("http://evil.example")')})
    sheet: Any = load_workbook(BytesIO(write_services(hall, CATALOGUE, HANDLING))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def _sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


HEAD = ("编号", "事项名称", "是否办理", "办理方式", "队列字母")


def test_every_fault_is_told_with_its_row() -> None:
    """All at once, so that the sheet is mended once."""
    damaged = min(DOUBTFUL)
    file = _sheet(
        HEAD,
        (1, "", "是", "马上", "Z"),
        (1, "", "也许", "", ""),
        (),
        (999, "", "否", "", ""),
        (damaged, "", "是", "", ""),
        ("二", "长" * 2001, "否", "", ""),
    )
    with pytest.raises(BadSheet) as refused:
        read_services(file, _hall(township()), CATALOGUE, HANDLING)
    assert set(refused.value.faults) == {
        CellFault("way_unknown", "Sheet", 2, "D", "办理方式", "马上"),
        CellFault("letter_unknown", "Sheet", 2, "E", "队列字母", "Z"),
        CellFault("no_twice", "Sheet", 3, "A", "编号", "1"),
        CellFault("yes_or_no", "Sheet", 3, "C", "是否办理", "也许"),
        CellFault("no_unknown", "Sheet", 5, "A", "编号", "999"),
        CellFault("name_needed", "Sheet", 6, "B", "事项名称"),
        CellFault("no_unknown", "Sheet", 7, "A", "编号", "二"),
        CellFault("too_long", "Sheet", 7, "B", "事项名称", "长" * 2001),
    }
    fault = CellFault("letter_unknown", "事项", 2, "E", "队列字母", "Z" * 31)
    assert fault.said(english=False) == (
        f"“事项”表第 2 行 E 列（队列字母）：大厅没有这个字母的队列；文件里是“{'Z' * 30}…”"
    )
    assert fault.said(english=True) == (
        f"sheet 事项, row 2, column E (队列字母): the hall has no queue of that letter (the file has: {'Z' * 30}…)"
    )


def test_a_column_that_is_not_known_is_told() -> None:
    """Most often its heading was mistyped, and all below it would be lost."""
    file = _sheet((*HEAD, "申请材枓", "编号"), (1, "", "是", "", "", "身份证", 2))
    with pytest.raises(BadSheet) as refused:
        read_services(file, _hall(township()), CATALOGUE, HANDLING)
    assert refused.value.faults == [
        CellFault("column_unknown", "Sheet", 1, "F", text="申请材枓"),
        CellFault("column_twice", "Sheet", 1, "G", text="编号"),
    ]


def test_a_workbook_of_several_sheets_must_have_the_right_one() -> None:
    """Which may stand anywhere among them."""
    book = load_workbook(BytesIO(write_services(_hall(township()), CATALOGUE, HANDLING, "17-abc")))
    book.create_sheet("我的笔记", 0)
    there = BytesIO()
    book.save(there)
    hall = _hall(township())
    assert read_services(there.getvalue(), hall, CATALOGUE, HANDLING) == hall
    assert version_in(there.getvalue()) == "17-abc"
    del book["事项"]
    book.create_sheet("其他")
    gone = BytesIO()
    book.save(gone)
    with pytest.raises(BadSheet) as refused:
        read_services(gone.getvalue(), hall, CATALOGUE, HANDLING)
    assert refused.value.faults == [CellFault("sheet_missing", "事项", text="我的笔记、其他")]
    assert refused.value.faults[0].said(english=False) == "“事项”表：没有叫这个名字的工作表；文件里是“我的笔记、其他”"
    assert version_in(_sheet(HEAD)) is None


def test_a_column_that_is_left_out_stays_as_it_is() -> None:
    """A sheet may speak of a few columns only: neither guides nor names nor queues are lost."""
    damaged = min(DOUBTFUL)
    choices = Choices(
        confirmed=frozenset({damaged}),
        names={damaged: "核实过的", 3: "改过的"},
        handling={3: "promised" if HANDLING[3] == "instant" else "instant"},
        queues={3: [*township().queues][-1]},
    )
    guide = Guide(fee="免费", materials=("身份证",))
    hall = _hall(township(), choices, {3: guide})
    rows = [(no, "是") for no in (damaged, 3)]
    there = read_services(_sheet(("编号", "是否办理"), *rows), hall, CATALOGUE, HANDLING)
    assert (there.choices, there.guides, there.services) == (hall.choices, hall.guides, hall.services)
    there = read_services(_sheet(("编号", "是否办理", "收费"), (3, "是", "")), hall, CATALOGUE, HANDLING)
    assert there.guides[3] == replace(guide, fee=None)


def _bomb() -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (21 * 1024 * 1024))
    return written.getvalue()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "not_xlsx"),
        (b"\x00" * 100, "not_xlsx"),
        (_bomb(), "not_xlsx"),
        (_sheet(("编号",), (1,)), "column_missing"),
        (_sheet(HEAD, *((1, "", "是", "", "") for _ in range(2000))), "too_many_rows"),
    ],
    ids=["empty", "noise", "bomb", "columns", "rows"],
)
def test_what_is_no_such_sheet_is_refused(file: bytes, code: str) -> None:
    """Whatever it is."""
    with pytest.raises(BadSheet) as refused:
        read_services(file, _hall(township()), CATALOGUE, HANDLING)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_row_that_is_left_out_stays_as_it_is() -> None:
    """A sheet may speak of a few items only."""
    hall = _hall(township(), Choices(withdrawn=frozenset({5})), {5: Guide(fee="免费")})
    there = read_services(_sheet(HEAD, (7, "", "否", "", "")), hall, CATALOGUE, HANDLING)
    assert there.choices.withdrawn == {5, 7}
    assert there.guides == hall.guides
