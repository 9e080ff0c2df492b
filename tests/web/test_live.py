"""Live sockets of the real server, read by a real client."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection

from queue_server.app import running
from queue_server.settings import Settings
from queue_server.web.live import TOPICS
from queue_server.wire.resume import Position
from queue_server.wire.subprotocols import LIVE, offer
from queue_server.wire.subscriber import CallSeen, Status, Subscriber
from tests.web.pages.conftest import TOWN, Site
from tests.web.rig import Town, without_nulls

ONE, TICKETS = "/halls/town/counters/1", "/halls/town/tickets"
LIMIT_S = 5.0
"""Within which the contract wants a heartbeat, and the end of a socket whose rights have gone."""
SLACK_S = 1.0
"""What a busy machine may add."""


class Reader:
    """A socket on one topic, read by the reader that display programs use."""

    def __init__(self, socket: ClientConnection, topic: str, position: Position | None = None) -> None:
        self.socket = socket
        self.subscriber = Subscriber(topic, position if topic == "calls" else None)
        self.subscriber.opening(0)
        self.calls: list[dict[str, Any]] = []
        self.texts: list[str] = []

    async def frame(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, of that kind; hints aside."""
        while True:
            async with asyncio.timeout(3 * LIMIT_S):
                text = await self.socket.recv()
            assert isinstance(text, str)
            frame: dict[str, Any] = json.loads(text)
            changes = self.subscriber.receive(text, 0)
            self.calls += [change.call for change in changes if isinstance(change, CallSeen)]
            if frame["type"] != "hint":
                self.texts.append(text)
                without_nulls(frame.get("state", {}))
                if kind in (None, frame["type"]):
                    return frame

    async def until(self, seq: int) -> None:
        """Read on until the reader stands there."""
        while self.subscriber.position is None or self.subscriber.position.seq < seq:
            await self.frame()

    async def closed(self) -> int:
        """Read on until the server closes; its code."""
        try:
            while True:
                await self.frame()
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None, "cut off without a code"
            return closed.rcvd.code


@asynccontextmanager
async def live(
    site: Site,
    topic: str,
    token: str | None = None,
    *,
    hall: str = "town",
    position: Position | None = None,
    **options: Any,
) -> AsyncIterator[Reader]:
    """A reader of a topic; token: sent as a header."""
    query = f"topic={topic}" + (f"&epoch={position.epoch}&after={position.seq}" if position else "")
    address = f"{site.url.replace('http', 'ws')}/api/v1/halls/{hall}/live?{query}"
    headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    async with websockets.connect(
        address, additional_headers=headers, proxy=None, max_size=None, ping_interval=None, **options
    ) as socket:
        yield Reader(socket, topic, position)


async def code_of(site: Site, topic: str, token: str | None = None, **options: Any) -> int:
    """With which code the socket is closed, 0 when it gets a snapshot."""
    async with live(site, topic, token, **options) as reader:
        try:
            return 0 if (await reader.frame())["type"] == "snapshot" else -1
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code


async def seq_of(town: Town) -> int:
    """The head."""
    seq: int = (await town.public.get("/halls/town/board"))["seq"]
    return seq


# What a reader gets first


async def test_why_a_snapshot_is_sent(town: Town) -> None:
    """New, another epoch, a position ahead of the head; a position within reach gets none."""
    board = await town.public.get("/halls/town/board")
    epoch, head = board["epoch"], board["seq"]
    for position, reason in (
        (None, "new"),
        (Position("no-such-epoch", head), "epoch"),
        (Position(epoch, head + 1), "ahead"),
        (Position(epoch, 2**53 - 1), "ahead"),
    ):
        async with live(town.site, "board", position=position) as reader:
            snapshot = await reader.frame()
            assert (snapshot["type"], snapshot["reason"]) == ("snapshot", reason)
            assert (snapshot["epoch"], snapshot["seq"], snapshot["state"]) == (epoch, head, board["state"])
    async with live(town.site, "board", position=Position(epoch, head)) as reader:
        assert await reader.frame() | {"at": ""} == {"type": "heartbeat", "topic": "board", "head": head, "at": ""}


async def test_a_position_older_than_the_last_business_day(town: Town) -> None:
    """This and the last day can be replayed; before that it is a snapshot, reason `trimmed`."""
    runner, kiosk = await town.site.server.hall("town"), await town.device("kiosk")
    real, heads, days = runner.clock.wall_now, [], 0
    runner.clock.wall_now = lambda: real() + timedelta(days=days)  # type: ignore[method-assign]
    for days in range(3):  # noqa: B007 - read by the clock above
        await kiosk.post(TICKETS, {"queue": "express"})
        heads.append(await seq_of(town))
    epoch = runner.days.head.epoch
    async with live(town.site, "board", position=Position(epoch, heads[0] - 1)) as reader:
        assert (await reader.frame())["reason"] == "trimmed"
    async with live(town.site, "board", position=Position(epoch, heads[1] - 1)) as reader:
        assert (await reader.frame())["type"] == "patch"


# What follows


async def test_patches_lead_to_what_is_read(town: Town) -> None:
    """Every patch begins where the one before ended; followed, they give the board that GET gives, without a null."""
    clerk, kiosk = await town.person("clerk"), await town.device("kiosk")
    async with live(town.site, "board") as reader, live(town.site, "board") as other:
        stands = (await reader.frame())["seq"]
        await other.frame()
        await clerk.post(f"{ONE}/sign-on", {"capacity": "relief"})
        for _ in range(3):
            await kiosk.post(TICKETS, {"queue": "comprehensive"})
        for verb in ("next", "recall", "start", "finish", "next", "no-show"):
            await clerk.post(f"{ONE}/{verb}")
        await clerk.post(f"{ONE}/pause", {"reason": "x", "back_at": "2030-01-01T00:00:00Z"})
        board = await town.public.get("/halls/town/board")
        await reader.until(board["seq"])
        await other.until(board["seq"])
        patches = [frame for frame in map(json.loads, reader.texts) if frame["type"] == "patch"]
        assert len(patches) == 11
        for patch in patches:
            assert patch["prev"] == stands < patch["seq"]
            stands = patch["seq"]
        assert reader.subscriber.state == board["state"]
        assert reader.subscriber.status is Status.LIVE
        # The same bytes for every reader; heartbeats come when they come.
        assert [t for t in other.texts if '"patch"' in t] == [t for t in reader.texts if '"patch"' in t]


async def test_every_topics_patches_lead_to_its_fresh_snapshot(town: Town) -> None:
    """Of a counter's screen, a desk, the load and a ticket alike."""
    clerk, kiosk, head = await town.clerk(1), await town.device("kiosk"), await town.person("head")
    ticket = await kiosk.post(TICKETS, {"queue": "comprehensive", "priority": "elderly"})
    for topic in ("counter.1", "desk.1", "load"):
        async with live(town.site, topic, head.token) as reader:
            await reader.frame("snapshot")
            await kiosk.post(TICKETS, {"queue": "comprehensive"})
            for verb in ("next", "start", "finish"):
                await clerk.post(f"{ONE}/{verb}")
            await reader.until(await seq_of(town))
            async with live(town.site, topic, head.token) as fresh:
                assert (await fresh.frame("snapshot"))["state"] == reader.subscriber.state
    async with live(town.site, f"ticket.{ticket['id']}") as holder:
        state = (await holder.frame("snapshot"))["state"]
    assert (state["number"], state["state"]) == ("A001", "finished")


async def test_calls_are_shown_and_spoken(town: Town) -> None:
    """Each call and recall is one frame with what to say, until when; served at once, nobody is called."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    await kiosk.post(TICKETS, {"queue": "comprehensive"})
    async with live(town.site, "calls") as reader:
        assert (await reader.frame())["state"] == {"calls": {}}
        await clerk.post(f"{ONE}/next")
        first = await reader.frame("call")
        call = first["call"]
        assert call.keys() == {
            "number", "queue", "counter", "counter_name", "recall", "called_at", "expires_at", "speech",
        }  # fmt: skip
        assert (call["number"], call["queue"], call["counter"], call["recall"]) == ("A001", "comprehensive", 1, 0)
        called_at, expires_at = (datetime.fromisoformat(call[name]) for name in ("called_at", "expires_at"))
        assert expires_at - called_at == timedelta(seconds=TOWN.rules.call_expires_s)
        assert call["speech"]["zh"] == "请A零零一号，到一号窗口办理"
        assert "A" in call["speech"]["en"]
        await clerk.post(f"{ONE}/recall")
        again = await reader.frame("call")
        assert (again["call"]["recall"], again["prev"]) == (1, first["seq"])
        await clerk.post(f"{ONE}/start")
        await clerk.post(f"{ONE}/finish")
        await clerk.post(f"{ONE}/serve-now", {"queue": "comprehensive"})
        await reader.until(await seq_of(town))
        assert [call["recall"] for call in reader.calls] == [0, 1]
    async with live(town.site, "calls") as late:
        state = (await late.frame())["state"]["calls"]
        assert [state[seq] for seq in sorted(state, key=int)] == reader.calls


async def test_a_heartbeat_comes_at_least_every_five_seconds(town: Town) -> None:
    """On a topic where nothing happens; each tells the head."""
    async with live(town.site, "calls") as reader:
        await reader.frame("snapshot")
        since = time.monotonic()
        for _ in range(2):
            beat = await reader.frame("heartbeat")
            assert beat["head"] == await seq_of(town)
            now = time.monotonic()
            assert now - since < LIMIT_S + SLACK_S
            since = now


# Coming back


async def test_a_reader_that_was_cut_off_gets_what_it_missed(town: Town) -> None:
    """The board in patches, and the calls each once and in order, however often the line breaks; then it is live."""
    clerk, kiosk = await town.clerk(1), await town.device("kiosk")
    for _ in range(4):
        await kiosk.post(TICKETS, {"queue": "comprehensive"})
    board: dict[str, Any] = {}
    seen: list[str] = []
    positions: dict[str, Position | None] = {"board": None, "calls": None}
    for round_ in range(4):
        if round_:
            for verb in ("next", "recall", "no-show"):
                await clerk.post(f"{ONE}/{verb}")
        head = await seq_of(town)
        for topic, position in positions.items():
            async with live(town.site, topic, position=position) as reader:
                if topic == "board" and position is not None:  # goes on with the state that it had
                    reader.subscriber.state, reader.subscriber.position = board, position
                await reader.until(head)
                while reader.subscriber.status is not Status.LIVE:
                    await reader.frame()
                assert all('"snapshot"' not in text for text in reader.texts) or position is None
                if topic == "board":
                    assert reader.subscriber.state is not None
                    board = reader.subscriber.state
                seen += [f"{call['number']} {call['recall']}" for call in reader.calls]
                positions[topic] = reader.subscriber.position
    assert board == (await town.public.get("/halls/town/board"))["state"]
    assert seen == ["A001 0", "A001 1", "A002 0", "A002 1", "A003 0", "A003 1"]


async def test_calls_made_just_before_a_restart_are_still_to_be_heard(tmp_path: Path) -> None:
    """A reader with nothing finds them in its snapshot; one with a position gets what it missed, in the same epoch."""
    settings = Settings(data=str(tmp_path / "again"))
    async with running(settings) as server:
        site = Site(server)
        await site.mend()
        await site.hall()
        clerk, kiosk = await site.clerk(1), await site.device("kiosk")
        async with live(site, "calls") as reader:
            await reader.frame("snapshot")
            position = reader.subscriber.position
            await site.ticket(kiosk)
            await site.post(f"{ONE}/next", token=clerk)
            call = (await reader.frame("call"))["call"]
        await site.cut()
    async with running(settings) as server:
        site = Site(server)
        await site.mend()
        async with live(site, "calls") as reader:
            snapshot = await reader.frame()
            assert snapshot["reason"] == "new"
            assert list(snapshot["state"]["calls"].values()) == [call]
        async with live(site, "calls", position=position) as reader:
            assert (await reader.frame())["call"] == call
        await site.cut()


async def test_a_server_that_shuts_down_asks_to_come_back(town: Town) -> None:
    """4413, to every reader, and to whoever comes while it does."""
    server = town.site.server
    async with live(town.site, "board") as one, live(town.site, "calls") as two:
        await one.frame()
        await two.frame()
        server.stopping = True
        closing = asyncio.create_task(server.source.hub.close_all())
        assert {*await asyncio.gather(one.closed(), two.closed())} == {4413}
        assert await code_of(town.site, "board") == 4413
        await closing


async def test_a_ticket_gets_one_frame_in_five_seconds(town: Town) -> None:
    """The first change at once, all that follows together when the time has come; heartbeats stay below it."""
    kiosk = await town.device("kiosk")
    ids = [(await kiosk.post(TICKETS, {"queue": "express"}))["id"] for _ in range(4)]
    async with live(town.site, f"ticket.{ids[-1]}") as reader:
        assert (await reader.frame())["state"]["ahead"] == 3
        await town.public.do("DELETE", f"{TICKETS}/{ids[0]}")
        first = await reader.frame("patch")
        since = time.monotonic()
        assert first["patch"] == {"ahead": 2}
        for ticket in ids[1:3]:
            await town.public.do("DELETE", f"{TICKETS}/{ticket}")
        second = await reader.frame("patch")
        waited = time.monotonic() - since
        assert second["patch"] == {"ahead": 0}
        assert second["prev"] == first["seq"]
        assert LIMIT_S - 0.5 < waited < LIMIT_S + 2 * SLACK_S
        await reader.until(await seq_of(town))
        assert reader.subscriber.state is not None
        assert reader.subscriber.state["ahead"] == 0


# Who may read what


async def test_who_may_read_which_topic(town: Town) -> None:
    """The public's topics everybody; a desk its clerk on duty and the head; the load the head and the district."""
    site = town.site
    await site.hall(TOWN, id="village", level="village")
    tokens: dict[str, str | None] = {
        "public": None,
        "kiosk": await site.device("kiosk"),
        "screen": await site.device("screen"),
        "announcer": await site.device("announcer"),
        "evaluator": await site.device("evaluator", counter=1),
        "on duty": await site.clerk(1),
        "clerk": await site.session(await site.person("clerk")),
        "guide": await site.session(await site.person("guide")),
        "head": await site.session(await site.person("head")),
        "head elsewhere": await site.session(await site.person("head", "village")),
        "discipline": await site.session(await site.person("discipline")),
        "district": await site.session(await site.person("district")),
        "admin": await site.session(await site.person("admin")),
    }
    ticket = (await site.ticket(str(tokens["kiosk"])))["id"]
    allowed = {
        "desk.1": {"on duty", "head"},
        "desk.2": {"head"},
        "load": {"head", "district"},
        "guide": {"guide", "head"},
    }
    topics = ("board", "calls", "counter.2", f"ticket.{ticket}", *allowed)
    assert {topic.partition(".")[0] for topic in topics} == {*TOPICS}
    for topic in topics:
        for name, token in tokens.items():
            refused = 4501 if name == "public" else 4503
            expected = 0 if name in allowed.get(topic, tokens) else refused
            assert (topic, name, await code_of(site, topic, token)) == (topic, name, expected)


async def test_how_a_reader_says_who_it_is(town: Town) -> None:
    """By header, by subprotocol, of which `jiaohao.v1` is selected, or by the cookie, from the same origin only."""
    site, token = town.site, str((await town.person("head")).token)
    cookie = {"Cookie": f"jiaohao={token}"}
    assert await code_of(site, "load", token) == 0
    async with live(site, "load", subprotocols=offer(token)) as reader:
        assert reader.socket.subprotocol == LIVE
        await reader.frame("snapshot")
    async with live(site, "board", subprotocols=[LIVE]) as reader:
        assert reader.socket.subprotocol == LIVE
    assert await code_of(site, "load", headers=cookie) == 0
    assert await code_of(site, "load", headers=cookie, origin=site.url) == 0
    for elsewhere in ("https://elsewhere.example", "null", site.url + "1"):
        assert await code_of(site, "load", headers=cookie, origin=elsewhere) == 4501
        assert await code_of(site, "board", headers=cookie, origin=elsewhere) == 0
    assert await code_of(site, "load", headers=cookie | {"Sec-Fetch-Site": "cross-site"}) == 4501


async def test_too_many_of_the_public_leave_room_for_the_hall(town: Town) -> None:
    """4429, to come back later; whoever has a token gets in, and the next of the public when one has left."""
    site, screen = town.site, str((await town.device("screen")).token)
    site.server.public_sockets = 2
    async with live(site, "board") as one:
        await one.frame("snapshot")
        async with live(site, "calls") as two:
            await two.frame("snapshot")
            assert await code_of(site, "board") == 4429
            assert await code_of(site, "nothing") == 4504
            assert await code_of(site, "board", screen) == 0
        while (code := await code_of(site, "board")) == 4429:
            pass  # the server has not seen it leave yet
        assert code == 0


async def test_a_token_that_is_no_good(town: Town) -> None:
    """4501, on public topics too: whoever holds it must notice."""
    site = town.site
    for topic in ("board", "desk.1"):
        assert await code_of(site, topic, "no-such-token") == 4501
        assert await code_of(site, topic, subprotocols=offer("no-such-token")) == 4501
        for wrong in ("bearer.!!!!", "bearer." + urlsafe_b64encode(b"\xff\xfe").decode().rstrip("=")):
            assert await code_of(site, topic, subprotocols=[LIVE, wrong]) == 4501
        assert await code_of(site, topic, headers={"Authorization": "Basic abc"}) == 4501
    assert await code_of(site, "board", headers={"Cookie": "jiaohao=long-gone"}) == 0


async def test_rights_that_go_take_the_socket_with_them(town: Town) -> None:
    """Signed off, signed out, revoked, or given another role: within five seconds, while the head and the public read
    on.
    """
    site = town.site
    one, two, head = await town.clerk(1), await town.clerk(2), await town.person("head")
    was_head = await site.person("head")
    device, token = await site.server.records.devices.create("town", "screen", site.server.now())
    async with (
        live(site, "desk.1", one.token) as signed_off,
        live(site, "desk.2", two.token) as signed_out,
        live(site, "board", token) as revoked,
        live(site, "load", await site.session(was_head)) as demoted,
        live(site, "desk.1", head.token) as watching,
        live(site, "board") as public,
    ):
        for reader in (signed_off, signed_out, revoked, demoted, watching, public):
            await reader.frame("snapshot")
        since = time.monotonic()
        await one.post(f"{ONE}/sign-off")
        await two.do("DELETE", "/session")
        await site.server.records.devices.revoke(device.id, site.server.now())
        await site.server.records.accounts.update(replace(was_head, role="guide"))
        codes = await asyncio.gather(signed_off.closed(), signed_out.closed(), revoked.closed(), demoted.closed())
        assert [*codes] == [4503, 4501, 4501, 4501]
        assert time.monotonic() - since < LIMIT_S + SLACK_S
        await watching.until(await seq_of(town))
        await public.until(await seq_of(town))
    assert await code_of(site, "desk.1", one.token) == 4503


# What is not understood


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", 4522),
        ("topic=", 4504),
        ("topic=board&topic=calls", 4522),
        ("topic=board&epoch=x", 4522),
        ("topic=board&after=1", 4522),
        ("topic=board&epoch=x&after=-1", 4522),
        ("topic=board&epoch=x&after=1.5", 4522),
        ("topic=board&epoch=x&after=%EF%BC%91", 4522),
        ("topic=board&epoch=x&after=" + "9" * 5000, 4522),
        ("topic=board&epoch=&after=1", 4522),
        ("topic=Board", 4504),
        ("topic=nothing", 4504),
        ("topic=board.1", 4504),
        ("topic=counter", 4504),
        ("topic=counter.", 4504),
        ("topic=counter.0", 4504),
        ("topic=counter.01", 4504),
        ("topic=counter.-1", 4504),
        ("topic=counter.%EF%BC%91", 4504),
        ("topic=desk.1000000000", 4504),
        ("topic=desk." + "9" * 5000, 4504),
        ("topic=ticket.", 4504),
        ("topic=ticket.A001", 4504),
        ("topic=%00%FF", 4504),
    ],
)
async def test_addresses_that_make_no_sense(town: Town, query: str, code: int) -> None:
    """Topics that are not there 4504, positions that are none 4522; a hall that is not there 4504."""
    address = town.site.url.replace("http", "ws") + "/api/v1/halls/{}/live?" + query
    for hall in ("town", "nowhere", "%E9%95%87"):
        async with websockets.connect(address.format(hall), proxy=None) as socket:
            end = await Reader(socket, "board").closed()
            assert end == (code if hall == "town" or code == 4522 else 4504)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00\x01binary",
        "",
        "rubbish",
        "[]",
        "null",
        "5",
        "{}",
        '{"type": 5}',
        '{"type": "ack"}',
        '{"type": "ack", "seq": -1}',
        '{"type": "ack", "seq": 1.5}',
        '{"type": "ack", "seq": true}',
        '{"type": "ack", "seq": NaN}',
        '{"type": "ack", "seq": 1' + "0" * 400 + "}",
        '{"type":"x","y":' + "[" * 5000 + "]" * 5000 + "}",
        '"' + "x" * 65_536 + '"',
        "x" * 10_000_000,
    ],
    ids=lambda rubbish: repr(rubbish[:30]),
)
async def test_rubbish_ends_its_own_socket_alone(town: Town, rubbish: str | bytes) -> None:
    """4522, whole or in pieces; whoever else reads is not harmed."""
    kiosk = await town.device("kiosk")
    async with live(town.site, "board") as other:
        await other.frame("snapshot")
        for pieces in (1, 7):
            async with live(town.site, "board") as reader:
                await reader.frame("snapshot")
                step = max(1, -(-len(rubbish) // pieces))
                parts = [rubbish[at : at + step] for at in range(0, len(rubbish), step)]
                with suppress(websockets.ConnectionClosed):  # a long one is refused before its end
                    await reader.socket.send(parts if len(parts) > 1 else rubbish)
                assert await reader.closed() == 4522
        await kiosk.post(TICKETS, {"queue": "express"})
        await other.until(await seq_of(town))
        assert other.subscriber.status is Status.LIVE


async def test_what_a_newer_client_may_say(town: Town) -> None:
    """Acknowledgements, also of what never was, and types that this server does not know, end nothing."""
    screen = await town.device("screen")
    async with live(town.site, "calls", screen.token) as reader:
        await reader.frame("snapshot")
        for text in ('{"type":"ack","seq":1}', '{"type":"ack","seq":9007199254740991}', '{"type":"wave","at":"you"}'):
            await reader.socket.send(text)
        clerk, kiosk = await town.clerk(1), await town.device("kiosk")
        await kiosk.post(TICKETS, {"queue": "comprehensive"})
        await clerk.post(f"{ONE}/next")
        seq = (await reader.frame("call"))["seq"]
        await reader.socket.send(json.dumps({"type": "ack", "seq": seq}))
        await (await reader.socket.ping())
        (present,) = [p for p in town.site.server.presence.snapshot("town", town.site.server.now()) if p.acked]
        assert (present.role, present.topic, present.acked) == ("screen", "calls", seq)
