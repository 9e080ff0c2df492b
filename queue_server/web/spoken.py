"""The calls of the halls as sound, for screens that speak: ready when they ask, each made once."""

from collections.abc import Callable, Mapping
from typing import Any

from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import HallRunner
from queue_server.push.hall_source import HallSource
from queue_server.voice.clips import Clips, Spoken
from queue_server.voice.language import Phrasebook
from queue_server.voice.reading import Sentence, sentences, sound_check

__all__ = ["SpokenCalls"]

ASKED_S = 3600.0
"""How long a hall is spoken for after a screen asked for one of its sounds: when it came up, and for every call."""


class SpokenCalls:
    """Only what a hall has called can be heard, and its sound check: nobody can have a text of their own spoken.

    monotonic: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        clips: Clips,
        registry: HallRegistry,
        source: HallSource,
        phrasebook: Phrasebook,
        monotonic: Callable[[], float],
    ) -> None:
        self._clips = clips
        self._registry = registry
        self._source = source
        self._phrasebook = phrasebook
        self._monotonic = monotonic
        self._asked_at: dict[str, float] = {}  # by hall

    def called(self, hall: str, seq: int) -> None:
        """A call has happened: begin to make its sound where a screen will want it."""
        runner, asked_at = self._registry.at_hand(hall), self._asked_at.get(hall)
        if runner is None or asked_at is None or self._monotonic() - asked_at >= ASKED_S:
            return
        if (call := self._source.topics_of(hall).call(seq)) is not None:
            self._clips.prepare(self._sentences(runner, call))

    async def sound_of(self, runner: HallRunner, epoch: str, seq: int) -> Spoken | None:
        """The sound of a call; None when there is no such call, or it has expired."""
        call = self._source.topics_of(runner.id).call(seq) if epoch == runner.days.head.epoch else None
        if call is None:
            return None
        self._asked_at[runner.id] = self._monotonic()
        return await self._clips.get(self._sentences(runner, call))

    async def sound_check(self, runner: HallRunner) -> Spoken:
        """What is said when somebody wants to hear whether the voice works."""
        self._asked_at[runner.id] = self._monotonic()
        return await self._clips.get(sound_check(self._phrasebook, runner.day.hall.voice.languages))

    def _sentences(self, runner: HallRunner, call: Mapping[str, Any]) -> list[Sentence]:
        voice = runner.day.hall.voice
        who = call["number"], call["counter"], call["speech"]
        return sentences(self._phrasebook, *who, voice.languages, yao=voice.yao)
