"""Shapes of …/services: what a hall offers, and what to know of it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.web.schemas.values import Key, LongText, ServiceNo, Text, Version

__all__ = ["GuideShape", "NewGuide", "OfferService", "Offered", "ServiceShape", "Services"]


class NewGuide(Struct, forbid_unknown_fields=True):
    """What to know before one comes, whole; what is not stated is left out."""

    item_kind: Text | None = None
    conditions: LongText | None = None
    materials: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    steps: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    legal_limit: Text | None = None
    promised_limit: Text | None = None
    result: Text | None = None
    fee: Text | None = None
    basis: LongText | None = None
    consult_phone: Text | None = None
    complaint_phone: Text | None = None


class OfferService(Struct):
    """POST …/services. name: the right one of a doubtful entry; handling and queue: instead of what the rules say;
    guide: instead of the one before. What is left out stays as it is. version: of the set-up in which the item
    was looked at; None where it does not matter whether somebody has changed it since.
    """

    no: ServiceNo
    offered: bool
    name: Text | None = None
    handling: Literal["instant", "promised"] | None = None
    queue: Key | None = None
    guide: NewGuide | None = None
    version: Version | None = None


class Offered(Struct):
    """What the head decided about an item. version: of the set-up that it is part of."""

    no: int
    offered: bool
    version: int


class GuideShape(Struct, kw_only=True):
    """What to know before one comes; what is not known is absent."""

    item_kind: str | UnsetType = UNSET
    conditions: str | UnsetType = UNSET
    materials: list[str] | UnsetType = UNSET
    steps: str | UnsetType = UNSET  # one a line
    legal_limit: str | UnsetType = UNSET
    promised_limit: str | UnsetType = UNSET
    result: str | UnsetType = UNSET
    fee: str | UnsetType = UNSET
    basis: str | UnsetType = UNSET
    consult_phone: str | UnsetType = UNSET
    complaint_phone: str | UnsetType = UNSET


class ServiceShape(Struct):
    """A service that the hall offers."""

    no: int
    name: str
    main_item: str
    sub_item: str
    item_kind: str
    level: str
    department: str
    handling: Literal["instant", "promised"]
    queue: str
    guide: GuideShape


class Services(Struct):
    """Services that match."""

    services: list[ServiceShape]
