"""The golden record of a codec: a file of JSON lines with one event at least of every form that was ever written.

Lines are added when a form is, and never changed or removed: they stand for journals in the field.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from queue_server.journal.codec import Codec, Upcaster

Event = TypeVar("Event")


def check_golden_record(codec: Codec[Event], upcasters: Mapping[str, Upcaster], record: Path) -> list[Event]:
    """Assert that every line of `record` can be read, that lines of living forms would be written just so today, and
    that every living tag and every upcaster has a line. Gives back the events, for further checks of the caller.
    """
    events: list[Event] = []
    tags: set[str] = set()
    for line in record.read_bytes().splitlines():
        tag = msgspec.json.decode(line)["type"]
        tags.add(tag)
        (event,) = codec.decode(b"[" + line + b"]")
        if tag in codec.tags:
            written = codec.encode([event])[1:-1]
            assert written == line, (
                f"{tag} is written differently now:\n{written.decode()}\nthan once:\n{line.decode()}"
            )
        events.append(event)
    missing = (codec.tags | upcasters.keys()) - tags
    assert not missing, f"{record.name} has no line for {sorted(missing)}"
    return events
