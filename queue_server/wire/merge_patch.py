"""RFC 7396 merge patches over JSON values, for states that hold no null.

Nothing is changed in place: a new value shares what did not change with the old one, and `diff` finds such shared parts
equal without looking into them.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["apply", "compose", "diff"]

Json = Any
"""A JSON value as `json.loads` gives it."""


def apply(target: Json, patch: Json) -> Json:
    """`target` after `patch`. Total: every patch applies to every target."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, change in patch.items():
        if change is None:
            result.pop(name, None)
        else:
            result[name] = apply(result.get(name), change)
    return result


def diff(old: Mapping[str, Json], new: Mapping[str, Json]) -> dict[str, Json]:
    """The smallest patch that makes `new` of `old`; `{}` when nothing changed.

    A null in what changed is a ValueError, as a patch cannot say it. Parts that are the same object in both are not
    looked into.
    """
    patch: dict[str, Json] = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if value is None:
            raise ValueError(f"a state may not hold null: {name!r}")
        if value is before:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            if change := diff(before, value):
                patch[name] = change
        elif not _same(before, value):
            patch[name] = _without_null(name, value)
    return patch


def compose(first: Mapping[str, Json], second: Mapping[str, Json]) -> dict[str, Json] | None:
    """One patch that does what `first` and then `second` do, to any target.

    None when no single patch can: what `first` removes or makes a plain value, `second` makes an object again, and a
    merge patch can only add to an object that the target may have there. Send a snapshot then.
    """
    result = dict(first)
    for name, change in second.items():
        if isinstance(change, dict) and name in first:
            before = first[name]
            if not isinstance(before, dict):
                return None
            change = compose(before, change)
            if change is None:
                return None
        result[name] = change
    return result


def _same(a: Json, b: Json) -> bool:
    """Equality as JSON sees it: 1 is not true."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(value, b[name]) for name, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and bool(a == b)


def _without_null(name: str, value: Json) -> Json:
    if value is None:
        raise ValueError(f"a state may not hold null: in {name!r}")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _without_null(name, part)
    return value
