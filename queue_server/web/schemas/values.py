"""What the shapes of several resources are made of."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

__all__ = [
    "CounterNo",
    "Instant",
    "Key",
    "LongText",
    "Name",
    "Nothing",
    "Phone",
    "Said",
    "ServiceNo",
    "Text",
    "Version",
]

Text = Annotated[str, Meta(min_length=1, max_length=500)]
"""Free text, as a person types it into one field."""
Said = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
"""The same where somebody is to read it: blanks alone say nothing."""
LongText = Annotated[str, Meta(max_length=2000)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Phone = Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 -]{4,18}[0-9]$(?!\n)")]
CounterNo = Annotated[int, Meta(ge=1, le=999)]
ServiceNo = Annotated[int, Meta(ge=1, le=9999)]
Version = Annotated[int, Meta(ge=0, le=2**53)]
"""Of a hall's set-up."""
Instant = Annotated[datetime, Meta(tz=True)]


class Nothing(Struct):
    """An empty body."""
