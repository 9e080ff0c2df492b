"""The process in which pyttsx3 runs, apart from its owner: `python -m queue_server.voice.synthesis_child`.

A second thread in pyttsx3's engine kills the process and some calls never return, so its owner must be able to do
without it. One JSON object a line each way: first what this engine is (`Hello`), then for every request an answer, `{}`
when the file is there, or `{"error": why}`. It ends when its input does, so it never outlives its owner.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, TextIO, TypedDict

__all__ = ["Hello", "Offer", "Request"]

TRIES = 3  # the first utterance of a new process may be over before espeak has taken its rate (2 of 12 here)
WAIT_S = 4.0  # for the engine; a second under the owner's patience, so that the reason gets out


class Offer(TypedDict):
    """One voice that there is."""

    id: str
    name: str
    languages: list[str]


class Hello(TypedDict):
    """The first line."""

    driver: str  # espeak, sapi5 or nsss
    version: str
    voices: list[Offer]


class Request(TypedDict):
    """Every further line that comes in."""

    text: str
    voice: str
    rate: int  # words a minute
    volume: float  # 0–1
    path: str  # of the WAV file to make


class _Engine:
    """pyttsx3 with the repairs that make it dependable when it writes files."""

    def __init__(self) -> None:
        import pyttsx3

        self._engine = pyttsx3.init()
        self._driver = str(self._engine)
        self._finished = threading.Event()
        self._errors: list[BaseException] = []
        self._engine.connect("finished-utterance", lambda name, completed: self._finished.set())
        self._engine.connect("error", lambda name, exception: self._errors.append(exception))
        if self._driver == "espeak":
            # At its end the driver's loop stops the driver, which cancels the utterance that has just begun.
            self._engine.proxy._driver.stop = lambda: None

    def hello(self) -> Hello:
        voices = [
            Offer(id=voice.id, name=voice.name or "", languages=[str(each) for each in voice.languages or ()])
            for voice in self._engine.getProperty("voices")
        ]
        return Hello(driver=self._driver, version=self._version(), voices=voices)

    def save(self, request: Request) -> None:
        """Write the file whole or not at all. Raises RuntimeError with the reason."""
        part = Path(request["path"]).with_suffix(".part.wav")
        for _ in range(TRIES):
            self._speak(request, part)
            # Setting a property only queues it, and a voice that does not exist leaves the one before it in place.
            voice, rate = self._engine.getProperty("voice"), self._engine.getProperty("rate")
            if (str(voice).lower(), rate) == (request["voice"].lower(), request["rate"]):
                break
        else:
            raise RuntimeError(f"the engine spoke as {voice} at rate {rate}")
        if not part.exists():
            raise RuntimeError("the engine wrote no file")
        part.replace(request["path"])

    def _speak(self, request: Request, part: Path) -> None:
        part.unlink(missing_ok=True)
        self._finished.clear()
        self._errors.clear()
        for name in ("voice", "rate", "volume"):
            self._engine.setProperty(name, request[name])
        self._engine.save_to_file(request["text"], str(part))
        self._engine.runAndWait()
        # espeak synthesises in its own time, the other drivers before they return.
        if self._driver == "espeak" and not self._finished.wait(WAIT_S):
            raise RuntimeError("the engine did not finish")
        if self._errors:
            raise RuntimeError(f"the engine reports {self._errors[0]}")

    def _version(self) -> str:
        if self._driver != "espeak":
            return self._driver
        from pyttsx3.drivers import _espeak

        return f"espeak-ng {_espeak.Info(None).decode()}"


def _serve(requests: TextIO, replies: TextIO) -> None:
    def reply(value: Any) -> None:
        replies.write(json.dumps(value) + "\n")
        replies.flush()

    try:
        engine = _Engine()
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


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's business
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # pyttsx3 prints
    _serve(sys.stdin, replies)
    replies.flush()
    os._exit(0)  # espeak asserts when it is taken down from Python


if __name__ == "__main__":
    main()
