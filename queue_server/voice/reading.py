"""One reading of a call: which sentences it has, and the sound that is made of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from queue_server.voice.audio import Clip, join, silence
from queue_server.voice.chime import DURATION_S, chime
from queue_server.voice.phrasing import LANGUAGES, chinese, english

__all__ = ["MADE_AT", "RATE", "SENTENCE_AT_S", "TEST", "Sentence", "gain", "reading", "sentences"]

RATE = 22050  # of the whole sound; what SAPI and espeak speak at
MADE_AT = 85
"""Percent of an engine's volume at which all sound is made; no voice reaches full scale there. Players do the rest."""
WAKE_S = 0.1  # of silence first: sound cards swallow the beginning when they wake up
AFTER_CHIME_S = 0.2
BETWEEN_LANGUAGES_S = 0.3
AFTER_S = 0.6  # before the next reading


class Sentence(NamedTuple):
    """What one voice reads."""

    language: str
    text: str


TEST = (
    Sentence("zh", "语音测试，请确认声音清楚，音量合适"),
    Sentence("en", "This is a test. Please check that the voice is clear and loud enough."),
)


def sentences(
    number: str, counter: int, speech: Mapping[str, str], languages: Iterable[str], *, yao: bool = False
) -> list[Sentence]:
    """What a call is read as, in these languages; one that no voice here knows is left out.

    speech: the server's own sentences. yao: say 幺 for a one in the ticket's number.
    """
    said = {
        "zh": lambda: chinese(number, counter, speech.get("zh"), yao=yao),
        "en": lambda: english(number, counter, speech.get("en")),
    }
    return [Sentence(language, said[language]()) for language in languages if language in LANGUAGES]


def reading(clips: Sequence[Clip], *, with_chime: bool) -> Clip:
    """The sound of a reading: sentence after sentence, opened by the chime or not."""
    opening = chime(RATE, MADE_AT / 100)
    parts = [silence(RATE, WAKE_S), opening, silence(RATE, AFTER_CHIME_S)] if with_chime else [silence(RATE, WAKE_S)]
    for place, clip in enumerate(clips):
        if place:
            parts.append(silence(RATE, BETWEEN_LANGUAGES_S))
        parts.append(clip)
    return join([*parts, silence(RATE, AFTER_S)])


SENTENCE_AT_S = WAKE_S + DURATION_S + AFTER_CHIME_S
"""Where the sentences of a reading with a chime begin."""


def gain(percent: int) -> float:
    """By what the samples of a reading are multiplied to be heard at so many percent."""
    return percent / MADE_AT
