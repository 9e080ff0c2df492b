"""All that a store holds, for whoever carries it to another."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from queue_server.records.notes import Look, Note

__all__ = ["WholeStore"]


class WholeStore(Protocol):
    """What carrying needs of a store besides what the others need. Guarantees: see `base`."""

    async def all_tokens(self) -> dict[str, str]:
        """Return the hash of each device's token, by the device's id."""

    async def all_secrets(self) -> dict[str, bytes]:
        """Return every secret, by name."""

    def all_notes(self) -> AsyncIterator[Sequence[Note]]:
        """Every note, some at a time, in any order, perhaps one of them twice; also those that have expired."""

    def all_looks(self) -> AsyncIterator[Sequence[Look]]:
        """Likewise every look."""

    async def add_notes(self, notes: Sequence[Note]) -> None:
        """Add notes as they are. Raises NoteMismatch where a ref stands for another text."""

    async def add_looks(self, looks: Sequence[Look]) -> None:
        """Add looks as they are; one that is there already, to the millisecond, once."""
