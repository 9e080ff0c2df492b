"""Which programs there are."""

import pytest

from display.__main__ import COMMANDS, main


def test_the_help_names_each(capsys: pytest.CaptureFixture[str]) -> None:
    """With what it is for."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"{name:<10}{purpose}" in said for name, (_, purpose) in COMMANDS.items())


def test_another_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with those that there are."""
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
    assert "announce" in capsys.readouterr().err
