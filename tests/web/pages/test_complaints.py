"""Complaints' pages: a citizen on a phone, the clerk who takes one in, the head who answers; and the letter."""

import asyncio
import re
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from playwright.async_api import expect

from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.deadlines import local_date
from queue_server.records.accounts import Role
from queue_server.web.pages.qr import qr
from tests.web.pages.conftest import (
    DESKTOP,
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

SAID, ANSWER = "窗口要我跑了三趟，每次都说材料不全", "已核实并更正，向您致歉。"
COMPLAINTS = "/halls/town/complaints"
HAN = re.compile(r"[\u4e00-\u9fff]+")
DATA = " ".join((SAID, TOWN.name, *(counter.name for counter in TOWN.counters.values())))
"""What stands on the pages in Chinese whatever their language."""
CODE = re.compile("([A-Z2-7]{4}-){3}[A-Z2-7]{4}")
PAGE_OF_PDF = re.compile(rb"/Type /Page\b")
BY_PHONE = {"channel": "phone", "about": "service", "text": SAID, "name": "李建国", "phone": "13812345678"}


async def _sound(page: "Page") -> None:
    """Accessible, large enough for every eye and hand, nothing off the side."""
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await assert_readable_and_touchable(page)


async def _text(site: Site, path: str, token: str | None = None) -> tuple[int, str]:
    """A page as its server made it."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with site.client() as client:
        answer = await client.get(path, headers=headers)
    return answer.status_code, answer.text


def _today(site: Site) -> date:
    """The hall's, which need not be this machine's."""
    return local_date(site.server.now(), TOWN.timezone)


async def _only(site: Site, token: str) -> dict[str, Any]:
    (one,) = (await site.call("GET", COMPLAINTS, None, token)).json()["complaints"]
    found: dict[str, Any] = one
    return found


# Without a browser


async def test_the_letter_is_for_whoever_may_see_the_complaint(site: Site) -> None:
    """With its number, to its complainant by name, what was asked and what is answered; looks at both are recorded."""
    await site.hall(complaint_phone="0379-12346")
    clerk = await site.session(await site.person("clerk"))
    head = await site.session(await site.person("head"))
    discipline = await site.session(await site.person("discipline"))
    await site.post(COMPLAINTS, BY_PHONE, clerk)
    one = await _only(site, head)
    letter = f"/complaints/town/{one['id']}/letter"
    assert (await _text(site, letter, head))[0] == 404  # nothing was answered yet
    await site.post(f"{COMPLAINTS}/{one['id']}/reply", {"text": ANSWER, "written": True}, head)
    status, text = await _text(site, letter, head)
    assert status == 200
    for words in (one["number"], "李建国：", SAID, ANSWER, "示范镇便民服务中心（盖章）", "0379-12346"):
        assert words in text
    assert "13812345678" not in text
    looks = (await site.call("GET", f"{COMPLAINTS}/{one['id']}", None, discipline)).json()["looks"]
    assert sorted(look["what"] for look in looks) == ["contact", "text", "text"]
    assert (await _text(site, letter, clerk))[0] == 403
    await site.post(COMPLAINTS, BY_PHONE | {"about": "staff"}, clerk)
    hidden = (await site.call("GET", COMPLAINTS, None, discipline)).json()["complaints"][0]
    await site.post(f"{COMPLAINTS}/{hidden['id']}/reply", {"text": ANSWER, "written": True}, discipline)
    assert (await _text(site, f"/complaints/town/{hidden['id']}/letter", discipline))[0] == 200
    assert (await _text(site, f"/complaints/town/{hidden['id']}/letter", head))[0] == 404


async def test_the_register_has_what_its_reader_may_see(site: Site) -> None:
    """A workbook; of one about staff not even a number for the head, and nobody's words for anybody."""
    await site.hall()
    clerk = await site.session(await site.person("clerk"))
    for about in ("service", "staff"):
        await site.post(COMPLAINTS, BY_PHONE | {"about": about}, clerk)
    year = _today(site).year
    roles: dict[Role, list[str]] = {"head": [f"{year}-0001"], "discipline": [f"{year}-0001", f"{year}-J0001"]}
    for role, numbers in roles.items():
        token = await site.session(await site.person(role))
        async with site.client() as client:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.get("/complaints/town/register.xlsx", headers=headers)
        assert answer.headers["cache-control"] == "no-store"
        page = load_workbook(BytesIO(answer.content)).active
        assert page is not None
        cells = [str(cell) for line in page.iter_rows(values_only=True) for cell in line if cell is not None]
        assert [cell for cell in cells if re.fullmatch(rf"{year}-J?\d{{4}}", cell)] == numbers
        assert not {SAID, "李建国", "13812345678"} & set(cells)


async def test_a_complainants_page_is_kept_nowhere(site: Site) -> None:
    """Its address is its key: no store and no search engine keeps it; a wrong code is told with what to do."""
    await site.hall()
    taken = await site.post("/halls/town/complain", {"about": "other", "text": SAID})
    async with site.client() as client:
        answer = await client.get(f"/complaint/town/{taken['code'].lower()}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["x-robots-tag"] == "noindex"
        assert SAID in answer.text and taken["number"] in answer.text
        wrong = await client.get("/complaint/town/AAAABBBBCCCCDDDD")
        assert wrong.status_code == 404 and "请核对查询码" in wrong.text
        english = await client.get(f"/complaint/town/{taken['code']}?lang=en")
        assert "We will answer you by" in english.text


async def test_a_late_one_is_apologised_for(site: Site) -> None:
    """Its complainant reads that the limit has passed, and whom to call."""
    await site.hall(complaints=ComplaintRules(general_days=0), complaint_phone="0379-12346")
    taken = await site.post("/halls/town/complain", {"about": "other", "text": SAID})
    runner = await site.server.hall("town")
    complaints = runner.books.durable.complaints
    ((id, complaint),) = complaints.all.items()
    complaints.all[id] = replace(complaint, due_at=complaint.came_at)
    _, text = await _text(site, f"/complaint/town/{taken['code']}")
    assert "已经超过答复期限" in text and "tel:0379-12346" in text


@pytest.mark.parametrize(("path", "address"), [
    ("/complain/town/qr.svg", "/complain/town?from=qr"), ("/complaint/town/{code}/qr.svg", "/complaint/town/{code}"),
])  # fmt: skip
async def test_a_qr_leads_there_where_phones_reach_the_server(site: Site, path: str, address: str) -> None:
    """The picture of exactly that address; none where no phone could open it."""
    await site.hall()
    code = (await site.post("/halls/town/complain", {"about": "other", "text": SAID}))["code"]
    assert (await _text(site, path.format(code=code)))[0] == 404
    site.server.public_url = "https://hall.example.gov.cn/"
    status, picture = await _text(site, path.format(code=code))
    expected = bytes(qr("https://hall.example.gov.cn" + address.format(code=code)).body).decode()
    assert (status, picture) == (200, expected)


async def test_a_poster_for_the_wall(site: Site) -> None:
    """With the QR where phones reach the server; else it says what is missing."""
    await site.hall(complaint_phone="0379-12346")
    status, text = await _text(site, "/complain/town/poster")
    assert status == 200 and "JIAOHAO_PUBLIC_URL" in text and "qr.svg" not in text
    site.server.public_url = "https://hall.example.gov.cn/"
    _, text = await _text(site, "/complain/town/poster")
    for words in ("/complain/town/qr.svg", "https://hall.example.gov.cn/complain/town", "0379-12346"):
        assert words in text


@pytest.mark.parametrize(("rules", "words"), [
    (ComplaintRules(general_days=0), "一般问题 当天答复，复杂问题 7 天内答复。"),
    (ComplaintRules(days="working"), "一般问题 1 个工作日内答复，复杂问题 7 个工作日内答复。"),
])  # fmt: skip
async def test_by_when_there_is_an_answer(site: Site, rules: ComplaintRules, words: str) -> None:
    """As the hall has set it, in words that can be kept: nothing is answered within no days."""
    await site.hall(complaints=rules)
    _, text = await _text(site, "/complain/town")
    assert words in text


# In a browser


@pytest.mark.browser
async def test_a_citizen_brings_something_up(site: Site, open_page: OpenPage) -> None:
    """Written once, a code to follow it by, what became of it, and a way back out."""
    await site.hall(complaint_phone="0379-12346")
    page = await open_page("/complain/town?from=qr", PHONE)
    await _sound(page)
    await page.fill("#text", SAID)
    await page.click("#complain button")
    await expect(page.locator(".field-problem")).to_have_text("请选一项。")
    await assert_accessible(page)
    await page.check('[name="about"][value="staff"]')
    await expect(page.locator(".field-problem")).to_have_count(0)
    await expect(page.locator("#staff-hint")).to_be_visible()
    await page.fill("#phone", "abc")
    await page.click("#complain button")
    await expect(page.locator(".field-problem")).to_contain_text("电话号码")
    await page.fill("#phone", "138 1234 5678")
    await page.click("#complain button")
    await expect(page.locator("#done")).to_be_visible()
    await expect(page.locator("#number")).to_have_text(f"{_today(site).year}-J0001")
    await _sound(page)
    assert await page.input_value("#text") == ""
    shown = (await page.inner_text("#own-code")).strip()
    complaint = next(iter((await site.server.hall("town")).books.durable.complaints.all.values()))
    assert (complaint.channel, complaint.about) == ("qr", "staff")

    await page.goto(f"{site.url}/complain/town")
    await page.fill("#code", shown)
    await page.click("#look button")
    await expect(page.locator("#state")).to_have_text("正在办理")
    await expect(page.locator(".complain-course")).to_contain_text(SAID)
    await _sound(page)
    for path in (page.url, f"{site.url}/complain/town"):
        await page.goto(f"{path}?lang=en")
        await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
        await _sound(page)
        assert set(HAN.findall(await page.inner_text("main"))) <= {"中文", *HAN.findall(DATA)}
    await page.goto(f"{site.url}/complaint/town/{shown}?lang=zh")
    await page.click("#withdraw")
    await page.fill("#reason", "已经解决")
    await assert_accessible(page)
    await page.click("#withdraw-form .button-danger")
    await expect(page.locator("#state")).to_have_text("您已撤回")
    await expect(page.locator("#withdraw")).to_have_count(0)


@pytest.mark.browser
async def test_the_poster_is_one_sheet(site: Site, open_page: OpenPage) -> None:
    """Of a hall with a long name too, in any language and whatever size of text its reader likes."""
    await site.hall(name="示范镇" * 10, complaint_phone="0379-12346")
    site.server.public_url = "https://hall.example.gov.cn/"
    for lang in ("zh", "en"):
        page = await open_page(f"/complain/town/poster?lang={lang}")
        await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
        sheets = PAGE_OF_PDF.findall(await page.pdf(prefer_css_page_size=True))
        assert len(sheets) == 1, lang


@pytest.mark.browser
async def test_the_head_answers(site: Site, open_page: OpenPage) -> None:
    """From the first day to an answer: taken in, read, name and phone on request, more time, answered, on paper."""
    await site.hall()
    head = await site.person("head", name="赵主任")
    page = await open_page("/complaints/town", who=head)
    await expect(page.locator("#never")).to_be_visible()
    await _sound(page)
    await page.click("#enter")
    await page.check('#enter-form [name="about"][value="staff"]')
    await expect(page.locator("#enter-staff")).to_be_visible()
    await expect(page.locator("#enter-spot")).to_be_hidden()
    await page.check('#enter-form [name="about"][value="service"]')
    await page.check('#enter-form [name="channel"][value="phone"]')
    await page.fill("#enter-text", SAID)
    await page.fill("#enter-name", "李建国")
    await page.fill("#enter-phone", "13812345678")
    await _sound(page)
    await page.click("#enter-form [data-submit]")
    await expect(page.locator("#taken-code")).to_have_text(CODE)
    await _sound(page)
    await page.emulate_media(media="print")
    await expect(page.locator("#slip")).to_be_visible()
    for screen in (".bar", ".complaints", "#print"):
        await expect(page.locator(screen)).to_be_hidden()
    await page.emulate_media(media="screen")
    await page.click("#taken-dialog [data-close]")

    (complaint,) = (await site.server.hall("town")).books.durable.complaints.all
    await page.evaluate("id => { location.hash = id; }", complaint)  # as an alarm leads there
    await expect(page.locator("#text")).to_have_text(SAID)
    await expect(page.locator("#looks-count")).to_have_text("1")
    await page.click("#contact")
    await expect(page.locator("#contact-shown")).to_have_text("李建国 · 13812345678")
    await _sound(page)
    await page.click('[data-ask="extend"]')
    await page.fill("#extend-until", (_today(site) + timedelta(days=9)).isoformat())
    await page.fill("#extend-reason", "要到县里核实")
    await assert_accessible(page)
    await page.click("#extend-dialog [data-submit]")
    await expect(page.locator("#badges")).to_contain_text("已延期")
    await page.click('[data-ask="note"]')
    await page.fill("#note-text", "已打电话")
    await page.click("#note-dialog [data-submit]")
    await expect(page.locator("#log li")).to_have_count(3)
    await page.click('[data-ask="reply"]')
    await page.fill("#reply-text", ANSWER)
    await assert_accessible(page)
    await page.click("#reply-dialog [data-submit]")
    await expect(page.locator("#letter")).to_be_visible()
    await expect(page.locator("#closed-list li")).to_have_count(1)
    await expect(page.locator('[data-ask="reply"]')).to_be_hidden()
    await _sound(page)
    await page.set_viewport_size(PHONE)
    await _sound(page)
    await page.click("#letter")
    await expect(page.locator(".letter")).to_contain_text(ANSWER)
    await _sound(page)


@pytest.mark.browser
async def test_a_major_one_is_told_and_one_about_staff_is_gone(site: Site, open_page: OpenPage) -> None:
    """It comes while the page is open; found to be about staff, it leaves the head's page; a lost server is told."""
    await site.hall(counters={n: replace(TOWN.counters[1], number=n, name="综" * 30) for n in (1, 2)})
    clerk = await site.session(await site.person("clerk", name="周" * 30))
    for _ in range(12):
        await site.post(COMPLAINTS, BY_PHONE, clerk)
    page = await open_page("/complaints/town?lang=en", who=await site.person("head"))
    await expect(page.locator("#open-list li")).to_have_count(12)
    await page.clock.install()
    await site.post(COMPLAINTS, BY_PHONE | {"severity": "major"}, clerk)
    await page.goto(f"{site.url}/complaints/town")
    await expect(page.locator("#open-list li")).to_have_count(13)
    await site.post(COMPLAINTS, BY_PHONE | {"severity": "major"}, clerk)
    await page.clock.run_for(21_000)
    await expect(page.locator("#fresh")).to_contain_text("-0014")
    await _sound(page)
    await page.click("#open-list button >> nth=0")
    await expect(page.locator("#text")).to_have_text(SAID)
    await expect(page.locator("#fresh")).to_be_hidden()
    await _pick_slowly(page, "#open-list button >> nth=1")
    await page.click("#open-list button >> nth=0")
    await expect(page.locator("#number")).to_contain_text("-0013")
    await page.click('[data-ask="kind"]')
    await page.check('#kind-dialog [name="about"][value="staff"]')
    await expect(page.locator("#kind-subject")).to_be_visible()
    await page.select_option("#kind-subject", index=1)
    await _sound(page)
    await page.click("#kind-dialog [data-submit]")
    await expect(page.locator("#one-problem")).to_contain_text("discipline inspection")
    await expect(page.locator("#open-list li")).to_have_count(13)
    await site.cut()
    await page.clock.run_for(21_000)
    await expect(page.locator("#status")).to_have_class("status-banner is-lost")
    await site.mend()


async def _pick_slowly(page: "Page", row: str) -> None:
    """Another one, whose answer is late: meanwhile there is none that could be answered by mistake."""
    answered = asyncio.Event()

    async def hold(route: "Route") -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/town/complaints/*", hold)
    await page.click(row)
    await expect(page.locator("#one-shown")).to_be_hidden()
    answered.set()
    await expect(page.locator("#one-shown")).to_be_visible()
    await page.unroute("**/town/complaints/*")


@pytest.mark.browser
async def test_a_clerk_takes_one_in_and_sees_none(site: Site, open_page: OpenPage) -> None:
    """The page has no list; what is about staff gives no code to hand over."""
    await site.hall()
    page = await open_page("/complaints/town", DESKTOP, await site.person("clerk", counter=1))
    await expect(page.locator("#open-list")).to_have_count(0)
    await _sound(page)
    await page.click("#enter")
    await page.check('#enter-form [name="about"][value="staff"]')
    await page.fill("#enter-text", SAID)
    await page.click("#enter-form [data-submit]")
    await expect(page.locator("#taken-none")).to_be_visible()
    await expect(page.locator("#taken-own")).to_be_hidden()
    await assert_accessible(page)
