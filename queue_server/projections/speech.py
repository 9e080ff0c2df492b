"""The sentence that calls a ticket. Pure text: how a voice pronounces a letter is the voice's business."""

from queue_server.domain.counter import Counter
from queue_server.wire.numbers import cardinal, digits

__all__ = ["speech"]


def speech(number: str, counter: Counter) -> dict[str, str]:
    """What to say, by language: `{"zh": "请A零零一号，到三号窗口办理", "en": …}`."""
    return {
        "zh": f"请{digits(number)}号，到{cardinal(counter.number)}号窗口办理",
        "en": f"Ticket {' '.join(number)}, please go to counter {counter.number}.",
    }
