"""/setup: the first account of a server that has none, made by whoever reads the code that the server printed."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hmac import compare_digest

from queue_server.peers.slate import Slate
from queue_server.records.accounts import Account, new_account_id
from queue_server.records.errors import BadUser, UserTaken, WeakPassword
from queue_server.web import schemas
from queue_server.web.access import EVERYONE
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.phone_limits import place_of
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import digits_for
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "first_account_missing", "offer_first_account"]


CLAIM_S = 10.0
"""How long one request may keep all others from making an account: should its server die meanwhile, no longer."""


async def offer_first_account(server: Server) -> str | None:
    """The code that lets its reader make the first account, the same at every server over the same records; None when
    there is an account already.
    """
    server.first_code = None if await server.records.accounts.any() else digits_for(server.secret, "first account code")
    return server.first_code


async def first_account_missing(server: Server) -> bool:
    """Whether nobody has an account, and the code for making one was offered."""
    return server.first_code is not None and await offer_first_account(server) is not None


async def first_account(call: Call) -> Reply:
    """Make the administrator. The code is good once, and as long as nobody has an account."""
    server, place = call.server, place_of(call.address)
    wait_s = await server.sign_ins.attempt(place, place)
    if wait_s > 0:
        raise ProblemError("too_many", wait_s=int(wait_s) + 1)
    id = new_account_id(digits_for(server.secret, f"first account {call.command_id} {call.fingerprint}"))
    async with _alone(server.slate):
        account = await server.records.accounts.get(id) or await _make(call, id)
    await server.sign_ins.succeeded(place, place)
    return Reply({"user": account.user, "name": account.name})


@asynccontextmanager
async def _alone(slate: Slate) -> AsyncIterator[None]:
    """One request at a time, at whichever server, so that not two find that nobody has an account."""
    name, me = "first account", secrets.token_bytes(8)
    while not await slate.swap(name, None, me, CLAIM_S):  # noqa: ASYNC110 - of another server's nothing tells
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        await slate.swap(name, me, None, 0)


async def _make(call: Call, id: str) -> Account:
    server, asked = call.server, call.body
    if server.first_code is None or await server.records.accounts.any():
        raise ProblemError("already_set_up")
    if not compare_digest(server.first_code.encode(), asked.code.strip().encode()):
        raise ProblemError("first_code_wrong")
    try:
        account, _ = await server.records.accounts.create(
            asked.user, asked.name, "admin", password=asked.password, id=id
        )
    except BadUser as error:
        raise ProblemError("bad_user") from error
    except WeakPassword as error:
        raise ProblemError("weak_password") from error
    except UserTaken as error:  # by the command line, at the same moment
        raise ProblemError("already_set_up") from error
    server.first_code = None
    return account


OPERATIONS = (
    Operation(
        method="POST", path="/setup", summary="Make the first account", handler=first_account, who=EVERYONE,
        body=schemas.FirstAccount, result=schemas.FirstAccountShape, status=201,
        codes=("already_set_up", "first_code_wrong", "bad_user", "weak_password", "too_many"),
    ),
)  # fmt: skip
