"""A data folder has one server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from queue_server.journal.datafolder import DataFolder, FolderInUse, FolderUnusable
from tests.journal.permissions import read_only_folder

_HOLDER = """
import sys
from pathlib import Path
from queue_server.journal.datafolder import DataFolder
with DataFolder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "data"
    with DataFolder(path) as folder:
        assert folder.path == path
        assert folder.journal == path / "journal.db"
        if os.name == "posix":
            assert path.stat().st_mode & 0o777 == 0o700


def test_a_second_server_is_refused_by_name(tmp_path: Path) -> None:
    """Also inside one process. The first one is not disturbed; once it has gone the folder is free."""
    with DataFolder(tmp_path):
        with pytest.raises(FolderInUse) as caught, DataFolder(tmp_path):
            pass
        assert caught.value.path == tmp_path
        assert str(caught.value) == f"the data folder {tmp_path} is in use by another server"
        with pytest.raises(FolderInUse), DataFolder(tmp_path):
            pass
    with DataFolder(tmp_path):
        pass


def test_a_killed_server_holds_nothing(tmp_path: Path) -> None:
    """The lock ends with the process; the lock file that is left means nothing."""
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(FolderInUse), DataFolder(tmp_path):
            pass
        holder.kill()
        holder.wait()
    assert (tmp_path / "journal.lock").exists()
    with DataFolder(tmp_path):
        pass


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(FolderUnusable, match="data cannot be used"), DataFolder(tmp_path / "data"):
        pass


if os.name == "posix":

    def test_a_read_only_folder_is_refused_clearly() -> None:
        with (
            read_only_folder() as path,
            pytest.raises(FolderUnusable, match="Permission denied") as caught,
            DataFolder(path),
        ):
            pass
        assert caught.value.path == path
        assert isinstance(caught.value.cause, PermissionError)
