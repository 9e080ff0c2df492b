"""The halls of this process: loaded when first used, let go when idle."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from queue_server.engine.clock import HallClock, monotonic
from queue_server.engine.hall_runner import HallRunner, Listener
from queue_server.engine.latencies import Latencies
from queue_server.journal.base import Journal, JournalError, News, Stream

__all__ = ["HallRegistry"]

log = structlog.get_logger()

FEW = 16
"""So many halls are loaded at the start. A district's hundreds would keep the first caller of each from its own."""

LATELY = 10_000
"""So many of the journal's last batches tell which halls are in use: a busy district's last hour or two, read in some
milliseconds."""


@dataclass(slots=True)
class _Loaded:
    runner: HallRunner
    used_at: float


class HallRegistry:
    """Finds a hall's runner by its id. `listen(hall, now)` makes the listener of a hall that is about to be
    loaded; `now()` is the hall's time.

    news: see `HallRunner`.

    idle_s: a hall that nobody has asked for so long, and that `busy(hall)` does not claim, is let go.
    """

    def __init__(
        self,
        journal: Journal,
        listen: Callable[[str, Callable[[], datetime]], Listener],
        *,
        news: News | None = None,
        make_clock: Callable[[str], HallClock] = HallClock,
        busy: Callable[[str], bool] = lambda hall: False,
        idle_s: float = 900.0,
        read_monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._journal = journal
        self._listen = listen
        self._news = news
        self._make_clock = make_clock
        self._busy = busy
        self._idle_s = idle_s
        self._monotonic = read_monotonic
        self.writing = Latencies()
        """How long commands took from when they were decided to when they were durable."""
        self._halls: dict[str, _Loaded] = {}
        self._loading: dict[str, asyncio.Task[HallRunner]] = {}
        self._known: set[str] = set()
        self._past_conflicts = self._past_taken = self._past_losses = 0  # of halls that were let go

    @property
    def conflicts(self) -> int:
        """How many commands were decided again because another writer came first."""
        return self._past_conflicts + sum(runner.conflicts for runner in self.loaded())

    @property
    def losses(self) -> int:
        """How often history was lost that this server had known."""
        return self._past_losses + sum(runner.losses for runner in self.loaded())

    @property
    def taken(self) -> int:
        """How many batches of other servers were taken as they were heard."""
        return self._past_taken + sum(runner.taken for runner in self.loaded())

    @property
    def is_shared(self) -> bool:
        """Whether other servers may write too."""
        return self._news is not None

    @property
    def cut_off(self) -> bool:
        """Whether other servers may have written for some seconds without that being heard here, whatever the hall."""
        return self._news is not None and self._news.cut_off

    @property
    def lag_s(self) -> float:
        """How long nothing was heard of the hall in memory that was silent longest."""
        return 0.0 if self._news is None else self._news.lag_s

    def current(self, hall: str) -> bool:
        """Whether what is known here of a hall in memory may be shown as how things are."""
        entry = self._halls.get(hall)
        return entry is None or entry.runner.current

    async def known(self) -> list[str]:
        """Ids of all halls that were ever set up, ascending. Raises Unavailable."""
        self._known.update(stream.hall for stream in await self._journal.streams() if stream.kind == "book")
        return sorted(self._known)

    def loaded(self) -> list[HallRunner]:
        """The runners that are in memory."""
        return [entry.runner for entry in self._halls.values()]

    def at_hand(self, hall: str) -> HallRunner | None:
        """The runner of a hall that is in memory, without using it."""
        entry = self._halls.get(hall)
        return None if entry is None else entry.runner

    async def find(self, hall: str) -> HallRunner | None:
        """The runner of a hall, loaded; None for a hall that was never set up. Raises Unavailable."""
        if (entry := self._halls.get(hall)) is not None:
            entry.used_at = self._monotonic()
            return entry.runner
        if hall not in self._known:
            if not await self._journal.has(Stream(hall, "book")):
                return None
            self._known.add(hall)
        return await self._load(hall)

    async def load_few(self) -> None:
        """Load a few halls, those used last before the others: whoever comes first need not wait.

        Where one machine serves a centre, that is all of them. Raises Unavailable.
        """
        lately = [stream.hall for stream in await self._journal.lately_written(LATELY)]
        await self.load(list(dict.fromkeys(lately + await self.known()))[:FEW])

    async def load(self, halls: Iterable[str]) -> None:
        """Load these halls, before anybody asks for them. One that cannot be loaded is left to whoever asks for it, and
        is told then.
        """
        for hall in halls:
            try:
                await self.find(hall)
            except JournalError as error:
                log.error("hall.not_loaded", hall=hall, error=str(error))
            except Exception as error:  # events that do not fit: one hall's must not end the server of all others
                log.error("hall.not_loaded", hall=hall, exc_info=error)

    async def create(self, hall: str) -> HallRunner:
        """The runner of a hall that is about to be set up, or was."""
        return await self.find(hall) or await self._load(hall)

    def let_go(self) -> list[str]:
        """Drop idle halls from memory, unless something follows there that is still owed; their ids. Called by the
        process's clock.
        """
        now = self._monotonic()
        idle = [
            hall
            for hall, entry in self._halls.items()
            if now - entry.used_at > self._idle_s and not self._busy(hall) and not entry.runner.owes
        ]
        for hall in idle:
            runner = self._halls.pop(hall).runner
            runner.leave()
            self._past_conflicts += runner.conflicts
            self._past_taken += runner.taken
            self._past_losses += runner.losses
        return idle

    async def _load(self, hall: str) -> HallRunner:
        if (
            entry := self._halls.get(hall)
        ) is not None:  # loaded while the journal was asked whether there is such a hall
            return entry.runner
        if hall not in self._loading:
            self._loading[hall] = asyncio.create_task(self._load_now(hall))
        return await asyncio.shield(self._loading[hall])

    async def _load_now(self, hall: str) -> HallRunner:
        try:
            listener = self._listen(hall, lambda: runner.now())
            runner = HallRunner(hall, self._journal, self._make_clock(hall), listener, self._news, self.writing.add)
            await runner.load()
            self._halls[hall] = _Loaded(runner, self._monotonic())
            self._known.add(hall)
            return runner
        finally:
            del self._loading[hall]
