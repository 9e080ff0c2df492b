"""The outbox, over every store: added once, given to one sender at a time, settled once, listed for a while."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from queue_server.records.base import RecordStore
from queue_server.records.outbox import KEPT, Backlog, Message, Outbox
from queue_server.records.records import Records
from tests.records.conftest import NOW

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def message(id: str, hall: str = "town", **changes: Any) -> Message:
    """Something to be told."""
    about: dict[str, Any] = {"kind": "alarm", "body": b"{}", "made_at": NOW, "next_at": NOW, "until": NOW + 60 * MINUTE}
    return Message(id=id, hall=hall, **about | changes)


async def due(records: Records, now: Any = NOW, without: tuple[str, ...] = (), limit: int = 10) -> list[str]:
    """The ids of what is given out."""
    return [found.id for found in await records.outbox.due(now, now + MINUTE, without, limit)]


async def test_a_message_comes_back_as_it_was_added(records: Records) -> None:
    whole = message(
        "msg_1", subject="post", phone_ref="n_1", attempts=2, tried_at=NOW - SECOND, answer=500, fault="refused"
    )
    assert await records.outbox.add([whole, message("msg_2")]) == {"msg_1", "msg_2"}
    assert await records.outbox.newest("town", 10) == [message("msg_2"), whole]
    assert await records.outbox.newest("town", 1) == [message("msg_2")]
    assert await records.outbox.newest("village", 10) == []
    assert await records.outbox.add([]) == set()


async def test_what_is_there_already_stays_as_it_is(records: Records) -> None:
    """Also when many find it out at once."""
    first = message("msg_1")
    await records.outbox.add([first])
    again = [replace(first, body=b"[]", next_at=NOW - MINUTE), message("msg_2")]
    found = await asyncio.gather(*(records.outbox.add(again) for _ in range(10)))
    assert sorted(found, key=len)[-2:] == [set(), {"msg_2"}]
    assert await records.outbox.newest("town", 10) == [message("msg_2"), first]


async def test_what_is_due_is_given_to_one_at_a_time(records: Records) -> None:
    """And again when nobody has said how it went."""
    await records.outbox.add([message("msg_1")])
    given = await asyncio.gather(*(due(records) for _ in range(10)))
    assert sorted(given, key=len)[-2:] == [[], ["msg_1"]]
    assert (await records.outbox.newest("town", 1))[0].next_at == NOW + MINUTE
    assert await due(records, NOW + MINUTE - SECOND) == []
    assert await due(records, NOW + MINUTE) == ["msg_1"]


async def test_of_each_hall_the_first_that_is_due_is_given(records: Records) -> None:
    """The longest due first, so many at most, none of the halls that are left out."""
    await records.outbox.add(
        [
            message("msg_later", next_at=NOW + SECOND),
            message("msg_1", next_at=NOW - SECOND),
            message("msg_2", next_at=NOW - 2 * SECOND),
            message("msg_3", "village", next_at=NOW - 3 * SECOND),
            message("msg_4", "hamlet"),
        ]
    )
    assert await due(records, without=("village",), limit=1) == ["msg_1"]
    assert await due(records) == ["msg_3", "msg_2", "msg_4"]
    assert await due(records) == []


async def test_an_attempt_changes_how_it_stands_and_nothing_else(records: Records) -> None:
    first = message("msg_1")
    await records.outbox.add([first])
    tried = replace(
        first, next_at=NOW + MINUTE, attempts=1, tried_at=NOW, answer=503, fault="refused", body=b"[]", hall="village"
    )
    assert await records.outbox.tried(tried)
    (kept,) = await records.outbox.newest("town", 10)
    assert kept == replace(tried, body=b"{}", hall="town")


async def test_what_is_settled_stays_so(records: Records) -> None:
    """Whoever comes later, with whatever."""
    for id, state in (("msg_1", "delivered"), ("msg_2", "given_up")):
        await records.outbox.add([message(id)])
        settled = message(id, state=state, attempts=1, tried_at=NOW)
        assert await records.outbox.tried(settled)
        assert not await records.outbox.tried(message(id, attempts=2))
        assert await records.outbox.newest("town", 1) == [settled]
        assert await due(records, NOW + 60 * MINUTE) == []
    assert not await records.outbox.tried(message("msg_unknown"))


async def test_of_each_subject_what_was_told_last_is_known(records: Records) -> None:
    """In the order of adding, whatever the times say."""
    raised, cleared = message("msg_1", subject="post"), message("msg_2", subject="post", made_at=NOW - MINUTE)
    other, plain = message("msg_3", subject="wait"), message("msg_4")
    await records.outbox.add([raised, cleared, other, plain, message("msg_5", "village", subject="post")])
    assert await records.outbox.told_last("town") == {"post": cleared, "wait": other}
    assert await records.outbox.told_last("hamlet") == {}


async def test_it_is_known_since_when_nothing_arrives(records: Records) -> None:
    """Since the first of those that failed, more than once, after the last that was taken; none for its own reasons."""
    outbox = records.outbox
    assert await outbox.undelivered_since("town") is None
    made = [message(f"msg_{n}", made_at=NOW + n * MINUTE) for n in range(5)]
    await outbox.add(made)
    assert await outbox.undelivered_since("town") is None
    failed: dict[str, Any] = {"attempts": 2, "fault": "unreachable", "tried_at": NOW}
    for n, became in enumerate(
        [failed, {"state": "delivered"}, failed | {"state": "given_up"}, failed, failed | {"attempts": 1}]
    ):
        await outbox.tried(replace(made[n], **became))
    assert await outbox.undelivered_since("town") == NOW + 2 * MINUTE
    await outbox.add([late := message("msg_9", made_at=NOW + 9 * MINUTE)])
    await outbox.tried(replace(late, **failed | {"state": "given_up", "fault": "phone_gone"}))
    assert await outbox.undelivered_since("town") == NOW + 2 * MINUTE
    await outbox.tried(replace(made[4], state="delivered"))
    assert await outbox.undelivered_since("town") is None


async def test_the_backlog_is_what_waits_in_all_halls(records: Records) -> None:
    assert await records.outbox.backlog() == Backlog(0, None)
    await records.outbox.add([message("msg_1", made_at=NOW - MINUTE), message("msg_2", "village"), message("msg_3")])
    assert await records.outbox.backlog() == Backlog(3, NOW - MINUTE)
    await records.outbox.tried(message("msg_1", state="delivered"))
    assert await records.outbox.backlog() == Backlog(2, NOW)


async def test_what_is_settled_is_listed_for_a_while_and_what_waits_for_as_long_as_it_does(records: Records) -> None:
    await records.outbox.add([message("msg_1"), message("msg_2")])
    await records.outbox.tried(message("msg_1", state="given_up"))
    assert await records.outbox.sweep(NOW + KEPT) == 0
    assert await records.outbox.sweep(NOW + KEPT + SECOND) == 1
    assert [left.id for left in await records.outbox.newest("town", 10)] == ["msg_2"]


async def test_what_was_told_last_of_an_alarm_is_kept(records: Records) -> None:
    """An alarm that has stood for longer is not told anew, and its next one has another id."""
    for number, subject in enumerate(("post 3", "post 3", "post 4", "")):
        await records.outbox.add([message(f"msg_{number}", subject=subject)])
        await records.outbox.tried(message(f"msg_{number}", state="delivered"))
    assert await records.outbox.sweep(NOW + KEPT + SECOND) == 2
    told = await records.outbox.told_last("town")
    assert {subject: last.id for subject, last in told.items()} == {"post 3": "msg_1", "post 4": "msg_2"}


async def test_how_far_each_book_was_followed_is_known(records: Records) -> None:
    """Also that it went back, with a restored backup."""
    assert await records.outbox.followed() == {}
    for hall, seq in (("town", 7), ("village", 3), ("town", 5)):
        await records.outbox.follow(hall, seq)
    assert await records.outbox.followed() == {"town": 5, "village": 3}
    for _ in range(2):
        await records.outbox.follow("town", None)
    assert await records.outbox.followed() == {"village": 3}


async def test_the_outbox_survives_a_restart(make_store: Callable[[], RecordStore]) -> None:
    for added in ({"msg_1"}, set[str]()):
        store = make_store()
        await store.open()
        assert await Outbox(store).add([message("msg_1")]) == added
        await store.close()
