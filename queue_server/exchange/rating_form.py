"""Ratings in the form of whoever asks for them: field names, code directions and times as data, a file each.

The scores of one form run from 5 down and of the other from 1 up, so inside this system a level has a name; it is a
number at this border alone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from queue_server.exchange.sheet import Column, Sheet

__all__ = ["FACTS", "BadRatingForm", "Facts", "RatingForm", "filled", "load", "shipped"]

FACTS = (
    *("visit", "number", "leg", "business_day", "time", "valid"),
    *("hall", "hall_name", "hall_level", "queue", "counter", "counter_name", "clerk", "clerk_id", "post", "capacity"),
    *("service_no", "service", "main_item", "sub_item", "department", "handling"),
    *("called_at", "started_at", "finished_at"),
    *("level", "reasons", "reasons_version", "comment", "source", "rated_at"),
)
"""What is known of a rating; docs/ratings.md says what each is."""

Facts = Mapping[str, str | datetime]
"""By those names; what is not known is absent."""


class BadRatingForm(ValueError):
    """A file that is no form of ratings. The text says which, and what is wrong."""


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column: a fixed text, or a fact, as it is written there (see the shipped files)."""

    name: str
    fixed: str | None = None
    fact: str | None = None
    codes: dict[str, str] | None = None
    time: str | None = None

    def fault(self) -> str | None:
        """What is wrong with it, None when nothing is."""
        if (self.fixed is None) == (self.fact is None):
            return "needs either fixed or fact"
        if self.fact is not None and self.fact not in FACTS:
            return f"has no fact {self.fact!r}: there are {', '.join(FACTS)}"
        if (self.time is not None) != (self.fact is not None and self.fact.endswith("_at")):
            return "needs time where its fact is a time, and nowhere else"
        return None

    def of(self, facts: Facts, zone: ZoneInfo) -> str:
        """What stands in that column."""
        if self.fact is None:
            return self.fixed or ""
        known = facts.get(self.fact)
        if isinstance(known, datetime):
            return known.astimezone(zone).strftime(self.time or "")
        text = "unknown" if known is None and self.codes else known or ""
        return self.codes.get(text, "") if self.codes is not None else text


class RatingForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One form. title: what people choose it by."""

    title: str
    title_en: str
    columns: tuple[Field, ...]


@cache
def shipped() -> Mapping[str, RatingForm]:
    """Those that come with the program, by name."""
    return load(files("queue_server") / "data" / "rating_forms")


def load(folder: Traversable) -> Mapping[str, RatingForm]:
    """Those in a folder, by their files' names. Raises BadRatingForm."""
    found: dict[str, RatingForm] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            form = msgspec.toml.decode(file.read_bytes(), type=RatingForm, strict=True)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadRatingForm(f"form of ratings {file.name}: {error}") from error
        for column in form.columns:
            if (fault := column.fault()) is not None:
                raise BadRatingForm(f"form of ratings {file.name}: column {column.name!r} {fault}")
        found[file.name.removesuffix(".toml")] = form
    return MappingProxyType(found)


def filled(form: RatingForm, ratings: Iterable[Facts], timezone: str) -> Sheet:
    """The table: a row for each rating, all of it text, because codes and numbers of that kind are no quantities."""
    zone = ZoneInfo(timezone)
    rows = [tuple(column.of(facts, zone) for column in form.columns) for facts in ratings]
    return Sheet(form.title, tuple(Column(column.name, "text") for column in form.columns), rows)
