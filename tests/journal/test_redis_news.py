"""What one server hears of what others write to the same Redis, over one connection that may break."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Disconnected
from structlog.testing import capture_logs

from queue_server.journal import redis_line, redis_news
from queue_server.journal.base import Batch, Head, Stream, Unavailable
from queue_server.journal.redis_news import RedisNews
from queue_server.journal.redis_streams import NEWS, RedisJournal
from queue_server.redis_nodes import Keeping, Master, Nodes
from tests.faults.link import Link
from tests.journal.histories import TOWN, new_batch
from tests.redis_server import cluster, redis_url
from tests.waiting import SCALE, until

HALL = TOWN.hall
BY_THE_MASTER = Keeping()
PATIENCE_S = 2.0 * SCALE


class Ear:
    """A follower that keeps what it is told."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, Batch]] = []
        self.heads: list[Head] = []

    def heard(self, epoch: str, batch: Batch) -> None:
        self.batches.append((epoch, batch))

    def stands(self, head: Head) -> None:
        self.heads.append(head)


@pytest.fixture
async def nodes() -> AsyncIterator[Nodes]:
    """The other server's."""
    nodes = Nodes(redis_url(), f"{token_hex(4)}:")
    await nodes.open()
    yield nodes
    await nodes.close()


@pytest.fixture
async def journal(nodes: Nodes) -> AsyncIterator[RedisJournal]:
    """Where the other server writes."""
    journal = RedisJournal(nodes)
    await journal.open()
    yield journal
    await journal.close()


@asynccontextmanager
async def running(nodes: Nodes, url: str | None = None, keeping: Keeping = BY_THE_MASTER) -> AsyncIterator[RedisNews]:
    """News, over connections of their own."""
    own = Nodes(url or redis_url(), nodes.namespace, keeping=keeping)
    await own.open()
    news = RedisNews(own, PATIENCE_S)
    task = asyncio.create_task(news.run())
    try:
        yield news
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await own.close()


@pytest.fixture
async def news(nodes: Nodes) -> AsyncIterator[RedisNews]:
    async with running(nodes) as news:
        yield news


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    """The network between the news and Redis."""
    async with Link(urlsplit(redis_url()).port or 0) as link:
        yield link


@pytest.fixture
async def far(nodes: Nodes, link: Link) -> AsyncIterator[RedisNews]:
    """News through that network."""
    async with running(nodes, link.url.replace("http", "redis")) as news:
        yield news


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything sooner."""
    monkeypatch.setattr(redis_news, "TICK_S", 0.05 * SCALE)
    monkeypatch.setattr(redis_news, "CURRENT_S", 1.5 * SCALE)
    monkeypatch.setattr(redis_line, "ANSWER_S", 0.7 * SCALE)
    monkeypatch.setattr(redis_line, "RETRY_S", 0.1 * SCALE)


async def write(journal: RedisJournal, stream: Stream = TOWN, count: int = 1) -> Head:
    """So many batches; the head after them."""
    head = await journal.head(stream)
    for _ in range(count):
        head = await journal.append(stream, head, new_batch())
    return head


def follow(news: RedisNews, *halls: str, kinds: Sequence[str] = ("day", "book")) -> dict[str, Ear]:
    """Followers by the hall and kind of their stream."""
    ears: dict[str, Ear] = {}
    for hall in halls or (HALL,):
        mine = {kind: Ear() for kind in kinds}
        news.follow(hall, mine)
        ears |= {f"{hall} {kind}": ear for kind, ear in mine.items()}
    return ears


async def test_a_hint_comes_to_every_server_that_follows_the_hall(news: RedisNews, far: RedisNews) -> None:
    """The one that gave it too; once each, between batches, and not where another hall is followed."""
    hints: list[tuple[RedisNews, str, str, bytes]] = []
    for each in (news, far):
        each.hinted = partial(lambda *hint: hints.append(hint), each)
        follow(each, HALL)
    follow(news, "village")
    await news.ask(HALL)
    await far.ask(HALL)
    await far.hint(HALL, "calls", b'{"test":1}')
    await until(lambda: len(hints) == 2)
    await news.ask(HALL)
    assert sorted(hint[1:] for hint in hints) == [(HALL, "calls", b'{"test":1}')] * 2
    assert {hint[0] for hint in hints} == {news, far}


async def test_a_hint_that_cannot_be_given_is_an_error() -> None:
    """Whoever gave it is told so."""
    own = RedisNews(Nodes("redis://127.0.0.1:1", patience_s=0), PATIENCE_S)
    with pytest.raises(Unavailable):
        await own.hint(HALL, "calls", b"{}")


async def test_a_batch_is_heard_by_whoever_follows_its_stream(journal: RedisJournal, news: RedisNews) -> None:
    """Within moments of its writing, as it is read."""
    ears = follow(news, "town", "village")
    await news.ask("town")
    book = Stream("town", "book")
    await write(journal)
    await write(journal, book)
    await until(lambda: ears["town day"].batches and ears["town book"].batches)
    for kind, stream in (("day", Stream("town", "day")), ("book", book)):
        epoch = (await journal.head(stream)).epoch
        assert ears[f"town {kind}"].batches == [(epoch, batch) for batch in await journal.read(stream, 0)]
    assert ears["village day"].batches == []


async def test_whoever_asks_is_told_where_the_hall_stands(journal: RedisJournal, news: RedisNews) -> None:
    """And has heard what was written before."""
    ear = follow(news)["town day"]
    await news.ask(HALL)
    for _ in range(30):
        head = await write(journal)
        await news.ask(HALL)
        assert ear.heads[-1] == head and ear.batches[-1][1].tip == head.tip
    assert [batch.last for _, batch in ear.batches] == list(range(1, 31))


async def test_many_who_ask_at_once_put_few_questions(nodes: Nodes, journal: RedisJournal, news: RedisNews) -> None:
    """One on its way, and one for all who came meanwhile."""
    ear = follow(news)["town day"]
    await write(journal)
    await news.ask(HALL)
    before = len(ear.heads)
    await asyncio.gather(*(news.ask(HALL) for _ in range(500)))
    assert 1 <= len(ear.heads) - before <= 3


async def test_who_waits_for_a_hall_that_is_let_go_is_told(news: RedisNews) -> None:
    """Nobody asks after it any more, so that no answer would ever come."""
    follow(news)
    asking = asyncio.create_task(news.ask(HALL))
    await asyncio.sleep(0)
    news.leave(HALL)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(asking, 2.0)


async def test_a_hall_that_was_left_is_heard_no_more(nodes: Nodes, journal: RedisJournal, news: RedisNews) -> None:
    """Redis sends nothing of it either; followed anew, it is heard anew."""
    old = follow(news)["town day"]
    await news.ask(HALL)
    news.leave(HALL)
    channel = nodes.key(HALL, NEWS)

    async def listeners() -> int:
        _, count = await nodes.ask(channel, "PUBSUB", "SHARDNUMSUB", channel)
        return int(count)

    async with asyncio.timeout(30 * SCALE):
        while await listeners():  # noqa: ASYNC110 - Redis does not tell
            await asyncio.sleep(0.005)
    heads = len(old.heads)
    new = follow(news)["town day"]
    await news.ask(HALL)
    assert await listeners() == 1
    await write(journal)
    await until(lambda: new.batches)
    assert old.batches == [] and len(old.heads) == heads


async def test_three_thousand_halls_are_one_connection(
    monkeypatch: pytest.MonkeyPatch, nodes: Nodes, journal: RedisJournal, news: RedisNews
) -> None:
    """Each is heard at once, and asked after in its turn, without a connection, a task or a timer of its own."""
    monkeypatch.setattr(redis_news, "TICK_S", 0.1)
    halls = [f"hall-{n}" for n in range(3_000)]
    tasks = len(asyncio.all_tasks())
    ears = follow(news, *halls)
    await asyncio.gather(*(news.ask(hall) for hall in halls))
    assert len(asyncio.all_tasks()) - tasks <= 5
    with Redis.from_url(redis_url()) as redis:
        assert "3000" in [client["ssub"] for client in redis.client_list()]
    before = {hall: len(ears[f"{hall} day"].heads) for hall in halls}
    await write(journal, Stream("hall-1234", "day"))
    await until(lambda: ears["hall-1234 day"].batches)
    began = time.process_time()
    await until(lambda: all(len(ears[f"{hall} day"].heads) > before[hall] for hall in halls))
    assert time.process_time() - began < 2 * SCALE
    assert all(news.current(hall) for hall in halls) and sum(len(ear.batches) for ear in ears.values()) == 1


@pytest.mark.usefixtures("impatient")
async def test_after_a_cut_it_comes_back_and_asks_after_every_hall(
    journal: RedisJournal, far: RedisNews, link: Link
) -> None:
    """What was written meanwhile is not heard; where the hall stands now is."""
    ears = follow(far, "town", "village")
    await asyncio.gather(far.ask("town"), far.ask("village"))
    with capture_logs() as logs:
        link.cut()
        head = await write(journal, count=2)
        await until(lambda: head in ears["town day"].heads)
    assert "news.lost" in [line["event"] for line in logs]
    heard = len(ears["town day"].batches)
    last = await write(journal)
    await until(lambda: len(ears["town day"].batches) > heard)
    assert ears["town day"].batches[-1][1].tip == last.tip
    assert await write(journal, Stream("village", "day"))
    await until(lambda: ears["village day"].batches)


@pytest.mark.usefixtures("impatient")
async def test_while_nothing_is_heard_no_hall_is_current(journal: RedisJournal, far: RedisNews, link: Link) -> None:
    """The connection looks whole and brings nothing: that is found out, whoever asks is told, and it ends by itself."""
    ear = follow(far)["town day"]
    await far.ask(HALL)
    assert far.current(HALL) and not far.cut_off
    link.swallow()
    await until(lambda: not far.current(HALL))
    assert far.cut_off and far.lag_s > redis_news.CURRENT_S
    with pytest.raises(Unavailable):
        await far.ask(HALL)  # waits at first, for it may be over soon
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await far.ask(HALL)
    assert time.monotonic() - began < PATIENCE_S / 2
    head = await write(journal)
    link.mend()
    await until(lambda: head in ear.heads)
    await until(lambda: far.current(HALL) and not far.cut_off)
    await far.ask(HALL)


@pytest.mark.usefixtures("impatient")
async def test_whoever_asks_during_a_short_break_is_answered_after_it(
    journal: RedisJournal, far: RedisNews, link: Link
) -> None:
    """With what is true then."""
    ear = follow(far)["town day"]
    await far.ask(HALL)
    link.cut()
    head = await write(journal)
    await far.ask(HALL)
    assert ear.heads[-1] == head


async def test_a_hall_that_cannot_take_it_harms_no_other(nodes: Nodes, journal: RedisJournal, news: RedisNews) -> None:
    """A mistake is logged; so is what nobody understands."""

    class Deaf(Ear):
        def heard(self, epoch: str, batch: Batch) -> None:
            raise ZeroDivisionError

        def stands(self, head: Head) -> None:
            raise ZeroDivisionError

    news.follow("village", {"day": Deaf()})
    ear = follow(news)["town day"]
    with capture_logs() as logs:
        await news.ask("village")
        await write(journal, Stream("village", "day"))
        await nodes.ask(nodes.key(HALL, NEWS), "SPUBLISH", nodes.key(HALL, NEWS), b"\xc1")
        await write(journal)
        await until(lambda: ear.batches)
    assert {line["hall"] for line in logs if line["event"] == "news.not_taken"} == {"town", "village"}


async def test_a_history_that_is_gone_whole_is_noticed(nodes: Nodes, journal: RedisJournal, news: RedisNews) -> None:
    """Redis came back with nothing: the head that is told belongs to no history."""
    ear = follow(news)["town day"]
    await write(journal)
    await news.ask(HALL)
    await nodes.ask(nodes.key(HALL, "day"), "DEL", nodes.key(HALL, "day", "head"))
    await news.ask(HALL)
    assert ear.heads[-1] == Head("", 0, "")


class Stubborn:
    """A connection that ends while something is sent, and whose sending cannot be cancelled."""

    made = 0

    def __init__(self, **options: object) -> None:
        Stubborn.made += 1
        self._sending = asyncio.Event()

    async def connect(self) -> None:
        pass

    async def disconnect(self, nowait: bool) -> None:
        pass

    def pack_commands(self, commands: object) -> object:
        return commands

    async def send_packed_command(self, commands: object, check_health: bool) -> None:
        self._sending.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    async def read_response(self, **options: object) -> object:
        await self._sending.wait()
        raise Disconnected("gone")


async def test_a_connection_that_ends_while_it_is_written_to_is_made_again_at_once(nodes: Nodes) -> None:
    """Whoever asks does not wait for what can never be answered."""
    pool = SimpleNamespace(connection_class=Stubborn, connection_kwargs={})
    master = Master("stubborn", SimpleNamespace(connection_pool=pool))
    line = redis_line.Line(master, nodes, lambda hall: None, lambda *hint: None, time.monotonic)
    running = asyncio.create_task(line.run())
    line.ask_in_turn(0)
    await until(lambda: Stubborn.made >= 1)
    began = time.monotonic()
    while Stubborn.made < 3:
        line.ask_in_turn(0)
        await asyncio.sleep(0.005)
    assert time.monotonic() - began < redis_line.ANSWER_S
    running.cancel()
    await asyncio.wait([running], timeout=10)
    assert running.done()


class Confused(Stubborn):
    """A connection that takes news for an answer, as when a hall moves just while it is left."""

    made = 0

    def __init__(self, **options: object) -> None:
        Confused.made += 1
        super().__init__()

    async def send_packed_command(self, commands: object, check_health: bool) -> None:
        self._sending.set()

    async def read_response(self, **options: object) -> object:
        await self._sending.wait()
        return [b"ssubscribe", b"town", 1]


async def test_an_answer_that_makes_no_sense_is_the_end_of_its_connection_alone(nodes: Nodes) -> None:
    """Not of all news, and of the server with it."""
    pool = SimpleNamespace(connection_class=Confused, connection_kwargs={})
    master = Master("confused", SimpleNamespace(connection_pool=pool))
    line = redis_line.Line(master, nodes, lambda hall: None, lambda *hint: None, time.monotonic)
    heads = {"day": nodes.key(HALL, "day", "head")}
    line.add(
        redis_line.FollowedHall(name=HALL, channel=b"town", heads=heads, streams={"day": Ear()}, turn=0, known_at=0.0)
    )
    running = asyncio.create_task(line.run())
    with capture_logs() as logs:
        await until(lambda: Confused.made >= 2)
    assert [line["event"] for line in logs] == ["news.lost"]
    assert not running.done()
    running.cancel()
    await asyncio.wait([running], timeout=10)


@pytest.mark.usefixtures("impatient")
async def test_a_master_that_nobody_follows_is_not_believed(nodes: Nodes) -> None:
    """Where others have to have what was written: it may have been given up for another one, and not know."""
    async with running(nodes, redis_url(), Keeping(replicas=1)) as news:
        ear = follow(news)["town day"]
        await until(lambda: ear.heads)
        await until(lambda: not news.current(HALL) and news.cut_off)
        with pytest.raises(Unavailable):
            while True:
                await news.ask(HALL)


@pytest.mark.usefixtures("impatient")
async def test_when_a_master_dies_its_halls_are_heard_at_the_replica_that_took_over() -> None:
    """Those of the other masters miss nothing meanwhile."""
    servers = cluster()
    namespace = f"{token_hex(4)}:"
    nodes = Nodes(servers.url, namespace, patience_s=30 * SCALE)
    async with running(nodes, servers.url, Keeping(replicas=1)) as news:
        journal = RedisJournal(nodes)
        await journal.open()
        halls = [f"hall-{n}" for n in range(12)]
        ears = follow(news, *halls)
        await asyncio.gather(*(news.ask(hall) for hall in halls))
        victim = nodes.master_of(nodes.key(halls[0], NEWS))
        servers.server(victim.name).signal(signal.SIGKILL)
        try:
            heads = {hall: await write(journal, Stream(hall, "day")) for hall in halls}
            await until(lambda: all(heads[hall] in ears[f"{hall} day"].heads for hall in halls))
            last = {hall: await write(journal, Stream(hall, "day")) for hall in halls}
            await until(lambda: all(ears[f"{hall} day"].batches for hall in halls))
            assert all(ears[f"{hall} day"].batches[-1][1].tip == last[hall].tip for hall in halls)
            assert nodes.master_of(nodes.key(halls[0], NEWS)) != victim
            await until(lambda: not news.current(halls[0]))  # nobody else has what the new master has
        finally:
            servers.server(victim.name).start()
            await asyncio.to_thread(servers.wait)
        await until(lambda: all(news.current(hall) for hall in halls))
        await journal.close()
    await nodes.close()


@pytest.mark.usefixtures("impatient")
async def test_a_hall_that_moves_to_another_master_is_heard_there() -> None:
    """While it is written to, by somebody who found it."""
    namespace = f"{token_hex(4)}:"
    nodes = Nodes(cluster().url, namespace, patience_s=30 * SCALE)
    async with running(nodes, cluster().url) as news:
        journal = RedisJournal(nodes)
        await journal.open()
        ear = follow(news)["town day"]
        await news.ask(HALL)
        before = nodes.master_of(nodes.key(HALL, NEWS))
        await asyncio.to_thread(cluster().move, nodes.key(HALL))
        head = await write(journal)
        await until(lambda: head in ear.heads)
        assert nodes.master_of(nodes.key(HALL, NEWS)) != before
        last = await write(journal)
        await until(lambda: ear.batches and ear.batches[-1][1].tip == last.tip)
        await journal.close()
    await nodes.close()


async def test_whoever_asks_when_it_ends_is_told(nodes: Nodes) -> None:
    """Nobody waits for an answer that cannot come any more."""
    async with running(nodes) as news:
        follow(news)
        asked = asyncio.create_task(news.ask(HALL))
        await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await asked
    follow(news, "village")  # loaded as the server stops
    with pytest.raises(Unavailable):
        await news.ask("village")


async def test_it_ends_at_whatever_moment(nodes: Nodes) -> None:
    """Also while it is just getting connected: else a server that is stopped then would never end."""
    await nodes.open()
    for turns in range(20):
        task = asyncio.create_task(RedisNews(nodes).run())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        assert await asyncio.wait([task], timeout=5 * SCALE) == ({task}, set()), turns
