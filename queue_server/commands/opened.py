"""What a command works on: a data folder or a Redis, with or without a server beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from queue_server.journal.base import Journal
from queue_server.journal.datafolder import DataFolder
from queue_server.records.records import Records
from queue_server.settings import Settings
from queue_server.stores import connected, journal_in, records_in, where

__all__ = ["existing", "journal_of", "made", "records_of", "to_be_made"]


def existing(settings: Settings) -> Settings:
    """These settings, whose data folder must be there."""
    if not settings.store and not settings.folder.is_dir():
        raise click.ClickException(f"there is no data folder {settings.folder}")
    return settings


def to_be_made(settings: Settings) -> Settings:
    """These settings, whose data folder is made when it is missing; a Redis needs none."""
    if not settings.store:
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings


@asynccontextmanager
async def journal_of(settings: Settings) -> AsyncIterator[Journal]:
    """The journal there, which must exist: a server may be working on it meanwhile."""
    path = DataFolder(settings.folder).journal
    if not settings.store and not path.exists():
        raise click.ClickException(f"there is no journal in {settings.folder}")
    async with made(settings) as journal:
        if settings.store and not await journal.streams():
            raise click.ClickException(f"there is no journal in {where(settings)}")
        yield journal


@asynccontextmanager
async def made(settings: Settings) -> AsyncIterator[Journal]:
    """The journal there, made when it is missing."""
    async with connected(settings) as nodes:
        journal = journal_in(settings, nodes)
        await journal.open()
        try:
            yield journal
        finally:
            await journal.close()


@asynccontextmanager
async def records_of(settings: Settings) -> AsyncIterator[Records]:
    """The records there; a server beside takes notice of changes within seconds."""
    async with connected(settings) as nodes:
        records = Records(records_in(settings, nodes))
        await records.open()
        try:
            yield records
        finally:
            await records.close()
