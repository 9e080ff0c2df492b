"""How long a sentence takes, and whether a clip of it is as long. Pure."""

import re

from queue_server.voice.audio import Clip

__all__ = ["expected_s", "fault_in", "syllables"]

MEASURED_SLACK = 0.25  # a forgotten rate (200 for 135) makes it a third shorter
UNKNOWN_SLACK = 0.7  # for engines that were never measured


def syllables(text: str) -> tuple[int, int]:
    """How many syllables, and how many pauses, reading `text` takes, as far as its writing tells."""
    count = sum("一" <= character <= "鿿" for character in text)
    for word in re.findall("[a-z]+", text.lower()):
        vowels = len(re.findall("[aeiouy]+", word))
        count += max(1, vowels - (word.endswith("e") and vowels > 1))
    count += len(re.findall("[0-9]", text)) * 3 // 2
    return count, len(re.findall("[，。,.;；：:!！?？]", text))


def expected_s(text: str, pace: float, rate: int) -> float:
    """How long reading `text` takes, about. pace: the language's; rate: words a minute."""
    count, pauses = syllables(text)
    return max(1, count + pauses) * pace / rate


def fault_in(clip: Clip, text: str, pace: float, rate: int, *, is_measured: bool) -> str | None:
    """What is wrong with the length of a clip; None when nothing is."""
    expected = expected_s(text, pace, rate)
    slack = MEASURED_SLACK if is_measured else UNKNOWN_SLACK
    if expected * (1 - slack) <= clip.duration_s <= expected / (1 - slack):
        return None
    return f"{clip.duration_s:.1f} s long instead of about {expected:.1f} s"
