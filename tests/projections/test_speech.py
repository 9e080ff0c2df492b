"""The sentences that call a ticket."""

from typing import Any

from queue_server.domain.counter import Counter
from queue_server.domain.ticket import Leg, Ticket
from queue_server.domain.voice import Voice
from queue_server.projections.speech import speech
from queue_server.voice.phrasebook import shipped
from tests.domain.halls import MONDAY, local

NINE = local("09:00")
PLAIN = Voice()
OWN = Voice(templates={"zh": {"call": "{number}号请到{counter_name}", "recall": "再请{number}号到{counter}号"}})


def _ticket(recalls: int = 0, **changes: Any) -> Ticket:
    leg = Leg(counter=12, clerk="u_1", capacity="A", queue="comprehensive", called_at=NINE, recalls=recalls)
    about = {"id": "t_1", "number": "A001", "queue": "comprehensive", "business_day": MONDAY, "issued_at": NINE}
    return Ticket(**about | {"state": "called", "effective": NINE, "order": 1, "legs": (leg,)} | changes)  # type: ignore[arg-type]


def _said(ticket: Ticket, voice: Voice = PLAIN, area: str = "") -> dict[str, str]:
    counter = Counter(number=12, name="综合窗口", kind="comprehensive", queues=(), area=area)
    return speech(ticket, counter, voice, shipped())


def test_the_sentence_comes_in_every_language() -> None:
    """With the counter's number and not its name, as the wire contract has it."""
    assert _said(_ticket()) == {
        "zh": "请A零零一号，到十二号窗口办理",
        "en": "Ticket A 0 0 1, please go to counter 12.",
    }


def test_a_counter_s_area_is_said_where_it_has_one() -> None:
    """In a house of several floors the number alone does not lead there."""
    assert _said(_ticket(), area="二楼西厅") == {
        "zh": "请A零零一号，到二楼西厅十二号窗口办理",
        "en": "Ticket A 0 0 1, please go to counter 12, 二楼西厅.",
    }


def test_who_goes_ahead_is_called_with_a_word_to_the_others() -> None:
    """Only when staff confirmed it; the class of the priority is nobody's business."""
    said = _said(_ticket(priority="disabled", priority_confirmed=True))
    assert said["zh"] == "请A零零一号，到十二号窗口优先办理，感谢大家礼让"
    assert said["en"] == "Priority ticket A 0 0 1, please go to counter 12. Thank you all for making way."
    assert _said(_ticket(priority="disabled")) == _said(_ticket())


def test_a_hall_s_own_words_go_first() -> None:
    """In their language alone; what the hall did not write itself is said as its call."""
    assert _said(_ticket(), OWN) == _said(_ticket()) | {"zh": "A零零一号请到综合窗口"}
    assert _said(_ticket(recalls=1), OWN)["zh"] == "再请A零零一号到十二号"
    only_call = Voice(templates={"zh": {"call": "{number}号请到{counter}号窗口"}})
    assert _said(_ticket(recalls=1), only_call)["zh"] == "A零零一号请到十二号窗口"


def test_a_hall_may_say_yao() -> None:
    """In the ticket's number alone: nobody goes to 十幺号窗口."""
    assert _said(_ticket(number="A011"), Voice(yao=True)) == {
        "zh": "请A零幺幺号，到十二号窗口办理",
        "en": "Ticket A 0 1 1, please go to counter 12.",
    }
