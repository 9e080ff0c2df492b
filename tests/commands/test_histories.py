"""`verify` and `export`: whole histories read back."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.journal.datafolder import DataFolder
from tests.commands.a_day import TICKETS, found, work
from tests.commands.conftest import WORLD, Jiaohao


@pytest.fixture
def worked(data: Path) -> Path:
    """A data folder with a day in it."""
    asyncio.run(work(data))
    return data


def tamper(data: Path, statement: str) -> None:
    """Change the journal behind the program's back."""
    with closing(sqlite3.connect(data / "journal.db")) as db:
        assert db.execute(statement).rowcount == 1
        db.commit()


@pytest.mark.usefixtures("worked")
def test_a_sound_folder_is_in_order(jiaohao: Jiaohao) -> None:
    """Every stream is replayed and counted."""
    result = jiaohao("verify")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "station book: 1 events, 0 business days",
        f"station day: {TICKETS + 1} events, 1 business days",
        "everything is in order",
    ]


def test_a_server_at_work_does_not_disturb(jiaohao: Jiaohao, worked: Path) -> None:
    """Reading needs no lock."""
    with DataFolder(worked):
        assert jiaohao("verify").exit_code == 0
        assert jiaohao("export").exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE batches SET events = CAST(replace(events, '7', '8') AS BLOB) WHERE command_id = 'issue-6'",
        "DELETE FROM batches WHERE command_id = 'issue-6'",
        "UPDATE batches SET tip = '0000000000000000' WHERE command_id = 'issue-6'",
    ],
)
def test_a_changed_byte_and_a_missing_batch_are_found(jiaohao: Jiaohao, worked: Path, statement: str) -> None:
    """And the place is told: after the last event that can be believed."""
    tamper(worked, statement)
    result = jiaohao("verify")
    assert result.exit_code == 1
    assert "the history breaks after seq 7: an event is missing or was changed" in result.stdout
    assert result.stdout.endswith("1 fault(s)\n")


def test_every_event_is_a_line(jiaohao: Jiaohao, worked: Path) -> None:
    """In order, with its hall, stream and seq."""
    lines = [json.loads(line) for line in jiaohao("export").stdout.splitlines()]
    assert all(line.keys() == {"hall", "stream", "seq", "event"} for line in lines)
    day = [line for line in lines if line["stream"] == "day"]
    assert [line["seq"] for line in day] == list(range(1, TICKETS + 2))
    assert [line["event"]["type"] for line in day] == ["day_opened"] + ["ticket_issued"] * TICKETS
    assert [line["hall"] for line in lines] == ["station"] * (TICKETS + 2)


@pytest.mark.usefixtures("worked")
def test_one_hall_alone_can_be_exported(jiaohao: Jiaohao, hall_file: Path) -> None:
    """Another's events stay out; a hall that is not there is a mistake."""
    hall_file.write_text(WORLD.replace('"station"', '"other"'), "utf-8")
    assert jiaohao("hall", "create", hall_file).exit_code == 0
    assert [json.loads(line)["hall"] for line in jiaohao("export", "--hall", "other").stdout.splitlines()] == ["other"]
    result = jiaohao("export", "--hall", "nowhere")
    assert result.exit_code == 1
    assert "there is no hall 'nowhere'" in result.stderr


def test_a_change_of_the_file_reaches_the_running_day(jiaohao: Jiaohao, worked: Path, hall_file: Path) -> None:
    """Without the loss of a ticket."""
    hall_file.write_text(WORLD.replace('name = "一"', 'name = "壹"'), "utf-8")
    assert jiaohao("hall", "create", hall_file).stdout == "station 示范站 changed: 33 services offered\n"
    assert asyncio.run(found(worked)) == ("壹", TICKETS)


@pytest.mark.usefixtures("worked")
def test_what_is_in_use_is_taken_away_the_next_day(jiaohao: Jiaohao, hall_file: Path) -> None:
    """And whoever wants it so is told."""
    hall_file.write_text(WORLD.replace("queues.all", "queues.some").replace('["all"]', '["some"]'), "utf-8")
    result = jiaohao("hall", "create", hall_file)
    assert result.exit_code == 0
    assert "comes into force with the next day" in result.stdout
