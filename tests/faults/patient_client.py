"""A client that does what the contract tells clients: no answer, or `same_key`, means the same request again."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx

__all__ = ["PatientClient"]


class PatientClient:
    """Sends commands until they are answered. `repeats` counts what had to be sent more than once.

    others: servers of the same halls, to one of which it turns when it got no answer.
    """

    def __init__(self, url: str, token: str, name: str, others: Sequence[str] = (), timeout_s: float = 5.0) -> None:
        self._client = httpx.AsyncClient(trust_env=False, verify=False, timeout=timeout_s)
        self._servers = [url, *others]
        self._headers = {"Authorization": f"Bearer {token}"}
        self._name = name
        self._sent = 0
        self.repeats = 0

    async def close(self) -> None:
        """Let the connection go."""
        await self._client.aclose()

    async def post(self, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """The definite answer to a command: status and body."""
        self._sent += 1
        headers = {**self._headers, "Idempotency-Key": key or f"{self._name}-{self._sent}"}
        while True:
            try:
                address = f"{self._servers[0]}/api/v1{path}"
                answer = await self._client.post(address, json={} if body is None else body, headers=headers)
            except httpx.TransportError:
                self._servers.append(self._servers.pop(0))
            else:
                if not (answer.status_code >= 500 and answer.json()["retry"] == "same_key"):
                    return answer.status_code, answer.json()
            self.repeats += 1
            await asyncio.sleep(0.05)
