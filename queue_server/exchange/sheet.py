"""Tables of figures as files that a spreadsheet opens: XLSX with several of them, CSV with one."""

import csv
import re
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any, Literal, NamedTuple

__all__ = ["Column", "Kind", "Sheet", "Value", "write_csv", "write_xlsx"]

Kind = Literal["text", "count", "seconds", "share"]
"""`count`: a whole number; `seconds`: a duration in whole seconds; `share`: from 0 to 1."""

Value = str | int | float | None
"""None: not known, an empty cell."""


class Column(NamedTuple):
    """name: what stands above it."""

    name: str
    kind: Kind


class Sheet(NamedTuple):
    """title: of the tab in a workbook. rows: a value for each column. about: lines above the table, in a workbook."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    about: tuple[str, ...] = ()


FORMATS: dict[Kind, str] = {"text": "@", "count": "#,##0", "seconds": "[h]:mm:ss", "share": "0.0%"}
DAY_S = 86_400
"""A duration is a share of a day in a spreadsheet, which then adds it up and shows it as one."""

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own encoding."""

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""Chinese spreadsheets take the full-width ones for the same."""
NO_TITLE = re.compile(r"[\\/*?:\[\]]")


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The workbook; numbers, durations and shares are numbers in it, and no text is a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(NO_TITLE.sub(" ", sheet.title)[:31]), sheet)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for at, line in enumerate(sheet.about, 1):
        _put(page.cell(at, 1), line, "text")
    head = len(sheet.about) + 1
    for at, column in enumerate(sheet.columns, 1):
        cell = page.cell(head, at)
        _put(cell, column.name, "text")
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(at)].width = 28 if column.kind == "text" else 13
    for number, row in enumerate(sheet.rows, head + 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
            _put(page.cell(number, at), value, column.kind)
    page.freeze_panes = page.cell(head + 1, 2)


def _put(cell: Any, value: Value, kind: Kind) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if value is None:
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # a text that begins with = is no formula
    else:
        cell.value = value / DAY_S if kind == "seconds" else value
    cell.number_format = FORMATS[kind]


def write_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark that Excel needs; durations in whole seconds, shares from 0 to 1, nothing where nothing is
    known. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    text = StringIO()
    write = csv.writer(text, lineterminator="\r\n").writerow
    write([column.name for column in sheet.columns])
    for row in sheet.rows:
        write([_harmless(value) if isinstance(value, str) else value for value in row])
    return (BOM + text.getvalue()).encode()


def _harmless(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text
