"""`hall`: setting halls up from files."""

import json
from pathlib import Path

import pytest

from queue_server.journal.datafolder import DataFolder
from tests.commands.conftest import WORLD, Jiaohao


def test_a_hall_is_created_then_changed_by_its_file(jiaohao: Jiaohao, hall_file: Path) -> None:
    """The same file twice changes nothing but says so; another name comes in."""
    assert jiaohao("hall", "create", hall_file).stdout == "station 示范站 created: 33 services offered\n"
    assert jiaohao("hall", "list").stdout == "station\tvillage\t示范站\t1 counters\n"
    assert jiaohao("hall", "create", hall_file).stdout.startswith("station 示范站 changed")
    hall_file.write_text(WORLD.replace("示范站", "新站"), "utf-8")
    assert jiaohao("hall", "create", hall_file).stdout.startswith("station 新站 changed")
    assert jiaohao("hall", "list").stdout == "station\tvillage\t新站\t1 counters\n"


def test_a_bad_file_leaves_no_hall(jiaohao: Jiaohao, hall_file: Path) -> None:
    """It is refused before anything is written."""
    hall_file.write_text(WORLD.replace('prefix = "A"', 'prefix = "a"'), "utf-8")
    result = jiaohao("hall", "create", hall_file)
    assert result.exit_code == 1
    assert "queues.all.prefix" in result.stderr
    assert jiaohao("hall", "list").stdout == ""


def test_a_language_that_nobody_has_words_for_leaves_no_hall(jiaohao: Jiaohao, hall_file: Path) -> None:
    """The page refuses it likewise."""
    hall_file.write_text(WORLD + '\n[voice]\nlanguages = ["zh", "bo"]\n', "utf-8")
    result = jiaohao("hall", "create", hall_file)
    assert result.exit_code == 1
    assert "voice.languages: there is no language file for 'bo'" in result.stderr
    assert jiaohao("hall", "list").stdout == ""


def test_alerts_that_others_can_read_are_warned_of(jiaohao: Jiaohao, hall_file: Path) -> None:
    """And taken all the same: the address may be one of the hall's own network."""
    for url, warned in (("http://192.168.1.20/", True), ("https://sms.example.com/", False)):
        hall_file.write_text(f'{WORLD}\n[webhook]\nurl = "{url}"\n', "utf-8")
        assert ("is not https" in jiaohao("hall", "create", hall_file).stdout) == warned


def test_a_file_that_is_no_text_is_refused(jiaohao: Jiaohao, hall_file: Path) -> None:
    """As one saved in another encoding."""
    hall_file.write_bytes(WORLD.encode("gb18030"))
    result = jiaohao("hall", "create", hall_file)
    assert result.exit_code == 1
    assert "not UTF-8" in result.stderr


def test_a_file_that_is_not_there_is_refused(jiaohao: Jiaohao, tmp_path: Path) -> None:
    """By name."""
    result = jiaohao("hall", "create", tmp_path / "none.toml")
    assert result.exit_code == 2
    assert "none.toml" in result.stderr


def test_a_hall_is_not_created_under_a_working_server(jiaohao: Jiaohao, hall_file: Path, data: Path) -> None:
    """The server would not know; the list needs no such care."""
    assert jiaohao("hall", "create", hall_file).exit_code == 0
    with DataFolder(data):
        result = jiaohao("hall", "create", hall_file)
        assert result.exit_code == 1
        assert "in use by another server" in result.stderr
        assert jiaohao("hall", "list").stdout.startswith("station\t")


@pytest.mark.parametrize("kind", ["book", "day"])
def test_a_new_hall_has_one_event(jiaohao: Jiaohao, hall_file: Path, kind: str) -> None:
    """Its set-up; the day opens with its first use."""
    assert jiaohao("hall", "create", hall_file).exit_code == 0
    lines = [json.loads(line) for line in jiaohao("export").stdout.splitlines()]
    assert [line["event"]["type"] for line in lines if line["stream"] == kind] == ["hall_configured"] * (kind == "book")
