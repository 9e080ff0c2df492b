"""How a hall's calls are spoken 语音播报: languages, words, how often and how loud."""

import re
from collections.abc import Iterator
from datetime import time

from queue_server.domain.fault import Fault
from queue_server.domain.sentence import TemplateKind, faults_of_template
from queue_server.domain.value import Value

__all__ = ["Voice", "VolumeSpan", "faults_of_voice"]


class VolumeSpan(Value, frozen=True, kw_only=True):
    """A time of day with a volume of its own. start, end: local "HH:MM"; volume: percent, 0 is silence."""

    start: str
    end: str
    volume: int


class Voice(Value, frozen=True, kw_only=True):
    """The hall's voice, for announcers and speaking screens alike.

    languages: codes of the sentences of one announcement, in this order. repeat: readings of each call. yao: whether a
    one in a ticket's number is said 幺. volume: percent outside the spans. templates: the hall's own sentences, by
    language; what is not there is said in the language's own words.
    """

    languages: tuple[str, ...] = ("zh",)
    repeat: int = 2
    yao: bool = False
    volume: int = 85
    spans: tuple[VolumeSpan, ...] = ()
    templates: dict[str, dict[TemplateKind, str]] = {}

    def volume_at(self, at: time) -> int:
        """Percent at a local time of day; 0: nothing is spoken."""
        written = f"{at:%H:%M}"
        return next((span.volume for span in self.spans if span.start <= written < span.end), self.volume)


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_LANGUAGE = re.compile(r"[a-z]{2,8}")
_MOST_READINGS, _MOST_LANGUAGES = 5, 4


def faults_of_voice(voice: Voice) -> Iterator[Fault]:
    """Everything that makes it unusable."""
    if not voice.languages:
        yield Fault("voice.languages", "none")
    if len(voice.languages) > _MOST_LANGUAGES:
        yield Fault("voice.languages", "too_many", {"most": _MOST_LANGUAGES})
    for language in (*voice.languages, *voice.templates):
        if not _LANGUAGE.fullmatch(language) or voice.languages.count(language) > 1:
            yield Fault("voice.languages", "language_wrong", {"value": language})
    if not 1 <= voice.repeat <= _MOST_READINGS:
        yield Fault("voice.repeat", "readings_wrong", {"most": _MOST_READINGS})
    if any(not 0 <= volume <= 100 for volume in (voice.volume, *(span.volume for span in voice.spans))):
        yield Fault("voice.volume", "percent_wrong")
    last = "00:00"
    for span in voice.spans:
        if not (_TIME.fullmatch(span.start) and _TIME.fullmatch(span.end)):
            yield Fault("voice.spans", "span_wrong", {"start": span.start, "end": span.end})
        elif not last <= span.start < span.end:
            yield Fault("voice.spans", "span_backwards", {"start": span.start, "end": span.end})
        last = max(last, span.end)
    for language, sentences in voice.templates.items():
        for kind, text in sentences.items():
            yield from faults_of_template(f"voice.templates.{language}.{kind}", text)
