"""What is wrong in a spreadsheet: in Chinese and English, with the sheet, the row, and the column's letter."""

from typing import NamedTuple

__all__ = ["FAULTS", "BadSheet", "CellFault"]

SHOWN = 30
"""Characters of a cell that are shown: enough to know it again."""

FAULTS: dict[str, tuple[str, str]] = {
    "not_xlsx": ("这不是 XLSX 表格", "this is no XLSX workbook"),
    "sheet_missing": ("没有叫这个名字的工作表", "there is no sheet of that name"),
    "column_missing": ("缺少这一列", "the column is missing"),
    "column_unknown": ("没有这一列，请改正标题或删去", "there is no such column: mend its heading, or delete it"),
    "column_twice": ("这一列前面已经有了", "that column stands further left already"),
    "too_many_rows": ("行数太多，最多 2000 行", "there are too many rows: 2000 at most"),
    "no_unknown": ("目录中没有这个编号", "the catalogue has no such number"),
    "no_twice": ("这个编号前面已经有了", "that number stands further up already"),
    "yes_or_no": ("请写“是”或“否”", "write 是 or 否"),
    "way_unknown": ("请写“即办”或“承诺”，或空着", "write 即办 or 承诺, or leave it empty"),
    "letter_unknown": ("大厅没有这个字母的队列", "the hall has no queue of that letter"),
    "name_needed": ("原件缺损的事项，请填写核实后的名称", "a damaged entry needs the name that you found"),
    "too_long": ("太长，最多 2000 个字", "too long: 2000 characters at most"),
}
"""By code: Chinese, English."""


class CellFault(NamedTuple):
    """What is wrong in one cell. row: as the spreadsheet numbers it, 0 for the sheet as a whole; letter: its column's,
    "" where there is none; column: the heading there; text: what the cell says.
    """

    code: str
    sheet: str = ""
    row: int = 0
    letter: str = ""
    column: str = ""
    text: str = ""

    def said(self, english: bool) -> str:
        """In a sentence, with its place."""
        what = FAULTS[self.code][english]
        shown = self.text if len(self.text) <= SHOWN else self.text[:SHOWN] + "…"
        if english:
            where = [f"sheet {self.sheet}"] * bool(self.sheet) + [f"row {self.row}"] * bool(self.row)
            where += [f"column {self.letter}"] * bool(self.letter)
            place = ", ".join(where) + (f" ({self.column})" if self.column else "")
            return (f"{place}: " if place else "") + what + (f" (the file has: {shown})" if shown else "")
        place = f"“{self.sheet}”表" if self.sheet else ""
        place += (f"第 {self.row} 行" if self.row else "") + (f" {self.letter} 列" if self.letter else "")
        place += f"（{self.column}）" if self.column else ""
        return (f"{place}：" if place else "") + what + (f"；文件里是“{shown}”" if shown else "")


class BadSheet(Exception):
    """The spreadsheet cannot be used."""

    def __init__(self, faults: list[CellFault]) -> None:
        super().__init__(faults)
        self.faults = faults
