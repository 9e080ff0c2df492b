"""Shapes of …/losses."""

from msgspec import Struct

__all__ = ["LossAcknowledged"]


class LossAcknowledged(Struct):
    """Lost records that were seen to. loss: the epoch that ended with them."""

    loss: str
