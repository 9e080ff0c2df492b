"""What pages are made with: a hall's set-up and names, and how a page learns that they are others by now."""

from hashlib import blake2b
from typing import Any

import msgspec

from queue_server.domain.hall import Hall
from queue_server.domain.service import as_offered
from queue_server.web.server import Server

__all__ = ["queues_of", "services_of", "version_of"]


def version_of(hall: Hall, names: dict[str, str]) -> str:
    """A digest of what a page is made with, the same on every server."""
    made_with = msgspec.json.encode(msgspec.to_builtins((hall, names), str_keys=True, order="deterministic"))
    return blake2b(made_with, digest_size=8).hexdigest()


def queues_of(hall: Hall) -> dict[str, dict[str, Any]]:
    """The queues by id, each with the counters that serve it first."""
    return {
        queue.id: {
            "name": queue.name,
            "kind": queue.kind,
            "prefix": queue.prefix,
            "counters": [
                {"number": counter.number, "name": counter.name}
                for counter in hall.counters.values()
                if queue.id in counter.queues
            ],
        }
        for queue in hall.queues.values()
    }


def services_of(server: Server, hall: Hall) -> dict[int, str]:
    """The names of the services that the hall offers, by catalogue number."""
    catalogue = server.catalogue.by_number
    return {no: as_offered(catalogue[no], hall.choices).name for no in hall.services if no in catalogue}
