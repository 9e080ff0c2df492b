"""Ratings in the form of whoever asks for them: names, code directions and times are data."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from queue_server.domain.rating import LEVELS
from queue_server.exchange.rating_form import FACTS, BadRatingForm, Facts, filled, load, shipped
from queue_server.exchange.sheet import write_csv

AT = datetime(2026, 6, 1, 1, 2, 3, 456000, tzinfo=UTC)
RATED: Facts = {
    "visit": "town-20260601-A001-1",
    "level": "dissatisfied",
    "reasons": "213,214",
    "comment": "=跑了三趟\n还要再来",
    "source": "evaluator",
    "time": "1",
    "valid": "yes",
    "handling": "promised",
    "hall_level": "township",
    "hall_name": "青山镇便民服务中心",
    "clerk": "王芳",
    "service": "医保登记",
    "rated_at": AT,
    "started_at": AT,
}


def _row(form: str, **changes: str) -> dict[str, str]:
    """One rating as the file says it."""
    file = write_csv(filled(shipped()[form], [{**RATED, **changes}], "Asia/Shanghai"))
    (row,) = csv.DictReader(StringIO(file.decode("utf-8-sig")))
    return row


def test_the_interfaces_count_down_and_the_standard_counts_up() -> None:
    """The trap: 5 is the best in one and the worst in the other."""
    interface = [_row("interface", level=level)["satisfaction"] for level in LEVELS]
    standard = [_row("national", level=level)["满意度"] for level in LEVELS]
    assert (interface, standard) == (["5", "4", "3", "2", "1"], ["1", "2", "3", "4", "5"])


def test_a_rating_in_the_interfaces_form() -> None:
    """Its fields and codes, times on the hall's clock; what is not known here is left empty."""
    row = _row("interface")
    assert {name: text for name, text in row.items() if text} == {
        "taskName": "医保登记",
        "projectNo": "town-20260601-A001-1",
        "proStatus": "3",
        "proDepart": "青山镇便民服务中心",
        "proManager": "王芳",
        "pf": "4",
        "satisfaction": "2",
        "evalDetail": "213,214",
        "writingEvaluation": "'=跑了三趟\n还要再来",
        "assessTime": "2026-06-01 09:02:03",
        "assessNumber": "1",
        "effectivEvalua": "1",
        "promiseTime": "2",
        "acceptDate": "2026-06-01 09:02:03",
    }
    assert {"areaCode", "deptCode", "taskCode", "userName", "mobile", "dataSource"} <= row.keys()
    assert _row("interface", source="callback", valid="no", time="2")["effectivEvalua"] == "0"


def test_a_rating_in_the_standards_form() -> None:
    """Compact times, levels of halls, and 9 where the kind of item is not known."""
    row = _row("national")
    assert (row["受理时间"], row["行使层级"], row["办件类型"]) == ("20260601T090203", "5", "2")
    assert _row("national", hall_level="village")["行使层级"] == "6"
    unknown = {name: value for name, value in RATED.items() if name != "handling"}
    sheet = filled(shipped()["national"], [unknown], "Asia/Shanghai")
    assert sheet.rows[0][[column.name for column in sheet.columns].index("办件类型")] == "9"


@pytest.mark.parametrize("name", shipped())
def test_what_is_shipped_knows_every_level_and_source(name: str) -> None:
    """No code is missing, and none stands for two."""
    for column in shipped()[name].columns:
        if column.fact == "level":
            assert column.codes is not None
            assert set(column.codes) == set(LEVELS)
            assert len(set(column.codes.values())) == 5
        if column.fact == "source":
            assert column.codes is not None
            assert set(column.codes) == {"evaluator", "phone", "callback"}


def _write(folder: Path, columns: str) -> Path:
    (folder / "ours.toml").write_text(f'title = "本省"\ntitle_en = "Ours"\ncolumns = [{columns}]\n', "utf-8")
    return folder


def test_a_form_of_ones_own(tmp_path: Path) -> None:
    """By its file's name; other files are passed over."""
    _write(tmp_path, '{name = "areaCode", fact = "hall", codes = {town = "410326001"}}')
    (tmp_path / "README.md").write_text("how to", "utf-8")
    (form,) = load(tmp_path).items()
    assert form[0] == "ours"
    assert filled(form[1], [{"hall": "town"}, {"hall": "west"}], "Asia/Shanghai").rows == [("410326001",), ("",)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ('{name = "x"}', "column 'x' needs either fixed or fact"),
        ('{name = "x", fixed = "", fact = "level"}', "column 'x' needs either fixed or fact"),
        ('{name = "x", fact = "mobile"}', "has no fact 'mobile'"),
        ('{name = "x", fact = "rated_at"}', "needs time"),
        ('{name = "x", fact = "level", time = "%Y"}', "needs time where its fact is a time"),
        ('{name = "x", wrong = ""}', "unknown field `wrong`"),
        ('{name = "x"', "ours.toml: "),
    ],
)
def test_a_form_that_is_none_is_refused_by_name(tmp_path: Path, columns: str, said: str) -> None:
    """With what is wrong, so that whoever wrote it can put it right."""
    with pytest.raises(BadRatingForm) as caught:
        load(_write(tmp_path, columns))
    assert said in str(caught.value)
    assert "ours.toml" in str(caught.value)


def test_every_fact_is_described() -> None:
    """docs/ratings.md says what each is."""
    text = (Path(__file__).parents[2] / "docs" / "ratings.md").read_text("utf-8")
    assert [name for name in FACTS if f"`{name}`" not in text] == []


def test_nobodys_number_can_be_asked_for() -> None:
    """It was left for a call-back and for nothing else."""
    assert not [name for name in FACTS if "phone" in name or "mobile" in name]
