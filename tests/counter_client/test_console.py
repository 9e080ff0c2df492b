"""The terminal with real keys, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prompt_toolkit.input import PipeInput
from prompt_toolkit.input.defaults import create_pipe_input
from prompt_toolkit.output import DummyOutput

from counter_client import CounterClient
from counter_client.console import Console
from counter_client.screen import Hall
from counter_client.words import LANGUAGES
from queue_server.domain.ticket import Ticket
from tests.waiting import until
from tests.web.pages.conftest import Site

pytestmark = pytest.mark.server

HALL = Hall(
    name="示范镇便民服务中心",
    timezone=ZoneInfo("Asia/Shanghai"),
    queues={"comprehensive": "综合受理", "express": "无差别即办"},
    prefixes={"comprehensive": "A", "express": "B"},
)


class Hands:
    """Somebody at the keyboard who reads the screen."""

    def __init__(self, console: Console, keyboard: PipeInput, site: Site) -> None:
        self.console = console
        self._keyboard = keyboard
        self._site = site
        self._last_answered: object = None

    async def sees(self, text: str) -> None:
        """Wait until it is on the screen."""
        await until(lambda: text in self.console.text() + self.console.message + self.console.questions.asked)

    async def presses(self, key: str) -> None:
        """One key, once the last command has been answered."""
        await until(lambda: self.console.under_way is None)
        self.types(key)

    def types(self, keys: str) -> None:
        self._keyboard.send_text(keys)

    async def answers(self, question: str, keys: str) -> None:
        """Wait for a question that is not answered yet, and answer it."""
        console = self.console
        await until(
            lambda: question in console.questions.asked and console.questions.pending not in (None, self._last_answered)
        )
        self._last_answered = console.questions.pending
        self.types(keys + "\r")

    async def skip_lock(self) -> None:
        """As if the seconds after a call had passed; they begin with its answer, which may come after its frame."""
        await until(lambda: self.console.under_way is None)
        self.console.commands.locked_until = self.console.now()

    def ticket(self, number: str) -> Ticket | None:
        """The ticket as the server has it; None before it is issued."""
        day = self._site.server.registry.loaded()[0].day
        return day.tickets.get(day.numbers.get(number, ""))

    def state(self, number: str) -> str | None:
        ticket = self.ticket(number)
        return None if ticket is None else ticket.state

    async def becomes(self, number: str, state: str) -> None:
        await until(lambda: self.state(number) == state)


@pytest.fixture
async def hands(client: CounterClient, site: Site) -> AsyncIterator[Hands]:
    """At the counter, signed on, with three waiting."""
    kiosk = await site.device("kiosk")
    for _ in range(3):
        await site.ticket(kiosk)
    async with at_terminal(client, site) as hands:
        await hands.sees("尚未签到")
        await hands.presses("i")
        await hands.answers("以什么身份签到", "3")
        await hands.sees("等候 3 人")
        yield hands


@asynccontextmanager
async def at_terminal(client: CounterClient, site: Site) -> AsyncIterator[Hands]:
    """A terminal that is quit in the end."""
    with create_pipe_input() as keyboard:
        console = Console(client, HALL, LANGUAGES["zh"], "王芳", source=keyboard, sink=DummyOutput())
        client.session._on_unanswered = console.unanswered
        running = asyncio.create_task(console.run())
        yield Hands(console, keyboard, site)
        keyboard.send_text("\x03")
        assert await running is None


async def test_from_next_to_finished_by_single_keys(hands: Hands) -> None:
    """Space, R, S, F."""
    await hands.presses(" ")
    await hands.becomes("A001", "called")
    await hands.sees("已呼叫")
    await hands.presses("r")
    await hands.sees("重呼：A001")
    await hands.presses("s")
    await hands.becomes("A001", "serving")
    await hands.sees("正在办理")
    await hands.presses("f")
    await hands.becomes("A001", "finished")


async def test_the_keypad_does_the_same(hands: Hands) -> None:
    """0, 2, 3; and 4 for one who does not come."""
    await hands.presses("0")
    await hands.sees("已呼叫")
    await hands.presses("2")
    await hands.sees("正在办理")
    await hands.presses("3")
    await hands.becomes("A001", "finished")
    await hands.sees("等候呼叫")
    await hands.skip_lock()
    await hands.presses("0")
    await hands.sees("已呼叫")
    await hands.presses("4")
    await hands.becomes("A002", "absent")


async def test_a_doubled_press_calls_one(hands: Hands) -> None:
    """While the first is under way, and in the seconds after it, a second is a slip: it calls nobody, asks nothing."""
    hands.types("  ")
    await hands.becomes("A001", "called")
    await hands.sees("已呼叫")
    await hands.presses("  r")
    await hands.sees("重呼：A001")
    assert hands.state("A002") == "waiting"


async def test_next_with_a_ticket_open_asks_what_becomes_of_it(hands: Hands) -> None:
    """And then calls."""
    await hands.presses(" ")
    await hands.sees("已呼叫")
    await hands.skip_lock()
    await hands.presses(" ")
    await hands.answers("A001 还没有处理完", "9")
    await hands.sees("请从给出的选项中选")
    await hands.answers("A001 还没有处理完", "2")
    await hands.becomes("A002", "called")
    assert hands.state("A001") == "absent"


async def test_what_was_put_aside_comes_back(hands: Hands) -> None:
    """Hold and take back, missed and put back."""
    await hands.presses(" ")
    await hands.sees("已呼叫")
    await hands.presses("s")
    await hands.sees("正在办理")
    await hands.presses("h")
    await hands.answers("原因（可以不填）", "")
    await hands.becomes("A001", "held")
    await hands.sees("等候呼叫")
    await hands.presses("b")
    await hands.answers("取回哪个号", "1")
    await hands.becomes("A001", "serving")
    await hands.sees("正在办理")
    await hands.presses("f")
    await hands.sees("等候呼叫")
    await hands.skip_lock()
    await hands.presses(" ")
    await hands.sees("已呼叫")
    await hands.presses("n")
    await hands.sees("过号  A002")
    await hands.presses("m")
    await hands.answers("哪个号回来了", "1")
    await hands.becomes("A002", "waiting")


async def test_questions(hands: Hands) -> None:
    """A number with a reason, a transfer, a pause with its return, an empty reason asked once more, and Esc."""
    await hands.presses("c")
    await hands.answers("呼叫哪个号", "a003")
    await hands.answers("原因", "")
    await hands.answers("原因", "老人等不了")
    await hands.becomes("A003", "called")
    await hands.sees("已呼叫")
    await hands.presses("s")
    await hands.sees("正在办理")
    await hands.presses("t")
    await hands.answers("转到哪里", "1")
    await hands.answers("原因", "当场可办")
    await until(lambda: getattr(hands.ticket("A003"), "queue", None) == "express")
    await hands.sees("等候呼叫")
    await hands.presses("p")
    await hands.sees("原因")
    hands.types("\x1b")
    await until(lambda: hands.console.questions.asked == "" and hands.console.under_way is None)
    await hands.presses("p")
    await hands.answers("原因", "取件")
    await hands.answers("几分钟后回来", "9" * 30)
    await hands.sees("请从给出的选项中选")
    await hands.answers("几分钟后回来", "10")
    await hands.sees("请稍候，预计")
    await hands.presses("p")
    await hands.sees("等候呼叫")


async def test_light_mode_and_leaving(hands: Hands) -> None:
    """Serve whoever stands there, finish, sign off."""
    await hands.presses("d")
    await hands.answers("办理哪类业务", "1")
    await hands.becomes("A004", "serving")
    await hands.sees("正在办理")
    await hands.presses("f")
    await hands.sees("等候呼叫")
    await hands.presses("q")
    await hands.sees("尚未签到")


async def test_a_refusal_is_told_in_words(hands: Hands) -> None:
    """And the desk goes on."""
    await hands.presses("c")
    await hands.answers("呼叫哪个号", "Z999")
    await hands.answers("原因", "找人")
    await hands.sees("今天没有这个号")
    await hands.presses(" ")
    await hands.becomes("A001", "called")


async def test_a_lost_network_is_told_and_nothing_is_done_twice(hands: Hands, site: Site, monkeypatch: Any) -> None:
    """The press that was under way happens once it is back."""
    await hands.presses(" ")
    await hands.becomes("A001", "called")
    await hands.sees("已呼叫")
    real = site.server.registry.find
    lost = 0

    async def sometimes(hall: str) -> Any:
        nonlocal lost
        lost += 1
        if lost <= 2:
            await real(hall)
            raise OSError("cut")
        return await real(hall)

    monkeypatch.setattr(site.server.registry, "find", sometimes)
    await hands.presses("s")
    await hands.becomes("A001", "serving")
    ticket = hands.ticket("A001")
    assert ticket is not None
    assert len(ticket.legs) == 1
    assert lost > 2


async def test_what_was_done_is_noted_and_told_with_the_finish(hands: Hands) -> None:
    """By number, by initials, from several; once more takes back; what is not found says so; the next starts empty."""
    await hands.presses(" ")
    await hands.sees("已呼叫")
    await hands.presses("s")
    await hands.sees("正在办理")
    await hands.presses("v")
    await hands.answers("还办了什么", "1")
    await hands.answers("还办了什么", "2")
    await hands.answers("还办了什么", "2")
    await hands.answers("还办了什么", "zzzz")
    await hands.sees("没有找到这样的事项")
    await hands.answers("还办了什么", "残疾")
    await hands.answers("是哪一项", "1")
    await hands.answers("还办了什么", "")
    await hands.sees("所办事项: ")
    noted = [*hands.console.commands.noted]
    assert noted[0] == 1
    assert len(noted) == 2
    await hands.presses("f")
    await hands.becomes("A001", "finished")
    finished = hands.ticket("A001")
    assert finished is not None
    assert [*finished.legs[-1].services] == noted
    await hands.sees("等候呼叫")
    assert not hands.console.commands.noted


async def test_numbers_from_paper_and_a_priority(hands: Hands, site: Site) -> None:
    """A whole pile, with what cannot be one told; then its priority confirmed and withdrawn."""
    await hands.presses("e")
    await hands.answers("纸上是哪个号", "12")
    await hands.answers("几点发的", "")
    await hands.sees("请连字母一起输入")
    await hands.answers("纸上是哪个号", "b021")
    await hands.answers("几点发的", "25:00")
    await hands.sees("请输入几点几分")
    await hands.answers("纸上是哪个号", "b021")
    await hands.answers("几点发的", "")
    await hands.becomes("B021", "waiting")
    await hands.answers("纸上是哪个号", "")
    await site.ticket(await site.device("kiosk"), priority="elderly")
    await hands.presses(" ")
    await hands.becomes("A004", "called")
    await hands.sees("核实优先")
    await hands.presses("y")
    await until(lambda: getattr(hands.ticket("A004"), "priority_confirmed", False))
    await hands.sees("取消优先")
    await hands.presses("x")
    await until(lambda: getattr(hands.ticket("A004"), "priority", "") is None)
