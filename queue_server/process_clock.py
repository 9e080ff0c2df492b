"""The one clock of this process: what is due, for the server and for its halls."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import msgspec
import structlog

from queue_server.engine.hall_runner import HallRunner
from queue_server.journal.archiver import Archiver
from queue_server.journal.base import JournalError
from queue_server.records.errors import RecordsError
from queue_server.references import references
from queue_server.web.server import Server
from queue_server.web.standing_alarms import standing_alarms
from queue_server.wire import frames

__all__ = ["clocks"]

log = structlog.get_logger()

TICK_S = 1.0
"""What is due every second, and every so many ticks."""
HINTS_EVERY, TOKENS_EVERY, TIDY_EVERY, ALERTS_EVERY, ALARMS_EVERY, TAKE_OVER_EVERY = 10, 2, 60, 2, 10, 30

FAIR = 100
"""Halls after which everything else gets its turn: a server may have thousands, with nothing due in most."""

TIDYING = "tidying"
"""The lease of the one server that tidies the records of all."""

Step = Callable[[Server], Awaitable[None]]


def clocks(server: Server, archiver: Archiver | None) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
    """What keeps time for a server until it is cancelled, each by its name: apart, so that none waits for a store that
    keeps another one.
    """
    yield "clock", _tick(server, _due)
    yield "days", _tick(server, _due_in_halls)
    yield "tokens", _tick(server, _due_of_tokens)
    yield "tidying", _tick(server, _due_at_leisure)
    yield "alerts", _tick(server, _due_to_be_told)
    yield "peers", _tick(server, _due_to_peers)
    if archiver is not None:
        yield "archive", _tick(server, partial(_due_to_be_archived, archiver))


async def _tick(server: Server, due: Callable[[int], Iterator[Step]]) -> None:
    """What is due each second, one after another."""
    for tick in itertools.count():
        for step in due(tick):
            try:
                await step(server)
            except (JournalError, RecordsError) as error:
                log.warning("clock.store_failed", step=step.__name__.strip("_"), error=str(error))  # it comes again
        await asyncio.sleep(TICK_S)


def _due(tick: int) -> Iterator[Step]:
    """What no store is asked for: a clock of its own is what keeps the others from waiting for one that is away."""
    yield _flush
    if tick % HINTS_EVERY == 0:
        yield _give_hints
    if tick % TIDY_EVERY == 0:
        yield _let_go


def _due_in_halls(tick: int) -> Iterator[Step]:
    """What waits for the journal of each hall."""
    yield _turn_days


def _due_of_tokens(tick: int) -> Iterator[Step]:
    """What a revoked token's socket must not wait for."""
    if tick % TOKENS_EVERY == 0:
        yield _recheck_tokens


def _due_at_leisure(tick: int) -> Iterator[Step]:
    """What may take long: it reads the journals."""
    if tick % TIDY_EVERY == 0:
        yield _tidy
        yield _keep_up


def _due_to_be_told(tick: int) -> Iterator[Step]:
    """What asks the stores about every hall that has a webhook."""
    if tick % TAKE_OVER_EVERY == TAKE_OVER_EVERY - 1:  # the first time is at the start, after what is missed sooner
        yield _take_over
    if tick % ALERTS_EVERY == 0:
        yield _tell
    if tick % ALARMS_EVERY == 0:
        yield _tell_alarms


def _due_to_peers(tick: int) -> Iterator[Step]:
    """What the other servers over the same stores are to know."""
    yield _tell_peers


def _due_to_be_archived(archiver: Archiver, tick: int) -> Iterator[Step]:
    """What takes hours when years of a district's days have to be moved."""

    async def _archive(server: Server) -> None:
        days = {runner.id: runner.day.business_day for runner in server.registry.loaded()}
        await archiver.look(await server.registry.known(), days)

    if tick % TIDY_EVERY == 0:
        yield _archive


async def _turn_days(server: Server) -> None:
    await _each(server, lambda runner: runner.turn_day())


async def _flush(server: Server) -> None:
    server.source.flush()


async def _recheck_tokens(server: Server) -> None:
    if await server.live_tokens.look(server.now()):
        server.source.hub.recheck()


async def _let_go(server: Server) -> None:
    for hall in server.registry.let_go():
        server.source.forget(hall)


async def _tell(server: Server) -> None:
    await _each(server, server.alerts.look)


async def _tell_peers(server: Server) -> None:
    await server.presences.tell(server.now())


async def _take_over(server: Server) -> None:
    await server.registry.load(await server.alerts.to_take_over())


async def _tell_alarms(server: Server) -> None:
    await _each(server, lambda runner: server.alerts.look_at_alarms(runner, partial(standing_alarms, server, runner)))


async def _each(server: Server, work: Callable[[HallRunner], Awaitable[object]]) -> None:
    """Do it for every hall in memory. A mistake about one must not end the server of all, nor the hall's own work; and
    while one hall's store is away, the others' may not be. Raises what was refused first, in the end.
    """
    refused: JournalError | RecordsError | None = None
    for number, runner in enumerate(server.registry.loaded(), 1):
        if number % FAIR == 0:
            await asyncio.sleep(0)
        if server.registry.at_hand(runner.id) is not runner:
            continue  # let go meanwhile
        try:
            await work(runner)
        except (JournalError, RecordsError) as error:
            refused = refused or error
        except Exception as error:
            log.error("hall.broke", hall=runner.id, exc_info=error)
    if refused is not None:
        raise refused


async def _tidy(server: Server) -> None:
    await server.records.flush()
    if await server.leases.hold(TIDYING):
        await server.records.tidy(server.now(), lambda notes: references(server.registry, notes))


async def _keep_up(server: Server) -> None:
    await server.histories.keep_up(await server.registry.known())


async def _give_hints(server: Server) -> None:
    """Tell who listens what the clock alone changes: the estimated waits."""
    hub = server.source.hub
    for runner in server.registry.loaded():
        for topic in hub.topics(runner.id):
            hint = _hint(runner, topic)
            if hint:
                hub.hint(runner.id, topic, frames.hint(topic, runner.now(), msgspec.json.encode(hint)))
        await asyncio.sleep(0)  # a hall's estimates take milliseconds, and a district has hundreds of halls


def _hint(runner: HallRunner, topic: str) -> dict[str, object]:
    if runner.day.hall_or_none is None:
        return {}
    kind, _, name = topic.partition(".")
    if kind in ("board", "load"):
        return {"queues": runner.forecast().by_queue()}
    estimate = runner.forecast().estimate(name) if kind == "ticket" else None
    return {} if estimate is None else {"estimate": estimate}
