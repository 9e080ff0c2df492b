"""The documents say what the code does."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from queue_server.commands.cli import main
from queue_server.settings import Settings
from queue_server.web.api import Operation
from queue_server.web.problems import PROBLEMS
from queue_server.web.routes import OPERATIONS
from scripts import access

ROOT = Path(__file__).parents[1]
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: f"{o.method} {o.path}")
def test_every_call_is_described_with_its_status(operation: Operation) -> None:
    """docs/protocol.md has a row for each operation."""
    method, path = operation.method, operation.path
    assert re.search(rf"^\| `{method} {re.escape(path)}` \|.*\| {operation.status} \|$", PROTOCOL, re.M)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_code_is_described_with_its_status_and_words(code: str) -> None:
    """docs/protocol.md has a row for each code, in the server's own words."""
    text = PROBLEMS[code]
    assert re.search(
        rf"^\| `{code}` \| {text.status} \| `\w+` \| {re.escape(text.zh)} \| {re.escape(text.en)} \|$", PROTOCOL, re.M
    )


def test_no_call_is_described_that_does_not_exist() -> None:
    """A call that was taken out leaves the document too."""
    described = set(re.findall(r"^\| `((?:GET|POST|DELETE) /[^`]*)`", PROTOCOL, re.M))
    assert described == {f"{operation.method} {operation.path}" for operation in OPERATIONS}


async def test_who_may_do_what_is_described() -> None:
    """docs/access.md has the tables that the server goes by."""
    written = access.DOCUMENT.read_text("utf-8")
    assert written == await access.updated(written), "run `python -m scripts.access`"


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_every_setting_is_described(setting: str) -> None:
    """docs/operations.md names each environment variable."""
    assert f"`JIAOHAO_{setting.upper()}`" in (ROOT / "docs" / "operations.md").read_text("utf-8")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_described_and_answers_help(command: str) -> None:
    """The README names each command, and each explains itself."""
    assert f"`jiaohao {command}" in README
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize("document", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """Every relative link and picture exists."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_files_that_documents_name_exist() -> None:
    """From the project's folder, or from the server's."""
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for name in re.findall(r"`([a-z_]+(?:/[\w-]+)+\.[a-z]+)`", document.read_text("utf-8")):
            if (ROOT / name.split("/")[0]).is_dir() or (ROOT / "queue_server" / name.split("/")[0]).is_dir():
                assert (ROOT / name).exists() or (ROOT / "queue_server" / name).exists(), f"{document.name}: {name}"
