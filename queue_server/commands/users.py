"""`user`: the people who sign in."""

import asyncio
from secrets import token_hex
from typing import get_args

import click

from queue_server.commands.books import books_of
from queue_server.commands.opened import existing, records_of, to_be_made
from queue_server.commands.options import on_stores
from queue_server.domain.hall import is_id
from queue_server.records.accounts import Account, Capacity, Role, fold_user, new_account_id
from queue_server.records.errors import UserTaken
from queue_server.records.records import Records
from queue_server.settings import Settings

__all__ = ["user"]


@click.group()
def user() -> None:
    """Manage accounts; a running server takes notice within seconds. Who changed whose is written into the journal."""


@user.command()
@on_stores
@click.argument("login")
@click.option("--name", required=True, help="As shown on counters and in lists.")
@click.option("--role", type=click.Choice(get_args(Role)), required=True)
@click.option("--hall", "halls", multiple=True, help="Hall id; may be repeated; none for district and admin.")
@click.option("--counter", type=click.IntRange(1, 999), help="The usual counter.")
@click.option("--capacity", type=click.Choice(get_args(Capacity)), help="The usual standing at its post.")
def add(
    settings: Settings, login: str, name: str, role: Role, halls: tuple[str, ...], counter: int | None,
    capacity: Capacity | None,
) -> None:  # fmt: skip
    """Add an account and print its random password, once."""

    if wrong := [hall for hall in halls if not is_id(hall)]:
        raise click.UsageError(f"{wrong[0]!r} is no hall's id: it is 1-40 of a-z, 0-9, - and _")
    if bool(halls) == (role in ("district", "admin")):
        raise click.UsageError(f"a {role} belongs to no hall" if halls else f"say where the {role} works, with --hall")
    account = Account(
        id=new_account_id(token_hex(8)), user=fold_user(login), name=name, role=role, halls=halls, counter=counter,
        capacity=capacity,
    )  # fmt: skip
    password = asyncio.run(_add(to_be_made(settings), account))
    click.echo(f"{account.user} / {password}")


@user.command("list")
@on_stores
def list_users(settings: Settings) -> None:
    """List the accounts."""

    async def work() -> list[Account]:
        async with records_of(existing(settings)) as records:
            return await records.accounts.all()

    for account in asyncio.run(work()):
        state = "\tdisabled" if account.disabled else ""
        click.echo(f"{account.user}\t{account.role}\t{account.name}\t{','.join(account.halls)}{state}")


@user.command()
@on_stores
@click.argument("login")
def password(settings: Settings, login: str) -> None:
    """Give an account a new random password, print it once, and sign the person out everywhere."""

    async def work() -> str:
        async with records_of(existing(settings)) as records, books_of(settings) as books:
            account = await _known(records, login)
            await books.note_account(account, "password")
            return await records.accounts.set_password(account.id)

    click.echo(asyncio.run(work()))


@user.command()
@on_stores
@click.argument("login")
def disable(settings: Settings, login: str) -> None:
    """Sign a person out everywhere and refuse further sign-ins."""

    async def work() -> None:
        async with records_of(existing(settings)) as records, books_of(settings) as books:
            account = await _known(records, login)
            await books.note_account(account, "disabled")
            await records.accounts.disable(account.id)

    asyncio.run(work())
    click.echo(f"{login} is disabled")


async def _add(settings: Settings, account: Account) -> str:
    """Add an account under that id; its password."""
    async with records_of(settings) as records, books_of(settings) as books:
        if await records.accounts.by_user(account.user) is not None:
            raise UserTaken(account.user)
        await books.note_account(account, "added")
        _, password = await records.accounts.create(
            account.user, account.name, account.role,
            halls=account.halls, counter=account.counter, capacity=account.capacity, id=account.id,
        )  # fmt: skip
        return password


async def _known(records: Records, login: str) -> Account:
    account = await records.accounts.by_user(login)
    if account is None:
        raise click.ClickException(f"there is no account {login!r}")
    return account
