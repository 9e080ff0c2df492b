"""A voice gets texts that it can read: no Latin letter for a Chinese one, and no number that would be a quantity."""

import asyncio
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.voice.language import Called
from queue_server.voice.phrasebook import shipped

ZH, EN = shipped()["zh"], shipped()["en"]


def chinese(number: str, counter: int, sentence: str | None = None, *, yao: bool = False) -> str:
    """What a Chinese voice reads of a server's sentence; None: of our own."""
    return ZH.read(sentence or ZH.sentence(Called(number=number, counter=counter)), number, yao=yao)


def english(number: str, counter: int, sentence: str | None = None) -> str:
    """Likewise an English one."""
    return EN.read(sentence or EN.sentence(Called(number=number, counter=counter)), number)


@pytest.mark.parametrize(
    ("number", "counter", "sentence", "spoken"),
    [
        ("A003", 3, "请A零零三号，到三号窗口办理", "请，诶零零三号，到三号窗口办理"),
        ("A003", 12, "请A零零三号，到十二号窗口办理", "请，诶零零三号，到十二号窗口办理"),
        ("A003", 12, "请A003号，到12号窗口办理", "请，诶零零三号，到十二号窗口办理"),
        ("B107", 5, None, "请，必一零七号，到五号窗口办理"),
        ("W1000", 20, None, "请，达不溜一零零零号，到二十号窗口办理"),
        ("021", 1, "请021号到1号窗口", "请，零二一号到一号窗口"),
        ("a021", 1, None, "请，诶零二一号，到一号窗口办理"),
        ("A011", 1, "张**请到1号窗口，号码A011", "张某某请到一号窗口，号码，诶零一一"),
        ("A011", 1, "A011号请到10楼，电话12345", "诶零一一号请到十楼，电话一二三四五"),
        ("", 0, "语音播报OK，音量85", "语音播报欧开，音量八十五"),
    ],
)
def test_a_chinese_sentence_is_read_in_characters(number: str, counter: int, sentence: str | None, spoken: str) -> None:
    """Letters and digits become characters, the counter a cardinal, masks a surname's 某."""
    assert chinese(number, counter, sentence) == spoken


def test_yao_is_said_in_the_ticket_and_never_in_the_counter() -> None:
    """幺 is for strings of digits; nobody goes to 幺号窗口."""
    assert chinese("A011", 1, "请A零一一号，到一号窗口办理", yao=True) == "请，诶零幺幺号，到一号窗口办理"
    assert chinese("A011", 1, "请A零幺幺号，到一号窗口办理", yao=True) == "请，诶零幺幺号，到一号窗口办理"
    assert chinese("A011", 1, "请A零幺幺号，到一号窗口办理") == "请，诶零一一号，到一号窗口办理"
    assert chinese("011", 11, yao=True) == "请，零幺幺号，到十一号窗口办理"


@pytest.mark.parametrize(
    ("number", "counter", "sentence", "spoken"),
    [
        ("A003", 3, "Ticket A 0 0 3, please go to counter 3.", "Ticket A, zero zero three, please go to counter 3."),
        ("A003", 12, None, "Ticket A, zero zero three, please go to counter 12."),
        ("AB12", 1, None, "Ticket A B, one two, please go to counter 1."),
        ("021", 1, None, "Ticket zero two one, please go to counter 1."),
    ],
)
def test_an_english_sentence_names_letters_and_digits(
    number: str, counter: int, sentence: str | None, spoken: str
) -> None:
    """The letter stands alone, so that A is not taken for the article."""
    assert english(number, counter, sentence) == spoken


@given(st.from_regex("[A-Z]{0,2}[0-9]{1,4}", fullmatch=True), st.integers(1, 999), st.booleans())
def test_nothing_latin_is_left_for_a_chinese_voice(number: str, counter: int, yao: bool) -> None:
    """Whatever the ticket and the counter are."""
    assert re.fullmatch("请，[一-鿿]+号，到[一-鿿]+号窗口办理", chinese(number, counter, yao=yao))


def test_every_letter_has_a_name_of_its_own() -> None:
    """Two letters that sound alike would send two people to one counter."""
    letters = ZH.reading.letters
    assert set(letters) == set(string.ascii_uppercase)
    assert len(set(letters.values())) == len(letters)


async def _phonemes(voice: str, text: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "espeak-ng", "-q", "-x", "-b", "1", "-v", voice, "--stdin", stdin=-1, stdout=-1, stderr=-1
    )
    spoken, complaint = await process.communicate(text.encode())
    assert process.returncode == 0, complaint
    return spoken.decode()


async def test_espeak_reads_every_letter_and_digit_in_chinese() -> None:
    """No phoneme of ours falls back to English, which espeak marks `(en)`, and none is spelled out."""
    sentences = [chinese(f"{letter}0123456789", 12) for letter in string.ascii_uppercase]
    sentences += [chinese("A001", counter, yao=True) for counter in (1, 10, 21, 105, 110)]
    spoken = await _phonemes("sit/cmn-latn-pinyin+f3", "\n".join(sentences))
    assert "(en)" not in spoken
    assert spoken.count("tS;h'i") >= len(sentences)  # each begins with 请


async def test_espeak_says_the_letter_a_and_not_the_article() -> None:
    """'eI is the letter, a# the article."""
    spoken = await _phonemes("gmw/en-us+f3", english("A001", 3))
    assert "'eI" in spoken
    assert "a#" not in spoken
