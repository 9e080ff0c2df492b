"""Numbers as a Chinese voice should read them, for whoever writes a sentence and whoever speaks it. Pure text."""

import re

__all__ = ["cardinal", "digits"]

DIGITS = "零一二三四五六七八九"


def digits(text: str, *, yao: bool = False) -> str:
    """`text` with its digits as characters: "A001" → "A零零一", where a voice would read a quantity.

    yao: a one is 幺, less like 七.
    """
    spoken = DIGITS.replace("一", "幺") if yao else DIGITS
    return re.sub("[0-9]", lambda digit: spoken[int(digit[0])], text)


def cardinal(number: int) -> str:
    """A counter's number, 0–999, as one says it: 12 → "十二", 105 → "一百零五"."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones or not number else "")
