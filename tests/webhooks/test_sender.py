"""From the outbox to a real receiver: signed, taken once, sent again while it is not, given up in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from queue_server.records.notes import DRAFT
from queue_server.records.outbox import Message
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.webhooks import posting
from queue_server.webhooks.posting import Poster
from queue_server.webhooks.sender import READER, Sender, Target
from queue_server.webhooks.signature import written
from tests.webhooks.receiver import Receiver, receiving

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
SECRET = bytes(range(32))
PHONE = "13812345678"


class Office:
    """A sender at work, its outbox, its receiver, and the clock that it goes by."""

    def __init__(self, records: Records, receiver: Receiver, poster: Poster) -> None:
        self.records = records
        self.receiver = receiver
        self.at = NOON
        self.targets: dict[str, Target | None] = {"town": Target(receiver.url, SECRET)}
        self.sender = Sender(records.outbox, records.notes, self.target, poster, lambda: self.at, lambda: 0.5)

    async def target(self, hall: str) -> Target | None:
        return self.targets.get(hall)

    async def add(self, id: str = "msg_1", hall: str = "town", **changes: Any) -> None:
        """Something to be told."""
        about: dict[str, Any] = {
            "kind": "alarm",
            "body": b'{"type":"alarm","data":{}}',
            "until": NOON + timedelta(days=1),
        }
        await self.records.outbox.add([Message(id=id, hall=hall, made_at=self.at, next_at=self.at, **about | changes)])
        self.sender.wake()

    async def later(self, **wait: float) -> None:
        """Let time go by."""
        self.at += timedelta(**wait)
        self.sender.wake()

    async def message(self, id: str = "msg_1", hall: str = "town") -> Message:
        return next(message for message in await self.records.outbox.newest(hall, 10) if message.id == id)

    async def tried(self, times: int, id: str = "msg_1", hall: str = "town") -> Message:
        """The message, once so many attempts have been written down."""
        async with asyncio.timeout(10):
            while (message := await self.message(id, hall)).attempts < times:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.002)
        return message


@asynccontextmanager
async def at_work(records: Records, receiver: Receiver) -> AsyncIterator[Office]:
    """One server's sender."""
    async with Poster("Jiaohao/test") as poster:
        office = Office(records, receiver, poster)
        running = asyncio.create_task(office.sender.run())
        yield office
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """A sender at work over an empty outbox."""
    records = Records(SqliteRecordStore(":memory:"))
    await records.open()
    async with receiving() as receiver, at_work(records, receiver) as office:
        yield office
    await records.close()


async def test_a_message_is_taken_once_with_a_good_signature(office: Office) -> None:
    """The standard's headers, and the body byte for byte."""
    await office.add()
    taken = await office.receiver.next()
    assert taken.is_signed_with(written(SECRET))
    assert not taken.is_signed_with(written(bytes(32)))
    assert taken.body == b'{"type":"alarm","data":{}}'
    assert taken.headers["content-type"] == "application/json"
    assert taken.headers["webhook-id"] == "msg_1"
    assert taken.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    done = await office.tried(1)
    assert (done.state, done.answer, done.fault, done.tried_at) == ("delivered", 204, None, NOON)
    await office.add()  # found out again
    await office.later(hours=2)
    await office.add("msg_2")
    assert (await office.receiver.next()).headers["webhook-id"] == "msg_2"


async def test_what_is_refused_is_sent_again_under_the_same_id_until_it_is_taken(office: Office) -> None:
    """Later each time; each attempt is signed anew for its own time."""
    office.receiver.answers = ["500 Oops", "302 Found\r\nlocation: /elsewhere", "404 Not Found"]
    await office.add()
    for attempt, (answer, wait_s) in enumerate(((500, 5), (302, 10), (404, 20)), 1):
        taken = await office.receiver.next()
        message = await office.tried(attempt)
        assert (message.state, message.answer, message.fault) == ("waiting", answer, "refused")
        assert message.next_at == office.at + timedelta(seconds=wait_s)
        await office.later(seconds=wait_s - 1)
        await office.later(seconds=1)
    taken = await office.receiver.next()
    assert taken.headers["webhook-id"] == "msg_1"
    assert taken.headers["webhook-timestamp"] == str(int(office.at.timestamp()))
    assert taken.is_signed_with(written(SECRET))
    assert (await office.tried(4)).state == "delivered"
    assert office.receiver.came.empty()
    assert office.sender.outcomes == {"delivered": 1, "failed": 3, "given_up": 0}


async def test_a_receiver_that_asks_for_time_gets_it(office: Office) -> None:
    """Retry-After in seconds; anything else there is not minded."""
    office.receiver.answers = ["503 Busy\r\nretry-after: 120", "503 Busy\r\nretry-after: tomorrow"]
    await office.add()
    assert (await office.tried(1)).next_at == NOON + timedelta(seconds=120)
    await office.later(seconds=120)
    assert (await office.tried(2)).next_at == office.at + timedelta(seconds=10)


async def test_what_nobody_takes_in_its_time_is_given_up_and_logged(office: Office) -> None:
    """The log names the message, and neither the address nor what it says."""
    office.targets["town"] = Target("http://127.0.0.1:1/?access_token=hunter2", SECRET)
    with capture_logs() as logs:
        await office.add(until=NOON + timedelta(seconds=12))
        assert (await office.tried(1)).fault == "unreachable"
        await office.later(seconds=5)
        message = await office.tried(2)
    assert (message.state, message.fault) == ("given_up", "unreachable")
    assert [(line["event"], line["message"], line["attempt"]) for line in logs] == [
        ("webhook.failed", "msg_1", 1),
        ("webhook.given_up", "msg_1", 2),
    ]
    assert "hunter2" not in str(logs)


@pytest.mark.parametrize("url", ["http://xn--zz--/", "http://a..b/", "http://[::1]:1/", "https://127.0.0.1:1/"])
async def test_an_address_at_which_nobody_can_be_is_one_that_nobody_answers_at(office: Office, url: str) -> None:
    """Whatever is wrong with it."""
    office.targets["town"] = Target(url, SECRET)
    await office.add()
    message = await office.tried(1)
    assert (message.state, message.fault) == ("waiting", "unreachable")


async def test_a_mistake_of_ours_does_not_end_the_others_messages(office: Office) -> None:
    """It is logged, and the message tried again later."""
    with capture_logs() as logs:
        await office.records.notes.put("n_1", "town", "phone", PHONE, NOON + DRAFT)
        await office.add(body=b"no JSON", phone_ref="n_1")
        await office.add("msg_2", "village")
        office.targets["village"] = office.targets["town"]
        assert (await office.receiver.next()).headers["webhook-id"] == "msg_2"
        await office.tried(1, "msg_2", "village")
    assert "webhook.broke" in [line["event"] for line in logs]
    assert (await office.message()).state == "waiting"


async def test_what_waited_past_its_end_is_not_sent_any_more(office: Office) -> None:
    """A server that was off for two days does not tell of the day before yesterday."""
    await office.add(until=NOON)
    message = await office.tried(1)
    assert (message.state, message.fault) == ("given_up", "late")
    assert office.receiver.came.empty()


async def test_a_receiver_that_has_gone_for_good_is_believed(office: Office) -> None:
    """410 Gone."""
    office.receiver.answers = ["410 Gone"]
    await office.add()
    message = await office.tried(1)
    assert (message.state, message.answer) == ("given_up", 410)


async def test_a_receiver_that_never_answers_holds_up_its_own_hall_alone(office: Office) -> None:
    """The other hall's message goes out meanwhile."""
    office.receiver.answers = [None]
    await office.add("msg_1")
    await office.receiver.silent.wait()
    office.targets["village"] = office.targets["town"]
    await office.add("msg_2", "village")
    assert (await office.tried(1, "msg_2", "village")).state == "delivered"
    assert (await office.message("msg_1")).attempts == 0


async def test_a_receiver_that_never_answers_is_left_after_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And tried again like any other."""
    monkeypatch.setattr(posting, "ANSWER_S", 0.1)
    office.receiver.answers = [None]
    await office.add()
    message = await office.tried(1)
    assert (message.state, message.fault, message.answer) == ("waiting", "timed_out", None)


async def test_a_hall_without_an_address_gives_up_and_one_without_a_secret_waits_for_it(office: Office) -> None:
    """Nothing goes out unsigned."""
    office.targets = {"town": None, "village": Target(office.receiver.url, None)}
    await office.add("msg_1")
    await office.add("msg_2", "village")
    nowhere = await office.tried(1, "msg_1")
    assert (nowhere.state, nowhere.fault) == ("given_up", "no_address")
    unsigned = await office.tried(1, "msg_2", "village")
    assert (unsigned.state, unsigned.fault) == ("waiting", "no_secret")
    office.targets["village"] = Target(office.receiver.url, SECRET)
    await office.later(seconds=5)
    assert (await office.receiver.next()).is_signed_with(written(SECRET))


async def test_a_telephone_number_goes_out_of_its_note_and_each_look_is_recorded(office: Office) -> None:
    """It is not in the outbox, and not in the log."""
    notes = office.records.notes
    await notes.put("n_1", "town", "phone", PHONE, NOON + DRAFT)
    with capture_logs() as logs:
        await office.add(phone_ref="n_1")
        taken = await office.receiver.next()
        kept = await office.tried(1)
    assert taken.told["data"] == {"phone": PHONE}
    assert taken.is_signed_with(written(SECRET))
    assert PHONE not in str(kept) + str(logs)
    assert [(look.reader, look.at) for look in await notes.looks("n_1")] == [(READER, NOON)]


async def test_a_telephone_number_goes_to_no_address_that_others_may_read(office: Office) -> None:
    """Nobody looks at it then."""
    await office.records.notes.put("n_1", "town", "phone", PHONE, NOON + DRAFT)
    office.targets["town"] = Target("http://sms.example.com/", SECRET)
    await office.add(phone_ref="n_1")
    message = await office.tried(1)
    assert (message.state, message.fault) == ("given_up", "not_confidential")
    assert await office.records.notes.looks("n_1") == []


async def test_a_telephone_number_that_is_not_kept_any_more_goes_nowhere(office: Office) -> None:
    """Nor does the message without it."""
    await office.add(phone_ref="n_gone")
    message = await office.tried(1)
    assert (message.state, message.fault) == ("given_up", "phone_gone")
    assert office.receiver.came.empty()


async def test_an_attempt_of_which_nobody_hears_is_made_again_by_another_server(office: Office) -> None:
    """At least once: the receiver tells by the id that it has it. Not while the first may still succeed."""
    office.receiver.answers = [None]
    await office.add()
    await office.receiver.next()
    async with at_work(office.records, office.receiver) as second:
        await second.later(seconds=1)
        assert office.receiver.came.empty()
        await second.later(minutes=1)
        again = await office.receiver.next()
        assert again.headers["webhook-id"] == "msg_1"
        assert (await second.tried(1)).state == "delivered"
