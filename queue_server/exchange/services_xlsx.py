"""A hall's services with their guides as a spreadsheet, for whoever fills in 154 of them."""

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

import msgspec
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

__all__ = ["BadSheet", "RowFault", "read_services", "write_services"]

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
YES, NOT = "是", "否"
WAYS: dict[str, Handling] = {"即办": "instant", "承诺": "promised"}

FAULTS: dict[str, tuple[str, str]] = {
    "not_xlsx": ("这不是 XLSX 表格", "this is no XLSX workbook"),
    "column_missing": ("缺少这一列", "the column is missing"),
    "too_many_rows": ("行数太多", "there are too many rows"),
    "no_unknown": ("目录中没有这个编号", "the catalogue has no such number"),
    "no_twice": ("这个编号前面已经有了", "that number stands further up already"),
    "yes_or_no": ("请写“是”或“否”", "write 是 or 否"),
    "way_unknown": ("请写“即办”或“承诺”，或空着", "write 即办 or 承诺, or leave it empty"),
    "letter_unknown": ("大厅没有这个字母的队列", "the hall has no queue of that letter"),
    "name_needed": ("原件缺损的事项，请填写核实后的名称", "a damaged entry needs the name that you found"),
    "too_long": ("太长，最多 2000 个字", "too long: 2000 characters at most"),
}
"""By code: Chinese, English."""


class RowFault(NamedTuple):
    """What is wrong in one cell. row: as the spreadsheet numbers it, 0 for the file; column: its heading."""

    row: int
    column: str
    code: str

    def said(self, english: bool) -> str:
        """In a sentence, with its place."""
        text = FAULTS[self.code][english]
        if self.row == 0:
            return f"{self.column}: {text}" if english else f"{self.column}：{text}" if self.column else text
        return f"row {self.row}, {self.column}: {text}" if english else f"第 {self.row} 行“{self.column}”：{text}"


class BadSheet(Exception):
    """The spreadsheet cannot be used."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__(faults)
        self.faults = faults


class _Row(NamedTuple):
    service: Service
    name: str
    offered: bool
    handling: Handling | None
    queue: str | None
    guide: Guide


def write_services(hall: Hall, catalogue: Mapping[int, Service], handling: Mapping[int, Handling]) -> bytes:
    """The workbook: a line of headings, then a row for each item of the catalogue."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "事项"
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


def read_services(file: bytes, hall: Hall, catalogue: Mapping[int, Service], handling: Mapping[int, Handling]) -> Hall:
    """The hall with what a workbook says of its services; of those that it leaves out, everything stays.

    An empty cell states nothing: no guide, the usual handling, the queue that follows from it. Raises BadSheet with
    everything that is wrong.
    """
    faults: list[RowFault] = []
    rows = list(_rows(file, hall, catalogue, faults))
    if faults:
        raise BadSheet(faults)
    choices, guides = hall.choices, dict(hall.guides)
    for row in rows:
        choices = _chosen(choices, row, hall, handling[row.service.no])
        guides.pop(row.service.no, None)
        if row.guide != Guide():
            guides[row.service.no] = row.guide
    services = service_rules(catalogue.values(), hall.level, hall.queues, handling, choices)
    return replace(hall, choices=choices, guides=guides, services=services)


def _chosen(choices: Choices, row: _Row, hall: Hall, usual: Handling) -> Choices:
    """The choices with those about one item made anew."""
    service = row.service
    choices = _without(choices, service.no)
    if row.offered != is_offered(service, hall.level, choices):
        choices = choose(choices, service, hall.level, row.offered)
    way = row.handling or usual
    if row.name != service.name or (row.offered and service.doubtful):
        choices = replace(choices, names={**choices.names, service.no: row.name})
    if way != usual:
        choices = replace(choices, handling={**choices.handling, service.no: way})
    if row.queue is not None and row.queue != queue_for(service, way, hall.queues, choices):
        choices = replace(choices, queues={**choices.queues, service.no: row.queue})
    return choices


def _without(choices: Choices, no: int) -> Choices:
    kept: dict[str, Any] = {}
    for name in choices.__struct_fields__:
        value = getattr(choices, name)
        kept[name] = value - {no} if isinstance(value, frozenset) else {k: v for k, v in value.items() if k != no}
    return Choices(**kept)


def _rows(file: bytes, hall: Hall, catalogue: Mapping[int, Service], faults: list[RowFault]) -> Iterator[_Row]:
    lines = _lines(file)
    header = next(lines, ())
    at = {name: header.index(name) for name in HEADERS if name in header}
    needed = [name for name in (NO, OFFERED) if name not in at]
    faults += [RowFault(0, name, "column_missing") for name in needed]
    if needed:
        return
    by_letter = {queue.prefix: queue.id for queue in hall.queues.values()}
    seen: set[str] = set()
    for number, line in enumerate(lines, 2):
        cells = {name: line[place] if place < len(line) else "" for name, place in at.items()}
        if not any(cells.values()):
            continue
        found = _faults_of(cells, catalogue, by_letter, seen)
        faults += [RowFault(number, column, code) for column, code in found.items()]
        seen.add(cells[NO])
        if not found:
            service = catalogue[int(cells[NO])]
            yield _Row(
                service=service,
                name=cells.get(NAME) or service.name,
                offered=cells[OFFERED] == YES,
                handling=WAYS.get(cells.get(HANDLING, "")),
                queue=by_letter.get(cells.get(QUEUE, "")),
                guide=_guide(cells),
            )


def _faults_of(
    cells: Mapping[str, str], catalogue: Mapping[int, Service], by_letter: Mapping[str, str], seen: set[str]
) -> dict[str, str]:
    """What is wrong in a row: code by column."""
    found = {column: "too_long" for column, text in cells.items() if len(text) > LETTERS}
    no = cells[NO]
    if not (no.isascii() and no.isdigit() and len(no) <= 4 and int(no) in catalogue):
        found[NO] = "no_unknown"
    elif no in seen:
        found[NO] = "no_twice"
    elif cells[OFFERED] == YES and catalogue[int(no)].doubtful and not cells.get(NAME):
        found[NAME] = "name_needed"
    if cells[OFFERED] not in (YES, NOT):
        found[OFFERED] = "yes_or_no"
    if cells.get(HANDLING, "") not in ("", *WAYS):
        found[HANDLING] = "way_unknown"
    if cells.get(QUEUE, "") not in ("", *by_letter):
        found[QUEUE] = "letter_unknown"
    return found


def _guide(cells: Mapping[str, str]) -> Guide:
    stated: dict[str, str | tuple[str, ...]] = {}
    for column, name in GUIDE.items():
        if text := cells.get(column, ""):
            lines = tuple(line for each in text.split("\n") if (line := each.strip()))
            stated[name] = lines if name in LISTS else text
    return msgspec.convert(stated, Guide)


def _lines(file: bytes) -> Iterator[tuple[str, ...]]:
    """The rows of the first sheet, as texts without blanks around them. Raises BadSheet."""
    from openpyxl import load_workbook

    not_xlsx = BadSheet([RowFault(0, "", "not_xlsx")])
    try:
        with zipfile.ZipFile(BytesIO(file)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise not_xlsx
        book = load_workbook(BytesIO(file), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(max_row=MOST_ROWS + 1, values_only=True))
    except BadSheet:
        raise
    except Exception as error:  # the reader names no errors of its own: a broken file raises whatever it breaks
        raise not_xlsx from error
    if len(rows) > MOST_ROWS:
        raise BadSheet([RowFault(0, "", "too_many_rows")])
    return (tuple(map(_cell, row)) for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
