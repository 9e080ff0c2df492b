"""The desk in a terminal: one key a command, questions in the last line, and nothing done twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, ConditionalContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from counter_client.client import CounterClient
from counter_client.desk import Desk, possible
from counter_client.keys import KEYS
from counter_client.screen import Hall, screen
from counter_client.session import Refused
from counter_client.words import Words
from queue_server.wire.subscriber import Stop

__all__ = ["Console"]

CALL_LOCK = timedelta(seconds=5)
"""After a call a second press must be a slip: the wall and the voice still need the time."""

MINUTES = {"": "", **{str(minutes): str(minutes) for minutes in range(1, 24 * 60)}}
"""After how long one may be back; nothing for one who does not know."""

STYLE = Style.from_dict(
    {
        "title": "bold",
        "number": "bold reverse",
        "state": "bold",
        "listed": "bold",
        "priority": "italic",
        "live": "ansigreen",
        "lost": "bold ansired",
        "key": "bold",
        "off": "ansibrightblack",
        "question": "bold",
    }
)


class Console:
    """One counter on one terminal. client: signed in. who: the clerk's name. source, sink: None for the real ones."""

    def __init__(
        self,
        client: CounterClient,
        hall: Hall,
        words: Words,
        who: str,
        *,
        source: Input | None = None,
        sink: Output | None = None,
    ) -> None:
        self.message = words["signed-in"].format(name=who)
        """What happened last, in words."""
        self._client = client
        self._hall = hall
        self._words = words
        self._who = who
        self._ahead = timedelta(0)  # of the server's clock, before this machine's
        self._locked_until = datetime.min.replace(tzinfo=UTC)
        self._meaning = ""
        self._task: asyncio.Task[None] | None = None  # the command under way
        self._question = ""
        self._answered: asyncio.Future[str | None] | None = None
        self._typed = Buffer(multiline=False)
        self._application: Application[None] = Application(
            layout=self._layout(), key_bindings=self._bindings(), style=STYLE, full_screen=True, refresh_interval=0.5,
            input=source, output=sink,
        )  # fmt: skip

    async def run(self) -> Stop | None:
        """Show the desk until the clerk quits. What the server said, if it sent us away."""
        async with self._client.follow(self._show) as following:
            following.add_done_callback(self._stopped)
            await self._application.run_async()
            return following.result() if following.done() else None

    def text(self) -> str:
        """What is on the screen now, without its styles."""
        return "".join(fragment[1] for fragment in self._fragments())

    def unanswered(self, attempts: int) -> None:
        """A command was sent so often in vain; see `Session`."""
        if attempts:
            self._say(self._words["retrying"].format(attempts=attempts))

    # Commands

    def press(self, command: str) -> None:
        """Run a command unless one is under way, or it makes no sense now."""
        if self._task is None and self._able(command):
            self._task = asyncio.ensure_future(self._run(command))

    def _able(self, command: str) -> bool:
        desk = self._client.desk
        if command == "put-back":
            return desk.on_duty and bool(desk.absent)
        return possible(command, desk, locked=self._now() < self._locked_until)

    async def _run(self, command: str) -> None:
        try:
            await _FLOWS[command](self)
        except Refused as refused:
            self._say(refused.title)
        finally:
            self._task = None
            self._application.invalidate()

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
                self._locked_until = self._now() + CALL_LOCK

    async def _next(self) -> None:
        ticket = self._client.desk.ticket
        if ticket is not None:
            first = await self._choose(
                "ask-open", {"1": "finish", "2": "no-show", "3": "hold"}, number=ticket["number"]
            )
            if first is None or not self._able(first):
                return
            await _FLOWS[first](self)
        await self._do("next", self._client.next())

    async def _hold(self) -> None:
        reason = await self._ask("ask-reason-if-any")
        if reason is not None:
            await self._do("hold", self._client.hold(reason or None))

    async def _resume_ticket(self) -> None:
        number = await self._pick("ask-held", [(entry["number"], entry["number"]) for entry in self._client.desk.held])
        if number is not None:
            await self._do("resume-ticket", self._client.resume_ticket(number))

    async def _put_back(self) -> None:
        ticket = await self._pick("ask-absent", [(entry["number"], entry["id"]) for entry in self._client.desk.absent])
        if ticket is not None:
            await self._do("put-back", self._client.put_back(ticket))

    async def _transfer(self) -> None:
        here = self._client.desk.ticket
        others = [(name, queue) for queue, name in self._hall.queues.items() if here is None or queue != here["queue"]]
        if (queue := await self._pick("ask-queue", others)) is not None and (reason := await self._reason()):
            await self._do("transfer", self._client.transfer(queue, reason))

    async def _call(self) -> None:
        if (number := await self._ask("ask-number")) and (reason := await self._reason()):
            await self._do("call", self._client.call(number.strip().upper(), reason))

    async def _serve_now(self) -> None:
        own = [(self._hall.queues[queue], queue) for queue in self._client.desk.counter["queues"]]
        if (queue := await self._pick("ask-service", own)) is not None:
            await self._do("serve-now", self._client.serve_now(queue))

    async def _pause(self) -> None:
        if (reason := await self._reason()) is None:
            return
        minutes = await self._choose("ask-minutes", MINUTES)
        if minutes is None:
            return
        back_at = self._now() + timedelta(minutes=int(minutes)) if minutes else None
        await self._do("pause", self._nothing(self._client.pause(reason, back_at)), about_ticket=False)

    async def _resume(self) -> None:
        await self._do("resume", self._nothing(self._client.resume()), about_ticket=False)

    async def _sign_on(self) -> None:
        capacity = await self._choose("ask-capacity", {"1": "A", "2": "B", "3": "relief"})
        if capacity is not None:
            await self._do("sign-on", self._nothing(self._client.sign_on(capacity)), about_ticket=False)

    async def _sign_off(self) -> None:
        await self._do("sign-off", self._nothing(self._client.sign_off()), about_ticket=False)

    @staticmethod
    async def _nothing(call: Awaitable[None]) -> None:
        await call

    # Questions

    async def _ask(self, question: str, **values: Any) -> str | None:
        """What is typed; None when the question is dropped."""
        self._question = self._words[question].format(**values)
        self._answered = asyncio.get_running_loop().create_future()
        self._typed.reset()
        self._application.invalidate()
        try:
            return await self._answered
        finally:
            self._answered, self._question = None, ""

    async def _reason(self) -> str | None:
        """A reason, which may not be empty; None when the question is dropped."""
        while (reason := await self._ask("ask-reason")) is not None and not reason.strip():
            pass
        return reason

    async def _choose(self, question: str, ways: Mapping[str, str], **values: Any) -> str | None:
        """What stands for the digit that is typed; None when the question is dropped."""
        while (answer := await self._ask(question, **values)) is not None:
            if answer.strip() in ways:
                return ways[answer.strip()]
            self._say(self._words["not-a-choice"])
        return None

    async def _pick(self, question: str, named: list[tuple[str, str]]) -> str | None:
        """One of these (name, value), by its place; None when there is none or the question is dropped."""
        if not named:
            return None
        listed = "  ".join(f"{place} {name}" for place, (name, _) in enumerate(named, 1))
        by_place = {str(place): value for place, (_, value) in enumerate(named, 1)}
        return await self._choose(question, by_place, choices=listed)

    def _answer(self, text: str | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(text)

    # Showing

    def _show(self, desk: Desk) -> None:
        if desk.as_of is not None:
            self._ahead = datetime.fromisoformat(desk.as_of) - datetime.now(UTC)
        self._application.invalidate()

    def _stopped(self, following: "asyncio.Task[Stop]") -> None:
        if not following.cancelled() and following.exception() is None:
            self._meaning = following.result().meaning
        self._application.invalidate()

    def _say(self, message: str) -> None:
        self.message = message
        self._application.invalidate()

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def _fragments(self) -> StyleAndTextTuples:
        lines = screen(
            self._client.desk, self._hall, self._words, self._now(),
            who=self._who, locked=self._now() < self._locked_until, meaning=self._meaning,
        )  # fmt: skip
        return [run for line in lines for run in (*line, ("", "\n"))]

    def _layout(self) -> Layout:
        asking = Condition(lambda: self._answered is not None)
        page = Window(FormattedTextControl(self._fragments), wrap_lines=True)
        message = Window(FormattedTextControl(lambda: self.message), height=2, wrap_lines=True)
        question = HSplit(
            [
                Window(FormattedTextControl(lambda: [("class:question", self._question)]), height=2, wrap_lines=True),
                Window(BufferControl(self._typed), height=1),
                Window(FormattedTextControl(self._words["answer-keys"]), height=1),
            ]
        )
        return Layout(HSplit([page, message, ConditionalContainer(question, asking)]))

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        asking = Condition(lambda: self._answered is not None)

        def press(command: str) -> Callable[[KeyPressEvent], None]:
            return lambda event: self.press(command)

        for key in KEYS:
            for name in filter(None, (key.letter, key.letter.upper(), key.digit)):
                bindings.add(name, filter=~asking & Condition(self._is_meant(key.command)))(press(key.command))
        bindings.add("enter", filter=asking)(lambda event: self._answer(self._typed.text))
        bindings.add("escape", filter=asking, eager=True)(lambda event: self._answer(None))
        bindings.add("c-c")(lambda event: event.app.exit())
        bindings.add("q", filter=~asking)(lambda event: event.app.exit())
        return bindings

    def _is_meant(self, command: str) -> Callable[[], bool]:
        """Of two commands with one key, the one that makes sense."""
        return lambda: self._able(command)


_FLOWS: dict[str, Callable[[Console], Awaitable[None]]] = {
    "next": Console._next,
    "recall": lambda desk: desk._do("recall", desk._client.recall()),
    "start": lambda desk: desk._do("start", desk._client.start()),
    "finish": lambda desk: desk._do("finish", desk._client.finish()),
    "no-show": lambda desk: desk._do("no-show", desk._client.no_show()),
    "hold": Console._hold,
    "resume-ticket": Console._resume_ticket,
    "transfer": Console._transfer,
    "call": Console._call,
    "serve-now": Console._serve_now,
    "put-back": Console._put_back,
    "pause": Console._pause,
    "resume": Console._resume,
    "sign-on": Console._sign_on,
    "sign-off": Console._sign_off,
}
