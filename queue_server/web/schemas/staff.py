"""Shapes of …/staff: the people of a hall."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.domain.post import Capacity
from queue_server.web.schemas.values import CounterNo, Name

__all__ = ["AddPerson", "ChangePerson", "HallRole", "NewPassword", "NewPhoto", "PersonShape", "Staff"]

HallRole = Literal["clerk", "guide", "head", "discipline"]


class AddPerson(Struct):
    """POST …/staff. password: None to have one made up. counter, capacity: the usual ones."""

    user: Annotated[str, Meta(max_length=128)]
    name: Name
    role: HallRole
    counter: CounterNo | None = None
    capacity: Capacity | None = None
    password: Annotated[str, Meta(max_length=1024)] | None = None


class ChangePerson(Struct):
    """POST …/staff/{account}: what is given is changed. counter: null for none; with it the capacity there goes."""

    name: Name | None = None
    role: HallRole | None = None
    counter: CounterNo | UnsetType | None = UNSET
    capacity: Capacity | None = None
    disabled: bool | None = None


class NewPassword(Struct):
    """POST …/password. password: None to have one made up."""

    password: Annotated[str, Meta(max_length=1024)] | None = None


class NewPhoto(Struct):
    """POST …/photo. photo: the bytes of a JPEG, PNG or WebP in base64."""

    photo: Annotated[bytes, Meta(min_length=1)]


class PersonShape(Struct, kw_only=True):
    """Somebody who signs in. photo: its digest. password: told once, when it was made."""

    id: str
    user: str
    name: str
    role: str
    disabled: bool
    counter: int | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    photo: str | UnsetType = UNSET
    password: str | UnsetType = UNSET


class Staff(Struct):
    """The people of a hall."""

    staff: list[PersonShape]
