"""The desk in a terminal: one key a command, questions in the last line, and nothing done twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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
from counter_client.commands import Commands
from counter_client.desk import Desk
from counter_client.keys import KEYS
from counter_client.questions import Questions
from counter_client.screen import Hall, screen
from counter_client.session import Refused
from counter_client.words import Words
from queue_server.wire.subscriber import Stop

__all__ = ["Console"]

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
        self.under_way: asyncio.Task[None] | None = None
        """The command that is not answered yet."""
        self.questions = Questions(words, self._say, self._asked)
        self.commands = Commands(client, hall, words, self.questions, self._say, self.now)
        self._client = client
        self._hall = hall
        self._words = words
        self._who = who
        self._ahead = timedelta(0)  # of the server's clock, before this machine's
        self._meaning = ""
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

    def now(self) -> datetime:
        """The server's time, as far as it is known."""
        return datetime.now(UTC) + self._ahead

    def unanswered(self, attempts: int) -> None:
        """A command was sent so often in vain; see `Session`."""
        if attempts:
            self._say(self._words["retrying"].format(attempts=attempts))

    def press(self, command: str) -> None:
        """Run a command unless one is under way, or it makes no sense now."""
        if self.under_way is None and self.commands.able(command):
            self.under_way = asyncio.ensure_future(self._run(command))

    async def _run(self, command: str) -> None:
        try:
            await self.commands.run(command)
        except Refused as refused:
            self._say(refused.title)
        finally:
            self.under_way = None
            self._application.invalidate()

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

    def _asked(self) -> None:
        self._typed.reset()
        self._application.invalidate()

    def _fragments(self) -> StyleAndTextTuples:
        lines = screen(
            self._client.desk, self._hall, self._words, self.now(), who=self._who, meaning=self._meaning,
            locked=self.now() < self.commands.locked_until, noted=[*self.commands.noted.values()],
        )  # fmt: skip
        return [run for line in lines for run in (*line, ("", "\n"))]

    def _layout(self) -> Layout:
        asking = Condition(lambda: self.questions.pending is not None)
        page = Window(FormattedTextControl(self._fragments), wrap_lines=True)
        message = Window(FormattedTextControl(lambda: self.message), height=2, wrap_lines=True)
        question = HSplit(
            [
                Window(
                    FormattedTextControl(lambda: [("class:question", self.questions.asked)]),
                    wrap_lines=True,
                    dont_extend_height=True,
                ),
                Window(BufferControl(self._typed), height=1),
                Window(FormattedTextControl(self._words["answer-keys"]), height=1),
            ]
        )
        return Layout(HSplit([page, message, ConditionalContainer(question, asking)]))

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()
        asking = Condition(lambda: self.questions.pending is not None)

        def press(command: str) -> Callable[[KeyPressEvent], None]:
            return lambda event: self.press(command)

        for key in KEYS:
            for name in filter(None, (key.letter, key.letter.upper(), key.digit)):
                bindings.add(name, filter=~asking & Condition(self._is_meant(key.command)))(press(key.command))
        bindings.add("enter", filter=asking)(lambda event: self.questions.answer(self._typed.text))
        bindings.add("escape", filter=asking, eager=True)(lambda event: self.questions.answer(None))
        bindings.add("c-c")(lambda event: event.app.exit())
        off_duty = Condition(lambda: not self._client.desk.on_duty)
        bindings.add("q", filter=~asking & off_duty)(lambda event: event.app.exit())
        return bindings

    def _is_meant(self, command: str) -> Callable[[], bool]:
        """Of two commands with one key, the one that makes sense."""
        return lambda: self.commands.able(command)
