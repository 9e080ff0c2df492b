"""One connection to one master of Redis, through which a server hears of all the halls there that it follows.

Their channels are subscribed to, batches come in, and it is asked where their streams stand: of a hall that was just
subscribed to, of every hall in its turn, and of those that somebody has to know about now. As all goes through one
connection, what was written before an answer has been heard before it, and an answer proves that news arrive. When the
connection ends, or answers no more, the next one subscribes anew and asks after every hall: what was missed meanwhile
is read from the journal then.
"""

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, NoReturn

import msgspec
import structlog
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import ResponseError

from queue_server.journal.base import Follower, Head
from queue_server.journal.redis_streams import told
from queue_server.redis_nodes import Command, Master, Nodes

__all__ = ["FollowedHall", "Line", "hint_of"]

log = structlog.get_logger()

ANSWER_S = 3.0
"""How long a connection may leave questions without answer."""
FIRST_RETRY_S, RETRY_S = 0.1, 1.0
"""Between two attempts to connect, at most: at first, for whoever asks waits for it; and in the end."""
AT_ONCE = 256
"""Halls that are asked after in one round: more would keep the loop from everything else."""
FAIR = 32
"""Batches after which everything else gets its turn: a master may have thousands to tell."""

HINT = b"hint "
"""What a hint begins with, and no batch does."""
_hint = msgspec.msgpack.Decoder(tuple[str, bytes])

Waiting = list[asyncio.Future[None]]


def hint_of(topic: str, frame: bytes) -> bytes:
    """A hint for the readers of a topic, as it goes through the hall's channel."""
    return HINT + msgspec.msgpack.encode((topic, frame))


@dataclass(slots=True, eq=False, kw_only=True)
class FollowedHall:
    """A hall, and whoever is to be told of it. channel, and heads by stream: as they are called in Redis."""

    name: str
    channel: bytes
    heads: Mapping[str, str]
    streams: Mapping[str, Follower]
    turn: int  # in which it is asked after
    known_at: float  # when it was last known where it stands; its line may know better
    subscribed: bool = False  # whether its line hears all that happens to it
    line: "Line | None" = None  # None while nobody is known to have it
    left: bool = False
    waiting: Waiting = field(default_factory=list)  # for the next answer

    def current_at(self) -> float:
        """When it was last known where it stands."""
        return max(self.known_at, self.line.proven_at) if self.line and self.subscribed else self.known_at

    def give_up(self, error: Exception) -> None:
        """Whoever waits is told that there is no answer."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_exception(error)

    def unsure(self) -> None:
        """From now on something may happen that is not heard."""
        self.known_at, self.subscribed = self.current_at(), False


class _Expected(NamedTuple):
    """What is to be done with an answer. leaves: the channel, if it is the one to leaving it."""

    take: Callable[[Any], None]
    leaves: bytes | None = None


class Line:
    """The connection to a master, made again whenever it ends, for as long as `run` runs.

    astray: called with a hall that turned out to be elsewhere. hinted: with the hall, topic and frame of each hint.
    now: seconds of a clock that never goes back.

    Where answers have to be kept by others than the master, it is asked at each turn whether it has them: one that was
    cut off from them answers on as if it were the master still.
    """

    def __init__(
        self,
        master: Master,
        nodes: Nodes,
        astray: Callable[[FollowedHall], None],
        hinted: Callable[[str, str, bytes], None],
        now: Callable[[], float],
    ) -> None:
        self.master = master
        self.halls: dict[bytes, FollowedHall] = {}  # by channel
        self.proven_at = now()
        """When the last questions began whose answers are those of the master that it is."""
        self._nodes = nodes
        self._proven = True  # whether they were at the last turn
        self._turn = False  # whether it is time to prove it
        self._astray = astray
        self._hinted = hinted
        self._now = now
        self._urgent: dict[FollowedHall, None] = {}  # to be asked after
        self._due: dict[FollowedHall, None] = {}  # likewise, when there is time
        self._left: list[bytes] = []  # channels
        self._woken = asyncio.Event()
        # Of the present connection:
        self._joined: set[FollowedHall] = set()
        self._expected: deque[_Expected] = deque()
        self._answered = asyncio.Event()  # nothing is expected any more, or nothing can come
        self._listening = False
        self._asked: dict[FollowedHall, Waiting] = {}  # in this round
        self._refused: set[FollowedHall] = set()  # likewise

    def add(self, hall: FollowedHall) -> None:
        """Follow a hall."""
        hall.line = self
        self.halls[hall.channel] = hall
        self.ask(hall)

    def remove(self, hall: FollowedHall) -> None:
        """Follow it no more."""
        hall.unsure()
        hall.line = None
        del self.halls[hall.channel]
        self._urgent.pop(hall, None)
        self._due.pop(hall, None)
        self._joined.discard(hall)
        self._left.append(hall.channel)
        self._woken.set()

    def ask(self, hall: FollowedHall) -> None:
        """Find out where it stands, before those whose turn it is."""
        self._urgent[hall] = None
        self._woken.set()

    def ask_in_turn(self, turn: int) -> None:
        """Ask after the halls whose turn it is; if there is none, only whether the master is there."""
        self._due.update((hall, None) for hall in self.halls.values() if hall.turn == turn)
        self._turn = True
        self._woken.set()

    async def run(self) -> NoReturn:
        """Be connected, until cancelled."""
        lost_at, pause_s = -1.0, FIRST_RETRY_S
        while True:
            try:
                await self._connected()
            except Exception as error:  # nonsense is no reason to hear nothing any more: the next one begins anew
                if self.proven_at > lost_at:  # each loss is told once
                    log.warning("news.lost", master=self.master.name, error=repr(error))
                    pause_s = FIRST_RETRY_S
                lost_at = self._now()
            finally:
                self._forget()
            await asyncio.sleep(random.random() * pause_s)  # noqa: S311 - so that servers do not come all at once
            pause_s = min(2 * pause_s, RETRY_S)

    async def _connected(self) -> None:
        pool = self.master.client.connection_pool
        # One of its own, which no command takes part in. Only RESP 3 tells news and answers apart. It is given its time
        # here: with a time-out redis-py writes by asyncio.wait_for, in which Python 3.11 may lose that a task is ended.
        kwargs = {**pool.connection_kwargs, "protocol": 3, "socket_timeout": None}
        connection = pool.connection_class(**kwargs)
        tasks: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(ANSWER_S):
                await connection.connect()
            self._due.update(dict.fromkeys(self.halls.values()))
            tasks = [asyncio.create_task(self._listen(connection)), asyncio.create_task(self._talk(connection))]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises why it ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await connection.disconnect(nowait=True)

    def _forget(self) -> None:
        """The connection is gone: whatever happens now is not heard."""
        for hall in self.halls.values():
            hall.unsure()
        for hall, waiting in self._asked.items():
            self._again(hall, waiting)
        self._joined.clear()
        self._expected.clear()
        self._asked.clear()
        self._left.clear()

    # What is asked

    async def _talk(self, connection: Any) -> None:
        """Ask a round at a time: what comes meanwhile goes together into the next."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self._round(connection)
            while self._urgent or self._due or self._left:
                await self._round(connection)

    async def _round(self, connection: Any) -> None:
        began_at, proves = self._now(), self._turn or not self._nodes.keeping
        self._refused.clear()
        commands = self._commands()
        kept: list[Any] = []
        for command in self._nodes.keep(self.master) if self._turn else ():
            commands.append(command)
            self._expected.append(_Expected(kept.append))
        self._turn = False
        self._answered.clear()
        async with asyncio.timeout(ANSWER_S):
            await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            if self._listening:
                await self._answered.wait()
        if self._expected:  # the connection ended, and sending, which was ended too, went on all the same
            raise Disconnected(f"{self.master.name} was lost before it answered")
        if (missing := self._nodes.keeping.missing(kept)) is not None:
            if self._proven:
                log.warning("news.unproven", master=self.master.name, error=str(missing))
            self._proven = False
        elif proves:
            self.proven_at, self._proven = began_at, True
        asked, self._asked = self._asked, {}
        for hall, waiting in asked.items():
            if hall in self._refused or hall.line is not self:
                self._again(hall, waiting)
                continue
            hall.subscribed = True
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def _commands(self) -> list[Command]:
        """What there is to be said now, and to be expected."""
        commands: list[Command] = []

        def put(expected: _Expected, *command: Any) -> None:
            commands.append(command)
            self._expected.append(expected)

        for channel in self._left:
            put(_Expected(lambda answer: None, leaves=channel), "SUNSUBSCRIBE", channel)
        self._left.clear()
        for hall in self._next():
            if hall not in self._joined:
                self._joined.add(hall)
                put(_Expected(partial(self._joins, hall)), "SSUBSCRIBE", hall.channel)
            for kind, key in hall.heads.items():
                put(_Expected(partial(self._stands, hall, kind)), "HMGET", key, "epoch", "seq", "tip")
            self._asked[hall], hall.waiting = hall.waiting, []
        if not commands:
            put(_Expected(lambda answer: None), "PING")
        return commands

    def _next(self) -> list[FollowedHall]:
        """Whom to ask after now."""
        halls: list[FollowedHall] = []
        for wanted in (self._urgent, self._due):
            while wanted and len(halls) < AT_ONCE:
                hall = next(iter(wanted))
                del wanted[hall]
                self._due.pop(hall, None)
                halls.append(hall)
        return halls

    def _again(self, hall: FollowedHall, waiting: Waiting) -> None:
        """They were not answered."""
        if hall.left:
            for future in waiting:
                if not future.done():
                    future.set_result(None)  # there is nothing to be told any more
        else:
            hall.waiting += waiting
            if hall.line is not None:
                hall.line.ask(hall)

    # What comes in

    async def _listen(self, connection: Any) -> None:
        self._listening = True
        try:
            await self._hear(connection)
        finally:
            self._listening = False
            self._answered.set()

    async def _hear(self, connection: Any) -> NoReturn:
        heard = 0
        while True:
            try:
                answer = await connection.read_response(timeout=math.inf, push_request=True, disconnect_on_error=False)
            except ResponseError as error:
                answer = error
            match answer:
                case None:  # what the library says when the network has given up
                    raise Disconnected(f"{self.master.name} is silent")
                case [b"smessage", channel, payload]:
                    self._tell(channel, payload)
                    heard += 1
                    if heard % FAIR == 0:
                        await asyncio.sleep(0)
                case [b"sunsubscribe", channel, _] if not self._expected or self._expected[0].leaves != channel:
                    if (hall := self.halls.get(channel)) is not None:  # it was moved to another master
                        self._astray(hall)
                case _ if not self._expected:
                    raise Disconnected(f"{self.master.name} answers what nobody asked")
                case _:
                    self._expected.popleft().take(answer)
                    if not self._expected:
                        self._answered.set()

    def _tell(self, channel: bytes, payload: bytes) -> None:
        """A batch was written, or a hint given."""
        hall = self.halls.get(channel)
        if hall is None:
            return  # left a moment ago
        try:
            if payload.startswith(HINT):
                self._hinted(hall.name, *_hint.decode(payload[len(HINT) :]))
                return
            kind, epoch, batch = told(payload)
            if (follower := hall.streams.get(kind)) is not None:
                follower.heard(epoch, batch)
        except Exception as error:  # one hall's fault is not the others'; it is asked after soon
            log.error("news.not_taken", hall=hall.name, exc_info=error)

    def _joins(self, hall: FollowedHall, answer: Any) -> None:
        if isinstance(answer, ResponseError):
            self._refuse(hall, answer)

    def _stands(self, hall: FollowedHall, kind: str, answer: Any) -> None:
        """Where one of a hall's streams stands."""
        if isinstance(answer, ResponseError):
            self._refuse(hall, answer)
            return
        if hall.left:
            return
        epoch, seq, tip = answer
        head = Head("", 0, "") if epoch is None else Head(epoch.decode(), int(seq), tip.decode())
        try:
            hall.streams[kind].stands(head)
        except Exception as error:  # one hall's fault is not the others'; the next turn asks again
            log.error("news.not_taken", hall=hall.name, exc_info=error)

    def _refuse(self, hall: FollowedHall, error: ResponseError) -> None:
        """The master says that it does not have the hall, or does not know at the moment."""
        if not self._refused:  # one stands for all: a master may have a thousand halls
            log.info("news.refused", master=self.master.name, hall=hall.name, error=str(error))
        self._refused.add(hall)
        if hall.line is self:
            self._astray(hall)
