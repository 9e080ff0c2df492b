"""The shipped reasons of ratings: complete, by version, and two versions side by side."""

from pathlib import Path
from typing import get_args

import pytest

from queue_server import reasons
from queue_server.domain.rating import LEVELS, Level

SHIPPED = reasons.versions()
NEXT = """
version = "2027"
[levels]
very_satisfied = {510 = "一窗受理一次办结"}
satisfied = {407 = "另一种说法"}
basically_satisfied = {}
dissatisfied = {}
very_dissatisfied = {}
"""


def _write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("version", SHIPPED)
def test_the_national_list(version: str) -> None:
    """Five levels with eight reasons each; a code belongs to one level, whose digit it begins with."""
    levels = SHIPPED[version].levels
    assert get_args(Level) == LEVELS == tuple(levels)
    assert [len(levels[level]) for level in LEVELS] == [8] * 5
    assert [{code[0] for code in levels[level]} for level in LEVELS] == [{"5"}, {"4"}, {"3"}, {"2"}, {"1"}]


def test_what_journals_hold_stays_readable() -> None:
    """A version that was shipped once is shipped for ever, with its wording."""
    assert SHIPPED["2020"].levels["dissatisfied"]["213"] == "窗口人员业务不熟练"
    assert SHIPPED["2020"].levels["satisfied"]["407"] == "在线提交材料窗口核验"


def test_two_versions_side_by_side(tmp_path: Path) -> None:
    """Each reads its own codes in its own words; the latest comes last."""
    shipped = Path(reasons.__file__).parent / "data" / "reasons" / "2020.toml"
    _write(tmp_path, "2020.toml", shipped.read_text("utf-8"))
    found = reasons.load(_write(tmp_path, "2027.toml", NEXT))
    assert list(found) == ["2020", "2027"]
    assert found["2020"].levels["satisfied"]["407"] != found["2027"].levels["satisfied"]["407"]
    assert found["2027"].unknown("satisfied", ["407"]) is None
    assert found["2027"].unknown("satisfied", ["407", "413", "406"]) == "413"
    assert found["2020"].unknown("satisfied", ["510"]) == "510", "a code of another level"


def test_a_file_that_says_it_is_another(tmp_path: Path) -> None:
    """It would be looked for in vain."""
    with pytest.raises(ValueError, match=r"2028\.toml holds version 2027"):
        reasons.load(_write(tmp_path, "2028.toml", NEXT))
