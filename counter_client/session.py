"""Commands over HTTP that happen once: the same key until the server has answered, however often the network fails."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self
from uuid import uuid4

import httpx

__all__ = ["Account", "Refused", "Session"]

ANSWER_S = 5.0
"""How long one attempt may take. The server answers within milliseconds; beyond this the network has lost it."""

BACKOFF_BASE_S, BACKOFF_CAP_S, ATTEMPTS_CAP = 0.25, 4.0, 4
"""Full jitter up to so long between attempts: somebody stands at the counter and waits."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):
    """The server's no. Nothing was changed.

    code: stable, as in docs/protocol.md. title: for people, in the session's language. status: of HTTP. retry: `never`,
    `new_key`; `same_key` of `too_many`. fields: what else the problem says.
    """

    def __init__(self, code: str, title: str, status: int, retry: str, fields: Mapping[str, Any]) -> None:
        super().__init__(code, title)
        self.code = code
        self.title = title
        self.status = status
        self.retry = retry
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who has signed in. counter: where the account works; None for whoever belongs to no counter."""

    name: str
    role: str
    halls: tuple[str, ...]
    counter: int | None = None


class Session:
    """One account's session with a server.

    server: as in a browser, `http://192.168.1.10:8000`. language: of the titles of refusals, `zh` or `en`.
    on_unanswered: told how often a command was sent in vain; a command that was answered is told as 0. chance: random
    numbers in [0, 1).
    """

    def __init__(
        self,
        server: str,
        language: str = "zh",
        *,
        on_unanswered: Callable[[int], None] = lambda attempts: None,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.token: str | None = None
        self._on_unanswered = on_unanswered
        self._chance = chance
        self._sleep = sleep
        self._client = httpx.AsyncClient(
            base_url=f"{server.rstrip('/')}/api/v1",
            headers={"Accept-Language": language},
            timeout=ANSWER_S,
            trust_env=False,  # a hall's server is on its own network: no proxy stands between
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let the connections go. The session stays good until it expires; see `sign_out`."""
        await self._client.aclose()

    async def sign_in(self, user: str, password: str) -> Account:
        """Open the session. Raises Refused: `wrong_credentials`, `too_many`."""
        answer = await self._answered("POST", "/session", {"user": user, "password": password}, {})
        self.token = answer["token"]
        return Account(
            name=answer["name"], role=answer["role"], halls=tuple(answer["halls"]), counter=answer.get("counter")
        )

    async def sign_out(self) -> None:
        """Close the session on the server too."""
        await self._answered("DELETE", "/session", NOTHING, {})
        self.token = None

    async def get(self, path: str) -> Any:
        """What is at a path below /api/v1. Raises Refused."""
        return await self._answered("GET", path, None, {})

    async def post(self, path: str, body: Mapping[str, Any] = NOTHING) -> Any:
        """Run one command, once. Returns only when the server has answered. Raises Refused."""
        return await self._answered("POST", path, body, {"Idempotency-Key": uuid4().hex})

    async def _answered(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Any:
        attempts = 0
        while True:
            answer = await self._ask(method, path, body, headers)
            if answer is not None:
                if attempts:
                    self._on_unanswered(0)
                return answer
            self._on_unanswered(attempts + 1)
            await self._sleep(self._chance() * min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2**attempts))
            attempts = min(attempts + 1, ATTEMPTS_CAP)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Any | None:
        """The answer; None when it is not known whether the command arrived. Raises Refused."""
        if self.token is not None:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        try:
            response = await self._client.request(
                method, path, json=None if body is None else dict(body), headers=headers
            )
            answer = response.json()
        except (httpx.TransportError, ValueError):  # no answer, or not this server's: a proxy's page, say
            return None
        if response.is_success:
            return answer
        if not isinstance(answer, dict) or "code" not in answer:
            return None
        if answer.get("retry") == "same_key" and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return None  # too many is an answer, and for whoever types passwords to hear of
        raise _refusal(response.status_code, answer)


def _refusal(status: int, problem: dict[str, Any]) -> Refused:
    known = {"code", "title", "status", "retry", "type", "detail"}
    fields = {name: value for name, value in problem.items() if name not in known}
    return Refused(problem["code"], problem.get("title", ""), status, problem.get("retry", "never"), fields)
