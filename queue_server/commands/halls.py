"""`hall`: setting a hall up from a TOML file."""

import asyncio
import os
from pathlib import Path

import click

from queue_server.app import running
from queue_server.commands.hall_file import read_hall
from queue_server.commands.opened import data_option
from queue_server.domain.refusals import Refusal
from queue_server.settings import Settings, from_environment

__all__ = ["hall"]


@click.group()
def hall() -> None:
    """Set halls up, with the server stopped."""


@hall.command()
@data_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def create(data: str | None, file: Path) -> None:
    """Create a hall from FILE, or change the one that has its id."""
    asyncio.run(_create(from_environment(os.environ, data=data), file.read_text("utf-8")))


@hall.command("list")
@data_option
def list_halls(data: str | None) -> None:
    """List the halls."""
    asyncio.run(_list(from_environment(os.environ, data=data)))


async def _create(settings: Settings, text: str) -> None:
    async with running(settings) as server:
        accounts = {account.user: account.id for account in await server.records.accounts.all()}
        wanted = read_hall(text, accounts)
        runner = await server.registry.create(wanted.id)
        known = runner.hall is not None
        outcome = await runner.configure(wanted, "", f"file:{runner.books.durable.seq}", "")
        if isinstance(outcome, Refusal):
            raise click.ClickException(f"{outcome.code}: {outcome.fields}")
        await runner.settle()
    services = len(wanted.services)
    click.echo(f"{wanted.id} {wanted.name} {'changed' if known else 'created'}: {services} services offered")


async def _list(settings: Settings) -> None:
    async with running(settings) as server:
        for name in await server.registry.known():
            found = (await server.hall(name)).hall
            if found is not None:
                click.echo(f"{found.id}\t{found.level}\t{found.name}\t{len(found.counters)} counters")
