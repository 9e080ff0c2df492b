"""What every page keeps to: words from gettext, nothing inline, honest banners, and refusals that say what to do."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import escape
from playwright.async_api import expect
from starlette.requests import Request

import queue_server
from queue_server.web.pages.page import Pages, static_folder
from queue_server.web.problems import PROBLEMS, Problem
from tests.web.pages.conftest import PHONE, OpenPage, Site, assert_accessible

TEMPLATES = sorted((Path(queue_server.__file__).parent / "templates").rglob("*.*"))
SCRIPTS = sorted(path for path in static_folder().glob("*.js") if path.name != "live.js")  # it says what codes mean
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
COMMENTS = re.compile(r"\{#.*?#\}", re.DOTALL)
GETTEXT = re.compile(r"""_\(\s*(?:"[^"]*"|'[^']*')""")


def _name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("script", SCRIPTS, ids=_name)
def test_scripts_hold_no_words(script: Path) -> None:
    """What a page says stands in its template, so that it can be translated."""
    lines = [line.partition("//")[0] for line in script.read_text(encoding="utf-8").splitlines()]
    code = re.sub(r"/\*.*?\*/", "", "\n".join(lines), flags=re.DOTALL)
    assert not CHINESE.findall(code)


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_templates_leave_their_words_to_gettext(template: Path) -> None:
    """Every Chinese text is an argument of `_`."""
    text = GETTEXT.sub("", COMMENTS.sub("", template.read_text(encoding="utf-8")))
    assert [line.strip() for line in text.splitlines() if CHINESE.search(line)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_templates_hold_nothing_inline(template: Path) -> None:
    """The Content-Security-Policy would drop it: no style, no handler, no script but data."""
    text = COMMENTS.sub("", template.read_text(encoding="utf-8"))
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", text)
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [tag for tag in scripts if 'src="/static/' not in tag and 'type="application/json"' not in tag] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", PROBLEMS)
def test_every_refusal_has_its_page(code: str, language: str) -> None:
    """With the problem's title in the reader's language, its status, and a way on."""
    server: Any = SimpleNamespace(version="1")  # all that a refusal needs of it
    headers = [(b"accept-language", language.encode())]
    request = Request({"type": "http", "query_string": b"", "headers": headers})
    answer = Pages(server).refuse(request, Problem(code))
    body = bytes(answer.body).decode()
    assert answer.status_code == PROBLEMS[code].status
    assert f"<h1>{escape(PROBLEMS[code].zh if language == 'zh' else PROBLEMS[code].en.rstrip('.'))}</h1>" in body
    assert 'class="button button-primary"' in body


@pytest.mark.browser
async def test_unknown_addresses(site: Site, open_page: OpenPage) -> None:
    """A hall that there is not, and a counter that the hall has not, get a page that leads on."""
    await site.hall()
    page = await open_page("/kiosk/nowhere")
    await expect(page.locator("main")).to_contain_text("没有这个大厅", use_inner_text=True)
    await assert_accessible(page)
    answer = await page.goto(f"{site.url}/evaluator/town/99")
    assert answer
    assert answer.status == 404
    await expect(page.locator("main")).to_contain_text("没有这个窗口", use_inner_text=True)


@pytest.mark.browser
async def test_waits_are_said_as_ranges(site: Site, open_page: OpenPage) -> None:
    """Whole minutes from p50 to p90, in steps of five above half an hour; "—" when nobody knows."""
    await site.hall()
    page = await open_page("/manager/town", who=await site.person("head"))
    said: dict[str, str] = await page.evaluate(
        """async (waits) => {
            const { wait, words } = await import("/static/page.js");
            const said = (p50_s, p90_s) => [`${p50_s} ${p90_s}`, wait({ p50_s, p90_s }, words())];
            return Object.fromEntries([...waits.map((two) => said(...two)), ["unknown", wait(undefined, words())]]);
        }""",
        [[0, 0], [30, 59], [0, 300], [600, 890], [605, 605], [1500, 1800], [2310, 3890], [7200, 7201]],
    )
    assert said == {
        "0 0": "约 1 分钟",
        "30 59": "约 1 分钟",
        "0 300": "约 1–5 分钟",
        "600 890": "约 10–15 分钟",
        "605 605": "约 10–11 分钟",
        "1500 1800": "约 25–30 分钟",
        "2310 3890": "约 35–65 分钟",
        "7200 7201": "约 120–125 分钟",
        "unknown": "—",
    }


@pytest.mark.browser
async def test_the_banner_says_what_is_true(site: Site, open_page: OpenPage) -> None:
    """Each state in its words: since when, how old what is shown is, and what a stop means."""
    await site.hall()
    page = await open_page("/kiosk/town")
    at, as_of = "2026-03-02T01:05:00Z", "2026-03-02T01:04:58Z"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"state": "connecting"}, "正在连接服务器，请稍候"),
        ({"state": "live", "asOf": as_of}, "实时更新"),
        (
            {"state": "lost", "asOf": as_of},
            "自 09:05 起与服务器的连接中断，正在重新连接。以下为 09:04 的情况，可能已有变化。",
        ),
        (
            {"state": "lost", "asOf": as_of, "ageS": 8 * 60},
            "自 09:05 起与服务器的连接中断，正在重新连接。以下为 09:04（约 5 分钟前）的情况，可能已有变化。",
        ),
        (
            {"state": "stopped", "meaning": "没有这个大厅", "asOf": as_of, "ageS": 26 * 3600 + 60},
            "没有这个大厅。以下为约 26 小时前的情况，不再更新。",
        ),
        ({"state": "lost"}, "自 09:05 起无法连接服务器，正在重新连接。"),
        (
            {"state": "stopped", "meaning": "没有这个大厅", "asOf": as_of},
            "没有这个大厅。以下为 09:04 的情况，不再更新。",
        ),
        ({"state": "stopped", "meaning": "没有这个大厅"}, "没有这个大厅。"),
    ]
    for status, text in cases:
        said = await page.evaluate(
            """async ([status, since]) => {
                const { banner } = await import("/static/banner.js");
                banner()({ ...status, since: new Date(since) });
                return document.getElementById("status").textContent;
            }""",
            [status, at],
        )
        assert said == text


@pytest.mark.browser
async def test_the_age_of_what_is_shown_grows(site: Site, open_page: OpenPage) -> None:
    """A page that has lost its server says how long ago its data was the present, and goes on saying so."""
    await site.hall()
    page = await open_page("/")
    await page.clock.install()
    await page.goto(f"{site.url}/kiosk/town")
    await page.wait_for_selector(".status-banner.is-live")
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await expect(page.locator("#status")).not_to_contain_text("分钟前", use_inner_text=True)
    await page.clock.run_for(200_000)
    await page.wait_for_selector('#status:has-text("约 3 分钟前")')
    await site.mend()


@pytest.mark.browser
async def test_text_grows_and_stays_grown(site: Site, open_page: OpenPage) -> None:
    """The switch goes from 18 to 24 to 30 px and back, and the browser remembers."""
    page = await open_page("/")
    sized = "size => getComputedStyle(document.querySelector('main')).fontSize === size"
    await page.wait_for_function(sized, arg="18px")
    for size in ("24px", "30px", "18px", "24px"):
        await page.click("[data-text-size-switch]")
        await page.wait_for_function(sized, arg=size)
    await page.reload()
    await page.wait_for_function(sized, arg="24px")


@pytest.mark.browser
async def test_the_dark_theme(site: Site, open_page: OpenPage) -> None:
    """On a device that asks for it, a citizen's pages are dark, and as legible."""
    await site.hall()
    clerk = await site.clerk(1)
    ticket = await site.ticket(await site.device("kiosk"))
    await site.post("/halls/town/counters/1/next", {}, clerk)
    page = await open_page(ticket["track"], PHONE)
    await page.emulate_media(color_scheme="dark")
    for _ in ("called", "absent, with its warning"):
        await page.wait_for_selector(".status-banner.is-live")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 21, 28)"
        await assert_accessible(page)
        await site.call("POST", "/halls/town/counters/1/no-show", {}, clerk)
        await page.reload()
    await page.goto(site.url)
    await assert_accessible(page)
