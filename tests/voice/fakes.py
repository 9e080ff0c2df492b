"""What stands in for engines: sounds of the right length."""

import math
from array import array
from pathlib import Path

from queue_server.voice.audio import Clip, write_wav
from queue_server.voice.child import Request
from queue_server.voice.length import expected_s
from queue_server.voice.phrasebook import shipped
from queue_server.voice.synthesis import EngineFacts, EngineFailed


def tone(duration_s: float, *, rate: int = 22050, level: float = 0.5) -> Clip:
    """A steady tone."""
    swing = [round(32767 * level * math.sin(2 * math.pi * 440 * index / rate)) for index in range(rate)]
    return Clip(rate, array("h", (swing[index % rate] for index in range(round(rate * duration_s)))))


SILENT = -1.0
PACE = {code: language.voices.pace or 50.0 for code, language in shipped().items()}


class ToneEngine:
    """An engine that makes a tone as long as its text, and does what else it is told to.

    outcomes: for the next utterances: factors on the length, SILENT, or reasons to fail; then all goes well.
    """

    def __init__(self, name: str = "tones", *outcomes: float | str, languages: tuple[str, ...] = ("zh", "en")) -> None:
        voices = {language: f"voice-{language}" for language in languages}
        self.facts = EngineFacts(name=name, voices=voices, is_measured=True)
        self.outcomes = list(outcomes)
        self.requests: list[Request] = []
        self.closed = False

    async def open(self) -> EngineFacts:
        return self.facts

    async def save(self, request: Request) -> None:
        self.requests.append(request)
        outcome = self.outcomes.pop(0) if self.outcomes else 1.0
        if isinstance(outcome, str):
            raise EngineFailed(outcome)
        language = "zh" if request["voice"].endswith("zh") else "en"
        level = 0.0 if outcome == SILENT else request["volume"] / 2
        duration_s = abs(outcome) * expected_s(request["text"], PACE[language], request["rate"])
        _write(request["path"], tone(duration_s, level=level))

    async def close(self) -> None:
        self.closed = True


def _write(path: str, clip: Clip) -> None:
    Path(path).write_bytes(write_wav(clip))


def names_in(folder: Path) -> list[str]:
    """The names of the files there, in order."""
    return sorted(file.name for file in folder.iterdir())


MANIFEST = """
name = "王芳"
language = "zh"
licence = "CC BY 4.0"
[signs]
"零" = "0.wav"
"一" = "1.wav"
"诶" = "a.wav"
[phrases]
"请" = "please.wav"
"号" = "number.wav"
"到一号窗口办理" = "to-1.wav"
"""


def tone_pack(folder: Path) -> None:
    """A voice pack of tones, each 0.2 s long."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(MANIFEST, "utf-8")
    for name in ("0", "1", "a", "please", "number", "to-1"):
        (folder / f"{name}.wav").write_bytes(write_wav(tone(0.2)))
