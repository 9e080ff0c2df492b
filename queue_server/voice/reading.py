"""One reading of a call: which sentences it has, and the sound that is made of them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from queue_server.voice.audio import Clip, join, silence
from queue_server.voice.chime import DURATION_S, chime
from queue_server.voice.language import Called, Language, Phrasebook

__all__ = ["MADE_AT", "RATE", "SENTENCE_AT_S", "Sentence", "gain", "reading", "sentences", "sound_check"]

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


SAMPLE = Called(number="A001", counter=1)


def sentences(
    phrasebook: Phrasebook,
    number: str,
    counter: int,
    speech: Mapping[str, str],
    languages: Iterable[str],
    *,
    yao: bool = False,
) -> list[Sentence]:
    """What a call is read as, in these languages; one that is not in the phrasebook is left out.

    speech: the server's own sentences. yao: say 幺 for a one in the ticket's number.
    """
    called = Called(number=number, counter=counter)
    return [
        Sentence(code, language.read(speech.get(code) or language.sentence(called), number, yao=yao))
        for code, language in _known(phrasebook, languages)
    ]


def sound_check(phrasebook: Phrasebook, languages: Iterable[str]) -> list[Sentence]:
    """What is said when somebody wants to hear whether the voice works; a call where a language has no such text."""
    return [
        Sentence(code, language.test or language.read(language.sentence(SAMPLE), SAMPLE.number))
        for code, language in _known(phrasebook, languages)
    ]


def _known(phrasebook: Phrasebook, languages: Iterable[str]) -> Iterator[tuple[str, Language]]:
    return ((code, phrasebook[code]) for code in languages if code in phrasebook)


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
