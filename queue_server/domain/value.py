"""What every value of the domain is: frozen and compared by content."""

import msgspec

__all__ = ["Value"]


class Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An immutable value.

    `gc=False` because values never form cycles and a busy day holds a hundred thousand. Subclasses say `frozen` and
    `kw_only` themselves, because neither msgspec nor mypy inherits both.
    """
