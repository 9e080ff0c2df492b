"""Shapes of …/webhook."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

__all__ = ["DeliveryShape", "WebhookSecret", "WebhookShape"]


class DeliveryShape(Struct, kw_only=True):
    """A message and how it stands. kind: a kind of the set-up's, or "test"; text: what it says, in the caller's
    language; next_at: of the next attempt, while it waits; answer: the last HTTP status, if there was one; fault: why
    the last attempt failed.
    """

    id: str
    kind: str
    text: str
    made_at: datetime
    state: Literal["waiting", "delivered", "given_up"]
    attempts: int
    tried_at: datetime | UnsetType = UNSET
    next_at: datetime | UnsetType = UNSET
    answer: int | UnsetType = UNSET
    fault: str | UnsetType = UNSET


class WebhookShape(Struct):
    """A hall's webhook beside its set-up. signed: whether there is a secret; confidential: whether telephone numbers go
    there; messages: the newest, newest first.
    """

    signed: bool
    confidential: bool
    messages: list[DeliveryShape]


class WebhookSecret(Struct):
    """A new secret, told once."""

    secret: str
