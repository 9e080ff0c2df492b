"""`python -m display announce`: the announcer of one hall, on the command line."""

import argparse
import asyncio
import hashlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from display.announcements import Scope
from display.hall_voice import Wishes
from display.options import whole
from display.player import NoPlayer, choose_player
from display.program import NoSuchVoice, Setup, announce
from queue_server.live_client import BadAddress, live_address
from queue_server.voice.engines import BadModel, engines
from queue_server.voice.language import Phrasebook
from queue_server.voice.pack import BadPack
from queue_server.voice.phrasebook import BadPhrases, load
from queue_server.voice.speaking import Manner
from queue_server.wire.close_codes import CloseCode

__all__ = ["main"]

OK = 0
USAGE = 2  # also: this machine cannot do what was asked
REFUSED = 3  # the server does not want us; starting again is useless until somebody acts

_REFUSALS: dict[int, str] = {
    CloseCode.SIGN_IN: "the token is wrong or was revoked; make a new one for this announcer. ",
    CloseCode.NOT_ALLOWED: "the token is not one of an announcer of this hall. ",
    CloseCode.NOT_FOUND: "it has no such hall; check --hall. ",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the announcer; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.token is None:
        parser.error("no token: give --token, or set JIAOHAO_TOKEN")
    try:
        phrasebook = load(*(Path(folder) for folder in options.phrases))
        if unknown := [language for language in options.language or () if language not in phrasebook]:
            parser.error(f"argument --language: there is no {unknown[0]}, but {', '.join(phrasebook)}")
        setup, player = _setup(options, phrasebook), choose_player(options.sink)
        voices = engines(phrasebook, options.pack, options.sherpa)
    except (BadAddress, BadModel, BadPack, BadPhrases, NoPlayer, OSError) as problem:
        return _refuse(USAGE, str(problem))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it, and so both
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # stop as cleanly as at Ctrl-C
    try:
        stop = asyncio.run(announce(setup, player, voices))
    except NoSuchVoice as problem:
        return _refuse(USAGE, f"no engine here speaks as {problem.voice!r}; `espeak-ng --voices` lists espeak's voices")
    except KeyboardInterrupt:
        return _refuse(OK, "stopped")
    return _refuse(REFUSED, f"the server refused ({stop.code}): {_REFUSALS.get(stop.code, '')}{stop.meaning}")


def _refuse(code: int, sentence: str) -> int:
    print(f"announcer: {sentence}", file=sys.stderr)
    return code


def _setup(options: argparse.Namespace, phrasebook: Phrasebook) -> Setup:
    address = live_address(options.server, options.hall)
    voices = {"zh": options.voice, "en": options.english_voice}
    return Setup(
        hall=options.hall,
        address=address,
        token=options.token,
        manner=Manner(
            voices={language: voice for language, voice in voices.items() if voice},
            rate=options.rate,
        ),
        wishes=Wishes(
            languages=options.language,
            repeat=options.repeat,
            yao=options.yao,
            volume=None if options.volume is None else round(100 * options.volume),
        ),
        scope=Scope(queues=frozenset(options.queue), areas=frozenset(options.area)),
        state=_state_file(options.state, address, options.queue, options.area),
        greeting=options.once_connected,
        phrasebook=phrasebook,
    )


def _state_file(asked: str | None, address: str, queues: Sequence[str], areas: Sequence[str]) -> Path | None:
    """Where it is kept how far the announcer has come: each hall, and each part of one, has a file of its own."""
    if asked is not None:
        return None if asked == "none" else Path(asked)
    home = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_STATE_HOME")
    spoken = "\n".join([address, *sorted(queues), "", *sorted(areas)]) if queues or areas else address
    name = hashlib.sha256(spoken.encode()).hexdigest()[:12]
    return Path(home or Path.home() / ".local" / "state") / "jiaohao" / f"announcer-{name}.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m display announce",
        description="Speak every call of a hall, as its set-up wants it; an option goes before the hall's word. "
        "Exit codes: 0 stopped, 2 cannot start so, 3 refused by the server.",
    )
    parser.add_argument("--server", required=True, metavar="URL", help="where the server is: http://192.168.1.10:8000")
    parser.add_argument("--hall", required=True, help="the hall's id: town")
    parser.add_argument(
        "--token",
        type=_token,
        default=os.environ.get("JIAOHAO_TOKEN"),
        metavar="TOKEN",
        help="the announcer's token; better in the variable JIAOHAO_TOKEN, which other users cannot see",
    )
    parser.add_argument("--voice", metavar="ID", help="the Chinese voice; without it, the best that the engine has")
    parser.add_argument("--english-voice", metavar="ID", help="the English voice; likewise")
    parser.add_argument(
        "--pack",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="recorded clips, which go before every engine (repeatable: one a language)",
    )
    parser.add_argument(
        "--sherpa",
        action="append",
        default=[],
        metavar="[LANGUAGE=]DIR[#SPEAKER]",
        help="a neural voice: a model of sherpa-onnx, which goes before the system's voices (repeatable)",
    )
    parser.add_argument("--rate", type=whole(60, 400), default=135, metavar="N", help="words a minute (135)")
    parser.add_argument("--volume", type=_volume, metavar="X", help="over 0, at most 1, at every time of day")
    parser.add_argument("--repeat", type=whole(1, 5), metavar="N", help="readings of each call")
    parser.add_argument("--language", type=_languages, metavar="zh,en", help="languages of a reading, in this order")
    parser.add_argument(
        "--phrases",
        action="append",
        default=list(filter(None, [os.environ.get("JIAOHAO_PHRASES")])),
        metavar="DIR",
        help="a folder with more language files; as the server's setting JIAOHAO_PHRASES",
    )
    parser.add_argument(
        "--yao", action=argparse.BooleanOptionalAction, help="say 幺, or not, for a one in a ticket's number"
    )
    parser.add_argument(
        "--area", action="append", default=[], metavar="NAME", help="only calls to counters there (repeatable)"
    )
    parser.add_argument("--queue", action="append", default=[], metavar="ID", help="only calls of it (repeatable)")
    parser.add_argument(
        "--sink",
        default="auto",
        metavar="auto|null|file:DIR|COMMAND",
        help="where the sound goes: the system's player (auto), nowhere, files, or a program that takes a WAV file",
    )
    parser.add_argument(
        "--state",
        metavar="FILE|none",
        help="where to keep how far it has come, so that a restart repeats no call (a file of the user's own)",
    )
    parser.add_argument(
        "--once-connected", metavar="TEXT", help="say this Chinese sentence when the hall is reached: a sound check"
    )
    return parser


def _token(text: str) -> str:
    if not text or not all("!" <= character <= "~" for character in text):
        raise argparse.ArgumentTypeError("a token is visible ASCII without spaces")
    return text


def _volume(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) <= 1:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not over 0 and at most 1")


def _languages(text: str) -> tuple[str, ...]:
    languages = tuple(text.split(","))
    if not all(languages) or len(set(languages)) != len(languages):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of languages, each once")
    return languages
