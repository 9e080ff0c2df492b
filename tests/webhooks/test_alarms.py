"""Which alarms are told: new ones, worse ones, and those that are over."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from queue_server.domain.thresholds import Colour
from queue_server.records.outbox import Message
from queue_server.webhooks.alarms import Standing, news, standing
from queue_server.webhooks.messages import body_of
from tests.domain.halls import local, township

HALL = township()
NOW = local("10:00")


def alarm(subject: str = "post 3", level: Colour = "yellow") -> Standing:
    return Standing(subject, level, ("三号岗位无人。", "Post 3 has nobody."), {"what": "uncovered", "post": "3"})


class Told:
    """What a webhook was told so far, of alarms."""

    def __init__(self) -> None:
        self.last: dict[str, Message] = {}

    def tell(self, *raised: Standing, over: Sequence[str] = (), after_min: int = 0) -> list[Any]:
        """What is told when these alarms stand: type and level of each message."""
        found = news(HALL, self.last, NOW + timedelta(minutes=after_min), raised, over)
        self.last |= {message.subject: message for message in found}
        return [(body_of(message)["type"], body_of(message)["data"]["level"]) for message in found]


def test_an_alarm_is_told_once_for_as_long_as_it_stands() -> None:
    """Each subject for itself."""
    told = Told()
    assert told.tell(alarm()) == [("alarm.raised", "yellow")]
    assert told.tell(alarm(), after_min=30) == []
    assert told.tell(alarm(), alarm("post 4"), after_min=60) == [("alarm.raised", "yellow")]
    assert standing(told.last) == {"post 3": "yellow", "post 4": "yellow"}


def test_one_that_gets_worse_is_told_again_and_one_that_gets_better_is_not() -> None:
    """Nor one that is back where it was told to be."""
    told = Told()
    assert told.tell(alarm(level="orange")) == [("alarm.raised", "orange")]
    assert told.tell(alarm(level="yellow")) == []
    assert told.tell(alarm(level="orange")) == []
    assert told.tell(alarm(level="red")) == [("alarm.raised", "red")]


def test_one_that_is_over_is_told_to_be_so_and_may_come_again() -> None:
    """Under an id of its own each time."""
    told, ids = Told(), set[str]()
    for minute in (0, 10, 20):
        assert told.tell(alarm(), after_min=minute) == [("alarm.raised", "yellow")]
        ids.add(told.last["post 3"].id)
        assert told.tell(over=["post 3"], after_min=minute + 5) == [("alarm.cleared", "yellow")]
        ids.add(told.last["post 3"].id)
        assert standing(told.last) == {}
    assert told.tell(over=["post 3", "never told"]) == []
    assert len(ids) == 6


def test_two_servers_that_find_out_the_same_say_it_under_one_id() -> None:
    """Each at its own time."""
    one, other = Told(), Told()
    one.tell(alarm())
    other.tell(alarm(), after_min=1)
    assert one.last["post 3"].id == other.last["post 3"].id
    other.last = dict(one.last)
    one.tell(over=["post 3"])
    other.tell(over=["post 3"], after_min=1)
    assert one.last["post 3"].id == other.last["post 3"].id


def test_what_is_over_is_said_with_what_it_was() -> None:
    """For whoever has not heard the beginning."""
    told = Told()
    told.tell(alarm())
    told.tell(over=["post 3"])
    data = body_of(told.last["post 3"])["data"]
    assert data["text"] == {"zh": "已解除：三号岗位无人。", "en": "Over: Post 3 has nobody."}
    assert (data["alarm"], data["what"], data["post"]) == ("post 3", "uncovered", "3")
