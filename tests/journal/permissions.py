"""A folder that may be read and not written, for tests that root runs too."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def read_only_folder(filled_from: Path | None = None) -> Iterator[Path]:
    """A folder with copies of the files in `filled_from` (None: empty), read-only in the block, whoever runs it.

    Root may write anywhere, so for the length of the block root becomes nobody. POSIX only.
    """
    # Not pytest's own temporary folder: that one is closed to nobody.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in filled_from.iterdir() if filled_from is not None else ():
            copy = folder / file.name
            copy.write_bytes(file.read_bytes())
            copy.chmod(0o444)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(_NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)
