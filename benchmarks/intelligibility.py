"""How often a recogniser understands a call, by voice. A proxy: no human listens here.

    python -m benchmarks.intelligibility MODEL [--pack DIR] [--sherpa [LANGUAGE=]DIR] [--only TEXT] [--cases N]

MODEL is the folder of a Whisper model in CTranslate2's form. For each of the same tickets it is asked which of 16
sentences it heard: the right one, or one of 15 with another letter, other digits or counter. Chance finds one in 16.
Needs `faster-whisper`, which is no dependency of the project; docs/voice.md says where a model is to be had.
"""

import argparse
import asyncio
import math
import random
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, redirect_stdout
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from display.clips import main as make_pack
from queue_server.voice.audio import Clip, join, silence, write_wav
from queue_server.voice.engines import engines
from queue_server.voice.language import Called
from queue_server.voice.pack import VoicePack
from queue_server.voice.phrasebook import shipped
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import Engine, EspeakCommand, Pyttsx3

CHOICES = 16
LETTERS = "ABCDE"
HEARD_AS = {"zh": "请{}号，到{}号窗口办理", "en": "Ticket {}, please go to counter {}."}
"""As the recogniser writes what it hears."""


class Voice(NamedTuple):
    """One line of the result."""

    name: str
    language: str
    engines: Sequence[Engine]
    yao: bool = False


class Ear:
    """A recogniser that chooses. folder: of its model."""

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel

        self._whisper = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )

    def choose(self, clip: Clip, language: str, sentences: Sequence[str]) -> list[str]:
        """The sentences, the likeliest first."""
        from faster_whisper.audio import decode_audio, pad_or_trim
        from faster_whisper.tokenizer import Tokenizer

        calm = join([silence(clip.rate, 0.3), clip, silence(clip.rate, 0.3)])
        features = self._whisper.feature_extractor(decode_audio(BytesIO(write_wav(calm)), sampling_rate=16000))
        frames = features.shape[-1]
        heard = self._whisper.encode(pad_or_trim(features))
        words = Tokenizer(self._whisper.hf_tokenizer, True, task="transcribe", language=language)

        def likelihood(sentence: str) -> float:
            found: Any = self._whisper.model.align(heard, words.sot_sequence, [words.encode(sentence)], frames)[0]
            return sum(math.log(max(each, 1e-9)) for each in found.text_token_probs)

        return sorted(sentences, key=likelihood, reverse=True)


def near_misses(number: str, counter: int, chance: random.Random) -> list[tuple[str, int]]:
    """The ticket and its counter, and 15 others of one or two changes."""
    found = {(number, counter): None}
    while len(found) < CHOICES:
        letter, digits, to = number[0], list(number[1:]), counter
        for change in chance.sample(["letter", "digit", "digit", "counter"], chance.choice([1, 1, 2])):
            if change == "letter":
                letter = chance.choice(LETTERS)
            elif change == "digit":
                digits[chance.randrange(3)] = str(chance.randrange(10))
            else:
                to = chance.randrange(1, 21)
        found[letter + "".join(digits), to] = None
    return [*found]


async def understood(voice: Voice, ear: Ear, cases: int) -> tuple[int, int]:
    """How many calls were the first choice, and among the first three."""
    chance, language = random.Random(7), shipped()[voice.language]
    first = three = 0
    async with AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(Speaker(voice.engines, Manner()))
        for _ in range(cases):
            number = f"{chance.choice(LETTERS)}{chance.randrange(1, 200):03d}"
            choices = near_misses(number, chance.randrange(1, 21), chance)
            called = Called(number=number, counter=choices[0][1])
            clip = await speaker.clip(language.read(language.sentence(called, yao=voice.yao), number), voice.language)
            assert clip is not None, f"{voice.name} does not speak"
            sentences = [HEARD_AS[voice.language].format(*choice) for choice in choices]
            order = ear.choose(clip, voice.language, sentences)
            first += order[0] == sentences[0]
            three += sentences[0] in order[:3]
    return first, three


def _voices(folder: Path, options: argparse.Namespace) -> list[Voice]:
    packs = {}
    for name, numbers in (("digits", 0), ("whole", 199)):
        packs[name] = folder / name
        with redirect_stdout(None):
            make_pack([str(packs[name]), "--numbers", str(numbers)])
    voices = [
        Voice("espeak-ng, 一", "zh", [Pyttsx3(), EspeakCommand()]),
        Voice("espeak-ng, 幺", "zh", [Pyttsx3(), EspeakCommand()], yao=True),
        Voice("its pack, digits put together", "zh", [VoicePack(packs["digits"])]),
        Voice("its pack, digits put together, 幺", "zh", [VoicePack(packs["digits"])], yao=True),
        Voice("its pack, numbers whole", "zh", [VoicePack(packs["whole"])]),
        Voice("espeak-ng, English", "en", [Pyttsx3(), EspeakCommand()]),
    ]
    for pack in options.pack:
        engine = VoicePack(pack)
        voices.append(Voice(str(pack), engine.manifest.language, [engine]))
    for model in options.sherpa:
        language = model.partition("=")[0] if "=" in model else "zh"
        voices.append(Voice(model, language, engines(shipped(), models=[model])[:1]))
    return [voice for voice in voices if options.only in voice.name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--pack", type=Path, action="append", default=[])
    parser.add_argument("--sherpa", action="append", default=[])
    parser.add_argument("--only", default="", metavar="TEXT", help="voices with this in their names")
    parser.add_argument("--cases", type=int, default=24)
    options = parser.parse_args()
    ear = Ear(options.model)
    with tempfile.TemporaryDirectory() as folder:
        print(f"| voice | first of {CHOICES} right | among the first three |\n|---|---|---|")
        for voice in _voices(Path(folder), options):
            first, three = asyncio.run(understood(voice, ear, options.cases))
            print(f"| {voice.name} | {first} of {options.cases} | {three} of {options.cases} |", flush=True)


if __name__ == "__main__":
    main()
