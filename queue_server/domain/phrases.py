"""The usual reasons that a hall's clerks choose from, and the notices 公告 for everybody in the hall."""

from collections.abc import Iterator

from queue_server.domain.fault import Fault
from queue_server.domain.value import Value

__all__ = ["Phrases", "faults_of_notices", "faults_of_phrases"]

MOST = 12
PHRASE_LETTERS = 40
NOTICE_LETTERS = 80
"""What a wall shows on one line, at a size that can be read from afar."""


class Phrases(Value, frozen=True, kw_only=True):
    """Reasons a touch away: of a pause, a transfer, a hold, and a call out of turn. Empty: the page's own."""

    pause: tuple[str, ...] = ()
    transfer: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    call: tuple[str, ...] = ()


def faults_of_phrases(phrases: Phrases) -> Iterator[Fault]:
    """Everything that makes them unusable."""
    for name in phrases.__struct_fields__:
        yield from _faults(f"phrases.{name}", getattr(phrases, name), PHRASE_LETTERS)


def faults_of_notices(notices: tuple[str, ...]) -> Iterator[Fault]:
    """Everything that makes them unusable."""
    yield from _faults("notices", notices, NOTICE_LETTERS)


def _faults(place: str, texts: tuple[str, ...], letters: int) -> Iterator[Fault]:
    if len(texts) > MOST:
        yield Fault(place, "too_many", {"most": MOST})
    if any(not text.strip() or len(text) > letters or not text.isprintable() for text in texts):
        yield Fault(place, "text_wrong", {"most": letters})
