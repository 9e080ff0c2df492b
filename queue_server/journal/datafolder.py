"""The folder that a server keeps everything in, and the lock that keeps a second server out of it."""

from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

__all__ = ["DataFolder", "FolderError", "FolderInUse", "FolderUnusable"]


class FolderError(Exception):
    """The data folder cannot be taken."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


class FolderInUse(FolderError):
    """Another server works in it."""

    def __str__(self) -> str:
        return f"the data folder {self.path} is in use by another server"


class FolderUnusable(FolderError):
    """It cannot be made, written to or locked: read-only, not ours, not a folder, or a file system without locks."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(path)
        self.cause = cause

    def __str__(self) -> str:
        return f"the data folder {self.path} cannot be used: {self.cause}"


class DataFolder:
    """A data folder, to be held by one server from start to end:

        with DataFolder(path) as folder:
            journal = SqliteJournal(folder.journal)

    Entering makes the folder if missing, for its owner's eyes alone (mode 0700; one that is there keeps its mode), and
    takes the lock at once or raises `FolderInUse` or `FolderUnusable`. The lock is the operating system's, so it ends
    with the process, however that ends; the lock file stays and means nothing by itself.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.journal = self.path / "journal.db"
        """The file for `SqliteJournal`."""
        # Without the fallback: a lock that is a file's mere presence would outlive a killed server.
        self._lock = FileLock(self.path / "journal.lock", timeout=0, fallback_to_soft=False)

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise FolderInUse(self.path) from error
        except OSError as error:
            raise FolderUnusable(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
