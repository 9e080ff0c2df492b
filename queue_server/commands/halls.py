"""`hall`: setting a hall up from a TOML file."""

import asyncio
from pathlib import Path

import click

from queue_server.app import running
from queue_server.commands.books import operator
from queue_server.commands.hall_file import read_hall
from queue_server.commands.histories import batches
from queue_server.commands.opened import existing, journal_of
from queue_server.commands.options import on_stores
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import BOOK_CODEC
from queue_server.exchange.hall_toml import text_of
from queue_server.projections.speech import faults_of_languages
from queue_server.settings import Settings

__all__ = ["hall"]


@click.group()
def hall() -> None:
    """Set halls up."""


@hall.command()
@on_stores
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def create(settings: Settings, file: Path) -> None:
    """Create a hall from FILE, or change the one that has its id.

    The server of a data folder must be stopped; those on a Redis may work on.
    """
    asyncio.run(_create(settings, text_of(file.read_bytes())))


@hall.command("list")
@on_stores
def list_halls(settings: Settings) -> None:
    """List the halls, also while a server works on them."""
    asyncio.run(_list(existing(settings)))


async def _create(settings: Settings, text: str) -> None:
    async with running(settings) as server:
        accounts = {account.user: account.id for account in await server.records.accounts.all()}
        wanted = read_hall(text, accounts)
        for fault in faults_of_languages(wanted.voice, server.phrasebook):
            raise click.ClickException(str(fault))
        runner = await server.registry.create(wanted.id)
        known = runner.hall is not None
        outcome = await runner.configure(wanted, operator(), f"file:{runner.books.durable.seq}", "")
        if isinstance(outcome, Refusal):
            raise click.ClickException(f"{outcome.code}: {outcome.fields}")
        await runner.settle()
        later = runner.day.hall_or_none not in (None, wanted.for_the_day)
    services = len(wanted.services)
    click.echo(f"{wanted.id} {wanted.name} {'changed' if known else 'created'}: {services} services offered")
    if wanted.webhook.readable:
        click.echo("The webhook's address is not https: anybody on the way can read what is sent there.")
    if later:
        click.echo("The running business day uses what the change takes away: it comes into force with the next day.")


async def _list(settings: Settings) -> None:
    async with journal_of(settings) as journal:
        for stream in await journal.streams():
            book = Book()
            if stream.kind == "book":
                async for batch in batches(journal, stream):
                    for event in BOOK_CODEC.decode(batch.events):
                        apply_to_book(book, event)
            if (found := book.hall) is not None:
                click.echo(f"{found.id}\t{found.level}\t{found.name}\t{len(found.counters)} counters")
