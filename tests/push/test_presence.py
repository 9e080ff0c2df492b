"""Who is connected, since when, and what they acknowledged."""

from datetime import timedelta

from queue_server.push.presence import Presence
from queue_server.wire.frames import Health
from tests.push.rig import at


def test_somebody_is_present_from_joining_to_leaving() -> None:
    """And remembered afterwards, with the last sign of life."""
    presence = Presence()
    attendance = presence.joined("town", "calls", "d_1", "announcer", at(0))
    attendance.heard(at(25))
    (present,) = presence.snapshot("town", at(30))
    assert (present.who, present.role, present.topic) == ("d_1", "announcer", "calls")
    assert (present.connections, present.since, present.seen_at, present.acked) == (1, at(0), at(25), None)
    attendance.left(at(40))
    attendance.left(at(41))
    (absent,) = presence.snapshot("town", at(50))
    assert (absent.connections, absent.since, absent.seen_at) == (0, None, at(40))


def test_two_connections_of_one_device_are_one_device() -> None:
    """Present since the older of those that are there."""
    presence = Presence()
    first = presence.joined("town", "board", "d_1", "screen", at(0))
    presence.joined("town", "board", "d_1", "screen", at(5))
    presence.joined("town", "board", "d_2", "screen", at(6))
    assert presence.connected("town", "board") == 2
    assert [present.connections for present in presence.snapshot("town", at(9))] == [2, 1]
    first.left(at(10))
    assert presence.snapshot("town", at(11))[0].since == at(5)


def test_acknowledgements_only_grow() -> None:
    """Also over a reconnection."""
    presence = Presence()
    first = presence.joined("town", "calls", "d_1", "announcer", at(0))
    first.acked(7, at(1))
    first.acked(5, at(2))
    first.left(at(3))
    presence.joined("town", "calls", "d_1", "announcer", at(4))
    assert presence.snapshot("town", at(5))[0].acked == 7


def test_an_acknowledgement_is_kept_with_its_time_and_the_health_that_it_told() -> None:
    """An older one says nothing new of the calls, but what it tells of its voice is news."""
    presence = Presence()
    attendance = presence.joined("town", "calls", "d_1", "announcer", at(0))
    attendance.acked(7, at(1), Health(voice="espeak"))
    attendance.acked(7, at(2), Health(voice=""))
    (present,) = presence.snapshot("town", at(3))
    assert (present.acked, present.acked_at, present.health) == (7, at(1), Health(voice=""))
    attendance.acked(8, at(4))
    (present,) = presence.snapshot("town", at(5))
    assert (present.acked_at, present.health) == (at(4), Health(voice=""))


def test_only_failures_that_happened_meanwhile_are_news() -> None:
    """Not those from before it was watched, nor a count that began anew with its program."""
    presence = Presence()
    attendance = presence.joined("town", "calls", "d_1", "announcer", at(0))
    failed = []
    for second, failures in enumerate((3, 3, 0, 0, 2, 2)):
        attendance.acked(second, at(second), Health(voice="espeak", failures=failures))
        failed.append(presence.snapshot("town", at(second))[0].failed_at)
    assert failed == [None, None, None, None, at(4), at(4)]


def test_time_going_back_does_not_unsee_anybody() -> None:
    presence = Presence()
    attendance = presence.joined("town", "calls", "d_1", "announcer", at(10))
    attendance.heard(at(5))
    assert presence.snapshot("town", at(11))[0].seen_at == at(10)


def test_who_has_long_been_gone_is_forgotten() -> None:
    """But nobody who is there, however quiet."""
    presence = Presence(forget=timedelta(hours=1))
    presence.joined("town", "board", "d_1", "screen", at(0)).left(at(0))
    presence.joined("town", "board", "d_2", "screen", at(0))
    assert [present.who for present in presence.snapshot("town", at(3_600))] == ["d_1", "d_2"]
    assert [present.who for present in presence.snapshot("town", at(3_601))] == ["d_2"]


def test_halls_and_topics_are_apart() -> None:
    presence = Presence()
    presence.joined("town", "board", "d_1", "screen", at(0))
    presence.joined("town", "calls", "d_1", "screen", at(0))
    assert [present.topic for present in presence.snapshot("town", at(1))] == ["board", "calls"]
    assert presence.snapshot("village", at(1)) == []
    assert presence.connected("village", "board") == 0


def test_of_the_public_only_screens_are_counted() -> None:
    """By the kind of their topic, while they are there."""
    presence = Presence()
    with presence.looking_on("town", "counter.1"), presence.looking_on("town", "ticket.t_1"):
        with presence.looking_on("town", "calls"), presence.looking_on("town", "calls"):
            assert presence.strangers("town") == {"calls": 2, "counter": 1}
        assert presence.strangers("town") == {"counter": 1}
    assert presence.strangers("town") == presence.strangers("village") == {}


def test_what_is_more_than_a_sign_of_life_is_passed_on() -> None:
    """Coming, going, what was shown, how the voice fares; each once."""
    presence = Presence()

    def changed() -> bool:
        found = presence.changed == {"town"}
        presence.changed.clear()
        return found

    attendance = presence.joined("town", "calls", "d_1", "screen", at(0))
    health = Health(voice="espeak")
    assert changed()
    attendance.heard(at(1))
    assert not changed()
    attendance.acked(7, at(2), health)
    assert changed()
    attendance.acked(7, at(3), health)
    assert not changed()
    attendance.acked(7, at(4), Health(voice="espeak", failures=1))
    assert changed()
    attendance.left(at(5))
    assert changed()
    with presence.looking_on("town", "calls"):
        assert changed()
    assert changed()
    assert presence.halls() == ["town"]
