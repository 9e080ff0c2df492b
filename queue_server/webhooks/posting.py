"""One attempt over HTTP, and what came of it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from queue_server.records.outbox import MessageFault

if TYPE_CHECKING:
    import httpx

__all__ = ["ANSWER_S", "Poster", "Result"]

ANSWER_S = 10.0
"""How long a receiver may take to answer."""


class Result(NamedTuple):
    """How an attempt went. fault: None when it was taken; answer: the HTTP status, None without one; asked: for how
    long the receiver wants to be left alone.
    """

    fault: MessageFault | None
    answer: int | None = None
    asked: timedelta = timedelta()


class Poster:
    """Posts to addresses; nobody is followed elsewhere. By the environment's proxy and certificates, if it names some.

    agent: what it calls itself. To be used in `async with`.
    """

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._opened: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            await self._opened.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Result:
        """Post a JSON body and say what came of it. Of the answer, only its status and `Retry-After` are read."""
        if self._opened is None:
            self._opened = await asyncio.to_thread(self._open)
        import httpx  # no start is to wait for it

        sent = {"content-type": "application/json", **headers}
        try:
            async with (
                asyncio.timeout(ANSWER_S),  # the client's own begins anew with every byte
                self._opened.stream("POST", url, content=body, headers=sent) as answer,
            ):
                status, retry_after = answer.status_code, answer.headers.get("retry-after", "")
        except (TimeoutError, httpx.TimeoutException):
            return Result("timed_out")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):  # ValueError: a host that no name can be
            return Result("unreachable")
        if 200 <= status < 300:
            return Result(None, status)
        return Result("refused", status, _seconds(retry_after))

    def _open(self) -> "httpx.AsyncClient":
        import httpx  # no start is to wait for it, nor for its certificates

        return httpx.AsyncClient(headers={"user-agent": self._agent}, timeout=ANSWER_S)


def _seconds(text: str) -> timedelta:
    """What `Retry-After` asks for; nothing when it is a date."""
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else timedelta()
