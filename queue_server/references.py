"""What in the journal refers to the records: a note that nothing refers to was never confirmed, and goes."""

from collections.abc import Collection, Iterator, Sequence

from queue_server.domain.events import Event
from queue_server.engine.hall_registry import HallRegistry
from queue_server.records.notes import Doubtful

__all__ = ["references"]


async def references(registry: HallRegistry, notes: Sequence[Doubtful]) -> Collection[str]:
    """Which of these notes the journal refers to. Raises Unavailable."""
    asked = {note.ref for note in notes}
    found: set[str] = set()
    for hall in {note.hall for note in notes}:
        runner = await registry.find(hall)
        if runner is None:
            continue
        async for _, events in runner.days.events_after(runner.days.start):
            for event in events:
                found.update(asked.intersection(_refs(event)))
        async for _, written in runner.books.events_after(0):
            for entry in written:
                found.update(asked.intersection(_refs(entry)))
    return found


def _refs(event: Event) -> Iterator[str]:
    for name in event.__struct_fields__:
        if name.endswith("_ref") and (ref := getattr(event, name)) is not None:
            yield ref
