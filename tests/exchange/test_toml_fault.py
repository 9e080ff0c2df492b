"""What is wrong in a TOML file is told in both languages, with the line where it stands."""

import tomllib

import pytest

from queue_server.exchange.toml_fault import FORMS, TomlFault, located, not_toml

FILE = """
name = "示范镇"
[queues.express]
prefix = "B"
quota.morning = 5
[counters."3"]
name = "三"

[[hours.seasons]]
first = "06-01"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("name", 2),
        ("queues.express", 3),
        ("queues.express.prefix", 4),
        ("queues.express.quota.morning", 5),
        ("queues.express.target_s", 3),
        ("counters.3.name", 7),
        ("hours.seasons[0].first", 10),
        ("hours", 9),
        ("rules.recalls_max", None),
        ("", None),
    ],
)
def test_a_place_has_its_line(place: str, line: int | None) -> None:
    """Or that of the nearest part around it; none when nothing of it is there."""
    assert located(TomlFault(place, "不对", "wrong"), FILE).line == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name", "第 1 行第 5 个字：名称后面少了半角的“=”（这一行写着：name）"),
        ("name ＝ 1", "第 1 行第 6 个字：名称后面少了半角的“=”（这一行写着：name ＝ 1）"),
        (
            "a = 1\nname = “示范镇”",
            '第 2 行第 8 个字：值的写法不对；文字要放在半角引号 " " 里（这一行写着：name = “示范镇”）',
        ),
        ('name = "示范镇', '第 1 行第 12 个字：引号没有写全（这一行写着：name = "示范镇）'),
        ("a = [1,\n2\n\n", "第 2 行第 2 个字：方括号没有写全（这一行写着：2）"),
        ("[a\nb = 1", "第 1 行第 3 个字：标题后面少了“]”（这一行写着：[a）"),
        ("[a]\n[a]", "第 2 行第 3 个字：同一个 [ ] 标题写了两次（这一行写着：[a]）"),
        ("a = 1\na = 2", "第 2 行第 6 个字：同一个名称写了两次（这一行写着：a = 2）"),
        ("a = 1 b = 2", "第 1 行第 7 个字：值的后面多了东西；一行只写一个值（这一行写着：a = 1 b = 2）"),
        ("a = 2026-02-30", "第 1 行第 5 个字：日期或时间不对（这一行写着：a = 2026-02-30）"),
        ("? = 1", "第 1 行第 1 个字：这一行要写成“名称 = 值”（这一行写着：? = 1）"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_line_and_column(text: str, said: str) -> None:
    """With what the line says, so that it is found again."""
    with pytest.raises(tomllib.TOMLDecodeError) as refused:
        tomllib.loads(text)
    fault = not_toml(text, refused.value)
    assert fault.said(english=False) == said
    assert fault.english in str(refused.value)
    assert fault.said(english=True).startswith(f"line {fault.line}")
    assert any(fault.chinese == form for form in FORMS.values())
