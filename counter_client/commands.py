"""What each key of the desk asks and does."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from counter_client.client import CounterClient
from counter_client.desk import possible
from counter_client.questions import Questions
from counter_client.screen import Hall
from counter_client.words import Words

__all__ = ["Commands"]

CALL_LOCK = timedelta(seconds=5)
"""After a call a second press must be a slip: the wall and the voice still need the time."""

MINUTES = {"": "", **{str(minutes): str(minutes) for minutes in range(1, 24 * 60)}}
"""After how long one may be back; nothing for one who does not know."""

FOUND = 9
"""How many services are offered to choose from: one digit each."""


class Commands:
    """The commands of one counter. say: shows a sentence; now: the server's time, aware."""

    def __init__(
        self,
        client: CounterClient,
        hall: Hall,
        words: Words,
        questions: Questions,
        say: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._hall = hall
        self._words = words
        self._questions = questions
        self._say = say
        self._now = now
        self.locked_until = datetime.min.replace(tzinfo=UTC)
        """Until then *next* is taken for a slip."""
        self._noted: tuple[str, dict[int, str]] = "", {}

    @property
    def noted(self) -> Mapping[int, str]:
        """The services noted as done for the present ticket, names by number."""
        ticket, noted = self._noted
        return noted if self._client.desk.ticket and self._client.desk.ticket["number"] == ticket else {}

    def able(self, command: str) -> bool:
        """Whether a command makes sense now."""
        return possible(command, self._client.desk, locked=self._now() < self.locked_until)

    async def run(self, command: str) -> None:
        """Ask what it needs, and do it. Raises Refused."""
        await _COMMANDS[command](self)

    async def _do(self, command: str, call: Awaitable[Mapping[str, Any] | None], *, about_ticket: bool = True) -> None:
        name = self._words[command]
        self._say(self._words["doing"].format(command=name))
        ticket = await call
        if not about_ticket:
            self._say(self._words["done-counter"].format(command=name))
        elif ticket is None:
            self._say(self._words["done-nothing"].format(command=name))
        else:
            self._say(self._words["done"].format(command=name, number=ticket["number"]))
            if command in ("next", "call", "recall"):
                self.locked_until = self._now() + CALL_LOCK

    # The present ticket

    async def _next(self) -> None:
        ticket = self._client.desk.ticket
        if ticket is not None:
            ways = {"1": "finish", "2": "no-show", "3": "hold"}
            first = await self._questions.choose("ask-open", ways, number=ticket["number"])
            if first is None or not self.able(first):
                return
            await self.run(first)
        await self._do("next", self._client.next())

    async def _finish(self) -> None:
        await self._do("finish", self._client.finish(self.noted))

    async def _services(self) -> None:
        """Note one service after another, until nothing more is typed; one that is noted already is taken back."""
        ticket = self._client.desk.ticket
        while ticket is not None and (typed := await self._questions.ask("ask-done", noted=self._noted_names())):
            found = await self._find(typed.strip())
            if not found:
                self._say(self._words["found-none"])
                continue
            listed = [(name, str(no)) for no, name in found.items()][:FOUND]
            chosen = listed[0][1] if len(listed) == 1 else await self._questions.pick("ask-which", listed)
            if chosen is not None:
                noted = dict(self.noted)
                if noted.pop(int(chosen), None) is None:
                    noted[int(chosen)] = found[int(chosen)]
                self._noted = ticket["number"], noted

    async def _find(self, typed: str) -> dict[int, str]:
        """Names by number: of the service with that number, else of those that the words match."""
        if typed.isdecimal():
            return {no: name for no, name in (await self._find("")).items() if no == int(typed)}
        return {service["no"]: service["name"] for service in await self._client.services(typed)}

    def _noted_names(self) -> str:
        return self._words["listing"].join(self.noted.values()) or "—"

    async def _hold(self) -> None:
        reason = await self._questions.ask("ask-reason-if-any")
        if reason is not None:
            await self._do("hold", self._client.hold(reason or None))

    async def _transfer(self) -> None:
        here = self._client.desk.ticket
        others = [(name, queue) for queue, name in self._hall.queues.items() if here is None or queue != here["queue"]]
        queue = await self._questions.pick("ask-queue", others)
        if queue is not None and (reason := await self._questions.reason()):
            await self._do("transfer", self._client.transfer(queue, reason))

    async def _priority(self, command: str) -> None:
        ticket = self._client.desk.ticket
        if ticket is not None:
            confirmed = command == "confirm-priority"
            await self._do(command, self._client.set_priority(ticket["id"], ticket["priority"], confirmed=confirmed))

    # Other tickets

    async def _resume_ticket(self) -> None:
        held = [(entry["number"], entry["number"]) for entry in self._client.desk.held]
        if (number := await self._questions.pick("ask-held", held)) is not None:
            await self._do("resume-ticket", self._client.resume_ticket(number))

    async def _put_back(self) -> None:
        absent = [(entry["number"], entry["id"]) for entry in self._client.desk.absent]
        if (ticket := await self._questions.pick("ask-absent", absent)) is not None:
            await self._do("put-back", self._client.put_back(ticket))

    async def _call(self) -> None:
        if (number := await self._questions.ask("ask-number")) and (reason := await self._questions.reason()):
            await self._do("call", self._client.call(number.strip().upper(), reason))

    async def _serve_now(self) -> None:
        own = [(self._hall.queues[queue], queue) for queue in self._client.desk.counter["queues"]]
        if (queue := await self._questions.pick("ask-service", own)) is not None:
            await self._do("serve-now", self._client.serve_now(queue))

    async def _paper(self) -> None:
        """One number after another, until nothing more is typed."""
        while number := await self._questions.ask("ask-paper"):
            at = await self._questions.ask("ask-paper-time", now=f"{self._now().astimezone(self._hall.timezone):%H:%M}")
            if at is None:
                return
            issued_at = self._today(at.strip())
            letter = number.strip().upper().rstrip("0123456789")
            queue = next((queue for queue, prefix in self._hall.prefixes.items() if prefix == letter), None)
            if queue is None or issued_at is None:
                self._say(self._words["not-a-number" if queue is None else "not-a-time"])
                continue
            await self._do("paper", self._client.enter_paper(queue, number.strip().upper(), issued_at))

    def _today(self, at: str) -> datetime | None:
        """The time of day as typed, `9:05`, empty for now; None when it is none."""
        now = self._now()
        if at == "":
            return now
        try:
            time = datetime.strptime(at.replace("：", ":"), "%H:%M").time()
        except ValueError:
            return None
        return datetime.combine(now.astimezone(self._hall.timezone), time, self._hall.timezone)

    # The counter

    async def _pause(self) -> None:
        if (reason := await self._questions.reason()) is None:
            return
        minutes = await self._questions.choose("ask-minutes", MINUTES)
        if minutes is None:
            return
        back_at = self._now() + timedelta(minutes=int(minutes)) if minutes else None
        await self._counter("pause", self._client.pause(reason, back_at))

    async def _sign_on(self) -> None:
        capacity = await self._questions.choose("ask-capacity", {"1": "A", "2": "B", "3": "relief"})
        if capacity is not None:
            await self._counter("sign-on", self._client.sign_on(capacity))

    async def _counter(self, command: str, call: Awaitable[None]) -> None:
        async def nothing() -> None:
            await call

        await self._do(command, nothing(), about_ticket=False)


_COMMANDS: dict[str, Callable[[Commands], Awaitable[None]]] = {
    "next": Commands._next,
    "recall": lambda it: it._do("recall", it._client.recall()),
    "start": lambda it: it._do("start", it._client.start()),
    "services": Commands._services,
    "finish": Commands._finish,
    "no-show": lambda it: it._do("no-show", it._client.no_show()),
    "hold": Commands._hold,
    "resume-ticket": Commands._resume_ticket,
    "transfer": Commands._transfer,
    "confirm-priority": lambda it: it._priority("confirm-priority"),
    "withdraw-priority": lambda it: it._priority("withdraw-priority"),
    "call": Commands._call,
    "serve-now": Commands._serve_now,
    "put-back": Commands._put_back,
    "paper": Commands._paper,
    "pause": Commands._pause,
    "resume": lambda it: it._counter("resume", it._client.resume()),
    "sign-on": Commands._sign_on,
    "sign-off": lambda it: it._counter("sign-off", it._client.sign_off()),
}
