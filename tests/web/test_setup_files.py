"""A hall out to its files and in again over HTTP: the same hall; what is wrong changes nothing."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from queue_server.domain.hall import Hall
from queue_server.domain.post import Post
from queue_server.web.routes import PREFIX
from tests.web.rig import Api, Town

TOML, XLSX = "/halls/town/setup.toml", "/halls/town/services.xlsx"


async def _out(caller: Api, path: str) -> bytes:
    """The file there."""
    answer = await caller.send("GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="town.')
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


async def _hall(town: Town) -> Hall:
    hall = (await town.site.server.hall("town")).books.durable.hall
    assert hall is not None
    return hall


async def test_the_set_up_out_and_in(town: Town) -> None:
    """Unchanged it is the same, holders included; changed it counts at once, and is written down."""
    clerk = await town.site.person("clerk", user="wang", counter=1)
    await town.site.hall(posts={"post-1": Post(id="post-1", name="综合岗", counter=1, a=clerk.id)})
    head, before = await town.person("head", name="赵敏"), await _hall(town)
    file = await _out(head, TOML)
    assert 'a = "wang"' in file.decode()
    await head.post(TOML, file)
    assert await _hall(town) == before
    changed = file.decode().replace('phone = "0379-12345"', 'phone = "1"').encode("utf-8-sig")
    await head.post(TOML, changed, idempotency_key="once")
    await head.post(TOML, changed, idempotency_key="once")
    assert (await _hall(town)).phone == "1"
    newest = (await head.get("/halls/town/changes"))["changes"][0]
    assert (newest["by_name"], newest["fields"]) == ("赵敏", ["phone"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('prefix = "B"', 'prefix = "A"', "第 28 行，queues.express.prefix：字母“A”用了两次，号码会重复"),
        ('id = "town"', 'id = "west"', "第 2 行，id：这是“west”的设置，不是“town”的"),
        ('name = "综合受理"', 'name = ""\nprefixx = "A"', "queues.comprehensive.prefixx：没有这个设置"),
        ("[", "]", '第 10 行第 11 个字：值的写法不对；文字要放在半角引号 " " 里（这一行写着：notices = ]]）'),
    ],
)
async def test_a_wrong_set_up_changes_nothing(town: Town, old: str, new: str, told: str) -> None:
    """And is told where it is wrong."""
    head = await town.person("head")
    file, before = (await _out(head, TOML)).decode(), await town.fingerprint()
    problem = await head.refuse("file_wrong", "POST", TOML, file.replace(old, new, 1).encode(errors="surrogateescape"))
    assert told in problem["detail"]
    assert await town.fingerprint() == before


async def test_the_services_out_and_in(town: Town) -> None:
    """A guide that was filled in in the spreadsheet is the hall's; the rest is as it was."""
    head, before = await town.person("head"), await _hall(town)
    file = await _out(head, XLSX)
    await head.post(XLSX, file)
    assert await _hall(town) == before
    book = load_workbook(BytesIO(file))
    sheet: Any = book.active
    column = next(cell.column for cell in sheet[1] if cell.value == "申请材料")
    sheet.cell(2, column).value = "身份证\n户口簿"
    written = BytesIO()
    book.save(written)
    await head.post(XLSX, written.getvalue())
    found = (await head.get("/halls/town/services"))["services"]
    assert next(service for service in found if service["no"] == 1)["guide"]["materials"] == ["身份证", "户口簿"]


async def test_a_wrong_sheet_is_told_row_by_row(town: Town) -> None:
    """In the reader's language; nothing is changed."""
    book = Workbook()
    sheet: Any = book.active
    for row in (("编号", "是否办理"), (1, "也许"), (999, "是")):
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    head, before = await town.person("head"), await town.fingerprint()
    problem = await head.refuse("file_wrong", "POST", XLSX, written.getvalue())
    assert problem["detail"] == (
        "“Sheet”表第 2 行 B 列（是否办理）：请写“是”或“否”；文件里是“也许”\n"
        "“Sheet”表第 3 行 A 列（编号）：目录中没有这个编号；文件里是“999”"
    )
    assert problem["faults"] == 2
    english = await head.send("POST", XLSX, written.getvalue(), accept_language="en")
    assert english.json()["detail"].startswith("sheet Sheet, row 2, column B ")
    for rubbish in (b"", b"PK\x03\x04", b"{}"):
        await head.refuse("file_wrong", "POST", XLSX, rubbish)
    assert await town.fingerprint() == before


@pytest.mark.parametrize("path", [TOML, XLSX])
async def test_an_old_file_undoes_nothing_unless_it_is_meant_to(town: Town, path: str) -> None:
    """What was changed since it was taken is told, with who did it; a third change in between is told again."""
    head, other = await town.person("head"), await town.person("head", name="钱进")
    file = await _out(head, path)
    await other.post("/halls/town/services", {"no": 1, "offered": False})
    before = await town.fingerprint()
    problem = await head.refuse("file_outdated", "POST", path, file)
    assert [(change["by_name"], "choices" in change["fields"]) for change in problem["changes"]] == [("钱进", True)]
    assert await town.fingerprint() == before
    await other.post("/halls/town/services", {"no": 2, "offered": False})
    problem = await head.refuse("file_outdated", "POST", f"{path}?over={problem['version']}", file)
    assert len(problem["changes"]) == 2
    await head.post(f"{path}?over={problem['version']}", file, idempotency_key="over")
    await head.post(f"{path}?over={problem['version']}", file, idempotency_key="over")
    assert {1, 2} <= (await _hall(town)).services.keys()
    await head.post(path, await _out(head, path))


async def test_a_sheet_of_services_may_be_older_than_the_hours(town: Town) -> None:
    """It says nothing of them, so that nothing is undone."""
    head = await town.person("head")
    sheet, setup = await _out(head, XLSX), await _out(head, TOML)
    await town.site.hall(phone="1")
    await head.post(XLSX, sheet)
    await head.refuse("file_outdated", "POST", TOML, setup)
    assert (await _hall(town)).phone == "1"


@pytest.mark.parametrize("version", ["17-elsewhere", "x", "", "9" * 40])
async def test_a_file_from_elsewhere_is_asked_about(town: Town, version: str) -> None:
    """Another server's, or from before a backup was put back: nobody knows what was changed since."""
    head = await town.person("head")
    file = (await _out(head, TOML)).decode()
    told = file.replace(file.splitlines()[0], f'version = "{version}"', 1)
    problem = await head.refuse("file_outdated", "POST", TOML, told.encode())
    assert problem["changes"] == []
    by_hand = file.replace(file.splitlines()[0], "", 1)
    await head.post(TOML, by_hand.encode())  # whoever writes a file without a version means what it says


async def test_a_file_may_have_two_mebibytes(town: Town) -> None:
    """And no more."""
    head = await town.person("head")
    await head.refuse("file_wrong", "POST", XLSX, b"x" * 2 * 1024 * 1024)
    await head.refuse("too_large", "POST", XLSX, b"x" * (2 * 1024 * 1024 + 1))
    answer = await town.client.post(PREFIX + "/session", content=b"x" * (64 * 1024 + 1))
    assert answer.status_code == 413


async def test_files_are_for_those_who_keep_the_hall(town: Town) -> None:
    """Nobody else reads or writes them."""
    clerk = await town.person("clerk")
    for method in ("GET", "POST"):
        await clerk.refuse("not_allowed", method, TOML)
        await town.public.refuse("token_missing", method, XLSX)
