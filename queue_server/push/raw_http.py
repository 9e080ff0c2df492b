"""uvicorn's HTTP protocol, opened so that an answer whose headers are the same each time is written as ready bytes.

Said in ASGI's two messages, every header of every answer is searched for what no header may hold, put together anew,
and the answer written in two pieces. Like `raw_websocket` this leans on the inside of uvicorn 0.54.
"""

from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

__all__ = ["EXTENSION", "RawHttpProtocol"]

EXTENSION = "jiaohao.raw_answer"
"""The key in an ASGI scope's `extensions` under which a server offers `RawHttpProtocol.answer`'s owner."""


class RawHttpProtocol(HttpToolsProtocol):
    """One HTTP connection. Give the class to `uvicorn.Config(http=…)`."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        cast(dict[str, Any], self.scope)["extensions"] = {EXTENSION: self}

    def answer(self, scope: Scope, status: int, headers: bytes, body: bytes) -> bool:
        """Answer the request of `scope`. headers: ready lines, each with its end of line, length and type among them.

        False, and nothing is written, when it is not as simple as that (a client that is slow, has left, or
        sent its next request already): say it in ASGI's messages then.
        """
        cycle = self.cycle
        simple = cycle.scope is scope and cycle.keep_alive and scope["method"] != "HEAD"
        if not simple or cycle.response_started or cycle.disconnected or self.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        dated = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
        self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], dated, headers, body))
        cycle.message_event.set()
        cycle.on_response()
        return True
