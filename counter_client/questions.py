"""Questions to the clerk, one at a time, each answered by typing or dropped."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from counter_client.words import Words

__all__ = ["Questions"]


class Questions:
    """Asks. say: shows a sentence; changed: told when what is asked has changed."""

    def __init__(self, words: Words, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.asked = ""
        """The question in words; empty when nothing is asked."""
        self.pending: asyncio.Future[str | None] | None = None
        """What the answer will be given to; None when nothing is asked."""
        self._words = words
        self._say = say
        self._changed = changed

    async def ask(self, question: str, **values: Any) -> str | None:
        """What is typed; None when the question is dropped."""
        self.asked = self._words[question].format(**values)
        self.pending = asyncio.get_running_loop().create_future()
        self._changed()
        try:
            return await self.pending
        finally:
            self.pending, self.asked = None, ""

    async def reason(self) -> str | None:
        """A reason, which may not be empty; None when the question is dropped."""
        while (reason := await self.ask("ask-reason")) is not None and not reason.strip():
            pass
        return reason

    async def choose(self, question: str, ways: Mapping[str, str], **values: Any) -> str | None:
        """What stands for what is typed; None when the question is dropped."""
        while (answer := await self.ask(question, **values)) is not None:
            if answer.strip() in ways:
                return ways[answer.strip()]
            self._say(self._words["not-a-choice"])
        return None

    async def pick(self, question: str, named: list[tuple[str, str]]) -> str | None:
        """One of these (name, value), by its place; None when there is none or the question is dropped."""
        if not named:
            return None
        listed = "  ".join(f"{place} {name}" for place, (name, _) in enumerate(named, 1))
        by_place = {str(place): value for place, (_, value) in enumerate(named, 1)}
        return await self.choose(question, by_place, choices=listed)

    def answer(self, text: str | None) -> None:
        """Give the answer, or drop the question with None."""
        if self.pending is not None and not self.pending.done():
            self.pending.set_result(text)
