"""What a voice pack has to hold so that every call of a hall can be said: the list that a speaker reads from. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from queue_server.domain.sentence import TemplateKind
from queue_server.voice.clip_plan import breaths, tokens
from queue_server.voice.language import Called, Language

__all__ = ["Place", "Wanted", "wanted"]

KINDS: tuple[TemplateKind, ...] = ("call", "recall", "priority")
SOME = "A012"  # any ticket


class Place(NamedTuple):
    """A counter, as far as a sentence may name it."""

    counter: int
    counter_name: str = ""
    area: str = ""


class Wanted(NamedTuple):
    """Texts to be recorded, each once. signs: digits and letters; phrases: all else."""

    signs: list[str]
    phrases: list[str]


def wanted(
    language: Language,
    places: Sequence[Place],
    prefixes: Sequence[str],
    own: Mapping[TemplateKind, str] = MappingProxyType({}),
    *,
    numbers: int = 0,
) -> Wanted:
    """The clips for every call to these counters.

    places: at least one. prefixes: the letters of the hall's queues. own: its own templates. numbers: how many
    numbers of each prefix are recorded whole, from 001 on; the others are put together from signs, which sounds worse.
    """
    phrases: dict[tuple[str, ...], str] = {}

    def want(text: str) -> None:
        for part in breaths(text):
            phrases.setdefault(tokens(part), part)

    for place in places:
        for kind in KINDS:
            before, after = language.around(_called(SOME, place), kind, own)
            want(before)
            want(after)
    for number in (f"{prefix}{nth:03d}" for prefix in prefixes for nth in range(1, numbers + 1)):
        want(language.read(language.sentence(_called(number, places[0]), "call", own), number))
    return Wanted(language.signs(prefixes), list(phrases.values()))


def _called(number: str, place: Place) -> Called:
    return Called(number=number, counter=place.counter, counter_name=place.counter_name, area=place.area)
