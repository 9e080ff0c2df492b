"""Promise 8: free text and personal data are in the records alone, tickets' ids with their holders and staff, and
nobody is shown what is not theirs to see. Walked through with a day on which everything is said.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import redirect_stderr
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple, get_args
from zipfile import ZipFile

import httpx
import pytest
from redis import Redis
from starlette.routing import Mount

from queue_server import process_clock, stores
from queue_server.domain import events
from queue_server.logs import configure_logging
from queue_server.records.notes import NoteKind
from queue_server.redis_nodes import Nodes
from queue_server.web.access import EVERYONE
from queue_server.web.pages import page_routes
from queue_server.web.pages.page import PageRoute, Pages
from queue_server.web.routes import OPERATIONS, PREFIX
from tests.redis_server import redis_url
from tests.web.busy_day import OF_STAFF, SAID, BusyDay
from tests.web.pages.conftest import Site, serving
from tests.web.rig import Town
from tests.webhooks.receiver import receiving

HOLDERS = ("code", "follow_up", "epoch", "pairing")
"""Parts of addresses that only their holders know; what they open is theirs."""

ROLE = {"wang": "clerk", "li": "clerk", "zhao": "clerk"}


class Told(NamedTuple):
    """The day, what its server keeps apart from the records, and what the public could read while it lasted: its log,
    figures and pages.
    """

    day: BusyDay
    kept: Callable[[], dict[str, bytes]]
    public: dict[str, str]


@pytest.fixture(scope="module", params=["folder", "redis"])
async def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """A running server whose clock ticks fast, so that what is to be sent is sent; at the day's end."""
    folder, log, store = tmp_path_factory.mktemp("busy"), StringIO(), ""

    def kept() -> dict[str, bytes]:
        files = {name: data for name, data in contents(folder).items() if not name.startswith("records.db")}
        return files | stored(store, f"{folder}:") if store else files

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process_clock, "TICK_S", 0.05)
        patch.setenv("NO_PROXY", "127.0.0.1")
        if request.param == "redis":
            store = redis_url()
            patch.setattr(stores, "Nodes", partial(Nodes, namespace=f"{folder}:"))
        async with serving(folder / "data", store=store) as site, receiving() as receiver, site.client() as client:
            await site.hall()
            town = Town(site, client, (await client.get("/api/v1/openapi.json")).json())
            configure_logging("json")  # as in production
            with redirect_stderr(log):
                day = await BusyDay(town, receiver).run()
                public = await shown_to(day, "public") | {"/metrics": (await client.get("/metrics")).text}
            configure_logging("console")
            yield Told(day, kept, public | {"the log": log.getvalue()})


async def shown_to(day: BusyDay, who: str) -> dict[str, str]:
    """All that somebody can read, by address: every call and every page that their role may ask.

    What is for everybody is read by the public and by clerks, who have their say in most of it.
    """
    role, caller, today = ROLE.get(who, who), day.callers[who], (await day.town.site.server.hall("town")).day
    known = {**day.known, "seq": "1"}
    query = f"?from={today.business_day}&to={today.business_day}&month={today.business_day:%Y-%m}&by=clerk&q=a"
    asked = [(PREFIX + operation.path, operation.who) for operation in OPERATIONS if operation.method == "GET"]
    for route in page_routes(Pages(day.town.site.server)):
        if not isinstance(route, Mount):
            assert isinstance(route, PageRoute)
            asked.append((route.path, route.who))
    paths = [path for path, may in asked if role in may and (may != EVERYONE or role in ("public", "clerk"))]
    headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
    shown = {}
    for path in paths:
        parts = re.findall(r"{(\w+)}", path)
        assert {*parts} <= {*known, *HOLDERS}, f"{path}: the day is to tell what stands there"
        if not {*parts} & {*HOLDERS}:
            address = path.format(**known)
            answer = await day.town.client.get(address + query, headers=headers, follow_redirects=True)
            assert answer.status_code < 500, address
            shown[address] = text_of(answer)
    return shown


def text_of(answer: httpx.Response) -> str:
    """What is to be read in an answer, in a workbook too."""
    if "spreadsheet" not in answer.headers.get("content-type", ""):
        return answer.text
    with ZipFile(BytesIO(answer.content)) as book:
        return "".join(book.read(part).decode() for part in book.namelist())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stored(store: str, namespace: str) -> dict[str, bytes]:
    """Everything in a Redis, by its key, but the records."""
    with Redis.from_url(store) as redis:
        reading: dict[bytes, Callable[[bytes], Any]] = {
            b"string": redis.get,
            b"hash": redis.hgetall,
            b"list": lambda key: redis.lrange(key, 0, -1),
            b"set": redis.smembers,
            b"zset": lambda key: redis.zrange(key, 0, -1),
            b"stream": redis.xrange,
        }
        keys = [key for key in redis.scan_iter() if key.startswith(namespace.encode())]
        found = {key.decode(): _flat(reading[redis.type(key)](key)) for key in keys}
    return {key: data for key, data in found.items() if not key.startswith(f"{namespace}{{records}}:")}


def _flat(value: Any) -> bytes:
    match value:
        case dict():
            return _flat([*value.keys(), *value.values()])
        case list() | tuple() | set():
            return b"\n".join(map(_flat, value))
        case bytes():
            return value
        case _:
            return str(value).encode()


def spellings(text: str) -> list[bytes]:
    """How a text may stand in a file."""
    return [text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"), text.encode("gb18030")]


def none_of(words: Collection[str], told: dict[str, str]) -> None:
    """None of these words, however it is spelled, is in anything that was told."""
    for where, text in told.items():
        for word in words:
            assert word not in text and json.dumps(word)[1:-1] not in text, f"{word} is told at {where}"


async def test_what_was_said_is_in_the_records_alone(told: Told) -> None:
    """In no byte of the other files, no line of the log, no figure, frame or public page; each in its note, and each
    look at one is recorded. Nor are tokens and the addresses that open what is a citizen's.
    """
    assert {*SAID} == {*get_args(NoteKind)}, "what is new to be written is to be said on this day"
    words, day = {*SAID.values(), *OF_STAFF.values()}, told.day
    assert len(told.public) > 30 and "webhook.delivered" in told.public["the log"]
    none_of({*words, *day.secrets}, told.public)
    none_of({day.known["ticket"], "A001"}, {where: told.public[where] for where in ("/metrics", "the log")})
    none_of({*words, *day.secrets}, {topic: "".join(frames) for topic, frames in day.frames.items()})
    for message in day.messages:  # a number to call goes where it is called, and nothing else that anybody said
        none_of({*words, day.about_staff} - {SAID["phone"]}, {message["type"]: str(message)})
        assert (SAID["phone"] in str(message)) == (message["type"] == "turn.near")
    written = told.kept()
    assert any(b"ticket_issued" in data for data in written.values())
    for name, data in written.items():
        for word in (*words, *day.secrets):
            assert not any(spelling in data for spelling in spellings(word)), f"{word} is in {name}"

    site = day.town.site
    now, notes = site.server.now(), site.server.records.notes
    refs = await references(site)
    found = await notes.get_many(refs, "u_inspector", now)
    assert {(note.kind, note.text) for note in found.values() if note.text not in OF_STAFF.values()} == {*SAID.items()}
    assert {note.text for note in found.values()} == words
    assert all(note.confirmed and note.hall == "town" for note in found.values())
    for ref in refs:
        assert ("u_inspector", now) in [(look.reader, look.at) for look in await notes.looks(ref)]


async def test_public_frames_and_pages_carry_numbers_never_ids(told: Told) -> None:
    """Neither a public page or call nor any frame of a public topic has a ticket's id, or whose account it was."""
    day = told.day
    ticket, clerk = day.known["ticket"], day.people["wang"].id
    none_of((ticket, clerk), {address: text for address, text in told.public.items() if ticket not in address})
    heard = {topic: "".join(frames) for topic, frames in day.frames.items() if topic.endswith("of public")}
    assert any("A002" in frames for frames in heard.values())
    none_of((ticket, clerk), {topic: frames for topic, frames in heard.items() if not topic.startswith("ticket.")})


async def test_everybody_sees_what_is_theirs_and_no_more(told: Told) -> None:
    """Staff ask all that they may ask. A clerk finds no complaint, also not about herself, and not who rated what; a
    colleague who has nothing to do with it finds nothing at all; the head nothing of what is about her staff.
    """
    day = told.day
    of_complaints = {text for kind, text in SAID.items() if kind.startswith("complaint_")}
    of_ratings = {SAID["rating_comment"], SAID["rating_phone"], SAID["rectification_note"]}
    about_staff = {*OF_STAFF.values(), day.about_staff}
    cases = day.known["complaint"], day.known["rectification"]
    hidden: dict[str, set[str]] = {
        "zhao": {*SAID.values(), *about_staff, *cases},
        "wang": {*of_complaints, *of_ratings, *about_staff, *cases, SAID["phone"]},
        "li": {*of_complaints, *of_ratings, *about_staff, *cases, SAID["absence_reason"]},
        "guide": {*SAID.values(), *about_staff, *cases},
        "kiosk": {*SAID.values(), *about_staff, *cases},
        "evaluator": {*SAID.values(), *about_staff, *cases},
        "head": about_staff,
        "district": {*of_complaints, *about_staff, day.known["complaint"]},
        "admin": {*SAID.values(), *about_staff, *cases},
    }
    for who, words in hidden.items():
        shown = await shown_to(day, who)
        none_of(words, shown)
        if ROLE.get(who) == "clerk":  # a page may offer the levels, no answer tells of one
            none_of(("dissatisfied",), {path: text for path, text in shown.items() if path.startswith(PREFIX)})
    heard = {topic: "".join(frames) for topic, frames in day.frames.items()}
    none_of({*cases, day.about_staff, "dissatisfied"}, {"desk": heard["desk.1 of wang"]})
    none_of({day.about_staff}, heard)
    for who in ("wang", "li", "zhao", "guide", "head", "district", "admin"):
        path = f"{PREFIX}/halls/town/complaints/{day.about_staff}"
        headers = {"Authorization": f"Bearer {day.callers[who].token}"}
        assert (await day.town.client.get(path, headers=headers)).status_code in (403, 404), who
    seen = await day.callers["discipline"].get(f"/halls/town/complaints/{day.about_staff}")
    assert seen["text"] == OF_STAFF["text"]


async def references(site: Site) -> list[str]:
    """Every note that the journal refers to."""
    runner, refs = await site.server.hall("town"), []
    for stream in (runner.days, runner.books):
        async for _, happened in stream.events_after(0):
            for event in happened:
                names = [name for name in event.__struct_fields__ if name.endswith("_ref")]
                refs += [ref for name in names if (ref := getattr(event, name)) is not None]
    return refs


async def test_what_was_refused_leaves_no_note_behind(town: Town) -> None:
    """A refused command's text is not confirmed, and swept after its short expiry."""
    clerk = await town.clerk(1)
    asked = {"number": "A009", "reason": SAID["call_reason"]}
    await clerk.refuse("number_unknown", "POST", "/halls/town/counters/1/call", asked)
    assert await references(town.site) == []
    runner = await town.site.server.hall("town")
    assert not [
        event
        async for _, happened in runner.days.events_after(0)
        for event in happened
        if isinstance(event, events.TicketCalled)
    ]
