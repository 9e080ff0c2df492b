"""/session: signing in and out."""

from typing import Any

from queue_server.web import schemas
from queue_server.web.access import COOKIE, EVERYONE, same_origin
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError

__all__ = ["OPERATIONS"]


async def sign_in(call: Call) -> Reply:
    """Check a password and open a session: a token for programs, the same in a cookie for browsers.

    The one call that a form of another site could make (it takes no key, so nothing asks before it is sent): it would
    sign somebody in under a stranger's name, who would then read what they do.
    """
    server, asked = call.server, call.body
    if not same_origin(call.headers):
        raise ProblemError("cross_site")
    wait_s = await server.sign_ins.attempt(asked.user, call.address)
    if wait_s > 0:
        raise ProblemError("too_many", wait_s=int(wait_s) + 1)
    account = await server.records.accounts.authenticate(asked.user, asked.password)
    if account is None:
        raise ProblemError("wrong_credentials")
    await server.sign_ins.succeeded(asked.user, call.address)
    _, token = await server.records.sessions.open(account.id, server.now())
    body: dict[str, Any] = {"token": token, "role": account.role, "name": account.name, "halls": list(account.halls)}
    if account.counter is not None:
        body["counter"] = account.counter
    return Reply(body, headers=((b"set-cookie", _cookie(token, call.server.secure_cookie)),))


async def sign_out(call: Call) -> Reply:
    """Close the session that asks; nothing happens to a device's token."""
    if call.caller.role == "public" or call.caller.token_hash is None:
        raise ProblemError("token_missing")
    await call.server.records.sessions.revoke(call.caller.token_hash)
    return Reply({}, headers=((b"set-cookie", _cookie("", call.server.secure_cookie) + b"; Max-Age=0"),))


def _cookie(token: str, secure: bool) -> bytes:
    """HttpOnly and SameSite=Strict: no script reads it, no other site makes the browser send it."""
    return f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}".encode()


OPERATIONS = (
    Operation(
        method="POST",
        path="/session",
        summary="Sign in",
        handler=sign_in,
        who=EVERYONE,
        body=schemas.SignIn,
        result=schemas.SessionShape,
        status=201,
        codes=("wrong_credentials", "too_many"),
        keyed=False,
    ),
    Operation(
        method="DELETE",
        path="/session",
        summary="Sign out",
        handler=sign_out,
        who=EVERYONE,
        result=schemas.Nothing,
        codes=("token_missing",),
        keyed=False,
    ),
)
