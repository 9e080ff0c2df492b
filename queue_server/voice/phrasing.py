"""From a call to what a voice reads. Pure text.

Engines that know only Chinese spell or skip Latin letters, read "001" as a quantity and pronounce an asterisk, so a
Chinese sentence leaves here without any of them. English is a sentence of its own, for an English voice.
"""

import re

from queue_server.wire.numbers import cardinal, digits

__all__ = ["LANGUAGES", "chinese", "english", "syllables"]

LANGUAGES = ("zh", "en")

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# Letters by characters that sound like them, as halls say them; all of them are read rightly by espeak-ng.
LETTERS = (
    {"A": "诶", "B": "必", "C": "西", "D": "弟", "E": "易", "F": "艾弗", "G": "记", "H": "艾尺", "I": "爱"}
    | {"J": "街", "K": "开", "L": "艾勒", "M": "艾姆", "N": "恩", "O": "欧", "P": "皮", "Q": "丘", "R": "阿尔"}
    | {"S": "艾斯", "T": "替", "U": "优", "V": "维", "W": "达不溜", "X": "艾克斯", "Y": "歪", "Z": "贼"}
)


def chinese(number: str, counter: int, sentence: str | None = None, *, yao: bool = False) -> str:
    """What a Chinese voice reads: `请，诶零零三号，到三号窗口办理`.

    sentence: the server's own for this call; None: it sent none, and ours is read. yao: ones in the ticket's number,
    never in the counter's, are said 幺.
    """
    text = sentence or f"请{number}号，到{counter}号窗口办理"
    if number:
        said = _letters(digits(number, yao=yao))
        for written in (number, digits(number)):
            text = text.replace(written, said)
        text = text.replace("请" + said, "请，" + said)  # a breath, or the letter melts into 请
    text = re.sub("[0-9]{1,3}(?=号窗口)", lambda found: cardinal(int(found[0])), text)
    return _letters(digits(text)).replace("*", "某")


def english(number: str, counter: int, sentence: str | None = None) -> str:
    """What an English voice reads: `Ticket A, zero zero three, please go to counter 3.`

    sentence: the server's own for this call; None: it sent none, and ours is read.
    """
    text = sentence or f"Ticket {number}, please go to counter {counter}."
    prefix, figures = re.fullmatch("(.*?)([0-9]*)", number, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    # The comma makes the letter A a name; without it, it is the article.
    said = ", ".join(part for part in (" ".join(prefix), " ".join(WORDS[int(digit)] for digit in figures)) if part)
    for written in (number, " ".join(number)):
        text = text.replace(written, said)
    return text


def syllables(text: str) -> tuple[int, int]:
    """How many syllables, and how many pauses, reading `text` takes, as far as its writing tells."""
    count = sum("一" <= character <= "鿿" for character in text)
    for word in re.findall("[a-z]+", text.lower()):
        vowels = len(re.findall("[aeiouy]+", word))
        count += max(1, vowels - (word.endswith("e") and vowels > 1))
    count += len(re.findall("[0-9]", text)) * 3 // 2
    return count, len(re.findall("[，。,.;；：:!！?？]", text))


def _letters(text: str) -> str:
    return re.sub("[A-Za-z]", lambda letter: LETTERS[letter[0].upper()], text)
