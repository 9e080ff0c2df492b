"""The announcer put together: two topics followed, one queue, one voice, one player."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from display.announcements import Announcement, Announcements, BadCall, Board, Scope
from display.announcer import Announcer
from display.hall_voice import HallVoice, Wishes
from display.memory import Memory
from display.player import Player
from display.server_clock import ServerClock
from queue_server.live_client import Connection
from queue_server.voice.language import Phrasebook
from queue_server.voice.phrasebook import shipped
from queue_server.voice.reading import sentences
from queue_server.voice.speaking import Manner, Speaker
from queue_server.voice.synthesis import Engine
from queue_server.wire.resume import Position
from queue_server.wire.subscriber import CallSeen, Change, HintGiven, Status, Stop, Subscriber

__all__ = ["NoSuchVoice", "Setup", "announce"]

log = logging.getLogger(__name__)


class NoSuchVoice(Exception):
    """A voice that was asked for speaks with no engine here. `voice` is its id."""

    def __init__(self, voice: str) -> None:
        super().__init__(voice)
        self.voice = voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What one announcer does."""

    hall: str
    address: str  # of `live_address`
    token: str
    manner: Manner
    wishes: Wishes = field(default_factory=Wishes)
    scope: Scope = field(default_factory=Scope)
    state: Path | None = None  # the file that keeps how far it has come; None: a restart reads what has not expired
    greeting: str | None = None  # a Chinese sentence, said once when the hall is reached
    phrasebook: Phrasebook = field(default_factory=shipped)


async def announce(setup: Setup, player: Player, engines: Sequence[Engine]) -> Stop:
    """Speak the hall's calls until the server says that coming back is useless. Raises NoSuchVoice.

    engines: in the order of preference.
    """
    async with Speaker(engines, setup.manner, setup.phrasebook) as voice:
        await _rehearse(voice, setup)
        print(_introduction(voice, setup, player), flush=True)
        return await _follow(setup, voice, player)


async def _follow(setup: Setup, voice: Speaker, player: Player) -> Stop:
    loop = asyncio.get_running_loop()
    clock, memory = ServerClock(), Memory(setup.state)
    calls, board = Subscriber("calls", memory.recall()), Subscriber("board")

    def board_now() -> Board | None:
        if board.status is not Status.LIVE or board.position is None or board.state is None:
            return None
        return Board(board.position, board.state)

    def on_call(change: Change) -> None:
        if isinstance(change, HintGiven):
            if isinstance(test := change.hint.get("test"), str):
                announcer.test(test)
        elif isinstance(change, CallSeen) and calls.position is not None:
            try:
                announcer.add(Announcement.of(Position(calls.position.epoch, change.seq), change.call))
            except BadCall as bad:
                log.error("call_unreadable seq=%d reason=%r", change.seq, bad.reason)

    was_live = False

    def on_status() -> None:
        nonlocal was_live
        is_live = calls.status is Status.LIVE
        if is_live and not was_live:
            announcer.report()
        was_live = is_live
        if calls.status is Status.LIVE and calls.as_of is not None:
            try:
                clock.heard(calls.as_of, loop.time())
            except ValueError as exc:
                log.error("time_unreadable cause=%r", exc)
        announcer.wake()

    connection = Connection(setup.address, setup.token, calls, on_change=on_call, on_status=on_status)
    watch = Connection(setup.address, setup.token, board, on_change=lambda change: announcer.wake())
    announcer = Announcer(
        Announcements(),
        voice=voice,
        player=player,
        clock=clock,
        board=board_now,
        state=lambda: board.state,
        acknowledge=connection.acknowledge,
        memory=memory,
        wishes=setup.wishes,
        scope=setup.scope,
        greeting=setup.greeting,
    )
    following = [asyncio.create_task(connection.run()), asyncio.create_task(watch.run())]
    reading = asyncio.create_task(announcer.run())
    tasks: list[asyncio.Task[Stop] | asyncio.Task[None]] = [*following, reading]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()  # it ends only by an error, which is raised here
        return next(task.result() for task in following if task.done())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _rehearse(voice: Speaker, setup: Setup) -> None:
    """Speak once into the void, so that a missing voice is found now and not at the first call."""
    for language, text in sentences(setup.phrasebook, "A001", 1, {}, _languages(setup)):
        if await voice.clip(text, language) is None:
            if (asked := setup.manner.voices.get(language)) is not None:
                raise NoSuchVoice(asked)
            log.error("no_voice language=%s, only the chime will be heard: install espeak-ng", language)


def _introduction(voice: Speaker, setup: Setup, player: Player) -> str:
    speakers = [
        f"{language} by {voice.used[language].voice} ({voice.used[language].engine})"
        if language in voice.used
        else f"{language} by the chime alone"
        for language in _languages(setup)
    ]
    return (
        f"announcer of hall {setup.hall} at {setup.address} · {', '.join(speakers)} · rate {setup.manner.rate} · "
        f"sound to {player.name}"
    )


def _languages(setup: Setup) -> Sequence[str]:
    """What is asked for here; the hall may want more, and is not reached yet."""
    return setup.wishes.languages or tuple(dict.fromkeys([*HallVoice().languages, *setup.manner.voices]))
