"""What can go wrong with records. Every error carries data and a stable `code`; texts for people live apart.

RecordsError
├── BadUser             not a usable login name
├── UserTaken           the login name belongs to another account
├── WeakPassword        too short or too easily guessed
├── BadDevice           an evaluator without a counter, or a counter for anything else
├── NoSuchRecord        no account or device has this id
├── NoPicture           what should be a photo is none
├── PictureSize         a photo of too few or too many pixels
├── NoteMismatch        the reference already stands for another text
├── NotRecords          the file is another program's
├── RecordsTooNew       the file was written by a newer version
├── NoBackup            the store is no file of ours to copy
└── RecordsUnavailable  the store failed; what was asked may or may not have happened
"""

from pathlib import Path
from typing import ClassVar, Literal

__all__ = [
    "BadDevice",
    "BadUser",
    "NoBackup",
    "NoPicture",
    "NoSuchRecord",
    "NotRecords",
    "NoteMismatch",
    "PictureSize",
    "RecordsError",
    "RecordsTooNew",
    "RecordsUnavailable",
    "UserTaken",
    "WeakPassword",
]


class RecordsError(Exception):
    """The family's root. `code`: the stable name that callers and texts go by."""

    code: ClassVar[str] = "records_error"


class BadUser(RecordsError):
    """`user` cannot be a login name: empty, longer than 64 characters, or with blanks or unprintable characters."""

    code = "bad_user"

    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.user = user


class UserTaken(RecordsError):
    """The login name `user` (as folded) belongs to another account. Choose another."""

    code = "user_taken"

    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.user = user


class WeakPassword(RecordsError):
    """A person chose a password that is refused, for `reason`. The password itself is not kept here."""

    code = "weak_password"

    def __init__(self, reason: Literal["short", "long", "common"]) -> None:
        super().__init__(reason)
        self.reason = reason


class BadDevice(RecordsError):
    """A device of `role` cannot have this `counter`: an evaluator belongs to one counter, the others to none."""

    code = "bad_device"

    def __init__(self, role: str, counter: int | None) -> None:
        super().__init__(role, counter)
        self.role = role
        self.counter = counter


class NoSuchRecord(RecordsError):
    """Nothing has the id `id`."""

    code = "no_such_record"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


class NoPicture(RecordsError):
    """The bytes are no whole JPEG, PNG or WebP."""

    code = "no_picture"


class PictureSize(RecordsError):
    """The picture has too few pixels to show a face, or more than a photo needs."""

    code = "picture_size"


class NoteMismatch(RecordsError):
    """The note `ref` exists with another hall, kind or text: two texts were given one reference, which is a bug."""

    code = "note_mismatch"

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class NotRecords(RecordsError):
    """The file `path` is a database that this program did not make. It was not touched."""

    code = "not_records"

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self.path = path


class RecordsTooNew(RecordsError):
    """The file has schema version `found`, this program knows versions up to `known`. Start the newer program."""

    code = "records_too_new"

    def __init__(self, found: int, known: int) -> None:
        super().__init__(found, known)
        self.found = found
        self.known = known


class NoBackup(RecordsError):
    """The store is a Redis, which its operator copies by Redis's own means."""

    code = "no_backup"


class RecordsUnavailable(RecordsError):
    """The store failed with `cause` (also chained). A write may or may not have happened: look before repeating it."""

    code = "records_unavailable"

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause
