"""The small functions of `journal.base`."""

from queue_server.journal.base import Batch, Conflict, Head, Unavailable, follow, next_tip


def test_a_tip_stands_for_all_events_before_it() -> None:
    """Fixed for good: heads in journals, and positions of other servers, rest on these values."""
    first = next_tip("", b'[{"type":"day_opened"}]')
    assert first == "20b8983f58d25fb0"
    assert next_tip(first, b"[]") != next_tip("", b"[]")


def test_a_batch_follows_the_head_that_it_continues() -> None:
    head = Head("e", 7, "0123456789abcdef")
    tip = next_tip(head.tip, b"[1,2]")
    batch = Batch(8, 9, tip, "key", "print", None, b"[1,2]")
    assert follow(head, batch) == Head("e", 9, tip)


def test_a_batch_does_not_follow_another_history() -> None:
    """A gap, an overlap, a range turned around, other events, another past: each is found."""
    head = Head("e", 7, "0123456789abcdef")
    tip = next_tip(head.tip, b"[1,2]")
    for batch in (
        Batch(9, 10, tip, "key", "print", None, b"[1,2]"),
        Batch(7, 8, tip, "key", "print", None, b"[1,2]"),
        Batch(8, 7, tip, "key", "print", None, b"[1,2]"),
        Batch(8, 9, tip, "key", "print", None, b"[1,3]"),
        Batch(8, 9, next_tip("", b"[1,2]"), "key", "print", None, b"[1,2]"),
    ):
        assert follow(head, batch) is None


def test_errors_say_what_happened() -> None:
    assert str(Conflict(Head("e1", 7, "t"))) == "the stream stands at seq 7 of epoch e1"
    assert str(Unavailable(OSError("disk full"))) == "the journal is not available: disk full"
