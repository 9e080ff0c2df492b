"""`jiaohao`: the commands, and how a failure is told: one clear sentence, never a traceback."""

import asyncio
import errno
from typing import Any

import click
import structlog

from queue_server import __version__
from queue_server.app import Broken, CannotListen, run
from queue_server.commands import backups, devices, halls, histories, move, users
from queue_server.commands.demo_halls import (
    CREDENTIALS,
    Credentials,
    NotADemo,
    prepare_demo,
    take_credentials,
    write_credentials,
)
from queue_server.commands.failures import sentence
from queue_server.commands.hall_file import BadHallFile
from queue_server.commands.moving import CannotMove
from queue_server.commands.options import serving
from queue_server.commands.simulation import simulate
from queue_server.exchange.rating_form import BadRatingForm
from queue_server.journal.base import JournalError
from queue_server.journal.datafolder import FolderError
from queue_server.records.errors import RecordsError
from queue_server.redis_nodes import Unfit
from queue_server.settings import BadSettings, Settings
from queue_server.voice.engines import BadModel
from queue_server.voice.pack import BadPack
from queue_server.voice.phrasebook import BadPhrases
from queue_server.web.first_run import offer_first_account
from queue_server.web.server import Server

__all__ = ["main"]

log = structlog.get_logger()

FAILURES = (
    FolderError, JournalError, RecordsError, BadSettings, BadHallFile, BadPhrases, BadPack, BadModel, BadRatingForm,
    Unfit, NotADemo, CannotListen, CannotMove, Broken, OSError,
)  # fmt: skip


class _Clear(click.Group):
    """Turns what can go wrong in the world into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FAILURES as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever reads our output has had enough: click ends in silence
            raise click.ClickException(sentence(error)) from error


@click.group(cls=_Clear, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jiaohao")
def main() -> None:
    """叫号 Jiaohao: queue tickets, counters, calls and ratings for service halls.

    Settings may also stand in the environment, as JIAOHAO_DATA, JIAOHAO_PORT and so on: a Redis with a password
    better there, as JIAOHAO_STORE, because everybody on a machine can read its command lines.
    """


@main.command()
@serving
def serve(settings: Settings) -> None:
    """Run the server."""
    run(settings, started=_say_ready)


@main.command()
@serving
@click.option("--simulate", "speed", type=click.FloatRange(min=0.1, max=1000), help="Work the town at N times pace.")
@click.option("--past", type=click.IntRange(0, 366), default=0, help="Give new halls a past of so many days.")
def demo(settings: Settings, speed: float | None, past: int) -> None:
    """Run a server with two made-up halls, and write everybody's random credentials to DIR/demo.json."""
    opened = _Demo(settings, speed, past)
    run(settings, opened.prepare, opened.started)


class _Demo:
    """What the demo does beside serving."""

    def __init__(self, settings: Settings, speed: float | None, past: int) -> None:
        self._folder = settings.folder
        self._past = past
        self._speed = speed
        self._credentials: Credentials = {}
        self._simulation: asyncio.Task[None] | None = None

    async def prepare(self, server: Server) -> None:
        """Have the halls there, and nobody read old credentials, before anybody is answered."""
        self._credentials = await prepare_demo(server, take_credentials(self._folder), self._past)

    async def started(self, server: Server, address: str) -> None:
        """Tell everybody's credentials, and let the town come to life."""
        write_credentials(self._folder, self._credentials, address)
        if self._speed is not None:
            self._simulation = asyncio.create_task(simulate(await server.hall("town"), self._speed))
            self._simulation.add_done_callback(_simulated)
        town = self._credentials["halls"]["town"]
        head = next(person for person in town["staff"] if person["role"] == "head")
        guide = next(person for person in town["staff"] if person["role"] == "guide")
        clerk = town["staff"][0]
        click.echo(
            f"""
  叫号 Jiaohao is ready:  {address}

  取号机    kiosk        {address}/kiosk/town#token={town["kiosk"]}
  大屏      hall screen  {address}/screen/town?screen=lobby#token={town["screen"]}
  窗口      counter 1    {address}/counter/town/1     {clerk["user"]} / {clerk["password"]}
  窗口屏    its screen   {address}/screen/town/1
  评价器    evaluator 1  {address}/evaluator/town/1#token={town["evaluators"]["1"]}
  咨询台    guide        {address}/guide/town         {guide["user"]} / {guide["password"]}
  负责人    head         {address}/manager/town       {head["user"]} / {head["password"]}

  Everybody's credentials: {self._folder / CREDENTIALS}
  Stop with Ctrl-C; everything is still there at the next start.
"""
        )


def _simulated(task: "asyncio.Task[None]") -> None:
    """Nobody waits for the simulation, so nobody else would tell that it ended by a mistake."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("simulation.broke", exc_info=error)


async def _say_ready(server: Server, address: str) -> None:
    click.echo(f"叫号 Jiaohao is ready: {address}")
    for known in server.store_says:
        click.echo(known)
    if (code := await offer_first_account(server)) is not None:
        click.echo(f"Nobody can sign in yet. 请在本机浏览器打开，设置管理员和大厅: {address}/setup#code={code}")


main.add_command(histories.verify)
main.add_command(histories.export)
main.add_command(backups.backup)
main.add_command(backups.restore)
main.add_command(move.move)
main.add_command(halls.hall)
main.add_command(users.user)
main.add_command(devices.device)
