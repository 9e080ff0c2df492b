"""The sentence that calls a ticket."""

from queue_server.domain.counter import Counter
from queue_server.projections.speech import speech


def test_the_sentence_comes_in_both_languages() -> None:
    """Chinese and English, with the counter's number and not its name."""
    counter = Counter(number=12, name="综合窗口", kind="comprehensive", queues=())
    assert speech("A001", counter) == {
        "zh": "请A零零一号，到十二号窗口办理",
        "en": "Ticket A 0 0 1, please go to counter 12.",
    }
