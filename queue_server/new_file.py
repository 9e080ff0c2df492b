"""A new file that appears whole or not at all, and in place of no other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["OWNER_ONLY", "create", "new_file"]

OWNER_ONLY = 0o600


def create(path: Path) -> None:
    """Make an empty file for its owner alone, before anything is in it. Raises FileExistsError, OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give an empty file to be filled in the block, which becomes `target` when the block ends, and goes if it raises.

    It is its owner's alone, in a folder of its own, so that what a database puts beside it goes with it. A process that
    is killed in the block leaves that folder, `target`'s name with something behind it, and never half a `target`.
    Raises FileExistsError rather than overwrite, also what was made during the block; else OSError.
    """
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    with TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.partial-") as folder:
        partial = Path(folder) / target.name
        create(partial)
        yield partial
        _move(partial, target)


def _move(partial: Path, target: Path) -> None:
    try:
        os.link(partial, target)  # unlike a rename it never overwrites, and nobody can come in between
    except OSError as error:
        if target.exists():
            raise FileExistsError(f"{target} exists already") from error
        partial.rename(target)  # a file system without links, as on many a USB stick
