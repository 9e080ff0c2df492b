"""How a call of the wire contract is answered: one table of operations, one way through all of them.

Every call takes the same steps in the same order, so that the same mistake gets the same answer everywhere: address
(404), method (405), hall (404), token (401), role (403), key (400), body (413, 400, 422), and then its handler.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from queue_server.domain.book import Book
from queue_server.domain.book_commands import BookCommand
from queue_server.domain.book_events import BookEvent
from queue_server.domain.commands import DayCommand
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Accepted, KeyReused, Unavailable
from queue_server.push.raw_http import EXTENSION
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.notes import DRAFT, NoteKind
from queue_server.web.access import HOLDERS, Caller, Role, caller_of
from queue_server.web.languages import accepted
from queue_server.web.problems import Problem, ProblemError, problem_of
from queue_server.web.security_headers import HEADERS
from queue_server.web.server import Server

__all__ = [
    "LIMIT_BYTES",
    "Call",
    "Endpoint",
    "Operation",
    "Query",
    "Reply",
    "answer_problem",
    "in_utc",
    "wants_english",
]

log = structlog.get_logger()

LIMIT_BYTES = 64 * 1024
FILE_LIMIT_BYTES = 2 * 1024 * 1024
KEY = re.compile(r"[!-~]{1,128}")
HELD = ("ticket", "follow_up", "code")
"""Parts of paths that only their holders know."""
A = TypeVar("A")
Method = Literal["GET", "POST", "DELETE"]
_encode = msgspec.json.Encoder().encode
EMPTY = b"{}"


class Reply(NamedTuple):
    """What a handler answers. body: anything that msgspec encodes, or a file's bytes; status: None for the operation's
    usual one.
    """

    body: Any
    status: int | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Query(NamedTuple):
    """A query parameter, for the handler and for the OpenAPI document."""

    name: str
    schema: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of the wire contract.

    path: below /api/v1, parts in braces. who: roles that may ask, the hall's own ones where the path names a hall;
    where holders may ask, they are of any. body: the shape of the request, None when it has none. result: the shape of
    the answer, for the OpenAPI document. codes: what else it may answer, beside what every call may. keyed: takes an
    Idempotency-Key. takes, gives: the media type of a file that is the request's or the answer's body, instead of JSON.
    """

    method: Method
    path: str
    summary: str
    handler: "Callable[[Call], Awaitable[Reply]]"
    who: frozenset[Role]
    result: Any
    body: Any = None
    status: int = 200
    codes: tuple[str, ...] = ()
    query: tuple[Query, ...] = ()
    keyed: bool = True
    takes: str | None = None
    gives: str | None = None

    @property
    def takes_key(self) -> bool:
        """Whether the call changes something and is made safe to repeat by a key."""
        return self.keyed and self.method != "GET"


class Call:
    """One request under way. `body` is decoded to the operation's shape; `runner` is that of the hall in the path."""

    __slots__ = (
        "_notes",
        "_scope",
        "body",
        "caller",
        "command_id",
        "fingerprint",
        "operation",
        "path",
        "raw_runner",
        "server",
    )

    def __init__(self, server: Server, scope: Scope, operation: Operation, caller: Caller) -> None:
        self.server = server
        self.operation = operation
        self.caller = caller
        self.path: Mapping[str, str] = scope["path_params"]
        self.raw_runner: HallRunner | None = None
        self.body: Any = None
        self.command_id = ""
        self.fingerprint = ""
        self._scope = scope
        self._notes: list[tuple[str, NoteKind]] = []

    @property
    def runner(self) -> HallRunner:
        """The hall in the path."""
        assert self.raw_runner is not None  # noqa: S101 - asked only by operations with a hall in their path
        return self.raw_runner

    @property
    def day(self) -> Day:
        """The hall's durable day."""
        return self.runner.day

    @property
    def headers(self) -> Mapping[str, str]:
        """Request headers by lower-case name."""
        return headers_of(self._scope)

    @property
    def address(self) -> str:
        """The caller's network address, "" when it is not known."""
        client = self._scope.get("client")
        return client[0] if client else ""

    @property
    def english(self) -> bool:
        """Whether the caller would rather read English."""
        return wants_english(self._scope)

    def query(self) -> dict[str, str]:
        """Query parameters; of a repeated one the last."""
        return dict(parse_qsl(self._scope["query_string"].decode("ascii", "replace"), keep_blank_values=True))

    @property
    def command(self) -> str:
        """What names this command among all of the server: a key, and so a command's id, is its hall's own."""
        return f"{self.runner.id} {self.command_id}"

    def counter(self) -> int:
        """The counter in the path. Raises ProblemError when the hall has none of that number."""
        text = self.path["counter"]
        if text not in map(str, self._counters()):  # not what `int` would take: one address a counter
            raise ProblemError("counter_unknown")
        return int(text)

    async def note(self, kind: NoteKind, text: str | None) -> str | None:
        """Put free text where it can be forgotten, and give back the reference that the journal may hold."""
        if text is None:
            return None
        ref = "n_" + blake2b(f"{self.command_id} {self.fingerprint} {kind}".encode(), digest_size=8).hexdigest()
        await self.server.records.notes.put(ref, self.runner.id, kind, text, self.runner.now() + DRAFT)
        self._notes.append((ref, kind))
        return ref

    async def run(self, command: DayCommand, answer: Callable[[Day, Sequence[DayEvent]], A]) -> A:
        """Run a command of the hall's day. Raises ProblemError when it is refused, KeyReused."""
        self.key_is_new_to("book")
        outcome = await self.runner.run(command, self.command_id, self.fingerprint, answer)
        return await self._kept(outcome)

    async def run_book(self, command: BookCommand, answer: Callable[[Book, Sequence[BookEvent]], A]) -> A:
        """Run a command of the hall's book. Raises ProblemError when it is refused, KeyReused."""
        self.key_is_new_to("day")
        outcome = await self.runner.run_book(command, self.command_id, self.fingerprint, answer)
        return await self._kept(outcome)

    async def _kept(self, outcome: "Accepted[A] | Refusal") -> A:
        """What the caller is told, once the notes that came with the command are known to be wanted."""
        accepted = self.accepted(outcome)
        notes = self.server.records.notes
        for ref, kind in self._notes:
            await notes.confirm(ref, self.runner.now() + notes.kept.of(kind))
        return accepted.answer

    def key_is_new_to(self, stream: Literal["day", "book"]) -> None:
        """Make sure that the key came with no command of the stream that this one does not write to, which is where
        it would be missed. Raises KeyReused.
        """
        if (self.runner.books if stream == "book" else self.runner.days).knows(self.command_id):
            raise KeyReused

    @staticmethod
    def accepted(outcome: "Accepted[A] | Refusal") -> "Accepted[A]":
        """The outcome of a command that was not refused."""
        if isinstance(outcome, Refusal):
            raise problem_of(outcome)
        return outcome

    def _counters(self) -> Mapping[int, object]:
        hall = self.runner.hall
        return hall.counters if hall else {}


class _CallerLeft(Exception):
    """The connection ended before the request did."""


class Endpoint:
    """All operations on one path."""

    def __init__(self, server: Server, operations: Iterable[Operation]) -> None:
        self._server = server
        self._operations: dict[str, Operation] = {operation.method: operation for operation in operations}
        self._allow = ", ".join(sorted({*self._operations, *(("HEAD",) if "GET" in self._operations else ())}))
        self._decoders = {
            operation.method: msgspec.json.Decoder(operation.body)
            for operation in self._operations.values()
            if operation.body is not None
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self._operations.get(method)
        if operation is None:
            await answer_problem(scope, send, Problem("method_not_allowed"), ((b"allow", self._allow.encode()),))
            return
        try:
            reply = await self._answer(operation, scope, receive)
        except ProblemError as error:
            await answer_problem(scope, send, error.problem)
        except _CallerLeft:
            return  # nobody is there to be answered
        except KeyReused:
            await answer_problem(scope, send, Problem("key_reused"))
        except (Unavailable, RecordsUnavailable) as error:
            log.error("store.unavailable", call=operation.path, error=str(error))
            self._server.troubled_at = self._server.monotonic()
            await answer_problem(scope, send, Problem("store_unavailable"))
        else:
            if operation.takes_key:
                self._server.troubled_at = None
            status, file = reply.status or operation.status, operation.gives
            body, kind = (_encode(reply.body), JSON_TYPE) if file is None else (reply.body, file.encode())
            if file is not None or reply.headers or not _answered_raw(scope, status, body):
                await _send(send, status, body, kind, reply.headers)

    async def _answer(self, operation: Operation, scope: Scope, receive: Receive) -> Reply:
        server, headers = self._server, headers_of(scope)
        if server.stopping:
            raise ProblemError("stopping")
        runner = None
        if (hall := scope["path_params"].get("hall")) is not None:
            runner = await server.hall(hall)
        caller = await caller_of(server.records, operation.method, headers, server.now())
        if caller.role not in operation.who:
            raise ProblemError("token_missing" if caller.role == "public" else "not_allowed")
        if hall is not None and not (operation.who >= HOLDERS or caller.role == "public" or caller.of_hall(hall)):
            raise ProblemError("not_allowed")
        call = Call(server, scope, operation, caller)
        call.raw_runner = runner
        key = _key(headers) if operation.takes_key else None
        limit = LIMIT_BYTES if operation.takes is None else FILE_LIMIT_BYTES
        body = await _read(headers, receive, limit) if operation.method != "GET" else b""
        if operation.takes is not None:
            call.body = body
        elif operation.method in self._decoders:
            call.body = _decode(self._decoders[operation.method], body)
        if key is not None:
            call.command_id = blake2b(f"{_owner(call)}\n{key}".encode(), digest_size=16).hexdigest()
            call.fingerprint = server.fingerprint(operation.method, scope["path"], body)
        return await operation.handler(call)


def headers_of(scope: Scope) -> dict[str, str]:
    """Headers by lower-case name; of a repeated one the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def wants_english(scope: Scope) -> bool:
    """Whether Accept-Language prefers English to Chinese, by weight, then by place. Chinese is what the halls speak."""
    spoken = [code for code in accepted(headers_of(scope).get("accept-language", "")) if code in ("zh", "en")]
    return spoken[:1] == ["en"]


def in_utc(at: datetime | None) -> datetime | None:
    """A time that somebody sent, as events carry it: UTC, whole milliseconds. Raises ProblemError when UTC has none."""
    if at is None:
        return None
    try:
        utc = at.astimezone(UTC)
    except OverflowError as error:
        raise ProblemError("wrong_shape", f"{at.isoformat()} is out of range") from error
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


async def answer_problem(
    scope: Scope, send: Send, problem: Problem, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send a problem document in the caller's language, with what HTTP itself has to say about it."""
    if problem.status == 401:
        headers = (*headers, (b"www-authenticate", b"Bearer"))
    if (wait_s := problem.fields.get("wait_s")) is not None:
        headers = (*headers, (b"retry-after", b"%d" % int(wait_s)))
    await _send(send, problem.status, problem.body(wants_english(scope)), PROBLEM_TYPE, headers)


JSON_TYPE = b"application/json"
PROBLEM_TYPE = b"application/problem+json"


RAW_HEADERS = b"".join(
    b"%b: %b\r\n" % header for header in ((b"content-type", JSON_TYPE), (b"cache-control", b"no-store"), *HEADERS)
)


def _answered_raw(scope: Scope, status: int, body: bytes) -> bool:
    """Answer as `_send` would, where the server takes ready bytes; False when it does not."""
    connection = scope.get("extensions", {}).get(EXTENSION)
    return connection is not None and connection.answer(
        scope, status, b"%bcontent-length: %d\r\n" % (RAW_HEADERS, len(body)), body
    )


async def _send(
    send: Send, status: int, body: bytes, kind: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    start = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *headers,
        *HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


def _key(headers: Mapping[str, str]) -> str:
    key = headers.get("idempotency-key")
    if not key:
        raise ProblemError("key_missing")
    if KEY.fullmatch(key) is None:
        raise ProblemError("key_invalid")
    return key


def _owner(call: Call) -> str:
    """Whose a key is: the account's or device's; without a token that of what is held and named, else the address's.

    Two phones may well draw the same key, and one that leaves the hall's Wi-Fi repeats its own from another address. A
    holder's command is about his own ticket, bad rating or complaint, so he meets nobody else there. Of phones that
    take a ticket, or bring something up, nothing is known but the address: those behind one have to draw at random.
    """
    if call.caller.role != "public":
        return call.caller.id
    held = next((call.path[name] for name in HELD if name in call.path), None) or getattr(call.body, "ticket", None)
    return f"address {call.address}" if held is None else f"holder {held}"


async def _read(headers: Mapping[str, str], receive: Receive, limit: int) -> bytes:
    """The body, `{}` when there is none. Raises ProblemError above the limit, _CallerLeft when the caller did."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise ProblemError("too_large")
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _CallerLeft
        body += message.get("body", b"")
        if len(body) > limit:
            raise ProblemError("too_large")
        if not message.get("more_body"):
            return body or EMPTY


def _decode(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    try:
        body.decode()  # the decoder does not look into members that it skips
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        _check_json(body)  # a shape is found wrong before the rest of the text has been read
        raise ProblemError("wrong_shape", str(error)) from error
    except NOT_JSON as error:
        raise ProblemError("not_json") from error


NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _check_json(body: bytes) -> None:
    try:
        msgspec.json.decode(body)
    except msgspec.ValidationError:
        return  # a number that no field could hold, and yet JSON
    except NOT_JSON as error:
        raise ProblemError("not_json") from error
