"""A frame as the fan-out takes it."""

from queue_server.push.connection import text_frame
from queue_server.push.source import Frame, kind_of
from tests.push.rig import at


def test_a_frame_is_made_ready_for_the_socket_once() -> None:
    frame = Frame(1, 2, at(2), b"{}")
    assert frame.data == text_frame(b"{}")
    assert frame.data is frame.data


def test_topics_are_of_kinds() -> None:
    assert [kind_of(topic) for topic in ("board", "calls", "counter.3", "ticket.a.b")] == [
        "board",
        "calls",
        "counter",
        "ticket",
    ]
