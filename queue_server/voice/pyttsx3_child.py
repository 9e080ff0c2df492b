"""The process in which pyttsx3 runs: `python -m queue_server.voice.pyttsx3_child`.

A second thread in pyttsx3's engine kills the process, and some calls never return.
"""

import threading
from pathlib import Path

from queue_server.voice.child import Hello, Offer, Request, answer_requests

TRIES = 3  # the first utterance of a new process may be over before espeak has taken its rate (2 of 12 here)
WAIT_S = 4.0  # for the engine; a second under the owner's patience, so that the reason gets out


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


if __name__ == "__main__":
    answer_requests(_Engine)
