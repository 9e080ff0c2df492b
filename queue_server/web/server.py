"""What every request needs: the parts of this server, put together by app.py."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, Protocol

from prometheus_client.registry import Collector

from queue_server.domain.rating import Reasons
from queue_server.domain.service import Handling, Service
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.histories import Histories
from queue_server.engine.stream_runner import Unavailable
from queue_server.exchange.rating_form import RatingForm
from queue_server.peers.leases import Leases
from queue_server.peers.presences import Presences
from queue_server.peers.slate import Slate
from queue_server.peers.throttle import Throttle
from queue_server.printing.spool import Spool
from queue_server.push.hall_source import HallSource
from queue_server.push.presence import Presence
from queue_server.records.records import Records
from queue_server.voice.language import Phrasebook
from queue_server.web.alerts import Alerts
from queue_server.web.live_tokens import LiveTokens
from queue_server.web.pairings import Pairings
from queue_server.web.phone_limits import PhoneLimits
from queue_server.web.problems import ProblemError
from queue_server.web.spoken import SpokenCalls
from queue_server.webhooks.sender import Sender

__all__ = ["Catalogue", "Server", "StaffNames"]

NAMES_S = 60.0
"""How long names are kept."""
NAMES = 10_000
"""How many of them, about; 2 MB."""

TROUBLE_S = 10.0
"""How long a command that could not be stored speaks against the next one, unless one was accepted meanwhile."""


class Catalogue(Protocol):
    """The services that halls may offer."""

    by_number: Mapping[int, Service]
    default_handling: Mapping[int, Handling]

    def search(self, query: str) -> list[int]:
        """Numbers of the services that match, best first; all of them for an empty query."""
        ...


class _Name(NamedTuple):
    """A shown name, and until when it is good, monotonic seconds."""

    text: str
    until: float


class StaffNames:
    """Shown names by account id, each read again after a minute: people are renamed on other servers, and from the
    command line.

    monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, records: Records, monotonic: Callable[[], float]) -> None:
        self._records = records
        self._monotonic = monotonic
        self._known: dict[str, _Name] = {}

    async def of(self, ids: set[str]) -> dict[str, str]:
        """The names of these; an id that stands for nobody any more is left out."""
        now = self._monotonic()
        names = {id: known.text for id in ids if (known := self._known.get(id)) is not None and now < known.until}
        if asked := ids - names.keys():
            found = await self._records.accounts.names(asked)
            if len(self._known) > NAMES:
                self._known.clear()
            self._known |= {id: _Name(name, now + NAMES_S) for id, name in found.items()}
            names |= found
        return names


@dataclass(slots=True, kw_only=True)
class Server:
    """The parts of this server. secret: the key of requests' fingerprints; ready: whether commands are taken.

    leases: for what it does on behalf of all servers over the same stores. presence: who is connected to it; presences:
    to any of them. hint: gives the readers of a hall's topic a frame at all of them; raises Unavailable.
    slate: what all servers over the same stores read and write for some minutes. first_code: what lets its reader make
    the first account; None once there is one.
    reasons: every version of the national list, the latest last. rating_forms: in which ratings are handed out, by
    name. phrasebook: the languages of calls;
    spoken: their sound. alerts: what the halls' webhooks are told; sender: sends it.
    figures: for /metrics, of parts that the pages know nothing of. store_says: what whoever runs it should know of the
    store, a sentence each.
    troubled_at: when a request last found the store away, monotonic s; None when a command was accepted since.
    """

    version: str
    registry: HallRegistry
    histories: Histories
    records: Records
    source: HallSource
    presence: Presence
    presences: Presences
    leases: Leases
    live_tokens: LiveTokens
    catalogue: Catalogue
    reasons: Mapping[str, Reasons]
    rating_forms: Mapping[str, RatingForm]
    phrasebook: Phrasebook
    spoken: SpokenCalls
    alerts: Alerts
    sender: Sender
    now: Callable[[], datetime]
    secret: bytes = field(repr=False)
    code_secret: bytes = field(repr=False)
    follow_up_secret: bytes = field(repr=False)
    names: StaffNames
    slate: Slate
    hint: Callable[[str, str, bytes], Awaitable[None]]
    pairings: Pairings
    sign_ins: Throttle
    pairing_calls: Throttle
    complaint_calls: Throttle
    holder_looks: Throttle
    phone_limits: PhoneLimits
    spool: Spool = field(default_factory=Spool)
    first_code: str | None = field(default=None, repr=False)
    monotonic: Callable[[], float]
    secure_cookie: bool = False
    public_url: str | None = None
    public_sockets: int = 20_000
    figures: Sequence[Collector] = ()
    store_says: Sequence[str] = ()
    ready: bool = False
    stopping: bool = False
    troubled_at: float | None = None

    @property
    def offered_reasons(self) -> Reasons:
        """The reasons that a new rating is asked for."""
        *_, latest = self.reasons.values()
        return latest

    @property
    def accepts(self) -> bool:
        """Whether a command would be accepted, as far as is known. Where servers share a store, one that hears of no
        hall had better not be asked; but what is away for one hall only is so for all servers.
        """
        if not self.ready or self.stopping:
            return False
        if self.registry.is_shared:
            return not self.registry.cut_off
        return self.troubled_at is None or self.monotonic() - self.troubled_at >= TROUBLE_S

    async def hall(self, hall: str) -> HallRunner:
        """The runner of a hall that is set up, which knows what any server has answered so far. Raises ProblemError for
        any other, Unavailable.
        """
        runner = await self.registry.find(hall)
        if runner is not None:
            await runner.freshen()
        if runner is not None and runner.hall is None:  # its book has people in it, and a set-up only if that came now
            await runner.turn_day()
        if runner is None or runner.hall is None:
            raise ProblemError("hall_unknown")
        return runner

    async def halls(self) -> list[HallRunner]:
        """The runners of all halls that are set up, by id; likewise. While the store of some is away, those of them are
        there that are in memory, as they were. Raises Unavailable when it is away for all.
        """
        runners: list[HallRunner] = []
        refused: Unavailable | None = None
        for hall in await self.registry.known():
            try:
                runner = await self.registry.find(hall)
            except Unavailable as error:
                refused = error
            else:
                runners += [runner] if runner is not None else []
        outcomes = await asyncio.gather(*(runner.freshen() for runner in runners), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Unavailable):
                refused = outcome
            elif outcome is not None:
                raise outcome
        if refused is not None and None not in outcomes:
            raise refused
        return [runner for runner in runners if runner.hall is not None]

    async def count_look(self, of: str) -> None:
        """Count a look that somebody without a name takes at what they may see. Raises ProblemError when there were too
        many: each is recorded, and kept for years.
        """
        wait_s = await self.holder_looks.attempt(of, of)
        if wait_s > 0:
            raise ProblemError("too_many", wait_s=int(wait_s) + 1)

    def fingerprint(self, method: str, path: str, body: bytes) -> str:
        """A keyed digest of a request, to tell a retry from another request under the same key."""
        digest = blake2b(key=self.secret, digest_size=16)
        for part in (method.encode(), path.encode(), body):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()
