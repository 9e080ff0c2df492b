"""One language: the words of its calls, how it writes and says numbers and letters, and who can speak it. Pure.

A sentence is made once, by the server, and says numbers as they are written: `请A零零一号，到三号窗口办理`. Whoever
speaks it makes a `reading` of it first, because engines that know only Chinese spell or skip Latin letters, read "001"
as a quantity and pronounce an asterisk: `请，诶零零一号，到三号窗口办理`.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from queue_server.domain.sentence import TemplateKind, fill
from queue_server.wire.numbers import cardinal, digits

__all__ = ["Called", "Language", "Numbers", "Phrasebook", "Reading", "TemplateKind", "Voices"]


class Called(Struct, frozen=True, kw_only=True):
    """Who is called where. counter_name, area: "" for none."""

    number: str
    counter: int
    counter_name: str = ""
    area: str = ""


class Numbers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a sentence writes them.

    counters: "chinese" for cardinals in characters, 12 → 十二, or "figures". digits: of a ticket's number, from 0 to 9.
    yao: what a one in it is instead, in halls that want it so; "" where the language has no such habit. between: what
    stands between its characters.
    """

    counters: Literal["chinese", "figures"] = "figures"
    digits: tuple[str, ...] = tuple("0123456789")
    yao: str = ""
    between: str = ""


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a voice is given what a sentence has written.

    digits: of a ticket's number, from 0 to 9; none: as they are written. letters: by capital letter; what is not there
    is left to the engine. between: what stands between these. after_letters: what parts letters from digits. pause: put
    before a ticket's number, lest its letter melts into the word before. instead: signs that no voice should say.
    """

    digits: tuple[str, ...] = ()
    letters: dict[str, str] = {}
    between: str = ""
    after_letters: str = ""
    pause: str = ""
    instead: dict[str, str] = {}


class Voices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of an engine's voices speaks it.

    espeak: espeak-ng's voice, with its variant. tags: as other engines name the language, best first. names: parts of
    voices' names, for engines that name no languages. pace: words a minute times seconds that espeak's voice takes for
    a syllable or a pause; None where nobody measured it, and no clip's length is judged.
    """

    espeak: str = ""
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pace: float | None = None


class Language(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a language file says.

    name: in the language itself. sentences: templates; only `call` must be there. test: said when somebody wants
    to hear whether the voice works; "": a call.
    """

    name: str
    test: str = ""
    sentences: dict[TemplateKind, str]
    numbers: Numbers = Numbers()
    reading: Reading = Reading()
    voices: Voices = Voices()

    def sentence(
        self,
        called: Called,
        kind: TemplateKind = "call",
        own: Mapping[TemplateKind, str] = MappingProxyType({}),
        *,
        yao: bool = False,
    ) -> str:
        """What is said. own: the hall's own templates, which go first."""
        template = own.get(kind) or self.sentences.get(kind) or own.get("call") or self.sentences["call"]
        counter = cardinal(called.counter) if self.numbers.counters == "chinese" else str(called.counter)
        return fill(
            template,
            {
                "number": self._written(called.number, yao),
                "counter": counter,
                "counter_name": called.counter_name,
                "area": called.area,
            },
        )

    def read(self, sentence: str, number: str = "", *, yao: bool = False) -> str:
        """The sentence as a voice must get it. number: the ticket's, as it may stand in it, with or without yao."""
        text = sentence
        if number:
            written = "|".join(map(re.escape, (number, self._written(number, False), self._written(number, True))))
            said, pause = self.said(number, yao), self.reading.pause
            text = re.sub(
                rf"(\w?)(?:{written})", lambda found: found[1] + (pause if found[1] else "") + said, text, count=1
            )
        if self.numbers.counters == "chinese":
            text = re.sub(r"(?<!\d)(0|[1-9][0-9]{0,2})(?!\d)", lambda found: cardinal(int(found[0])), text)
            text = digits(text)
        if letters := self.reading.letters:
            text = re.sub("[A-Za-z]", lambda found: letters.get(found[0].upper(), found[0]), text)
        for sign, word in self.reading.instead.items():
            text = text.replace(sign, word)
        return text

    def _written(self, number: str, yao: bool) -> str:
        figures = self._figures(self.numbers.digits, yao)
        return self.numbers.between.join(figures.get(character, character) for character in number)

    def around(
        self, called: Called, kind: TemplateKind = "call", own: Mapping[TemplateKind, str] = MappingProxyType({})
    ) -> tuple[str, str]:
        """What a voice gets before and after the number."""
        whole = self.read(self.sentence(called, kind, own), called.number)
        before, _, after = whole.partition(self.said(called.number))
        return before, after

    def signs(self, prefixes: Iterable[str]) -> list[str]:
        """What a voice gets for the digits, and for the letters of these prefixes."""
        digits = [*(self.reading.digits or self.numbers.digits), *filter(None, [self.numbers.yao])]
        return digits + [self.reading.letters.get(letter, letter) for letter in sorted({*"".join(prefixes)})]

    def said(self, number: str, yao: bool = False) -> str:
        """A ticket's number as a voice must get it."""
        figures = self._figures(self.reading.digits or self.numbers.digits, yao)
        prefix = number.rstrip("0123456789")
        rest = number.removeprefix(prefix)
        letters = self.reading.between.join(self.reading.letters.get(each.upper(), each) for each in prefix)
        return self.reading.after_letters.join(
            part for part in (letters, self.reading.between.join(figures[each] for each in rest)) if part
        )

    def _figures(self, words: tuple[str, ...], yao: bool) -> dict[str, str]:
        figures = dict(zip("0123456789", words, strict=True))
        return figures | {"1": self.numbers.yao} if yao and self.numbers.yao else figures


Phrasebook = Mapping[str, Language]
"""Languages by code: zh, en, yue."""
