"""One counter, for programs: its commands, and its desk as it changes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from counter_client.desk import Desk
from counter_client.session import Account, Session
from queue_server.live_client import Connection, live_address
from queue_server.wire.close_codes import CloseCode
from queue_server.wire.subscriber import Change, Stop, Subscriber

__all__ = ["CounterClient"]

Ticket = dict[str, Any]


class CounterClient:
    """One counter of one hall.

    Every command returns when the server has answered, however long the network is away; it is sent again with the same
    key, so that it happens once. It raises `Refused` when the answer is no. server: `http://192.168.1.10:8000`, raises
    `BadAddress` otherwise. on_unanswered: see `Session`.
    """

    def __init__(
        self,
        server: str,
        hall: str,
        counter: int,
        *,
        language: str = "zh",
        on_unanswered: Callable[[int], None] = lambda attempts: None,
    ) -> None:
        self.hall = hall
        self.number = counter
        self.desk = Desk(state={})
        """As it was last known; kept up to date inside `follow`."""
        self.session = Session(server, language, on_unanswered=on_unanswered)
        self._live = live_address(server, hall)
        self._last_duty: object = None  # the duty of which we know already whether it is ours

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.session.close()

    async def sign_in(self, user: str, password: str) -> Account:
        """Open a session. Raises Refused."""
        return await self.session.sign_in(user, password)

    # Commands

    async def next(self) -> Ticket | None:
        """Call who is next; None when nobody waits."""
        return await self._ticket("next")

    async def call(self, number: str, reason: str) -> Ticket | None:
        """Call a given ticket out of turn."""
        return await self._ticket("call", {"number": number, "reason": reason})

    async def recall(self) -> Ticket | None:
        """Call the present ticket again."""
        return await self._ticket("recall")

    async def start(self) -> Ticket | None:
        """The citizen is here."""
        return await self._ticket("start")

    async def finish(self, services: Iterable[int] = ()) -> Ticket | None:
        """Service is done. services: catalogue numbers of what was done, none when it is not told."""
        done = list(services)
        return await self._ticket("finish", {"services": done} if done else {})

    async def no_show(self) -> Ticket | None:
        """Nobody came."""
        return await self._ticket("no-show")

    async def hold(self, reason: str | None = None) -> Ticket | None:
        """Put the present ticket on hold; it comes back without queueing."""
        return await self._ticket("hold", {"reason": reason} if reason else {})

    async def resume_ticket(self, number: str) -> Ticket | None:
        """Go on with a held ticket."""
        return await self._ticket("resume-ticket", {"number": number})

    async def transfer(self, queue: str, reason: str) -> Ticket | None:
        """Send the present ticket on to another queue."""
        return await self._ticket("transfer", {"queue": queue, "reason": reason})

    async def serve_now(self, queue: str | None = None, service: int | None = None) -> Ticket | None:
        """Issue a ticket and start its service at once; give one of the two."""
        body = {"queue": queue, "service": service}
        return await self._ticket("serve-now", {name: value for name, value in body.items() if value is not None})

    async def put_back(self, ticket: str) -> Ticket:
        """Let a missed ticket (its id) wait again."""
        answer: Ticket = await self.session.post(f"/halls/{self.hall}/tickets/{ticket}/return")
        return answer

    async def set_priority(self, ticket: str, priority: str, *, confirmed: bool) -> Ticket:
        """Confirm the priority that the holder of a ticket (its id) claims, or withdraw it."""
        body = {"class": priority, "confirmed": confirmed}
        answer: Ticket = await self.session.post(f"/halls/{self.hall}/tickets/{ticket}/priority", body)
        return answer

    async def enter_paper(self, queue: str, number: str, issued_at: datetime) -> Ticket:
        """Enter a number that was given on paper. issued_at: aware, not later than now."""
        body = {"queue": queue, "number": number, "issued_at": issued_at.isoformat()}
        answer: Ticket = await self.session.post(f"/halls/{self.hall}/paper", body)
        return answer

    async def services(self, query: str) -> list[dict[str, Any]]:
        """The hall's services whose number, name, pinyin or initials match: `no`, `name`, …"""
        answer = await self.session.get(f"/halls/{self.hall}/services?q={quote(query)}")
        found: list[dict[str, Any]] = answer["services"]
        return found

    async def sign_on(self, capacity: str, post: str | None = None) -> None:
        """Take the counter. capacity: `A`, `B` or `relief`; post: another one to cover from here."""
        await self._do("sign-on", {"capacity": capacity, **({} if post is None else {"post": post})})

    async def sign_off(self) -> None:
        """Leave the counter."""
        await self._do("sign-off")

    async def pause(self, reason: str, back_at: datetime | None = None) -> None:
        """Stop calling. back_at: aware, when one steps away and will be back."""
        await self._do("pause", {"reason": reason, **({} if back_at is None else {"back_at": back_at.isoformat()})})

    async def resume(self) -> None:
        """Go on calling."""
        await self._do("resume")

    # The desk as it changes

    @contextlib.asynccontextmanager
    async def follow(
        self, on_change: Callable[[Desk], None] = lambda desk: None
    ) -> AsyncIterator["asyncio.Task[Stop]"]:
        """Keep `desk` up to date inside. on_change: told of each change of it; must not raise.

        Gives the task that does it, which ends only when the server says that coming back is useless.
        """
        task = asyncio.create_task(self._follow(on_change))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _follow(self, on_change: Callable[[Desk], None]) -> Stop:
        """While we are on duty the desk's own topic, else everybody's view of the counter, until somebody takes it."""
        while True:
            at_desk = self._reader(f"desk.{self.number}", on_change)
            stop = await at_desk.run()
            if stop.code != CloseCode.NOT_ALLOWED:
                return stop
            before = self._last_duty
            taken = asyncio.Event()

            def look(desk: Desk, before: object = before, taken: asyncio.Event = taken) -> None:
                self._last_duty = desk.state.get("on_duty")
                if self._last_duty not in (None, before):
                    taken.set()  # by us, perhaps: only the desk's own topic tells
                on_change(desk)

            stopped = await self._until(taken, self._reader(f"counter.{self.number}", look))
            if stopped is not None:
                return stopped

    def _reader(self, topic: str, on_change: Callable[[Desk], None]) -> Connection:
        """A connection that keeps `desk` up to date with one topic."""
        subscriber = Subscriber(topic)
        on_duty = topic.startswith("desk.")

        def show(change: Change | None = None) -> None:
            if subscriber.state is None:  # what was known before stays on view, and is not taken for the present
                self.desk = replace(self.desk, status=subscriber.status)
            else:
                self.desk = Desk(
                    on_duty=on_duty, state=subscriber.state, status=subscriber.status, as_of=subscriber.as_of
                )
            on_change(self.desk)

        return Connection(self._live, self.session.token or "", subscriber, on_change=show, on_status=show)

    @staticmethod
    async def _until(event: asyncio.Event, connection: Connection) -> Stop | None:
        """Follow until the event; how the server ended it, if it did before."""
        reading, waiting = asyncio.ensure_future(connection.run()), asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({reading, waiting}, return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else None
        finally:
            reading.cancel()
            waiting.cancel()
            await asyncio.gather(reading, waiting, return_exceptions=True)

    async def _ticket(self, verb: str, body: Mapping[str, Any] | None = None) -> Ticket | None:
        answer: dict[str, Ticket | None] = await self._do(verb, body)
        return answer["ticket"]

    async def _do(self, verb: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self.session.post(f"/halls/{self.hall}/counters/{self.number}/{verb}", body or {})
