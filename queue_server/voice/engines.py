"""The engines that there are, the best first: recorded voices, neural models, the system's voices, espeak-ng alone."""

import re
from collections.abc import Iterable
from pathlib import Path

from queue_server.voice.language import Phrasebook
from queue_server.voice.pack import VoicePack
from queue_server.voice.synthesis import Engine, EspeakCommand, Pyttsx3, Sherpa

__all__ = ["BadModel", "engines"]


class BadModel(Exception):
    """A neural model that cannot be meant; the text says why."""

    def __init__(self, asked: str, reason: str) -> None:
        super().__init__(asked, reason)
        self.asked = asked
        self.reason = reason

    def __str__(self) -> str:
        return f"neural voice {self.asked!r}: {self.reason}"


def engines(phrasebook: Phrasebook, packs: Iterable[Path] = (), models: Iterable[str] = ()) -> list[Engine]:
    """In the order of preference.

    packs: folders of voice packs. models: of sherpa-onnx, each "[LANGUAGE=]FOLDER[#SPEAKER]", Chinese and the first
    speaker without. Raises BadPack, BadModel.
    """
    return [
        *(VoicePack(folder) for folder in packs),
        *(_model(asked, phrasebook) for asked in models),
        Pyttsx3(phrasebook=phrasebook),
        EspeakCommand(phrasebook=phrasebook),
    ]


def _model(asked: str, phrasebook: Phrasebook) -> Sherpa:
    language, folder, speaker = re.fullmatch(r"(?:([a-z]{2,8})=)?(.*?)(?:#(\d{1,4}))?", asked, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    if (language or "zh") not in phrasebook:
        raise BadModel(asked, f"there is no language {language}, but {', '.join(phrasebook)}")
    if not Path(folder).is_dir():
        raise BadModel(asked, f"there is no folder {folder}")
    return Sherpa(language or "zh", Path(folder), int(speaker or 0), phrasebook)
