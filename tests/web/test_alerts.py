"""What is found out to be told: over a journal that others write to as well. The whole way: `test_webhook`."""

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from queue_server.domain.book_commands import RegisterComplaint
from queue_server.domain.book_events import About, Severity
from queue_server.domain.refusals import Refusal
from queue_server.domain.thresholds import Colour
from queue_server.domain.webhook import Webhook
from queue_server.engine.calendar import day_kind
from queue_server.journal.base import Journal
from queue_server.journal.memory import MemoryJournal
from queue_server.peers.leases import Alone, Leases
from queue_server.records.outbox import Message, Outbox
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.web.alerts import AFTER_START, QUIET, Alerts
from queue_server.webhooks.alarms import Standing
from queue_server.webhooks.messages import body_of
from tests.domain.halls import MONDAY, township
from tests.engine.rig import Office, Times

HALL = township(webhook=Webhook(url="https://sms.example.com/"))
"""A hall of which everything is told."""


@pytest.fixture
async def records() -> AsyncIterator[Records]:
    """Open, empty records."""
    records = Records(SqliteRecordStore(":memory:"))
    await records.open()
    yield records
    await records.close()


@pytest.fixture
async def journal() -> AsyncIterator[MemoryJournal]:
    """An open, empty journal."""
    journal = MemoryJournal()
    await journal.open()
    yield journal
    await journal.close()


class Lease:
    """The lease of every hall, which one server has."""

    def __init__(self, holder: str) -> None:
        self.holder = holder

    def of(self, server: str) -> Leases:
        """As that server sees it."""
        return _LeaseOf(self, server)


class _LeaseOf:
    def __init__(self, lease: Lease, server: str) -> None:
        self._lease = lease
        self._server = server

    async def hold(self, name: str) -> bool:
        return self._lease.holder == self._server


class Watch:
    """One server's alerts, over records that servers share."""

    def __init__(self, records: Records, office: Office, leases: Leases | None = None) -> None:
        self.records = records
        self.office = office
        self.woken = 0
        self.alerts = Alerts(records.outbox, self._wake, leases or Alone())
        self.standing: list[Standing] = []

    def _wake(self) -> None:
        self.woken += 1

    async def look(self) -> None:
        """Look as the clock does."""
        await self.alerts.look(self.office.runner)
        await self.alerts.look_at_alarms(self.office.runner, self._alarms)

    async def _alarms(self) -> Iterable[Standing]:
        return self.standing

    async def told(self) -> list[str]:
        """Types of everything that was ever told, oldest first, whoever told it."""
        newest: list[Message] = await self.records.outbox.newest(HALL.id, 50)
        return [body_of(message)["type"] for message in reversed(newest)]


async def complain(office: Office, key: str, severity: Severity, about: About = "service") -> None:
    """Somebody brings something up."""
    command = RegisterComplaint(
        by="u_clerk",
        complaint=f"c_{key}",
        channel="counter",
        severity=severity,
        about=about,
        kind_of=day_kind,
        text_ref=f"n_{key}",
    )
    outcome = await office.runner.run_book(command, key, "", lambda book, events: None)
    assert not isinstance(outcome, Refusal), outcome


async def test_of_complaints_the_major_ones_are_told_and_those_about_staff_never(
    records: Records, journal: Journal
) -> None:
    """They are discipline's alone, and whoever reads the messages may be whom they are about."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    await watch.look()
    await complain(watch.office, "general", "general")
    await complain(watch.office, "staff", "major", "staff")
    await watch.look()
    assert await watch.told() == []
    await complain(watch.office, "major", "major")
    await watch.look()
    assert await watch.told() == ["complaint.major"]
    assert watch.woken == 1


async def test_what_took_the_place_of_lost_history_is_told(records: Records, journal: MemoryJournal) -> None:
    """Though its places in the book were looked at before."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    await watch.look()
    await complain(watch.office, "lost", "major")
    await complain(watch.office, "lost too", "general")
    await watch.look()
    books = watch.office.runner.books
    del journal._disk.history(books.stream).batches[-2:]
    await complain(watch.office, "instead", "major")
    await watch.look()
    await watch.office.runner.settle()
    assert await watch.told() == ["complaint.major"] * 2
    await complain(watch.office, "later", "major")
    await watch.look()
    assert await watch.told() == ["complaint.major"] * 3


async def test_what_another_server_wrote_is_told_once_it_is_taken_in(records: Records, journal: Journal) -> None:
    """By both of them, and yet once."""
    times = Times()
    one = Watch(records, await Office(journal, times, HALL).begin())
    other = Watch(records, await Office(journal, times, HALL, name="b").begin())
    await records.outbox.follow(HALL.id, 0)  # as though nobody had looked since the hall was set up
    await complain(other.office, "major", "major")
    await one.look()
    assert await one.told() == []
    await one.office.runner.books.catch_up()
    for watch in (one, other, one):
        await watch.look()
    assert await one.told() == ["complaint.major"]
    assert (one.woken, other.woken) == (1, 0)


async def test_the_server_with_the_lease_looks_and_another_when_it_is_gone(records: Records, journal: Journal) -> None:
    """Nothing is told twice, and nothing is missed of what happened while nobody looked."""
    times, lease = Times(), Lease("a")
    one = Watch(records, await Office(journal, times, HALL).begin(), lease.of("a"))
    other = Watch(records, await Office(journal, times, HALL, name="b").begin(), lease.of("b"))
    for watch in (one, other):
        await watch.look()
    assert (one.alerts.follows(HALL.id), other.alerts.follows(HALL.id)) == (True, False)
    assert (await one.alerts.to_take_over(), await other.alerts.to_take_over()) == ([], [])
    lease.holder = "nobody"
    await complain(one.office, "major", "major")
    await other.office.runner.books.catch_up()
    for watch in (one, other):
        await watch.look()
    assert await one.told() == []
    lease.holder = "b"
    assert (await one.alerts.to_take_over(), await other.alerts.to_take_over()) == ([], [HALL.id])
    for watch in (one, other):
        await watch.look()
    assert await one.told() == ["complaint.major"]
    assert (one.alerts.follows(HALL.id), other.alerts.follows(HALL.id)) == (False, True)


async def test_a_hall_is_followed_for_as_long_as_it_has_an_address(records: Records, journal: Journal) -> None:
    """So long it stays in memory; what happened while it had none is told to nobody."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    await watch.look()
    assert watch.alerts.follows(HALL.id)
    assert (await records.outbox.followed()).keys() == {HALL.id}
    await watch.office.configure(replace(HALL, webhook=Webhook()))
    await watch.look()
    assert not watch.alerts.follows(HALL.id)
    assert await records.outbox.followed() == {}
    await complain(watch.office, "major", "major")
    await watch.office.configure(HALL)
    await watch.look()
    assert await watch.told() == []


async def test_a_choice_made_while_a_hall_begins_to_be_followed_counts_from_then_on(
    records: Records, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened before it is not told later."""
    none = replace(HALL, webhook=replace(HALL.webhook, kinds=("turn_near",)))
    watch = Watch(records, await Office(journal, hall=none).begin())

    async def meanwhile(store: Outbox, hall: str) -> dict[str, Message]:
        monkeypatch.undo()
        await complain(watch.office, "before", "major")
        await watch.office.configure(HALL)
        return {}

    monkeypatch.setattr(Outbox, "told_last", meanwhile)
    await watch.look()
    assert await watch.told() == []
    await complain(watch.office, "after", "major")
    await watch.look()
    assert await watch.told() == ["complaint.major"]


async def test_an_address_that_is_not_https_is_warned_of_in_the_log(records: Records, journal: Journal) -> None:
    """Once for each change of it, without the address, in which a password may stand."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    addresses = ("http://192.168.1.20/?key=hunter2", "https://sms.example.com/", "http://192.168.1.21/?key=hunter2")
    with capture_logs() as logs:
        for url in ("https://sms.example.com/", *addresses):
            await watch.office.configure(replace(HALL, webhook=Webhook(url=url)))
            for _ in range(2):
                await watch.look()
    assert logs == [{"event": "webhook.not_https", "log_level": "warning", "hall": HALL.id}] * 2


async def test_an_alarm_that_flutters_is_told_once(records: Records, journal: Journal) -> None:
    """It is over when it has not stood for a while, and nothing is over right after a start."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    alarm = Standing("post 3", "yellow", ("三号岗位无人。", "Post 3 has nobody."), {})
    for standing in ([alarm], [], [alarm], []):
        watch.standing = standing
        await watch.look()
        watch.office.times.later(QUIET.total_seconds() * 0.6)
    await watch.look()
    watch.office.times.later(QUIET.total_seconds())
    await watch.look()
    assert await watch.told() == ["alarm.raised"]
    watch.office.times.later(AFTER_START.total_seconds())
    await watch.look()
    await watch.look()
    assert await watch.told() == ["alarm.raised", "alarm.cleared"]


async def test_a_restart_raises_nothing_anew(records: Records, journal: Journal) -> None:
    """What was told is known from what was told."""
    times = Times()
    alarm = Standing("post 3", "yellow", ("三号岗位无人。", "Post 3 has nobody."), {})
    for _ in range(2):
        watch = Watch(records, await Office(journal, times, HALL).begin())
        watch.standing = [alarm]
        await watch.look()
        times.later(minutes=1)
    assert await watch.told() == ["alarm.raised"]


async def test_what_is_told_goes_out_at_once_whatever_the_halls_own_time_is(records: Records, journal: Journal) -> None:
    """While a date is in doubt, or the machine's clock was set back, the sender's clock is another."""
    watch = Watch(records, await Office(journal, hall=HALL).begin())
    await watch.office.on(1)
    watch.standing = [Standing("post 3", "red", ("三号岗位无人。", "Post 3 has nobody."), {})]
    for subject, day in (("post 3", MONDAY + timedelta(days=40)), ("post 4", MONDAY - timedelta(days=1))):
        watch.office.times.set("09:00", day)
        watch.standing = [watch.standing[0]._replace(subject=subject)]
        await watch.look()
        (message, *_) = await records.outbox.newest(HALL.id, 1)
        assert message.subject == subject and message.next_at <= watch.office.times.wall < message.until


async def test_of_alarms_only_the_chosen_kinds_are_told(records: Records, journal: Journal) -> None:
    """A complaint that is due is one of complaints."""
    hall = replace(HALL, webhook=replace(HALL.webhook, kinds=("complaint",)))
    watch = Watch(records, await Office(journal, hall=hall).begin())
    text = "诉求 1 今天到期。", "The time for complaint 1 ends today."
    watch.standing = [Standing("wait a", "red", text, {}), Standing("complaint_due c_1", "red", text, {}, "complaint")]
    await watch.look()
    (message,) = await records.outbox.newest(HALL.id, 10)
    assert (message.kind, message.subject) == ("complaint", "complaint_due c_1")
    assert message.until - message.made_at == timedelta(days=1)


async def test_alarms_are_told_from_the_chosen_colour_on(records: Records, journal: Journal) -> None:
    """One that rises to it is new; one that falls below it is over."""
    hall = replace(HALL, webhook=replace(HALL.webhook, alarms_from="orange"))
    watch = Watch(records, await Office(journal, hall=hall).begin())
    text, told = ("三号岗位无人。", "Post 3 has nobody."), list[list[str]]()
    levels: tuple[Colour, ...] = ("yellow", "orange", "red", "yellow", "yellow")
    for level in levels:
        watch.standing = [Standing("post 3", level, text, {})]
        await watch.look()
        watch.office.times.later(AFTER_START.total_seconds())
        told.append(await watch.told())
    raised, cleared = "alarm.raised", "alarm.cleared"
    assert told == [[], [raised], [raised] * 2, [raised] * 2, [raised, raised, cleared]]
