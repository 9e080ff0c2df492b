"""…/ratings.csv: every rating of some days, the second ones too, without anybody's number."""

import csv
from io import StringIO

import pytest

from queue_server.web.rating_export import OPERATIONS
from tests.web.pages.bad_ratings import bad_ratings
from tests.web.pages.conftest import Site
from tests.web.rig import Api, Town

PHONE = "13812345678"


async def _rows(town: Town, caller: Api, form: str = "interface") -> list[dict[str, str]]:
    today = (await town.public.get("/halls/town/board"))["state"]["business_day"]
    answer = await caller.send("GET", f"/halls/town/ratings.csv?from={today}&to={today}&form={form}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == OPERATIONS[0].gives
    assert f'filename="town-ratings-{today}-{today}.csv"' in answer.headers["content-disposition"]
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_both_ratings_with_what_became_of_them(site: Site, town: Town) -> None:
    """In the order of rating, the second after the first; one that was left out says so; the looks are recorded."""
    hall, head = await bad_ratings(site), await town.person("head")
    assert await _rows(town, head) == []
    await hall.rate(level="very_satisfied", reasons=(), comment="很好")
    await hall.rate(comment="跑了三趟", phone=PHONE)
    await hall.rate()
    answered, left_out = hall.all
    await hall.do(hall.head, answered, "finish", note="已办妥")
    await hall.do(hall.head, answered, "follow-up", level="satisfied", comment="这次可以")
    await hall.do(hall.head, left_out, "review", what="invalid", note="点错了")
    await hall.do(hall.discipline, left_out, "decision", granted=True)
    rows = await _rows(town, head)
    assert [(row["satisfaction"], row["assessNumber"], row["effectivEvalua"], row["pf"]) for row in rows] == [
        ("5", "1", "1", "3"),
        ("2", "1", "1", "3"),
        ("4", "2", "1", "6"),
        ("2", "1", "0", "3"),
    ]
    assert [row["writingEvaluation"] for row in rows] == ["很好", "跑了三趟", "这次可以", ""]
    assert rows[1]["projectNo"] == rows[2]["projectNo"]
    assert rows[0]["projectNo"].startswith("town-20")
    assert {row["proManager"] for row in rows} == {"王芳"}
    assert PHONE not in str(rows)
    assert [row["满意度"] for row in await _rows(town, head, "national")] == ["1", "4", "2", "4"]
    assert answered.opened.comment_ref is not None
    looks = await site.server.records.notes.looks(answered.opened.comment_ref)
    assert len(looks) == 2


@pytest.mark.parametrize(
    "query",
    ["", "?from=2026-06-01&to=2026-06-01", "?from=2026-06-01&to=2026-06-01&form=x", "?from=2&to=3&form=interface"],
)
async def test_a_question_that_makes_no_sense(shared_town: Town, query: str) -> None:
    """No days, no form, or one that there is none of."""
    head = await shared_town.person("head")
    await head.refuse("query_invalid", "GET", f"/halls/town/ratings.csv{query}")
