"""Which of an engine's voices speaks a language. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from queue_server.voice.language import Voices

__all__ = ["VoiceOffer", "choose_voice"]


class VoiceOffer(NamedTuple):
    """A voice that an engine has."""

    id: str
    name: str
    languages: Sequence[str]


def choose_voice(driver: str, offers: Sequence[VoiceOffer], code: str, wanted: Voices) -> str | None:
    """The id of the best voice of a language; None when the engine has none. driver: as `voice.child` calls it."""
    if driver == "espeak" and wanted.espeak:
        plain = wanted.espeak.partition("+")[0]  # variants are no voices of their own
        return wanted.espeak if any(offer.id == plain for offer in offers) else None
    for tag in (*wanted.tags, code):
        for offer in offers:
            if any(spoken.lower().replace("_", "-") == tag for spoken in offer.languages):
                return offer.id
    for name in wanted.names:
        for offer in offers:
            if name in offer.name.lower():
                return offer.id
    return None
