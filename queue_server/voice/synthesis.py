"""Engines that make a WAV file of a text: pyttsx3 and sherpa-onnx in their own processes, the espeak-ng command."""

import asyncio
import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from queue_server.voice.child import Request
from queue_server.voice.choosing import VoiceOffer, choose_voice
from queue_server.voice.language import Phrasebook
from queue_server.voice.phrasebook import shipped

__all__ = ["Engine", "EngineFacts", "EngineFailed", "EspeakCommand", "InChild", "Pyttsx3", "Sherpa", "Unsayable"]

START_S = 15.0  # for a process and its engine to come up on a slow, busy PC
HELLO_BYTES = 2**20  # a line: a system may have hundreds of voices
PATIENCE_S = 5.0  # for one utterance, which takes 15 ms
NEURAL_PATIENCE_S = 15.0  # likewise, of a model on an old PC, which may take as long as it speaks


class EngineFailed(Exception):
    """The engine could not do it. `reason` is for the log and for whoever sets the announcer up."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unsayable(EngineFailed):
    """It works, and cannot say this text, today or later: the next engine's turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What an engine that works is like."""

    name: str  # for people: "pyttsx3 (espeak-ng 1.51)"
    voices: dict[str, str] = field(default_factory=dict)  # its best voice by language; absent: it has none
    takes_voices: bool = True  # whether another of its voices can be asked for; a recorded one is what it is
    is_measured: bool = False  # whether the lengths of its utterances are known: espeak's are
    is_lasting: bool = True  # whether its name tells all that makes its clips, so that they may outlast the process


class Engine(Protocol):
    """One utterance at a time; the caller sees to that."""

    async def open(self) -> EngineFacts:
        """Get ready, unless it is. Raises EngineFailed, after which it may be tried again."""
        ...

    async def save(self, request: Request) -> None:
        """Make the file `request` names, whole or not at all; `open` first. Raises EngineFailed."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class InChild:
    """An engine in a child process, which is killed when it takes too long and begun anew when it died.

    name: for people. command: what runs the child, see `voice.child`. patience_s: for one utterance.
    """

    def __init__(
        self, name: str, command: tuple[str, ...], phrasebook: Phrasebook | None, patience_s: float | None = None
    ) -> None:
        self._name = name
        self._command = command
        self._patience_s = patience_s
        self._phrasebook = shipped() if phrasebook is None else phrasebook
        self._child: asyncio.subprocess.Process | None = None
        self._facts: EngineFacts | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is none."""
        return self._child.pid if self._child is not None else None

    async def open(self) -> EngineFacts:
        if self._child is not None and self._facts is not None:
            return self._facts
        try:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=HELLO_BYTES,
                cwd=Path(__file__).parents[2],  # where `queue_server` is found, from wherever the announcer was started
            )
        except OSError as exc:
            raise EngineFailed(f"no child process: {exc}") from exc
        try:
            hello = await self._answer(START_S)
            self._facts = self._facts_of(hello)
        except EngineFailed:
            await self.close()  # a child without an engine has ended
            raise
        except (KeyError, TypeError) as exc:
            await self.close()
            raise EngineFailed(f"the child process does not introduce itself: {exc}") from exc
        return self._facts

    async def save(self, request: Request) -> None:
        if self._child is None or self._child.stdin is None:
            raise EngineFailed("not open")
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            await self._child.stdin.drain()
        except OSError as exc:
            await self.close()
            raise EngineFailed("the child process died") from exc
        await self._answer(self._patience_s or PATIENCE_S)

    async def close(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            with suppress(ProcessLookupError):  # it may die just now
                child.kill()
        await child.wait()

    def _facts_of(self, hello: dict[str, Any]) -> EngineFacts:
        driver, offers = hello["driver"], [VoiceOffer(**offer) for offer in hello["voices"]]
        chosen = {code: choose_voice(driver, offers, code, each.voices) for code, each in self._phrasebook.items()}
        return EngineFacts(
            name=f"{self._name} ({hello['version']})",
            voices={code: voice for code, voice in chosen.items() if voice is not None},
            is_measured=driver == "espeak",
            takes_voices=driver != "sherpa",
        )

    async def _answer(self, patience_s: float) -> dict[str, Any]:
        """The child's next line. Without one in time, or with no JSON in it, the child is of no use any more."""
        output = self._child.stdout if self._child is not None else None
        if output is None:
            raise EngineFailed("not open")
        try:
            async with asyncio.timeout(patience_s):
                line = await output.readline()
            answer: dict[str, Any] = json.loads(line)
            if not isinstance(answer, dict):
                raise ValueError("no object")
        except TimeoutError as exc:
            await self.close()
            raise EngineFailed(f"no answer within {patience_s:g} s") from exc
        except ValueError as exc:  # the end of the output, half a line of it, or what something else printed
            await self.close()
            raise EngineFailed("the child process died") from exc
        except asyncio.CancelledError:
            await self.close()  # or its answer would be taken for that to the next request
            raise
        if "error" in answer:
            raise EngineFailed(answer["error"])
        return answer


class Pyttsx3(InChild):
    """The system's own voices: espeak-ng on Linux, SAPI5 on Windows."""

    def __init__(
        self,
        command: tuple[str, ...] = (sys.executable, "-m", "queue_server.voice.pyttsx3_child"),
        phrasebook: Phrasebook | None = None,
    ) -> None:
        super().__init__("pyttsx3", command, phrasebook)


class Sherpa(InChild):
    """A neural voice: a model of sherpa-onnx for one language. speaker: of a model that has several, from 0."""

    def __init__(self, language: str, folder: Path, speaker: int = 0, phrasebook: Phrasebook | None = None) -> None:
        child = (sys.executable, "-m", "queue_server.voice.sherpa_child", language, str(speaker), str(folder.resolve()))
        super().__init__("sherpa-onnx", child, phrasebook, NEURAL_PATIENCE_S)


class EspeakCommand:
    """The espeak-ng program, started anew for every utterance."""

    def __init__(self, program: str = "espeak-ng", phrasebook: Phrasebook | None = None) -> None:
        self._program = program
        self._phrasebook = shipped() if phrasebook is None else phrasebook
        self._facts: EngineFacts | None = None

    async def open(self) -> EngineFacts:
        if self._facts is None:
            said = await self._run("--version")
            version = re.search(rb"[0-9]+(\.[0-9]+)+", said)
            if version is None:
                raise EngineFailed(f"{self._program} does not say its version")
            self._facts = EngineFacts(
                name=f"{self._program} {version[0].decode()}",
                voices={code: each.voices.espeak for code, each in self._phrasebook.items() if each.voices.espeak},
                is_measured=True,
            )
        return self._facts

    async def save(self, request: Request) -> None:
        options = ("-v", request["voice"], "-s", str(request["rate"]), "-a", str(round(100 * request["volume"])))
        path = Path(request["path"])
        part = path.with_suffix(".part.wav")
        await self._run(*options, "-b", "1", "-w", str(part), "--stdin", text=request["text"])
        try:
            part.replace(path)
        except FileNotFoundError as exc:
            raise EngineFailed(f"{self._program} wrote no file") from exc

    async def close(self) -> None:
        self._facts = None

    async def _run(self, *arguments: str, text: str = "") -> bytes:
        """What the program prints. Raises EngineFailed when it is not there, takes too long or reports a failure."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                self._program, *arguments, stdin=pipe, stdout=pipe, stderr=pipe
            )
        except OSError as exc:
            raise EngineFailed(f"{self._program} cannot be started") from exc
        try:
            async with asyncio.timeout(PATIENCE_S):
                printed, complaint = await process.communicate(text.encode())
        except TimeoutError as exc:
            raise EngineFailed(f"{self._program} took more than {PATIENCE_S:g} s") from exc
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise EngineFailed(f"{self._program}: {complaint.decode(errors='replace').strip()}")
        return printed
