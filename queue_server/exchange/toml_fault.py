"""What is wrong in a TOML file: in Chinese and English, with the line where it stands."""

import re
import tomllib
from typing import NamedTuple

import msgspec

__all__ = ["TomlFault", "located", "not_a_value", "not_text", "not_toml"]

SHOWN = 60
"""Characters of a line that are shown: enough to know it again."""

FORMS: dict[str, str] = {
    "Invalid statement": "这一行要写成“名称 = 值”",
    "Found invalid character": "有不能用的字符",
    "Illegal character": "有不能用的字符",
    "Cannot declare": "同一个 [ ] 标题写了两次",
    "Cannot": "同一个名称写了两次",
    "Duplicate": "同一个名称写了两次",
    "Expected ']'": "标题后面少了“]”",
    "Expected ']]'": "标题后面少了“]]”",
    "Expected '='": "名称后面少了半角的“=”",
    "Expected newline": "值的后面多了东西；一行只写一个值",
    "Invalid initial character": "这里应当是一个名称",
    "Unclosed array": "方括号没有写全",
    "Unclosed inline table": "花括号没有写全",
    "Unterminated string": "引号没有写全",
    "Unescaped": "反斜杠要写成两个“\\\\”",
    "Invalid hex": "反斜杠后面的写法不对",
    "Escaped": "反斜杠后面的写法不对",
    "Invalid date": "日期或时间不对",
    "Invalid value": '值的写法不对；文字要放在半角引号 " " 里',
}
"""What the reader's errors begin with, in Chinese; of several that fit the longest counts."""

KINDS = {"str": "文字", "int": "整数", "float": "数", "bool": "true 或 false", "array": "[ ] 列表", "object": "[ ] 表"}


class TomlFault(NamedTuple):
    """One fault. place: as in "queues.express.prefix", "" for the file's own form; line, column: from 1, None where not
    known; text: what the line says, "" where the place says enough.
    """

    place: str
    chinese: str
    english: str
    line: int | None = None
    column: int | None = None
    text: str = ""

    def said(self, english: bool) -> str:
        """In a sentence, with its place."""
        if english:
            where = [f"line {self.line}"] * bool(self.line) + [f"column {self.column}"] * bool(self.column)
            said = ", ".join([*where, self.place] if self.place else where)
            return (
                (f"{said}: " if said else "") + self.english + (f" (the line says: {self.text})" if self.text else "")
            )
        where = [f"第 {self.line} 行"] * bool(self.line) + [f"第 {self.column} 个字"] * bool(self.column)
        said = "，".join([part for part in ("".join(where), self.place) if part])
        return (f"{said}：" if said else "") + self.chinese + (f"（这一行写着：{self.text}）" if self.text else "")


def not_text(file: bytes, error: UnicodeDecodeError) -> TomlFault:
    """What keeps a file from being text at all: most often an editor's other encoding."""
    line = file.count(b"\n", 0, error.start) + 1
    return TomlFault(
        "", "文件的编码不是 UTF-8。请在编辑器里“另存为”，编码选 UTF-8", "the file is not UTF-8: save it as that", line
    )


def not_toml(text: str, error: tomllib.TOMLDecodeError) -> TomlFault:
    """What keeps a text from being TOML at all."""
    lines = text.split("\n")
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.S)
    what = str(error) if found is None else found[1]
    if found is not None and found[2]:
        line, column = int(found[2]), int(found[3])
    else:  # at the end of the document
        lines = text.rstrip().split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    begins = max((begin for begin in FORMS if what.startswith(begin)), key=len, default=None)
    shown = lines[line - 1].strip()[:SHOWN]
    return TomlFault("", "写法不对" if begins is None else FORMS[begins], what, line, column, shown)


def not_a_value(place: str, error: msgspec.ValidationError) -> TomlFault:
    """A value that its setting does not take. place: of the table that was read."""
    what, _, path = str(error).partition(" - at `$")
    return TomlFault((place + path.rstrip("`")).lstrip("."), _in_chinese(what), what)


def _in_chinese(what: str) -> str:
    if found := re.fullmatch(r"Expected `([^`]*)`, got `(\w+)`", what):
        wanted = "或".join(KINDS.get(kind.strip(), kind) for kind in found[1].split("|") if kind.strip() != "null")
        return f"这里要写{wanted}，现在是{KINDS.get(found[2], found[2])}"
    if found := re.fullmatch(r"Object missing required field `(\w+)`", what):
        return f"缺少 {found[1]}"
    if found := re.fullmatch(r"Invalid enum value (.*)", what, re.S):
        return f"不能写 {found[1]}"
    return f"这个值不行（{what}）"


def located(fault: TomlFault, text: str) -> TomlFault:
    """The fault with the line of the file that its place stands on, or that of the nearest part around it."""
    return fault if fault.line else fault._replace(line=_line_of(text, _parts(re.sub(r"\[.*?\]", "", fault.place))))


_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_NAMES})\s*\]")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


def _parts(names: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_NAME, names)]


def _line_of(text: str, place: list[str]) -> int | None:
    """The line that says most of the place; None when none does."""
    table: list[str] = []
    most, found = 0, None
    for number, line in enumerate(text.split("\n"), 1):
        if title := _TABLE.match(line):
            named = table = _parts(title[1])
        elif key := _KEY.match(line):
            named = table + _parts(key[1])
        else:
            continue
        length = min(len(named), len(place))
        if length > most and named[:length] == place[:length]:
            most, found = length, number
    return found
