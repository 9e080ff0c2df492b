"""`python -m display clips`: a voice pack for a hall, made by the engine at hand, or the list of what to record."""

import argparse
import asyncio
import logging
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from display.options import whole
from queue_server.voice.audio import write_wav
from queue_server.voice.language import Language, Phrasebook, TemplateKind
from queue_server.voice.pack import MANIFEST, Manifest
from queue_server.voice.phrasebook import BadPhrases, check_sentences, load
from queue_server.voice.recording import Place, Wanted, wanted
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import EspeakCommand, Pyttsx3

__all__ = ["main"]

OK, USAGE = 0, 2
Templates = dict[str, dict[TemplateKind, str]]

ADVICE = """\
# 录音清单。每行：文件、要说的话。一人、一处、一种语气，16 位 WAV，单声道为好；前后的静音会自动剪去。
# 数字和字母请放在整句里念，例如“请，诶三三三号，到一号窗口办理”，再剪下中间那一个；单念的数字接起来不自然。
# What to record, a line each: file, words. One speaker, one room, one tone; WAV of 16 bits. Silence around is cut off.
# Say digits and letters inside a whole sentence and cut them out: spoken alone they do not fit together.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallWords:
    """What a hall's calls are made of."""

    places: list[Place]
    prefixes: list[str]
    templates: Mapping[str, Mapping[TemplateKind, str]]


class BadHall(Exception):
    """A set-up that cannot be read; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pack; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    folder: Path = options.out
    try:
        phrasebook = load(*options.phrases)
        if options.language not in phrasebook:
            parser.error(f"argument --language: there is no {options.language}, but {', '.join(phrasebook)}")
        hall = _hall(options.hall) if options.hall else _any_hall(options.letters, options.counters)
        if (folder / MANIFEST).exists():
            return _refuse(f"there is a voice pack in {folder} already")
        language = phrasebook[options.language]
        own = hall.templates.get(options.language, {})
        check_sentences(str(options.hall), f"voice.templates.{options.language}", own)
        texts = wanted(language, hall.places, hall.prefixes, own, numbers=options.numbers)
        files = _files(texts)
        spoken = {} if options.script else asyncio.run(_speak(phrasebook, options.language, [*files], options))
        if missing := [] if options.script else [text for text in files if text not in spoken]:
            return _refuse(f"no engine here says {missing[0]!r}: install espeak-ng")
        _write(folder, options, texts, files, spoken)
    except (BadHall, BadPhrases, OSError) as problem:
        return _refuse(str(problem))
    print(f"{len(files)} clips {'to record, see ' + str(folder / 'script.txt') if options.script else f'in {folder}'}")
    return OK


def _refuse(sentence: str) -> int:
    print(f"clips: {sentence}", file=sys.stderr)
    return USAGE


def _any_hall(letters: str, counters: int) -> HallWords:
    return HallWords(places=[Place(number) for number in range(1, counters + 1)], prefixes=[*letters], templates={})


def _hall(file: Path) -> HallWords:
    """From a hall's set-up, as `jiaohao hall` reads it. Raises BadHall, OSError."""
    try:
        found = tomllib.loads(file.read_text("utf-8"))
        counters, queues = found["counters"], found["queues"]
        hall = HallWords(
            places=[Place(int(n), counter["name"], counter.get("area", "")) for n, counter in counters.items()],
            prefixes=[queue["prefix"] for queue in queues.values()],
            templates=msgspec.convert(found.get("voice", {}).get("templates", {}), Templates),
        )
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        msgspec.ValidationError,
    ) as error:  # no TOML too
        raise BadHall(f"{file} is no hall's set-up: {error!r}") from error
    if not hall.places:
        raise BadHall(f"{file} has no counters")
    return hall


def _files(texts: Wanted) -> dict[str, str]:
    """Where each text goes."""
    signs = {text: f"signs/{nth:02d}.wav" for nth, text in enumerate(texts.signs, 1)}
    return signs | {text: f"phrases/{nth:04d}.wav" for nth, text in enumerate(texts.phrases, 1)}


async def _speak(
    phrasebook: Phrasebook, code: str, texts: Sequence[str], options: argparse.Namespace
) -> dict[str, bytes]:
    """WAV files by text; a text that no engine says is absent."""
    language = phrasebook[code]
    # Nobody measured how long a single syllable takes.
    unmeasured: dict[str, Language] = {
        code: msgspec.structs.replace(language, voices=msgspec.structs.replace(language.voices, pace=None))
    }
    manner = Manner(voices={code: options.voice} if options.voice else {}, rate=options.rate)
    found: dict[str, bytes] = {}
    async with Speaker(
        [Pyttsx3(phrasebook=unmeasured), EspeakCommand(phrasebook=unmeasured)], manner, unmeasured
    ) as voice:
        for text in texts:
            if (clip := await voice.clip(text, code)) is not None:
                found[text] = write_wav(clip)
    return found


def _write(
    folder: Path, options: argparse.Namespace, texts: Wanted, files: Mapping[str, str], spoken: Mapping[str, bytes]
) -> None:
    for name in ("signs", "phrases"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for text, sound in spoken.items():
        (folder / files[text]).write_bytes(sound)
    (folder / "script.txt").write_text(ADVICE + "".join(f"{file}\t{text}\n" for text, file in files.items()), "utf-8")
    manifest = Manifest(
        name=options.name,
        language=options.language,
        licence=options.licence,
        signs={text: files[text] for text in texts.signs},
        phrases={text: files[text] for text in texts.phrases},
    )
    (folder / MANIFEST).write_bytes(msgspec.toml.encode(manifest))  # last: what has it is whole


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m display clips",
        description="Make a voice pack: every clip that a hall's calls need. Exit codes: 0 made, 2 cannot be made so.",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument("--language", default="zh", metavar="zh", help="one language a pack (zh)")
    parser.add_argument("--hall", type=Path, metavar="FILE", help="a hall's set-up: its queues, counters and sentences")
    parser.add_argument("--letters", default="ABCDE", help="without --hall: the queues' letters (ABCDE)")
    parser.add_argument("--counters", type=whole(1, 999), default=20, metavar="N", help="without --hall: 1 to N (20)")
    parser.add_argument(
        "--numbers", type=whole(0, 999), default=0, metavar="N", help="record so many numbers of each letter whole (0)"
    )
    parser.add_argument("--script", action="store_true", help="only the list of what a speaker is to record")
    parser.add_argument("--name", default="synthesised", help="of the voice, for people (synthesised)")
    parser.add_argument("--licence", default="", help="under which the recordings may be used")
    parser.add_argument("--voice", metavar="ID", help="of the engine; without it, the best that it has")
    parser.add_argument("--rate", type=whole(60, 400), default=135, metavar="N", help="words a minute (135)")
    parser.add_argument("--phrases", type=Path, action="append", default=[], metavar="DIR", help="more language files")
    return parser
