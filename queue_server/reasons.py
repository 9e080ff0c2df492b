"""The shipped reasons of ratings 测评指标, by version: old codes stay readable, new ratings take the latest.

Read from `data/reasons/` once, when first asked for.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

import msgspec

from queue_server.domain.rating import Reasons

__all__ = ["load", "versions"]


@cache
def versions() -> Mapping[str, Reasons]:
    """Every version, by name, the latest last: its name begins with a year."""
    return load(files("queue_server") / "data" / "reasons")


def load(folder: Traversable) -> Mapping[str, Reasons]:
    """The versions in a folder: one file each, named for it. ValueError for one that says it is another."""
    found: dict[str, Reasons] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        reasons = msgspec.toml.decode(file.read_bytes(), type=Reasons, strict=True)
        if file.name != f"{reasons.version}.toml":
            raise ValueError(f"{file.name} holds version {reasons.version}")
        found[reasons.version] = reasons
    return MappingProxyType(found)
