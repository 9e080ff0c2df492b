"""Finding an item among the catalogue's: by characters, by pinyin, by initials, and by everyday words for it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal

from queue_server.domain.service import Service
from queue_server.domain.value import Value

__all__ = ["LETTERS_MAX", "ServiceIndex", "Synonym", "Vocabulary"]

LETTERS_MAX = 100
"""Characters of a query that count; the longest name in full pinyin has about ninety."""

_PARTS_MAX = 6  # words of a query that are looked for one by one: bounds the work that one query can ask for
_SYLLABLE_MAX = 6  # letters: zhuang, chuang, shuang

_Way = Literal["characters", "pinyin", "initials"]
_WAYS: tuple[_Way, ...] = ("characters", "pinyin", "initials")  # best first


class Synonym(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words people say, and the catalogue's words for the same: any of `say` finds every item with any of `mean`."""

    say: tuple[str, ...]
    mean: tuple[str, ...]


class Vocabulary(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the search knows of language beyond a dictionary.

    readings: for a character, readings accepted beside the one that its context asks for; lower-case, without tones.
    """

    version: int
    synonyms: tuple[Synonym, ...] = ()
    readings: dict[str, tuple[str, ...]] = {}


class ServiceIndex:
    """A search over items.

    services: in the order that equally good answers keep. vocabulary: None is none. Searching by characters needs
    nothing prepared; the first query with letters in it, or `warm`, loads pypinyin (about 0.3 s and 60 MB, once per
    process).
    """

    def __init__(self, services: Sequence[Service], vocabulary: Vocabulary | None = None) -> None:
        vocabulary = vocabulary or Vocabulary(version=0)
        names: dict[str, int] = {}
        headings: dict[str, int] = {}
        for place, service in enumerate(services):
            _add(names, service.name, 1 << place)
            for heading in (service.main_item, service.sub_item, service.department):
                _add(headings, heading, 1 << place)
        self._numbers = [service.no for service in services]
        self._names = _Texts(names, vocabulary.readings)
        self._headings = _Texts(headings, vocabulary.readings)
        words: dict[str, int] = {}
        for synonym in vocabulary.synonyms:
            meant = 0
            for text in map(_normal, synonym.mean):
                meant |= self._names.holding(text, "characters") | self._headings.holding(text, "characters")
            for word in synonym.say:
                _add(words, word, meant)
        self._words = _Texts(words, vocabulary.readings)
        longest_first = sorted(words, key=len, reverse=True)
        self._word = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if words else None

    def warm(self) -> None:
        """Prepare for letters now, so that the first who types some need not wait. May run in a thread."""
        for texts in (self._names, self._headings, self._words):
            texts.masks("initials")

    def search(self, query: str) -> list[int]:
        """The numbers of the items that a query means, best first; all, in order, when it has no letter or digit.

        query: any text. Case, width, tones, spaces and punctuation do not matter, and only the first LETTERS_MAX
        characters do. Better is: by characters, then by pinyin, then by initials, then by everyday words; and among
        these the whole name, its beginning, a part of it, a heading or the department. Where nothing has the query
        as a whole, items that have each of its words are found; everyday words count even without spaces around them.
        """
        query = query.strip()[: 2 * LETTERS_MAX]
        letters = _normal(query)[:LETTERS_MAX]
        if not letters:
            return list(self._numbers)
        places = self._found(letters) or self._found_by_parts(self._parts(query))
        return [self._numbers[place] for place in places]

    def _found(self, letters: str) -> list[int]:
        """Places of the items that have the letters as a whole, best first."""
        found: dict[int, None] = {}
        for items in self._grades(letters):
            found.update(dict.fromkeys(_places(items)))
        return list(found)

    def _grades(self, letters: str) -> Iterator[int]:
        """Sets of items, the better ones earlier; an item may come again in a later set."""
        for way in _WAYS:
            yield self._names.holding(letters, way, at_start=True, at_end=True)
            yield self._names.holding(letters, way, at_start=True)
            yield self._names.holding(letters, way)
            yield self._headings.holding(letters, way)
        for way in _WAYS:
            yield self._words.holding(letters, way, at_start=True, at_end=True)
            yield self._words.holding(letters, way, at_start=True)

    def _parts(self, query: str) -> list[str]:
        """The words of a query: what stands between spaces, and everyday words on their own."""
        words = [_normal(word) for word in query.split()]
        if self._word is not None:
            words = [part for word in words for part in self._word.split(word)]
        return [word for word in words if word][:_PARTS_MAX]

    def _found_by_parts(self, parts: list[str]) -> list[int]:
        """Places of the items that every part finds, in the order of the part that finds the fewest."""
        if len(parts) < 2:
            return []  # it was looked for as a whole already
        fewest, *others = sorted(map(self._found, parts), key=len)
        return [place for place in fewest if all(place in other for other in others)]


class _Texts:
    """Texts that stand for sets of items, and which of them hold a query.

    All texts are laid end to end, and a set of places in that row is one integer: bit i is the i-th character, with one
    empty place after each text that nothing matches. Consuming a character is then a mask and a shift for all texts at
    once. Sets of items are integers as well: bit i is the i-th item.
    """

    def __init__(self, items_by_text: dict[str, int], readings: dict[str, tuple[str, ...]]) -> None:
        self._texts = tuple(items_by_text)
        self._readings = readings
        self._at: list[tuple[int, int]] = []  # for each place the items of its text, and where the next text starts
        self._starts = 0
        self._ends = 0
        characters: dict[str, int] = {}
        for text, items in items_by_text.items():
            start = len(self._at)
            following = start + len(text) + 1
            self._starts |= 1 << start
            self._ends |= 1 << following - 1
            self._at += [(items, following)] * (following - start)
            for place, character in enumerate(text, start):
                _add_bit(characters, character, place)
        self._characters = characters

    def masks(self, way: _Way) -> dict[str, int]:
        """For each thing that may be typed for one character, the places where that character stands."""
        if way == "characters":
            return self._characters
        return self._syllables if way == "pinyin" else self._beginnings

    def holding(self, letters: str, way: _Way, *, at_start: bool = False, at_end: bool = False) -> int:
        """The items of every text that holds `letters`; `at_start`, `at_end`: only there."""
        if way != "characters" and not any("a" <= letter <= "z" for letter in letters):
            return 0  # nothing that characters do not find, and no reason to load pypinyin
        masks = self.masks(way)
        longest = 1 if way == "characters" else _SYLLABLE_MAX
        # after[n]: places reached when n letters are consumed
        after = [self._starts if at_start else (1 << len(self._at)) - 1] + [0] * len(letters)
        for consumed in range(len(letters)):
            if not after[consumed]:
                continue
            for end in range(consumed + 1, min(consumed + longest, len(letters)) + 1):
                typed = letters[consumed:end]
                mask = masks.get(typed, 0)
                if way == "pinyin" and end == len(letters):
                    mask |= self._beginnings.get(typed, 0)  # the last syllable may still be on its way
                after[end] |= (after[consumed] & mask) << 1
        return self._items(after[-1] & self._ends if at_end else after[-1])

    def _items(self, places: int) -> int:
        """The items of the texts in which the places lie."""
        items = 0
        while places:
            found, following = self._at[(places & -places).bit_length() - 1]
            items |= found
            places = places >> following << following
        return items

    @cached_property
    def _syllables(self) -> dict[str, int]:
        """Places by whole syllable, and by the character itself."""
        masks = dict(self._characters)
        place = 0
        for text in self._texts:
            for sounds in _sounds(text, self._readings):
                for sound in sounds:
                    _add_bit(masks, sound, place)
                place += 1
            place += 1
        return masks

    @cached_property
    def _beginnings(self) -> dict[str, int]:
        """Places by any beginning of a syllable, its initial above all, and by the character itself."""
        masks: dict[str, int] = {}
        for typed, places in self._syllables.items():
            for length in range(1, len(typed) + 1):
                masks[typed[:length]] = masks.get(typed[:length], 0) | places
        return masks


def _sounds(text: str, readings: dict[str, tuple[str, ...]]) -> list[set[str]]:
    """For each character of a text its readings as they are typed, ü as v and as u; a letter or digit as itself."""
    from pypinyin import Style, pinyin  # here because it takes longer than all else together

    in_context = pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # lists are documented
    return [
        {spelling for sound in (read, *readings.get(character, ())) for spelling in (sound, sound.replace("v", "u"))}
        for character, (read, *_) in zip(text, in_context, strict=True)
    ]


def _normal(text: str) -> str:
    """A text as it is compared: half-width, lower-case, ü as v, and letters and digits alone."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    return "".join(filter(str.isalnum, unicodedata.normalize("NFD", text)))


def _add(texts: dict[str, int], text: str, items: int) -> None:
    text = _normal(text)
    texts[text] = texts.get(text, 0) | items


def _add_bit(masks: dict[str, int], key: str, bit: int) -> None:
    masks[key] = masks.get(key, 0) | 1 << bit


def _places(items: int) -> Iterator[int]:
    """The places of a set of items, ascending."""
    while items:
        lowest = items & -items
        yield lowest.bit_length() - 1
        items ^= lowest
