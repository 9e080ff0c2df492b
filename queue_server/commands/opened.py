"""Opening a data folder for a command, with or without a server beside it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite import SqliteJournal
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.settings import from_environment

__all__ = ["data_option", "existing_folder", "journal_of", "new_folder", "records_of"]

data_option = click.option("--data", metavar="DIR", help="Folder with the journal and the records.")


def existing_folder(data: str | None) -> Path:
    """The data folder that the command line or the environment names, which must be there."""
    folder = from_environment(os.environ, data=data).folder
    if not folder.is_dir():
        raise click.ClickException(f"there is no data folder {folder}")
    return folder


def new_folder(data: str | None) -> Path:
    """The data folder that the command line or the environment names; made when missing."""
    folder = from_environment(os.environ, data=data).folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def journal_of(folder: Path) -> AsyncIterator[SqliteJournal]:
    """The journal of a data folder that exists, for reading: a server may be working on it meanwhile."""
    path = DataFolder(folder).journal
    if not path.exists():
        raise click.ClickException(f"there is no journal in {folder}")
    journal = SqliteJournal(path)
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


@asynccontextmanager
async def records_of(folder: Path) -> AsyncIterator[Records]:
    """The records of a data folder; a server beside takes notice of changes within seconds."""
    records = Records(SqliteRecordStore(folder / "records.db"))
    await records.open()
    try:
        yield records
    finally:
        await records.close()
