"""The sentence that calls a ticket. Pure text: how a voice pronounces a letter is the voice's business."""

from queue_server.domain.counter import Counter

__all__ = ["cardinal", "digits", "speech"]

DIGITS = "零一二三四五六七八九"


def digits(number: str) -> str:
    """A ticket's number with its digits as characters: "A001" → "A零零一". Voices read "001" as a quantity."""
    return "".join(DIGITS[int(letter)] if letter in "0123456789" else letter for letter in number)


def cardinal(number: int) -> str:
    """A counter's number, 1–999, as one says it: 12 → "十二", 105 → "一百零五"."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


def speech(number: str, counter: Counter) -> dict[str, str]:
    """What to say, by language: `{"zh": "请A零零一号，到三号窗口办理", "en": …}`."""
    return {
        "zh": f"请{digits(number)}号，到{cardinal(counter.number)}号窗口办理",
        "en": f"Ticket {' '.join(number)}, please go to counter {counter.number}.",
    }
