"""The live socket: `WS …/halls/{hall}/live?topic=T[&epoch=E&after=S]`.

A refusal accepts the socket first and then closes it with its code, because a browser shows its page nothing of a
handshake that was refused.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Unavailable
from queue_server.push.connection import Connection, connection_of
from queue_server.push.live import TRY_AGAIN_LATER, Reader, live
from queue_server.records.errors import RecordsUnavailable
from queue_server.web.access import EVERYONE, Caller, Role, caller_of, same_origin
from queue_server.web.api import headers_of
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.wire.close_codes import CloseCode
from queue_server.wire.resume import asked_position
from queue_server.wire.subprotocols import LIVE, bearer_token

__all__ = ["TOPICS", "LiveEndpoint", "route"]

TOPICS: Mapping[str, frozenset[Role]] = {
    "board": EVERYONE,
    "calls": EVERYONE,
    "counter": EVERYONE,
    "ticket": EVERYONE,  # its id is what its holder knows
    "desk": frozenset({"clerk", "head"}),
    "guide": frozenset({"guide", "head"}),
    "load": frozenset({"head", "district"}),
}
"""Who may follow each kind of topic, the hall's own ones where it is not everybody."""


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LiveEndpoint:
    """Accepts a socket, finds out who asks for what, and hands it to the hub."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._public = 0  # sockets open now whose reader has no token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        offered = scope.get("subprotocols", [])
        await send({"type": "websocket.accept", "subprotocol": LIVE if LIVE in offered else None})
        connection = connection_of(scope, receive, send)
        try:
            reader, caller = await self._reader(scope)
        except _Refused as refused:
            await _close(connection, refused.code)
            return
        except (Unavailable, RecordsUnavailable):
            await _close(connection, TRY_AGAIN_LATER)
            return
        server, is_public = self._server, caller.role == "public"
        if is_public and self._public >= server.public_sockets:
            await _close(connection, CloseCode.TOO_MANY)
            return
        self._public += is_public
        try:
            with server.live_tokens.holding(caller.token_hash):
                await live(connection, reader, server.source.hub, server.presence, server.now)
        finally:
            self._public -= is_public

    async def _reader(self, scope: Scope) -> tuple[Reader, Caller]:
        server = self._server
        if server.stopping:
            raise _Refused(CloseCode.SHUTTING_DOWN)
        caller = await self._caller(scope)
        query = parse_qs(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
        try:
            asked = asked_position(_one(query, "epoch"), _one(query, "after"))
        except ValueError as error:
            raise _Refused(CloseCode.NOT_UNDERSTOOD) from error
        topic = _one(query, "topic")
        if topic is None:
            raise _Refused(CloseCode.NOT_UNDERSTOOD)
        try:
            runner = await server.hall(scope["path_params"]["hall"])
        except ProblemError as error:
            raise _Refused(CloseCode.NOT_FOUND) from error
        await runner.turn_day()
        if not server.source.topics_of(runner.id).exists(topic):
            raise _Refused(CloseCode.NOT_FOUND)
        refusal = _refusal(caller, runner, topic)
        if refusal is not None:
            raise _Refused(refusal)

        def authority() -> int | None:
            if caller.token_hash in server.live_tokens.dead:
                return CloseCode.SIGN_IN
            return _refusal(caller, runner, topic)

        known = caller.role != "public"
        reader = Reader(
            hall=runner.id,
            topic=topic,
            asked=asked,
            who=caller.id if known else None,
            role=caller.role,
            authority=authority if known else None,
        )
        return reader, caller

    async def _caller(self, scope: Scope) -> Caller:
        headers = headers_of(scope)
        try:
            token = bearer_token(scope.get("subprotocols", []))
        except ValueError as error:
            raise _Refused(CloseCode.SIGN_IN) from error
        if token is None and not same_origin(headers):
            headers.pop("cookie", None)  # another site's page: it reads what the public may, no more
        try:
            return await caller_of(self._server.records, "GET", headers, self._server.now(), token)
        except ProblemError as error:
            raise _Refused(CloseCode.SIGN_IN) from error


def _refusal(caller: Caller, runner: HallRunner, topic: str) -> int | None:
    """Why this caller may not read that topic now, as a close code; None when they may."""
    kind, _, name = topic.partition(".")
    who = TOPICS[kind]
    if who == EVERYONE:
        return None
    if caller.role not in who:
        return CloseCode.SIGN_IN if caller.role == "public" else CloseCode.NOT_ALLOWED
    if not caller.of_hall(runner.id):
        return CloseCode.NOT_ALLOWED
    if kind == "desk" and caller.role == "clerk":  # only while it is hers
        duty = runner.day.duties.get(int(name))
        return None if duty is not None and duty.clerk == caller.id else CloseCode.NOT_ALLOWED
    return None


async def _close(connection: Connection, code: int) -> None:
    """Close, and wait for the other side, so that it gets the code."""
    connection.close(code)
    while (await connection.receive())["type"] != "websocket.disconnect":
        pass


def _one(query: dict[str, list[str]], name: str) -> str | None:
    """The only value of a parameter, None when it is absent. Raises _Refused when it is repeated."""
    values = query.get(name, [])
    if len(values) > 1:
        raise _Refused(CloseCode.NOT_UNDERSTOOD)
    return values[0] if values else None


def route(server: Server, prefix: str) -> WebSocketRoute:
    """The socket's route."""
    return WebSocketRoute(prefix + "/halls/{hall}/live", LiveEndpoint(server))
