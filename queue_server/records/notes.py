"""Notes: free text and personal data, each with an end, each look at one recorded.

The journal never forgets, so it names a note by its reference and the words stay here:

    put (short expiry) ──► journal append ──► confirm (real expiry) ──► expired: sweep deletes
           │                      │
           │                      └─ crash before confirm: sweep finds the reference in the journal, and confirms
           └─ refusal, or crash before the append: sweep finds no reference in the journal, and deletes
"""

import unicodedata
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

__all__ = [
    "DRAFT",
    "Doubtful",
    "Kept",
    "Look",
    "Note",
    "NoteKind",
    "NoteStore",
    "Notes",
    "Referenced",
    "Swept",
    "mask_phone",
]

NoteKind = Literal[
    "transfer_reason",
    "hold_reason",
    "pause_reason",
    "call_reason",
    "urgent_reason",
    "rating_comment",
    "phone",
    "absence_reason",
    "handover_note",
    "rectification_note",
    "rating_phone",
    "complaint_text",
    "complaint_name",
    "complaint_phone",
    "complaint_note",
    "complaint_reply",
]

DRAFT = timedelta(minutes=10)  # the short expiry: far longer than a write to the journal with all its retries


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How long notes are kept from the day of writing, which is as short as their purposes allow, and looks at them."""

    reason: timedelta = timedelta(days=180)
    """Why a ticket was transferred or held, a counter paused, or what was told at a handover."""
    exception: timedelta = timedelta(days=366)
    """Why a ticket was called out of turn, or urgent, or a clerk absent: what a yearly inspection asks about."""
    comment: timedelta = timedelta(days=366)
    """A rating's words, a number left with it, and its rectification's log: through the year's assessment."""
    phone: timedelta = timedelta(days=2)
    """A telephone number: the visit and the day after."""
    complaint: timedelta = timedelta(days=2 * 366)
    """A complaint's words, whose they are and what was answered: through the appeals that may follow."""
    look: timedelta = timedelta(days=3 * 366)
    """Who read which note: longer than the notes, or nobody could be asked about it."""

    def of(self, kind: NoteKind) -> timedelta:
        """How long a note of this kind is kept."""
        match kind:
            case "transfer_reason" | "hold_reason" | "pause_reason" | "handover_note":
                return self.reason
            case "call_reason" | "urgent_reason" | "absence_reason":
                return self.exception
            case "rating_comment" | "rating_phone" | "rectification_note":
                return self.comment
            case "phone":
                return self.phone
            case "complaint_text" | "complaint_name" | "complaint_phone" | "complaint_note" | "complaint_reply":
                return self.complaint


BATCH = 500  # doubtful notes asked about at a time


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One text of one hall."""

    ref: str  # "n_" and 16 hex digits, derived from the command it came with, so that a retry finds the same note
    hall: str
    kind: NoteKind
    text: str
    expires_at: datetime  # unreadable from then on, deleted by the next sweep
    confirmed: bool = False  # the journal is known to refer to it

    def __repr__(self) -> str:
        """Everything but the text, which must not reach a log."""
        return f"Note(ref={self.ref!r}, hall={self.hall!r}, kind={self.kind!r}, expires_at={self.expires_at!r})"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of one note."""

    ref: str
    reader: str  # account or device id
    at: datetime


class Doubtful(NamedTuple):
    """An unconfirmed note past its short expiry: only the journal knows whether it counts."""

    ref: str
    hall: str
    kind: NoteKind


class Swept(NamedTuple):
    """What a sweep did."""

    mended: int  # notes that the journal refers to, confirmed late
    deleted: int  # expired notes, and notes that the journal does not refer to


Referenced = Callable[[Sequence[Doubtful]], Awaitable[Collection[str]]]
"""Answers which of these notes' references stand in the journal of their hall. Raises when it cannot know."""


class NoteStore(Protocol):
    """What notes need of a store. Guarantees: see `base`."""

    async def put_note(self, note: Note) -> None:
        """Add a note. One with this ref already there stays as it is, but if unconfirmed expires at the later time.

        Raises NoteMismatch when the hall, kind or text there is another.
        """

    async def confirm_notes(self, expiries: dict[str, datetime]) -> set[str]:
        """Set each note's expiry by ref and mark it confirmed; return the refs that exist."""

    async def look_at_notes(self, refs: Collection[str], reader: str, now: datetime) -> list[Note]:
        """Return those notes that have not expired, recording a look at each in the same write, before the answer."""

    async def looks(self, ref: str) -> list[Look]:
        """Return who has looked at a note, oldest first; also after the note is gone."""

    async def doubtful_notes(self, now: datetime, after: str, limit: int) -> list[Doubtful]:
        """Return unconfirmed notes that have expired, by ref, the first `limit` ones above `after`."""

    async def forget_notes(self, refs: Collection[str]) -> int:
        """Delete these notes and return how many there were."""

    async def sweep_notes(self, now: datetime, unreferenced: Collection[str], looks_before: datetime) -> int:
        """Delete expired notes that are confirmed or `unreferenced`, and return how many; also looks before that time.

        What was deleted is gone from the store's files as well when this returns, as far as the store can see to it.
        """


class Notes:
    """The notes of one store. `kept`: how long, from here on; what was confirmed before keeps its expiry."""

    def __init__(self, store: NoteStore, kept: Kept | None = None) -> None:
        self._store = store
        self.kept = kept if kept is not None else Kept()

    async def put(self, ref: str, hall: str, kind: NoteKind, text: str, expires_at: datetime) -> None:
        """Write a note before the journal does, with a short expiry (now + DRAFT). May be repeated.

        Raises NoteMismatch when `ref` already stands for something else.
        """
        await self._store.put_note(Note(ref=ref, hall=hall, kind=kind, text=text, expires_at=expires_at))

    async def confirm(self, ref: str, expires_at: datetime) -> bool:
        """Give a note its real expiry (now + kept.of(kind)) once the journal has it. May be repeated.

        False when there is no such note: it was swept because the journal did not have it in time.
        """
        return ref in await self._store.confirm_notes({ref: expires_at})

    async def get(self, ref: str, reader: str, now: datetime) -> Note | None:
        """Return a note, None when it has expired or never was, and record that `reader` has seen it.

        `reader`: account or device id. Whether they may see it is to be checked before.
        """
        return (await self.get_many([ref], reader, now)).get(ref)

    async def get_many(self, refs: Collection[str], reader: str, now: datetime) -> dict[str, Note]:
        """Return the notes by ref, without those that have expired or never were, each look recorded as by `get`."""
        return {note.ref: note for note in await self._store.look_at_notes(refs, reader, now)}

    async def looks(self, ref: str) -> list[Look]:
        """Return who has looked at a note, oldest first; also after the note is gone."""
        return await self._store.looks(ref)

    async def forget(self, refs: Collection[str]) -> int:
        """Delete notes before their time, as their owners may ask; return how many there were."""
        return await self._store.forget_notes(refs)

    async def sweep(self, now: datetime, referenced: Referenced) -> Swept:
        """Confirm or delete what a crash left unconfirmed, and delete what has expired.

        `referenced`: asked about the doubtful ones; when it raises, so does this, and none of those is deleted.
        """
        deleted = await self._store.sweep_notes(now, (), now - self.kept.look)  # first: it needs nobody's answer
        mended, unreferenced, after = 0, list[str](), ""
        while doubtful := await self._store.doubtful_notes(now, after, BATCH):
            known = frozenset(await referenced(doubtful))
            expiries = {note.ref: now + self.kept.of(note.kind) for note in doubtful if note.ref in known}
            mended += len(await self._store.confirm_notes(expiries))
            unreferenced += [note.ref for note in doubtful if note.ref not in known]
            after = doubtful[-1].ref
        if unreferenced:
            deleted += await self._store.sweep_notes(now, unreferenced, now - self.kept.look)
        return Swept(mended, deleted)


MOBILE, CHINA = 11, "86"
TRUNK_CODES_OF_THREE = ("010", "02")  # Beijing and 020–029; all other area codes have four digits
SHORTEST_LOCAL = 7
TAIL = 4


def mask_phone(phone: str) -> str:
    """Return `phone` fit to be shown: `138****5678`, `010-****5678`, `****5678`.

    The network or area code and the last four digits stay, the rest becomes stars. Numbers under seven digits keep two
    digits, under five none. What is not a digit or customary punctuation is hidden too.
    """
    characters = unicodedata.normalize("NFKC", phone).strip()
    digits = "".join(character for character in characters if character in "0123456789")
    head = _shown_head(digits)
    if len(digits) - head >= SHORTEST_LOCAL:
        tail = TAIL
    elif len(digits) >= SHORTEST_LOCAL - 2:
        head, tail = 0, 2
    else:
        head, tail = 0, 0
    masked, position = [], 0
    for character in characters:
        if character in "0123456789":
            shown = position < head or position >= len(digits) - tail
            masked.append(character if shown else "*")
            position += 1
        else:
            masked.append(character if character in "+-() " else "*")
    return "".join(masked)


def _shown_head(digits: str) -> int:
    """Return how many leading digits tell only the country, network or area."""
    country = len(CHINA) if digits.startswith(CHINA + "1") and len(digits) == len(CHINA) + MOBILE else 0
    if len(digits) == country + MOBILE and digits[country] == "1":
        return country + 3
    if digits.startswith("0"):
        return 3 if digits.startswith(TRUNK_CODES_OF_THREE) else 4
    return 0
