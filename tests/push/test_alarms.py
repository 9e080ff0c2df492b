"""What a hall's head is told about devices: everything that is wrong, and nothing that is not."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from queue_server.push.alarms import FAILING_FOR, HEARD_WITHIN, Watched, alarms, watched
from queue_server.push.presence import Presence
from queue_server.wire.frames import Health
from tests.push.rig import at
from tests.push.test_call_log import made

MISSING_S = 300
DAY = st.integers(0, 86_400)
CALLS = [made(seq) for seq in (10, 20, 30)]
HEARD_S = 60 + int(HEARD_WITHIN.total_seconds())  # after a call of `made`


def told(*devices: Watched, now: int, began: int = 0, opened: int | None = 0, missing_s: int = MISSING_S) -> list[str]:
    """The kinds of the alarms."""
    found = alarms(
        devices,
        {"announcer": CALLS, "screen": CALLS},
        now=at(now),
        began=at(began),
        opened=None if opened is None else at(opened),
        missing_s=missing_s,
    )
    return [alarm.kind for alarm in found]


def screen(**known: Any) -> Watched:
    return replace(Watched(id="d_1", role="screen", registered_at=at(0)), **known)


def speaker(**known: Any) -> Watched:
    return replace(
        Watched(id="d_2", role="announcer", registered_at=at(0), connections=1, since=at(0), calls_since=at(0)), **known
    )


@given(DAY, DAY, DAY, DAY, DAY, st.none() | DAY, st.integers(1, 3600))
def test_a_device_is_missing_when_it_was_away_so_long_while_it_was_wanted(
    now: int, began: int, opened: int, registered: int, missing_s: int, seen: int | None, limit_s: int
) -> None:
    """Since it was seen or registered, the hall opened, or the server started: whichever is least."""
    device = screen(registered_at=at(registered), **({} if seen is None else {"seen_at": at(seen)}))
    wanted_since = max(began, opened, registered if seen is None else seen)
    is_told = told(device, now=now, began=began, opened=opened, missing_s=limit_s) == ["missing"]
    assert is_told == (now - wanted_since >= limit_s)


@given(DAY, DAY, st.none() | DAY)
def test_nobody_is_missing_who_is_there_or_whose_hall_is_closed_or_does_not_ask(
    now: int, began: int, seen: int | None
) -> None:
    """However long ago anything was heard."""
    known = {} if seen is None else {"seen_at": at(seen)}
    assert told(screen(connections=1, since=at(0), **known), now=now, began=began) == []
    assert told(screen(**known), now=now, began=began, opened=None) == []
    assert told(screen(**known), now=now, began=began, missing_s=0) == []


@given(st.integers(0, MISSING_S - 1))
def test_a_restart_makes_no_alarm(after_s: int) -> None:
    """The devices of a week ago have as long to come back as any that has just gone."""
    week = 7 * 86_400
    assert told(screen(seen_at=at(0)), speaker(connections=0, calls_since=None), now=week + after_s, began=week) == []


def test_an_alarm_says_since_when() -> None:
    """Nothing, of a device that never came."""
    devices = [screen(seen_at=at(5)), screen(id="d_9")]
    found = alarms(devices, {}, now=at(400), began=at(0), opened=at(0), missing_s=MISSING_S)
    assert [(alarm.device, alarm.since) for alarm in found] == [("d_1", at(5)), ("d_9", None)]


def test_a_device_that_lets_calls_expire_is_silent() -> None:
    """Two of them: one may have been answered before its turn. Those before it came, or after its last word, count."""
    second_over = 20 + HEARD_S
    assert told(speaker(), now=second_over - 1) == []
    assert told(speaker(), now=second_over) == ["silent"]
    assert told(speaker(acked=10), now=second_over) == []
    assert told(speaker(acked=10), now=30 + HEARD_S) == ["silent"]
    assert told(speaker(acked=20), now=900) == []
    assert told(speaker(calls_since=at(15)), now=second_over) == []
    assert told(speaker(calls_since=None), now=900) == []
    assert told(speaker(role="screen"), now=900) == ["silent"]
    assert told(speaker(role="kiosk"), now=900) == []
    assert told(speaker(health=Health(voice="espeak", part=True)), now=900) == []
    assert told(speaker(health=Health(voice="espeak")), now=900) == ["silent"]
    (alarm,) = alarms([speaker(acked=10)], {"announcer": CALLS}, now=at(900), began=at(0), opened=at(0), missing_s=0)
    assert alarm.since == at(20)


def test_a_failure_is_told_for_a_while() -> None:
    """And not any more when no other follows."""
    over = 900 + int(FAILING_FOR.total_seconds())
    device = speaker(acked=30, failed_at=at(900))
    assert told(device, now=900) == told(device, now=over - 1) == ["failing"]
    assert told(device, now=over) == []


@given(st.lists(st.sampled_from([screen(), speaker(), speaker(failed_at=at(900))]), max_size=6), DAY)
def test_there_is_one_alarm_a_device_at_most(devices: list[Watched], now: int) -> None:
    """The gravest; in the devices' order."""
    named = [replace(device, id=f"d_{place}") for place, device in enumerate(devices)]
    found = [
        alarm.device
        for alarm in alarms(named, {"announcer": CALLS}, now=at(now), began=at(0), opened=at(0), missing_s=MISSING_S)
    ]
    assert found == sorted(set(found))


def test_a_device_is_known_over_all_its_connections() -> None:
    """Calls it acknowledges on one of its topics; its life is on all of them, and in its token's last use."""
    presence = Presence()
    presence.joined("town", "board", "d_1", "screen", at(3)).heard(at(50))
    calls = presence.joined("town", "calls", "d_1", "screen", at(2))
    presence.joined("town", "calls", "d_2", "announcer", at(1))
    calls.acked(7, at(9), Health(voice="espeak"))
    present = presence.snapshot("town", at(60))
    known = watched("d_1", "screen", at(0), at(4), present)
    assert (known.connections, known.since, known.seen_at) == (2, at(2), at(50))
    assert known.calls_since == at(2)
    assert (known.acked, known.acked_at, known.health) == (7, at(9), Health(voice="espeak"))
    assert known.counter is None
    presence.joined("town", "counter.12", "d_4", "screen", at(3)).acked(8, at(10))
    presence.joined("town", "counter.12", "d_5", "evaluator", at(3))
    present = presence.snapshot("town", at(60))
    sign = watched("d_4", "screen", at(0), None, present)
    assert (sign.counter, sign.acked, sign.acked_at, sign.calls_since) == (12, 8, at(10), None)
    assert watched("d_5", "evaluator", at(0), None, present).counter is None
    gone = watched("d_3", "kiosk", at(0), at(4), present)
    assert (gone.connections, gone.since, gone.seen_at, gone.acked) == (0, None, at(4), None)
    assert watched("d_3", "kiosk", at(0), None, present).seen_at is None
