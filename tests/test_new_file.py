"""New files: whole or not there, nobody else's, and never in another's place."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from queue_server.new_file import new_file


def test_it_appears_when_it_is_whole(tmp_path: Path) -> None:
    """Nobody sees its beginnings under its name, and nothing else is left."""
    target = tmp_path / "copy.db"
    with new_file(target) as partial:
        partial.write_text("whole")
        partial.with_name("copy.db-journal").write_text("what a database writes beside it")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="Windows guards files by access lists, inherited from the folder")
def test_it_is_its_owners_alone_from_the_beginning(tmp_path: Path) -> None:
    """Also while it is being written."""
    with new_file(tmp_path / "copy.db") as partial:
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
        assert stat.S_IMODE(partial.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a file nor what was beside it."""
    with pytest.raises(LookupError), new_file(tmp_path / "copy.db") as partial:
        partial.write_text("half")
        raise LookupError
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    """And what it leaves is in nobody's way."""
    target = tmp_path / "copy.db"
    script = (
        "import os, signal, sys; from pathlib import Path; from queue_server.new_file import new_file\n"
        "with new_file(Path(sys.argv[1])) as partial:\n"
        "    partial.write_text('half'); os.kill(os.getpid(), signal.SIGTERM)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert killed.returncode in {-signal.SIGTERM, signal.SIGTERM}  # Windows has no signals, only their numbers
    assert not target.exists()
    with new_file(target) as partial:
        partial.write_text("whole")
    assert target.read_text() == "whole"


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_what_came_in_between_stays(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a file system without links."""
    if not links:
        monkeypatch.setattr(os, "link", without_links)
    target = tmp_path / "copy.db"
    with pytest.raises(FileExistsError, match=r"copy\.db exists already"), new_file(target):
        target.write_text("precious")
    assert target.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_system_without_links_gets_its_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a USB stick, where backups go."""
    monkeypatch.setattr(os, "link", without_links)
    with new_file(tmp_path / "copy.db") as partial:
        partial.write_text("whole")
    assert (tmp_path / "copy.db").read_text() == "whole"


def without_links(source: Path, target: Path) -> None:
    """What FAT answers."""
    raise OSError(errno.EPERM, "Operation not permitted")
