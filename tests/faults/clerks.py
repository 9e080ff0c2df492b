"""The demo town's six clerks, who serve whoever is called, through whatever happens to the server."""

from types import TracebackType
from typing import Any

import httpx

from tests.faults.patient_client import PatientClient
from tests.faults.process import Process

__all__ = ["COUNTERS", "Clerks", "patient"]

COUNTERS = {1: "comprehensive", 2: "comprehensive", 3: "express", 4: "complaint", 5: "certificate", 6: "agency"}
"""Which queue is called at which counter."""


class Clerks:
    """Six clerks on duty, and the kiosk. Every command is repeated until it is answered."""

    def __init__(self, server: Process) -> None:
        self._server = server
        self._kiosk = PatientClient(server.url, server.hall()["kiosk"], "kiosk")
        self._clerks: dict[int, PatientClient] = {}
        self._open: set[int] = set()  # counters with a ticket
        self.called: list[str] = []  # numbers, in order

    async def __aenter__(self) -> "Clerks":
        for counter in COUNTERS:
            token = await self._server.sign_in(f"town-{counter}")
            self._clerks[counter] = PatientClient(self._server.url, token, f"clerk-{counter}")
            await self._press(counter, "sign-on", {"capacity": "A"})
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for client in (self._kiosk, *self._clerks.values()):
            await client.close()

    async def call(self, counter: int) -> str:
        """Serve whoever is at the counter, and call the next, who has just come; the number."""
        if counter in self._open:
            await self.serve(counter)
        await self.come(counter)
        called = await self._press(counter, "next")
        number: str = called["ticket"]["number"]
        self._open.add(counter)
        self.called.append(number)
        return number

    async def come(self, counter: int) -> None:
        """Somebody takes a ticket of the counter's queue."""
        status, ticket = await self._kiosk.post("/halls/town/tickets", {"queue": COUNTERS[counter]})
        assert status == 201, ticket

    async def recall(self, counter: int) -> str:
        """Call once more; the number."""
        recalled = await self._press(counter, "recall")
        number: str = recalled["ticket"]["number"]
        self.called.append(number)
        return number

    async def serve(self, counter: int) -> None:
        """The citizen is there: start, and finish."""
        await self._press(counter, "start")
        await self._press(counter, "finish")
        self._open.discard(counter)

    async def _press(self, counter: int, verb: str, body: Any = None) -> Any:
        status, answer = await self._clerks[counter].post(f"/halls/town/counters/{counter}/{verb}", body)
        assert status == 200, answer
        return answer


async def patient(server: Process) -> None:
    """Let calls live for ten minutes, so that what is late on this machine has not expired; and be read once."""
    token = {"Authorization": f"Bearer {await server.sign_in('town-head')}"}
    async with httpx.AsyncClient(base_url=server.url + "/api/v1/halls/town", trust_env=False, timeout=30) as client:
        document = (await client.get("/setup", headers=token)).json()
        document["setup"]["rules"]["call_expires_s"] = 600
        document["setup"]["voice"] |= {"languages": ["zh"], "repeat": 1}
        answer = await client.post("/setup", json=document, headers={**token, "Idempotency-Key": "patient"})
        assert answer.status_code == 200, answer.text
