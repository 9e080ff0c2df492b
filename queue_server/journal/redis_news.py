"""What servers over one Redis hear of each other: each hall that is followed, on the line to the master that has it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from itertools import count

from queue_server.journal.base import Follower, Unavailable, closed
from queue_server.journal.redis_line import FollowedHall, Line, hint_of
from queue_server.journal.redis_streams import NEWS
from queue_server.redis_nodes import Master, Nodes, RedisError

__all__ = ["RedisNews"]

TICK_S = 1.0
"""How often it is seen to that every hall is asked after in its turn, at the master that has it."""
TURNS = 5
"""Each hall is asked after once in so many ticks."""
CURRENT_S = 6.0
"""How long a hall counts as current after it was known where it stands: a few questions may be late, not all."""


class RedisNews:
    """`News` from Redis, for as long as `run` runs.

    patience_s: how long whoever asks waits for a master that is silent; after that, until it speaks again, not at all.
    At least as long as a hall counts as current. now: seconds of a clock that never goes back.
    """

    def __init__(self, nodes: Nodes, patience_s: float = 10.0, now: Callable[[], float] = time.monotonic) -> None:
        self._nodes = nodes
        self._patience_s = max(patience_s, CURRENT_S)
        self._now = now
        self._halls: dict[str, FollowedHall] = {}
        self._lines: dict[str, tuple[Line, asyncio.Task[None]]] = {}  # by the master's name
        self._turns = count()
        self._tasks: asyncio.TaskGroup | None = None  # while it runs
        self._ended = False
        self.hinted: Callable[[str, str, bytes], None] = lambda hall, topic, frame: None
        self._looking: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for tick in count():
                    self._tick(tick % TURNS)
                    await asyncio.sleep(TICK_S)
        finally:
            self._tasks, self._ended = None, True
            for hall in self._halls.values():
                hall.give_up(closed())

    def follow(self, hall: str, streams: Mapping[str, Follower]) -> None:
        heads = {kind: self._nodes.key(hall, kind, "head") for kind in streams}
        channel = self._nodes.key(hall, NEWS).encode()
        turn = next(self._turns) % TURNS
        followed = FollowedHall(
            name=hall, channel=channel, heads=heads, streams=streams, turn=turn, known_at=self._now()
        )
        self._halls[hall] = followed
        self._place(followed)

    def leave(self, hall: str) -> None:
        followed = self._halls.pop(hall)
        followed.left = True
        if followed.line is not None:
            followed.line.remove(followed)
        followed.give_up(Unavailable(ConnectionError("the hall was let go")))

    async def ask(self, hall: str) -> None:
        followed = self._halls[hall]
        if self._ended:
            raise closed()
        if self._silent_s(followed) > self._patience_s:
            raise _silent()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        followed.waiting.append(future)
        if followed.line is not None:
            followed.line.ask(followed)
        await future

    async def hint(self, hall: str, topic: str, frame: bytes) -> None:
        channel = self._nodes.key(hall, NEWS)
        try:
            await self._nodes.ask(channel, "SPUBLISH", channel, hint_of(topic, frame))
        except (RedisError, OSError) as error:
            raise Unavailable(error) from error

    def current(self, hall: str) -> bool:
        return self._silent_s(self._halls[hall]) <= CURRENT_S

    @property
    def lag_s(self) -> float:
        now = self._now()
        known = [hall.current_at() for hall in self._halls.values()] + [
            line.proven_at for line, _ in self._lines.values()
        ]
        return max((now - at for at in known), default=0.0)

    @property
    def cut_off(self) -> bool:
        now = self._now()
        return bool(self._lines) and all(now - line.proven_at > CURRENT_S for line, _ in self._lines.values())

    def _silent_s(self, hall: FollowedHall) -> float:
        return self._now() - hall.current_at()

    # Which master has what

    def _tick(self, turn: int) -> None:
        """What is to be done every second."""
        assert self._tasks is not None  # noqa: S101 - it runs
        masters = {master.name: master for master in self._nodes.masters()}
        for master in masters.values():
            self._line(master)
        for hall in self._halls.values():
            self._place(hall)
            if not hall.subscribed and self._looking is None and self._silent_s(hall) > TICK_S:
                self._looking = self._tasks.create_task(self._look(hall))
            if hall.waiting and self._silent_s(hall) > self._patience_s:
                hall.give_up(_silent())
        for name, (line, task) in list(self._lines.items()):
            if name not in masters and not line.halls:
                task.cancel()
                del self._lines[name]
            else:
                line.ask_in_turn(turn)

    def _place(self, hall: FollowedHall) -> None:
        """Have the hall followed where it is now, as far as that is known."""
        try:
            master = self._nodes.master_of(hall.channel.decode())
        except RedisError:
            return  # at the next tick
        if hall.line is not None and hall.line.master.name == master.name:
            return
        self._stray(hall)
        if (line := self._line(master)) is not None:
            line.add(hall)

    async def _look(self, hall: FollowedHall) -> None:
        """Have it found out where the hall is: a question does that, and a line knows only of its own master."""
        key = next(iter(hall.heads.values()))
        try:
            await self._nodes.ask(key, "EXISTS", key)
        except (RedisError, OSError):
            pass  # the next tick asks again
        finally:
            self._looking = None

    def _line(self, master: Master) -> Line | None:
        """The line to a master; None while nothing runs."""
        if self._tasks is None:
            return None
        if master.name not in self._lines:
            line = Line(master, self._nodes, self._stray, lambda *hint: self.hinted(*hint), self._now)
            self._lines[master.name] = line, self._tasks.create_task(line.run())
        return self._lines[master.name][0]

    def _stray(self, hall: FollowedHall) -> None:
        """The hall is not where it was followed: until the next tick finds it, nothing of it is heard."""
        if hall.line is not None:
            hall.line.remove(hall)


def _silent() -> Unavailable:
    return Unavailable(ConnectionError("the master does not answer"))
