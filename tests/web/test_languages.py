"""Every text of a page is marked for translation, and every language has all of them."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from starlette.requests import Request

from queue_server.web.languages import COOKIE, LOCALE, language_of, languages
from scripts.messages import extracted, read

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff5e]")
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/jiaohao.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _number_and_line(text: str, at: int) -> str:
    line = text.count("\n", 0, at)
    return f"{line + 1}: {text.splitlines()[line].strip()}"


def _unmarked(text: str, marked: re.Pattern[str]) -> list[str]:
    """Lines with Chinese outside of what is marked (comments, calls of `_`)."""
    rest = marked.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return [_number_and_line(text, found.start()) for found in HAN.finditer(rest)]


@pytest.mark.parametrize("path", sorted((ROOT / "queue_server" / "templates").rglob("*.*")), ids=lambda p: p.name)
def test_templates_mark_their_texts(path: Path) -> None:
    """No template has Chinese outside `_("…")`."""
    marked = re.compile(r"""\{#.*?#\}|\b_\("[^"]*\"""", re.DOTALL)
    assert _unmarked(path.read_text(encoding="utf-8"), marked) == []


@pytest.mark.parametrize("path", sorted((ROOT / "static").glob("*.js")), ids=lambda p: p.name)
def test_scripts_hold_no_texts(path: Path) -> None:
    """Scripts take their words from their page's template; live.js, which knows no page, holds both languages."""
    marked = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*|\{ zh: \"[^\"]*\", en: ", re.DOTALL)
    assert _unmarked(path.read_text(encoding="utf-8"), marked) == []


@pytest.mark.parametrize("path", sorted((ROOT / "queue_server/web/pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_hold_no_texts(path: Path) -> None:
    """What a page's module passes to its template is data; its words stand in the template."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [node.value for node in texts if node not in docstrings and HAN.search(str(node.value))] == []


def test_an_unmarked_text_is_found() -> None:
    """The searches above do find what they look for."""
    marked = re.compile(r"""\{#.*?#\}|\b_\("[^"]*\"""", re.DOTALL)
    assert _unmarked('{# 注 #}\n<p>{{ _("好") }} 坏</p>', marked) == ['2: <p>{{ _("好") }} 坏</p>']


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.parts[-3])
def test_a_catalogue_has_every_text(path: Path) -> None:
    """None is missing, none is left over, none is empty, and each takes the same values as its source."""
    catalogue = {_id(message): message for message in read(path) if message.id}
    assert set(catalogue) == {_id(message) for message in extracted() if message.id}, "run `make messages`"
    assert [text for text, message in catalogue.items() if not message.string] == []
    for text, message in catalogue.items():
        assert isinstance(message.string, str)
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(message.string)), text
        assert ("%" in re.sub(r"%\(\w+\)s|%%", "", message.string)) is False, f"{text}: a lone % must be written %%"


def test_english_has_no_chinese_left() -> None:
    """Examples of what to type apart, English texts are English."""
    catalogue = read(LOCALE / "en" / "LC_MESSAGES" / "jiaohao.po")
    texts = [str(message.string) for message in catalogue if message.id]
    assert [text for text in texts if HAN.search(text) and "身份证" not in text] == []


def _request(query: str = "", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": pairs})


@pytest.mark.parametrize(
    ("request_", "language"),
    [
        (_request(), "zh"),
        (_request(accept_language="en-GB,zh;q=0.5"), "en"),
        (_request(accept_language="fr-FR, zh-CN"), "zh"),
        (_request(accept_language="fr"), "zh"),
        (_request(accept_language="zh;q=0.1, en-GB"), "en"),
        (_request(accept_language="en;q=0"), "zh"),
        (_request(accept_language="en;q=much"), "zh"),
        (_request(accept_language="en", cookie=f"{COOKIE}=zh"), "zh"),
        (_request("lang=en", cookie=f"{COOKIE}=zh"), "en"),
        (_request("lang=../en", cookie=f"{COOKIE}=en"), "en"),
    ],
)
def test_the_address_goes_before_the_choice_and_that_before_the_browser(request_: Request, language: str) -> None:
    """What is not known is passed over; Chinese is what the halls speak."""
    assert language_of(request_).code == language


def test_on_a_public_device_only_the_address_counts() -> None:
    """Neither the last citizen's choice nor how the device was installed decides for the next."""
    assert language_of(_request(accept_language="en", cookie=f"{COOKIE}=en"), public_device=True).code == "zh"
    assert language_of(_request("lang=en"), public_device=True).code == "en"


def test_languages_are_named_by_their_speakers() -> None:
    """The source comes first and needs no catalogue."""
    assert [(each.code, each.tag, each.name) for each in languages().values()] == [
        ("zh", "zh-CN", "中文"),
        ("en", "en", "English"),
    ]
