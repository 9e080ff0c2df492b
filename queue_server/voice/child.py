"""What an engine's child process and its owner say to each other.

Engines crash and hang, so their owner must be able to do without them. One JSON object a line each way: first what this
engine is (`Hello`), then for every `Request` an answer, `{}` when the file is there, or `{"error": why}`. A child ends
when its input does, so it never outlives its owner.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Protocol, TextIO, TypedDict

__all__ = ["ChildEngine", "Hello", "Offer", "Request", "answer_requests"]


class Offer(TypedDict):
    """One voice that there is."""

    id: str
    name: str
    languages: list[str]


class Hello(TypedDict):
    """The first line."""

    driver: str  # espeak, sapi5, nsss or sherpa
    version: str
    voices: list[Offer]


class Request(TypedDict):
    """Every further line that comes in."""

    text: str
    voice: str
    rate: int  # words a minute
    volume: float  # 0–1
    path: str  # of the WAV file to make


class ChildEngine(Protocol):
    """An engine, inside its process. Whatever it raises, its owner is told."""

    def hello(self) -> Hello:
        """What it is."""
        ...

    def save(self, request: Request) -> None:
        """Write the file whole or not at all."""
        ...


def answer_requests(make: Callable[[], ChildEngine]) -> None:
    """Make the engine, answer requests until there are no more, and end the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's business
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # engines print
    _serve(make, sys.stdin, replies)
    replies.flush()
    os._exit(0)  # espeak asserts when it is taken down from Python


def _serve(make: Callable[[], ChildEngine], requests: TextIO, replies: TextIO) -> None:
    def reply(value: Any) -> None:
        replies.write(json.dumps(value) + "\n")
        replies.flush()

    try:
        engine = make()
        reply(engine.hello())
    except Exception as exc:  # whatever a driver raises, the owner must hear it
        reply({"error": f"{type(exc).__name__}: {exc}"})
        return
    for line in requests:
        try:
            engine.save(json.loads(line))
        except Exception as exc:  # likewise
            reply({"error": f"{type(exc).__name__}: {exc}"})
        else:
            reply({})
