"""`move`: all halls of a data folder to a Redis, or back."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import click

from queue_server.commands.moving import CannotMove, Moving
from queue_server.commands.places import opened_place
from queue_server.engine.clock import wall
from queue_server.journal.datafolder import DataFolder
from queue_server.settings import Settings, from_environment
from queue_server.stores import where

__all__ = ["move"]

IN_THE_ENVIRONMENT = "JIAOHAO_STORE"


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--ahead", is_flag=True, help="Copy and check, no more: the halls work on, and a later run is short.")
@click.option("--give-up", is_flag=True, help="Open the halls in FROM again, after a run that was cut off.")
def move(source: str, target: str, ahead: bool, give_up: bool) -> None:
    """Move all halls, with everything, FROM a data folder or a Redis TO another.

    Both are folders or addresses (redis://…). JIAOHAO_STORE, written so, stands for the address in that variable,
    where nobody else on this machine reads its password.

    FROM keeps what it has, and takes no more commands; start the servers on TO afterwards. A run that was cut off is
    followed by another one of the same words.
    """
    if ahead and give_up:
        raise click.UsageError("--ahead and --give-up are opposites: say one of them")
    places = _settings(source), _settings(target)
    if where(places[0]) == where(places[1]):
        raise click.UsageError("FROM and TO are the same")
    asyncio.run(_move(*places, ahead=ahead, give_up=give_up))


def _settings(place: str) -> Settings:
    if place == IN_THE_ENVIRONMENT and not (place := os.environ.get(IN_THE_ENVIRONMENT, "")):
        raise click.UsageError(f"{IN_THE_ENVIRONMENT} says nothing")
    if "://" in place:
        return from_environment(os.environ, store=place)
    return from_environment(os.environ, data=str(Path(place).resolve()), store="")


async def _move(source: Settings, target: Settings, *, ahead: bool, give_up: bool) -> None:
    async with AsyncExitStack() as stack:
        if not source.store and not DataFolder(source.folder).journal.exists():
            raise CannotMove(f"there is no journal in {source.folder}")
        if not target.store:
            stack.enter_context(DataFolder(target.folder))  # no server in what is half there
        moving = Moving(
            await stack.enter_async_context(opened_place(source)),
            await stack.enter_async_context(opened_place(target)),
            wall,
        )
        halls = sorted({stream.hall for stream in await moving.waiting()})
        if not halls:
            click.echo(f"everything has moved to {where(target)} already")
            return
        if give_up:
            await moving.give_up()
            click.echo(f"open again in {where(source)}: {', '.join(halls)}")
            return
        length = await moving.length()
        await _shown("copying", length, moving.copy)
        await _shown("checking", length, moving.check)
        if ahead:
            click.echo(f"copied to {where(target)} so far: {', '.join(halls)}")
            return
        await moving.finish()
    click.echo(f"moved to {where(target)}: {', '.join(halls)}")
    click.echo(
        f"{where(source)} is closed. It holds what people left there still: delete it when it is needed no more."
    )


async def _shown(label: str, length: int, work: Callable[[Callable[[int], None]], Awaitable[None]]) -> None:
    """Do it with a bar, where there is somebody to see it."""
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        await work(bar.update)
