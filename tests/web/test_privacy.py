"""Promise 8: free text and personal data are in the records alone, and tickets' ids with their holders and staff."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets

from queue_server.domain import events
from queue_server.logs import configure_logging
from tests.web.pages.conftest import Site
from tests.web.rig import Api, Town

ONE, TICKETS = "/halls/town/counters/1", "/halls/town/tickets"
SAID = {
    "phone": "13812345678",
    "urgent_reason": "突发疾病需要先办",
    "call_reason": "赶火车的老人家",
    "hold_reason": "回家取离婚证明",
    "transfer_reason": "本窗口不办低保复核",
    "pause_reason": "家里孩子发烧要接电话",
    "rating_comment": "张大姐态度非常好，谢谢",
}
"""What people write in each field, by the kind of note that it becomes."""


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The server's log, as it is written in production."""
    configure_logging("json")
    yield capfd
    configure_logging("console")


async def say_everything(town: Town) -> tuple[list[str], Api]:
    """A visit in which every field of free text is filled in; the tickets' ids, and the clerk."""
    kiosk, head, clerk = await town.device("kiosk"), await town.person("head"), await town.clerk(1)
    ids = [(await kiosk.post(TICKETS, {"queue": "comprehensive", "phone": SAID["phone"]}))["id"] for _ in range(3)]
    await head.post(f"{TICKETS}/{ids[1]}/urgent", {"reason": SAID["urgent_reason"]})
    await clerk.post(f"{ONE}/call", {"number": "A003", "reason": SAID["call_reason"]})
    await clerk.post(f"{ONE}/start")
    await clerk.post(f"{ONE}/hold", {"reason": SAID["hold_reason"]})
    await clerk.post(f"{ONE}/resume-ticket", {"number": "A003"})
    await clerk.post(f"{ONE}/transfer", {"queue": "express", "reason": SAID["transfer_reason"]})
    await clerk.post(f"{ONE}/pause", {"reason": SAID["pause_reason"]})
    rating = {"ticket": ids[2], "leg": 2, "level": "satisfied", "comment": SAID["rating_comment"]}
    await town.public.post("/halls/town/ratings", rating)
    return ids, clerk


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def spellings(text: str) -> list[bytes]:
    """How a text may stand in a file."""
    return [text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"), text.encode("gb18030")]


async def test_free_text_is_in_the_records_alone(
    town: Town, tmp_path: Path, logged: pytest.CaptureFixture[str]
) -> None:
    """In no byte of the journal's files, in no line of the log; each in its note, and each look at one is recorded."""
    await say_everything(town)
    written = contents(tmp_path)
    journal = {name: data for name, data in written.items() if not name.startswith("records.db")}
    assert any(b"ticket_issued" in data for data in journal.values())
    for name, data in journal.items():
        for text in SAID.values():
            assert not any(spelling in data for spelling in spellings(text)), f"{text} is in {name}"
    out, err = logged.readouterr()
    assert not any(text in out + err for text in SAID.values())

    now, notes = town.site.server.now(), town.site.server.records.notes
    refs = await references(town.site)
    found = await notes.get_many(refs, "u_inspector", now)
    assert {note.kind: note.text for note in found.values()} == SAID
    assert all(note.confirmed and note.hall == "town" for note in found.values())
    for ref in refs:
        (look,) = await notes.looks(ref)
        assert (look.reader, look.at) == ("u_inspector", now)


async def references(site: Site) -> list[str]:
    """Every note that the journal refers to."""
    runner, refs = await site.server.hall("town"), []
    async for _, happened in runner.days.events_after(0):
        for event in happened:
            refs += [
                ref
                for name in ("reason_ref", "comment_ref", "phone_ref")
                if (ref := getattr(event, name, None)) is not None
            ]
    return refs


async def test_what_was_refused_leaves_no_note_behind(town: Town) -> None:
    """A refused command's text is not confirmed, and swept after its short expiry."""
    clerk = await town.clerk(1)
    await clerk.refuse("number_unknown", "POST", f"{ONE}/call", {"number": "A009", "reason": SAID["call_reason"]})
    assert await references(town.site) == []
    runner = await town.site.server.hall("town")
    assert not [
        event
        async for _, happened in runner.days.events_after(0)
        for event in happened
        if isinstance(event, events.TicketCalled)
    ]


async def test_public_frames_and_pages_carry_numbers_never_ids(town: Town) -> None:
    """Neither the board nor any frame of a public topic has a ticket's id, an account's, or what anybody said."""
    socket = town.site.url.replace("http", "ws") + "/api/v1/halls/town/live?topic="
    topics = ("board", "calls", "counter.1", "counter.2")
    readers = [await websockets.connect(socket + topic, proxy=None) for topic in topics]
    ids, _ = await say_everything(town)
    head = (await town.public.get("/halls/town/board"))["seq"]
    seen = [json.dumps(await town.public.get(path)) for path in ("/halls", "/halls/town", "/halls/town/board")]
    for reader in readers:
        frames: list[Any] = []
        while not frames or frames[-1].get("head", 0) < head:
            text = str(await reader.recv())
            seen.append(text)
            frames.append(json.loads(text))
        await reader.close()
    assert any("A003" in text for text in seen)
    clerk = (await town.site.server.hall("town")).day.duties[1].clerk
    for secret in (*ids, *SAID.values(), clerk):
        assert not any(secret in text for text in seen), secret
