"""Stands in for sherpa-onnx in a child process of ours: `sherpa_child` cannot tell them apart.

Which model it is told of is what it "speaks": the sentence's length in the sample's value.
"""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

__version__ = "2.0.1"


class _Config(SimpleNamespace):
    """Any of the configurations: keyword arguments, kept."""


OfflineTtsVitsModelConfig = OfflineTtsMatchaModelConfig = OfflineTtsKokoroModelConfig = _Config
OfflineTtsModelConfig = _Config


class OfflineTtsConfig(_Config):
    """Valid when every file that it names is there."""

    def validate(self) -> bool:
        print("a library that prints")
        (kind,) = vars(self.model).values()
        named = [value for name, value in vars(kind).items() if name != "lexicon" and value]
        return all(Path(value).exists() for value in named)


class OfflineTts:
    """A tone for a voice: a second for three characters at usual speed, as high as the speaker's number says."""

    num_speakers = 3

    def __init__(self, config: Any) -> None:
        (self._kind,) = vars(config.model)

    def generate(self, text: str, *, sid: int, speed: float) -> Any:
        if "坏" in text:
            raise ValueError("cannot say that")
        count = round(len(text) / 3 / speed * 16000)
        level = 1.5 if self._kind == "matcha" else 0.5  # some models pass full scale
        samples = [level * math.sin(index / 16000 * 2 * math.pi * (sid + 1) * 220) for index in range(count)]
        return SimpleNamespace(samples=samples, sample_rate=16000)
