"""`jiaohao`: the commands, and how a failure is told: one clear sentence, never a traceback."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import click

from queue_server import __version__
from queue_server.app import run
from queue_server.commands import backups, devices, halls, histories, users
from queue_server.commands.demo_halls import NotADemo, prepare_demo, take_credentials, write_credentials
from queue_server.commands.hall_file import BadHallFile
from queue_server.commands.simulation import simulate
from queue_server.journal.base import JournalError
from queue_server.journal.datafolder import FolderError
from queue_server.records.errors import RecordsError
from queue_server.settings import BadSettings, Settings, from_environment
from queue_server.web.server import Server

__all__ = ["main"]


class _Clear(click.Group):
    """Turns what can go wrong in the world into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (FolderError, JournalError, RecordsError, BadSettings, BadHallFile, NotADemo, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Clear, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jiaohao")
def main() -> None:
    """叫号 Jiaohao: queue tickets, counters, calls and ratings for service halls.

    Settings may also stand in the environment, as JIAOHAO_DATA, JIAOHAO_PORT and so on.
    """


_data = click.option("--data", metavar="DIR", help="Folder with the journal and the records.")
_host = click.option("--host", help="Address to listen on; this machine's own by default.")
_port = click.option("--port", type=int, help="TCP port; 0 takes any free one.")


@main.command()
@_data
@_host
@_port
def serve(data: str | None, host: str | None, port: int | None) -> None:
    """Run the server."""
    settings = from_environment(os.environ, data=data, host=host, port=port)
    run(settings, _say_ready)


@main.command()
@_data
@_host
@_port
@click.option("--simulate", "speed", type=click.FloatRange(min=0.1, max=1000), help="Work the town at N times pace.")
def demo(data: str | None, host: str | None, port: int | None, speed: float | None) -> None:
    """Run a server with two made-up halls, and write everybody's random credentials to DIR/demo.json."""
    settings = from_environment(os.environ, data=data, host=host, port=port)
    run(settings, _demo(settings, speed))


def _demo(settings: Settings, speed: float | None) -> Callable[[Server, str], Awaitable[None]]:
    simulations: set[asyncio.Task[None]] = set()

    async def started(server: Server, address: str) -> None:
        credentials = await prepare_demo(server, take_credentials(settings.folder))
        write_credentials(settings.folder, credentials, address)
        if speed is not None:
            simulations.add(asyncio.create_task(simulate(await server.hall("town"), speed)))
        head = next(person for person in credentials["halls"]["town"]["staff"] if person["role"] == "head")
        clerk = credentials["halls"]["town"]["staff"][0]
        kiosk = credentials["halls"]["town"]["kiosk"]
        evaluator = credentials["halls"]["town"]["evaluators"]["1"]
        click.echo(
            f"""
  叫号 Jiaohao is ready:  {address}

  取号机    kiosk        {address}/kiosk/town#token={kiosk}
  大屏      hall screen  {address}/screen/town
  窗口      counter 1    {address}/counter/town/1     {clerk["user"]} / {clerk["password"]}
  评价器    evaluator 1  {address}/evaluator/town/1#token={evaluator}
  负责人    head         {address}/manager/town       {head["user"]} / {head["password"]}

  Everybody's credentials: {settings.folder / "demo.json"}
  Stop with Ctrl-C; everything is still there at the next start.
"""
        )

    return started


async def _say_ready(server: Server, address: str) -> None:
    click.echo(f"叫号 Jiaohao is ready: {address}")
    if not await server.registry.known():
        click.echo("There is no hall yet. Stop the server, then: jiaohao user add …, jiaohao hall create FILE.toml")


main.add_command(histories.verify)
main.add_command(histories.export)
main.add_command(backups.backup)
main.add_command(backups.restore)
main.add_command(halls.hall)
main.add_command(users.user)
main.add_command(devices.device)
