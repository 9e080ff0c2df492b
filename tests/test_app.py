"""The composition root: parts opened and closed in order, one clock for all, and what must never leave the records."""

import asyncio
import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from queue_server import process_clock
from queue_server.app import Broken, running, serve
from queue_server.commands.demo_halls import prepare_demo
from queue_server.domain.events import TicketIssued
from queue_server.journal.base import Unavailable
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite import SqliteJournal
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.notes import DRAFT, Doubtful
from queue_server.records.records import Records
from queue_server.references import references
from queue_server.settings import Settings
from queue_server.voice.pack import BadPack
from queue_server.web.server import Server
from tests.waiting import until
from tests.web.conftest import cheap_passwords
from tests.web.pages.conftest import Site

__all__ = ["cheap_passwords"]

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


class Wall:
    """A wall clock that goes only as it is told."""

    at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def wall() -> Wall:
    """A wall clock at noon."""
    return Wall()


async def test_languages_are_files_in_the_data_folder_or_where_a_setting_says(tmp_path: Path) -> None:
    """Each call is said in them from then on."""
    for folder, code in ((tmp_path / "phrases", "yue"), (tmp_path / "elsewhere", "hak")):
        folder.mkdir()
        (folder / f"{code}.toml").write_text(f'name = "{code}"\nsentences.call = "{{number}} {{counter}}"\n', "utf-8")
    async with running(Settings(data=str(tmp_path), phrases=str(tmp_path / "elsewhere"))) as server:
        assert [*server.phrasebook] == ["en", "zh", "yue", "hak"]


async def test_forms_of_ratings_are_files_in_the_data_folder_beside_the_shipped_ones(tmp_path: Path) -> None:
    """One of the same name takes the shipped one's place."""
    (tmp_path / "rating_forms").mkdir()
    for name in ("ours", "interface"):
        form = f'title = "{name}"\ntitle_en = "Ours"\ncolumns = [{{name = "x", fact = "level"}}]\n'
        (tmp_path / "rating_forms" / f"{name}.toml").write_text(form, "utf-8")
    async with running(Settings(data=str(tmp_path))) as server:
        assert [*server.rating_forms] == ["interface", "national", "ours"]
        assert server.rating_forms["interface"].title == "interface"


async def test_a_voice_pack_of_the_data_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    """And is named."""
    pack = tmp_path / "packs" / "wang"
    pack.mkdir(parents=True)
    (pack / "pack.toml").write_text('name = "王芳"', "utf-8")
    with pytest.raises(BadPack, match=str(pack)):
        async with running(Settings(data=str(tmp_path))):
            raise AssertionError("it ran")


@pytest.fixture
async def site(tmp_path: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A running server whose clock ticks fast."""
    monkeypatch.setattr(process_clock, "TICK_S", 0.01)
    async with running(Settings(data=str(tmp_path), idle_hall_minutes=1), read_wall=wall) as server:
        site = Site(server)
        await site.mend()
        yield site
        await site.cut()


# Opening and closing


async def test_notes_are_kept_as_the_settings_say(tmp_path: Path) -> None:
    """Each kind has its own."""
    settings = Settings(
        data=str(tmp_path), reason_days=1, exception_days=2, comment_days=3, complaint_days=5, phone_days=4, look_days=5
    )
    async with running(settings) as server:
        kept = server.records.notes.kept
    assert [days / timedelta(days=1) for days in msgspec.structs.astuple(kept)] == [1, 2, 3, 4, 5, 5]


async def test_commands_are_taken_inside_and_nowhere_else(tmp_path: Path) -> None:
    """Afterwards the folder is free, the journal is whole, and no task is left."""
    before = asyncio.all_tasks()
    async with running(Settings(data=str(tmp_path))) as server:
        assert server.ready
        assert not server.stopping
    assert not server.ready
    assert server.stopping
    assert asyncio.all_tasks() == before
    assert not (tmp_path / "journal.db-wal").exists()
    with DataFolder(tmp_path):
        pass


@pytest.mark.parametrize(
    ("part", "error"),
    [(SqliteJournal, Unavailable(OSError("broken"))), (Records, RecordsUnavailable(OSError("broken")))],
)
async def test_a_part_that_cannot_be_opened_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: type, error: Exception
) -> None:
    """What was opened before it is closed again, and the next start works."""

    async def fail(self: object) -> None:
        raise error

    before = asyncio.all_tasks()
    with monkeypatch.context() as broken:
        broken.setattr(part, "open", fail)
        with pytest.raises(type(error)):
            async with running(Settings(data=str(tmp_path))):
                pass
    assert asyncio.all_tasks() == before
    async with running(Settings(data=str(tmp_path))) as server:
        assert server.ready


async def test_a_part_that_breaks_ends_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than show screens that nobody feeds: a supervisor starts it again."""

    async def broken(server: Server) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(process_clock, "_flush", broken)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with capture_logs() as said, pytest.raises(Broken):
        async with asyncio.timeout(10):
            await serve(Settings(data=str(tmp_path), port=port))
    assert [line["part"] for line in said if line["event"] == "server.broke"] == ["clock"]


async def test_preparations_come_before_the_first_answer(tmp_path: Path) -> None:
    """Then requests are answered, then whoever started it is told."""
    told: list[str] = []

    async def prepare(server: Server) -> None:
        told.append("prepared")

    async def started(server: Server, address: str) -> None:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            told.append((await client.get("/readyz")).text)
        raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt):
        await serve(Settings(data=str(tmp_path), port=0), prepare, started)
    assert told == ["prepared", "ready\n"]


# The clock


async def test_the_day_turns_though_nobody_asks(site: Site, wall: Wall) -> None:
    """A screen that hangs on the wall overnight shows the new day."""
    runner = await site.hall()
    await site.ticket(await site.device("kiosk"))
    wall.at += timedelta(days=1)
    await until(lambda: str(runner.day.business_day) == "2026-11-19")
    assert [ticket.state for ticket in runner.day.previous.values()] == ["lapsed"]


async def test_ready_bytes_say_what_messages_would(site: Site) -> None:
    """An answer written raw has every header of one said in ASGI's messages, as that to a HEAD is."""
    await site.hall()
    async with site.client() as client:
        raw, said = [await client.request(method, "/api/v1/halls") for method in ("GET", "HEAD")]
    assert len(raw.content) == int(raw.headers["content-length"])
    assert {**raw.headers, "date": ""} == {**said.headers, "date": ""}


async def test_a_listener_is_given_hints(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the clock alone changes: the estimates."""
    monkeypatch.setattr(process_clock, "HINTS_EVERY", 1)
    await site.hall()
    await site.clerk(1)
    await site.ticket(await site.device("kiosk"))
    url = site.url.replace("http", "ws") + "/api/v1/halls/town/live?topic=board"
    async with asyncio.timeout(10), connect(url, proxy=None) as screen:
        while '"hint"' not in (frame := str(await screen.recv())):
            pass
    assert '"comprehensive":{' in frame
    assert '"seq"' not in frame


async def test_frames_carry_the_halls_time(site: Site, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the machine's clock is behind, no frame is older than what the reader has seen."""
    monkeypatch.setattr(process_clock, "HINTS_EVERY", 1)
    runner = await site.hall()
    await site.clerk(1)
    wall.at -= timedelta(hours=1)
    position = f"&epoch={runner.days.head.epoch}&after={runner.days.head.seq}"
    url = site.url.replace("http", "ws") + "/api/v1/halls/town/live?topic=board" + position
    kinds: set[str] = set()
    async with asyncio.timeout(10), connect(url, proxy=None) as screen:
        while not {"heartbeat", "hint"} <= kinds:
            frame = json.loads(await screen.recv())
            assert datetime.fromisoformat(frame["at"]) >= NOON
            kinds.add(frame["type"])


async def test_a_revoked_device_loses_its_socket(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the clock's next looks, however long the tidying of the records takes."""

    async def for_ever(*arguments: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Records, "tidy", for_ever)
    monkeypatch.setattr(process_clock, "TIDY_EVERY", 1)
    await site.hall()
    account = await site.person("head")
    token = await site.session(account)
    url = site.url.replace("http", "ws") + "/api/v1/halls/town/live?topic=load"
    async with (
        asyncio.timeout(10),
        connect(url, proxy=None, additional_headers={"Authorization": f"Bearer {token}"}) as screen,
    ):
        await screen.recv()
        await site.server.records.accounts.disable(account.id)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await screen.recv()
    assert closed.value.rcvd is not None
    assert 4500 <= closed.value.rcvd.code < 4600


async def test_a_hall_is_loaded_before_anybody_asks(tmp_path: Path) -> None:
    """So that after a crash the first to come waits for no replay."""
    async with running(Settings(data=str(tmp_path))) as server:
        await prepare_demo(server, None)
    async with running(Settings(data=str(tmp_path))) as server:
        await until(lambda: sorted(runner.id for runner in server.registry.loaded()) == ["town", "village"])


async def test_an_idle_hall_is_let_go_and_found_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything that was in it."""
    runner = await site.hall()
    await site.ticket(await site.device("kiosk"))
    monkeypatch.setattr(process_clock, "TIDY_EVERY", 1)
    monkeypatch.setattr(site.server.registry, "_idle_s", 0.0)
    await until(lambda: site.server.registry.loaded() == [])
    again = await site.server.hall("town")
    assert again is not runner
    assert list(again.day.tickets.values()) == list(runner.day.tickets.values())


async def test_a_step_that_the_store_fails_holds_up_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes on, and says what it could not do."""

    async def fail(server: Server) -> None:
        raise Unavailable(OSError("full"))

    flushed = asyncio.Event()
    monkeypatch.setattr(site.server.source, "flush", flushed.set)
    with capture_logs() as said:
        monkeypatch.setattr(process_clock, "_turn_days", fail)
        await until(lambda: any(line["event"] == "clock.store_failed" for line in said))
        flushed.clear()
        async with asyncio.timeout(10):
            await flushed.wait()
    assert site.server.ready


async def test_a_mistake_about_one_hall_holds_up_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its day does not turn, which is logged; the others' days do, and the server stays."""
    town, village = await site.hall(), await site.hall(id="village")
    turned = asyncio.Event()

    async def broken() -> None:
        raise ZeroDivisionError

    async def turn() -> None:
        turned.set()

    with capture_logs() as said:
        monkeypatch.setattr(town, "turn_day", broken)
        monkeypatch.setattr(village, "turn_day", turn)
        await until(lambda: any(line["event"] == "hall.broke" and line["hall"] == "town" for line in said))
        turned.clear()
        async with asyncio.timeout(10):
            await turned.wait()
    assert site.server.ready


async def test_thousands_of_halls_keep_nobody_waiting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else gets its turn while each of them is asked what is due, though nothing is."""
    await site.hall()
    halls, turns, longest = site.server.registry.loaded() * 1000, 0, 0
    since = 0

    async def nothing_due(runner: object) -> None:
        nonlocal since, longest
        since += 1
        longest = max(longest, since)

    async def everything_else() -> None:
        nonlocal since, turns
        while True:
            since, turns = 0, turns + 1
            await asyncio.sleep(0)

    monkeypatch.setattr(site.server.registry, "loaded", lambda: halls)
    other = asyncio.create_task(everything_else())
    await process_clock._each(site.server, nothing_due)
    other.cancel()
    assert turns >= 9 and longest <= process_clock.FAIR


async def test_a_hall_whose_store_is_away_holds_up_no_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several masters one may be away: the other halls' days turn, and it is said what could not be done."""
    town, village = await site.hall(), await site.hall(id="village")
    turned = asyncio.Event()

    async def away() -> None:
        raise Unavailable(OSError("gone"))

    async def turn() -> None:
        turned.set()

    with capture_logs() as said:
        monkeypatch.setattr(town, "turn_day", away)
        monkeypatch.setattr(village, "turn_day", turn)
        async with asyncio.timeout(10):
            await turned.wait()
        await until(lambda: any(line["event"] == "clock.store_failed" for line in said))


async def test_while_a_store_is_silent_the_clock_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hall waits for its journal, and sockets for the tokens; frames that are due, and hints, wait for neither."""
    hall = await site.hall()
    asked: set[str] = set()
    flushed = asyncio.Event()

    async def silent(what: str) -> None:
        asked.add(what)
        await asyncio.Event().wait()

    monkeypatch.setattr(hall, "turn_day", partial(silent, "day"))
    monkeypatch.setattr(site.server.live_tokens, "look", lambda now: silent("tokens"))
    await until(lambda: len(asked) == 2)
    monkeypatch.setattr(site.server.source, "flush", flushed.set)
    async with asyncio.timeout(10):
        await flushed.wait()


# Notes


async def test_the_journal_tells_which_notes_count(site: Site, wall: Wall) -> None:
    """What a crash left unconfirmed is kept if the journal refers to it, and else forgotten."""
    await site.hall()
    kiosk = await site.device("kiosk")
    await site.ticket(kiosk, phone="13800138000")
    runner = await site.server.hall("town")
    happened = [event async for _, some in runner.days.events_after(0) for event in some]
    (known,) = [event.phone_ref for event in happened if isinstance(event, TicketIssued) and event.phone_ref]
    asked = [Doubtful(known, "town", "phone"), Doubtful("n_0", "town", "phone"), Doubtful("n_1", "nowhere", "phone")]
    assert set(await references(site.server.registry, asked)) == {known}
    assert set(await references(site.server.registry, asked[1:])) == set()

    notes = site.server.records.notes
    await notes.put("n_00000000000000ff", "town", "phone", "13900139000", wall.at + DRAFT)
    wall.at += DRAFT + timedelta(seconds=1)
    swept = await site.server.records.tidy(wall.at, lambda doubtful: references(site.server.registry, doubtful))
    assert swept.deleted == 1
    assert await notes.get(known, "u_test", wall.at) is not None


# Privacy

PHONE, SECRET = "13812345678", "此理由乃机密"


async def test_what_people_say_stays_in_the_records(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy day with phones, reasons and comments: not a byte of them in the journal, a log, a figure or a frame."""
    await site.hall()
    kiosk, clerk, guide = (
        await site.device("kiosk"),
        await site.clerk(1),
        await site.session(await site.person("guide")),
    )
    heard: list[str] = []

    async def listen(topic: str) -> None:
        url = site.url.replace("http", "ws") + f"/api/v1/halls/town/live?topic={topic}"
        async with connect(url, proxy=None) as screen:
            async for frame in screen:
                heard.append(str(frame))

    listeners = [asyncio.create_task(listen(topic)) for topic in ("board", "calls", "counter.1")]
    await until(lambda: len(heard) >= 3)
    at = "/halls/town/counters/1/"
    with capture_logs() as said:
        tickets = [await site.ticket(kiosk, phone=PHONE) for _ in range(4)]
        await site.post(f"/halls/town/tickets/{tickets[3]['id']}/urgent", {"reason": SECRET}, guide)
        await site.post(at + "call", {"number": tickets[1]["number"], "reason": SECRET}, clerk)
        await site.post(at + "start", {}, clerk)
        await site.post(at + "hold", {"reason": SECRET}, clerk)
        await site.post(at + "next", {}, clerk)
        await site.post(at + "start", {}, clerk)
        await site.post(at + "transfer", {"queue": "express", "reason": SECRET}, clerk)
        await site.post(at + "next", {}, clerk)
        await site.post(at + "start", {}, clerk)
        done = (await site.post(at + "finish", {}, clerk))["ticket"]
        rating: Any = {"ticket": done["id"], "leg": 1, "level": "satisfied", "comment": SECRET}
        await site.post("/halls/town/ratings", rating)
        await site.post(at + "pause", {"reason": SECRET}, clerk)
        await site.call("POST", at + "next", {"reason": SECRET}, clerk)  # a refusal says no more
        runner = await site.server.hall("town")
        seq = f'"seq":{runner.day.seq}'
        await until(lambda: any(seq in frame for frame in heard))
    public = [(await site.call("GET", path)).text for path in ("/halls", "/halls/town", "/halls/town/board")]
    async with site.client() as client:
        public.append((await client.get("/metrics")).text)
    for task in listeners:
        task.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)

    journal, records = _bytes_of(tmp_path, "journal.db*"), _bytes_of(tmp_path, "records.db*")
    ids = [ticket["id"] for ticket in tickets]
    for text in (PHONE, SECRET):
        assert text.encode() in records, "the test tells nothing"
        assert text.encode() not in journal
        assert text not in repr(said)
        assert text not in "".join(public)
        assert text not in "".join(heard)
    for ticket_id in ids:
        assert ticket_id not in "".join(heard) + "".join(public) + repr(said)


def _bytes_of(folder: Path, pattern: str) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob(pattern))


async def test_the_clock_writes_the_statistics_of_settled_days_down(tmp_path: Path) -> None:
    """Also of halls that nobody asks for: at a start, and from then on with each day that turns."""
    settings, file = Settings(data=str(tmp_path)), tmp_path / "history.db"

    def days() -> int:
        with closing(sqlite3.connect(file)) as connection:
            (count,) = connection.execute("SELECT count(DISTINCT period) FROM cells WHERE period > 1000000").fetchone()
            return int(count)

    async with running(settings, read_wall=lambda: NOON) as server:
        await prepare_demo(server, None, past_days=7)
    async with running(settings, read_wall=lambda: NOON):
        await until(lambda: days() >= 3)
    file.unlink()
    async with running(settings, read_wall=lambda: NOON):
        await until(lambda: days() >= 3)
