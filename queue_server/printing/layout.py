"""From lines to rows that fit the paper. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from queue_server.printing.slip import Line

__all__ = ["COLUMNS", "Row", "columns_of", "rows"]

COLUMNS: dict[int, int] = {58: 32, 80: 48}
"""Half-width characters in a row, by the paper's width in mm."""

NOT_FIRST = "，。；：、！？）》”’…—,.;:!?)"
"""What never begins a row."""

_UNIT = re.compile(r"[!-~]+ ?| |[^!-~ ]")


class Row(NamedTuple):
    """What stands in one row; it fits."""

    text: str
    size: Literal[1, 2, 4]
    align: Literal["left", "center"]
    bold: bool


def columns_of(text: str) -> int:
    """Half-width columns that a text takes: a letter takes one, whatever the printer has in its Chinese font two."""
    return sum(1 if " " <= char <= "~" else 2 for char in text)


def rows(lines: Iterable[Line], width_mm: int) -> Iterator[Row]:
    """The lines on paper of this width. A line that is too long for its size is printed smaller rather than cut."""
    for line in lines:
        columns = COLUMNS[width_mm]
        if line.text == "-":
            yield Row("-" * columns, 1, "left", False)
            continue
        text = "".join(char if char.isprintable() else " " for char in line.text)  # a control character is a command
        size = line.size
        while size > 1 and columns_of(text) > (columns // size if size == 4 else columns // size * 2):
            size = 2 if size == 4 else 1
        parts = [*_wrapped(text, columns // size)]
        if line.align == "center":
            parts = _balanced(text, columns // size, parts)
        yield from (Row(part, size, line.align, line.bold) for part in parts)


def _balanced(text: str, columns: int, parts: list[str]) -> list[str]:
    """The text in as many rows, of about the same length: no last character stands alone."""
    while len(parts) > 1 and len(narrower := [*_wrapped(text, columns - 1)]) == len(parts):
        columns, parts = columns - 1, narrower
    return parts


def _wrapped(text: str, columns: int) -> Iterator[str]:
    """The text in rows: broken between Chinese characters or at blanks, in a word only when no row can hold it."""
    row = ""
    for unit in _UNIT.findall(text):
        while columns_of(unit.rstrip()) > columns:  # a word longer than the paper is wide
            room = columns - columns_of(row)
            row, unit = row + unit[:room], unit[room:]
            yield row
            row = ""
        if columns_of((row + unit).rstrip()) <= columns:
            row += unit
        elif unit in NOT_FIRST and len(row) > 1:
            yield row[:-1].rstrip()
            row = row[-1] + unit
        else:
            yield row.rstrip()
            row = unit.lstrip()
    if row.strip() or not text.strip():
        yield row.rstrip()
