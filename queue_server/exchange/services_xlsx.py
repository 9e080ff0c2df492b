"""A hall's services with their guides as a spreadsheet, for whoever fills in 154 of them."""

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from msgspec.structs import replace

from queue_server.domain.hall import Hall
from queue_server.domain.service import (
    Choices,
    Guide,
    Handling,
    Service,
    as_offered,
    choose,
    is_offered,
    queue_for,
    service_rules,
)
from queue_server.exchange.sheet_fault import BadSheet, CellFault

__all__ = ["read_services", "version_in", "write_services"]

SHEET = "事项"
ABOUT = "填写说明"
"""The second sheet: how to fill the first in, and of which version of the set-up it was taken."""
VERSION = "版本（请不要改）"

MOST_BYTES = 20 * 1024 * 1024
"""What a file may unpack to."""
MOST_ROWS = 2000
LETTERS = 2000

NO, NAME, OFFERED, HANDLING, QUEUE = "编号", "事项名称", "是否办理", "办理方式", "队列字母"
KNOWN = {"主项": "main_item", "子项": "sub_item", "部门": "department"}
"""From the catalogue, for whoever reads the sheet; not read back."""
GUIDE = {
    "事项类型": "item_kind", "受理条件": "conditions", "申请材料": "materials", "办理流程": "steps",
    "法定时限": "legal_limit", "承诺时限": "promised_limit", "办理结果": "result", "收费": "fee", "设定依据": "basis",
    "咨询电话": "consult_phone", "监督电话": "complaint_phone",
}  # fmt: skip
LISTS = ("materials", "steps")
HEADERS = (NO, NAME, *KNOWN, OFFERED, HANDLING, QUEUE, *GUIDE)
HOW = (
    ("一行一个事项。只改要改的格子，没写的行和删去的列不变。", ""),
    (OFFERED, "写“是”或“否”"),
    (HANDLING, "写“即办”或“承诺”；空着就按目录"),
    (QUEUE, "号票上的字母；空着就按办理方式自动"),
    ("申请材料、办理流程", "一样一行，在格子里按 Alt+Enter 换行"),
    ("空着的格子", "表示没有：原来写的会去掉"),
)
YES, NOT = "是", "否"
WAYS: dict[str, Handling] = {"即办": "instant", "承诺": "promised"}


class _Row(NamedTuple):
    """One item's row. cells: by heading; queue: the id of its letter's; guide: what the columns there say of it."""

    service: Service
    cells: Mapping[str, str]
    offered: bool
    queue: str | None
    guide: Mapping[str, str | tuple[str, ...] | None]


def write_services(
    hall: Hall, catalogue: Mapping[int, Service], handling: Mapping[int, Handling], version: str = ""
) -> bytes:
    """The workbook: a line of headings, then a row for each item of the catalogue. version: of the set-up, to be found
    again by version_in; "" for none.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    _write_row(sheet, 1, HEADERS)
    for row, service in enumerate(catalogue.values(), 2):
        _write_row(sheet, row, _cells(service, hall, handling[service.no]))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, header in zip(sheet.iter_cols(), HEADERS, strict=True):
        sheet.column_dimensions[column[0].column_letter].width = 40 if header in (NAME, *GUIDE) else 14
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    about: Any = book.create_sheet(ABOUT)
    for row, (what, how) in enumerate((*HOW, (VERSION, version)), 1):
        _write_row(about, row, (what, how))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 30, 60
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _write_row(sheet: Any, row: int, values: tuple[str | int, ...]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        if isinstance(value, int):
            cell.value = value
        elif value:
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type = "s"  # a text that begins with = is no formula


def _cells(service: Service, hall: Hall, usual: Handling) -> tuple[str | int, ...]:
    rule = hall.services.get(service.no)
    guide = hall.guides.get(service.no, Guide())
    way = usual if rule is None else rule.handling
    return (
        service.no,
        as_offered(service, hall.choices).name,
        *(getattr(service, name) for name in KNOWN.values()),
        NOT if rule is None else YES,
        next(text for text, each in WAYS.items() if each == way),
        "" if rule is None else hall.queues[rule.queue].prefix,
        *(_text(getattr(guide, name)) for name in GUIDE.values()),
    )


def _text(value: str | tuple[str, ...] | None) -> str:
    return "\n".join(value) if isinstance(value, tuple) else value or ""


def version_in(file: bytes) -> str | None:
    """Of which version of the set-up the workbook was taken; None when it does not say. Raises BadSheet."""
    for title, rows in _sheets(file):
        if title == ABOUT:
            found = [row[1] for row in rows if len(row) > 1 and row[0] == VERSION]
            return found[0] or None if found else None
    return None


def read_services(file: bytes, hall: Hall, catalogue: Mapping[int, Service], handling: Mapping[int, Handling]) -> Hall:
    """The hall with what a workbook says of its services; of those, and of the columns, that it leaves out, everything
    stays.

    An empty cell states nothing: no guide, the usual handling, the queue that follows from it. Raises BadSheet with
    everything that is wrong.
    """
    faults: list[CellFault] = []
    rows = list(_rows(file, hall, catalogue, faults))
    if faults:
        raise BadSheet(faults)
    choices, guides = hall.choices, dict(hall.guides)
    for row in rows:
        no = row.service.no
        choices = _chosen(choices, row, hall, handling[no])
        guide = replace(guides.pop(no, Guide()), **row.guide)
        if guide != Guide():
            guides[no] = guide
    services = service_rules(catalogue.values(), hall.level, hall.queues, handling, choices)
    return replace(hall, choices=choices, guides=guides, services=services)


def _chosen(before: Choices, row: _Row, hall: Hall, usual: Handling) -> Choices:
    """The choices with those about one item made anew; what the sheet has no column for is chosen as before."""
    service, cells = row.service, row.cells
    choices = _without(before, service.no)
    if row.offered != is_offered(service, hall.level, choices):
        choices = choose(choices, service, hall.level, row.offered)
    name = cells.get(NAME) or (service.name if NAME in cells else before.names.get(service.no, service.name))
    way = WAYS.get(cells[HANDLING], usual) if HANDLING in cells else before.handling.get(service.no, usual)
    if name != service.name or (row.offered and service.doubtful):
        choices = replace(choices, names={**choices.names, service.no: name})
    if way != usual:
        choices = replace(choices, handling={**choices.handling, service.no: way})
    queue = row.queue if QUEUE in cells else before.queues.get(service.no)
    if queue is not None and queue != queue_for(service, way, hall.queues, choices):
        choices = replace(choices, queues={**choices.queues, service.no: queue})
    return choices


def _without(choices: Choices, no: int) -> Choices:
    kept: dict[str, Any] = {}
    for name in choices.__struct_fields__:
        value = getattr(choices, name)
        kept[name] = value - {no} if isinstance(value, frozenset) else {k: v for k, v in value.items() if k != no}
    return Choices(**kept)


def _rows(file: bytes, hall: Hall, catalogue: Mapping[int, Service], faults: list[CellFault]) -> Iterator[_Row]:
    title, lines = _sheet_of_services(file)
    header = next(lines, ())
    at = {name: place for place, name in reversed([*enumerate(header)]) if name in HEADERS}
    for place, name in enumerate(header):
        if name and at.get(name) != place:
            code = "column_twice" if name in at else "column_unknown"
            faults.append(CellFault(code, title, 1, _letter(place), text=name))
    missing = [name for name in (NO, OFFERED) if name not in at]
    faults += [CellFault("column_missing", title, column=name) for name in missing]
    if missing:
        return
    by_letter = {queue.prefix: queue.id for queue in hall.queues.values()}
    named = frozenset() if NAME in at else hall.choices.names.keys()
    needs_name = {no for no, service in catalogue.items() if service.doubtful and no not in named}
    seen: set[str] = set()
    for number, line in enumerate(lines, 2):
        cells = {name: line[place] if place < len(line) else "" for name, place in at.items()}
        if not any(cells.values()):
            continue
        found = _faults_of(cells, catalogue, by_letter, seen, needs_name)
        for column, code in found.items():
            letter = _letter(at[column]) if column in at else ""
            faults.append(CellFault(code, title, number, letter, column, cells.get(column, "")))
        seen.add(cells[NO])
        if not found:
            yield _Row(
                service=catalogue[int(cells[NO])],
                cells=cells,
                offered=cells[OFFERED] == YES,
                queue=by_letter.get(cells.get(QUEUE, "")),
                guide={name: _stated(name, cells[column]) for column, name in GUIDE.items() if column in cells},
            )


def _faults_of(
    cells: Mapping[str, str],
    catalogue: Mapping[int, Service],
    by_letter: Mapping[str, str],
    seen: set[str],
    needs_name: set[int],
) -> dict[str, str]:
    """What is wrong in a row: code by column. needs_name: doubtful items whose right name the sheet must say."""
    found = {column: "too_long" for column, text in cells.items() if len(text) > LETTERS}
    no = cells[NO]
    if not (no.isascii() and no.isdigit() and len(no) <= 4 and int(no) in catalogue):
        found[NO] = "no_unknown"
    elif no in seen:
        found[NO] = "no_twice"
    elif cells[OFFERED] == YES and not cells.get(NAME) and int(no) in needs_name:
        found[NAME] = "name_needed"
    if cells[OFFERED] not in (YES, NOT):
        found[OFFERED] = "yes_or_no"
    if cells.get(HANDLING, "") not in ("", *WAYS):
        found[HANDLING] = "way_unknown"
    if cells.get(QUEUE, "") not in ("", *by_letter):
        found[QUEUE] = "letter_unknown"
    return found


def _stated(name: str, text: str) -> str | tuple[str, ...] | None:
    """What a cell says of a guide's member."""
    if name in LISTS:
        return tuple(line for each in text.split("\n") if (line := each.strip()))
    return text or None


def _letter(place: int) -> str:
    """The letter of a column, counted from 0."""
    from openpyxl.utils import get_column_letter

    letter: str = get_column_letter(place + 1)
    return letter


_Lines = Iterator[tuple[str, ...]]


def _sheet_of_services(file: bytes) -> tuple[str, _Lines]:
    """The sheet that is called so, or the only one, with its rows. Raises BadSheet."""
    sheets = [(title, rows) for title, rows in _sheets(file) if title != ABOUT]
    named = [sheet for sheet in sheets if sheet[0] == SHEET] or (sheets if len(sheets) == 1 else [])
    if not named:
        raise BadSheet([CellFault("sheet_missing", SHEET, text="、".join(title for title, _ in sheets))])
    return named[0]


def _sheets(file: bytes) -> Iterator[tuple[str, _Lines]]:
    """The sheets with their rows, as texts without blanks around them. Raises BadSheet."""
    from openpyxl import load_workbook

    not_xlsx = BadSheet([CellFault("not_xlsx")])
    try:
        with zipfile.ZipFile(BytesIO(file)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise not_xlsx
        book = load_workbook(BytesIO(file), read_only=True, data_only=True)
        found = [
            (each.title, list(each.iter_rows(max_row=MOST_ROWS + 1, values_only=True))) for each in book.worksheets
        ]
    except BadSheet:
        raise
    except Exception as error:  # the reader names no errors of its own: a broken file raises whatever it breaks
        raise not_xlsx from error
    for title, rows in found:
        if len(rows) > MOST_ROWS:
            raise BadSheet([CellFault("too_many_rows", title)])
        yield title, (tuple(map(_cell, row)) for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
