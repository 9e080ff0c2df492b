"""Who is calling, and what their role lets them do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from queue_server.records.identity import Identity
from queue_server.records.records import Records
from queue_server.web.problems import ProblemError

__all__ = [
    "COOKIE",
    "EVERYONE",
    "HOLDERS",
    "KEEPERS",
    "PUBLIC",
    "STAFF",
    "Caller",
    "Role",
    "caller_of",
    "cookie_token",
    "same_origin",
]

Role = Literal[
    "kiosk", "screen", "announcer", "evaluator", "clerk", "guide", "head", "discipline", "district", "admin", "public"
]
"""`public` is anybody without a token; a ticket's holder is whoever knows its id."""

EVERYONE: frozenset[Role] = frozenset(get_args(Role))
STAFF: frozenset[Role] = frozenset({"clerk", "guide", "head"})
"""Those who work in a hall with its tickets."""
HOLDERS: frozenset[Role] = EVERYONE - STAFF
"""Those who may rate as a ticket's holder, of whatever hall: not those whose work it is to know tickets' ids."""
KEEPERS: frozenset[Role] = frozenset({"head", "admin"})
"""Those who keep a hall's set-up, its people and its devices."""

COOKIE = "jiaohao"
SAFE = frozenset({"GET", "HEAD"})


class Caller(NamedTuple):
    """Whoever calls. id: account or device id, "public" without a token; counter: an evaluator's or a clerk's."""

    id: str
    role: Role
    halls: tuple[str, ...] = ()
    counter: int | None = None
    name: str = ""
    token_hash: str | None = None

    def of_hall(self, hall: str) -> bool:
        """Whether the hall is theirs; district and admin belong to none and see all."""
        return hall in self.halls or self.role in ("district", "admin")


PUBLIC = Caller("public", "public")


async def caller_of(
    records: Records, method: str, headers: Mapping[str, str], now: datetime, token: str | None = None
) -> Caller:
    """Who sent a request with these headers (names in lower case); the public when they carry no token.

    token: one that came another way (a socket's subprotocol). Raises ProblemError for a token that stands for nobody,
    and for a cookie that another site made the browser send.
    """
    if token is None:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer" or not bearer:
                raise ProblemError("token_invalid")
            token = bearer.strip()
    if token is not None:
        identity = await records.identify(token, now)
        if identity is None:
            raise ProblemError("token_invalid")
        return _caller(identity)
    token = cookie_token(headers)
    if token is None:
        return PUBLIC
    if method not in SAFE and not same_origin(headers):
        raise ProblemError("cross_site")
    identity = await records.identify(token, now)
    return PUBLIC if identity is None else _caller(identity)


def cookie_token(headers: Mapping[str, str]) -> str | None:
    """The session token in the cookie, None without one."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether no other site made a browser send this.

    A request with neither header is taken: every browser names the origin of a `POST`, a `DELETE` and a socket, so it
    comes from a program, which no site can make send a cookie. Should a browser so old that it does not do so be about,
    two more things stand in the way: the cookie is SameSite=Strict, and a command needs the header Idempotency-Key,
    which a page of another site may not set without asking first (a preflight, which is answered 405).
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _caller(identity: Identity) -> Caller:
    return Caller(identity.id, identity.role, identity.halls, identity.counter, identity.name, identity.token_hash)
